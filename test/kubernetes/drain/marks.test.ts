import { describe, expect, test } from 'vitest';
import {
  cordon,
  cordonNote,
  exclude,
  excludedNote,
  excludeLabel,
  heldOffNote,
  holdOff,
  holdOffAnnotations,
  release,
  uncordon,
} from '../../../src/kubernetes/drain/marks.ts';
import type { MarkedNode, NodePatch } from '../../../src/kubernetes/nodeMarks.ts';

const [scaleDown, disrupt] = holdOffAnnotations;

function node(fields: Partial<MarkedNode> = {}): MarkedNode {
  return { name: 'n', resourceVersion: '1', unschedulable: false, annotations: {}, labels: {}, ...fields };
}

/** The node after a patch, as an API server merges it. */
function patched(before: MarkedNode, patch: NodePatch | undefined): MarkedNode {
  const merge = (map: Readonly<Record<string, string>>, changes: Record<string, string | null> = {}) =>
    Object.fromEntries(
      Object.entries({ ...map, ...changes }).flatMap(([key, value]) =>
        value === null ? [] : [[key, value]],
      ),
    );
  return {
    ...before,
    annotations: merge(before.annotations, patch?.metadata?.annotations),
    labels: merge(before.labels, patch?.metadata?.labels),
    unschedulable: patch?.spec === undefined ? before.unschedulable : patch.spec.unschedulable === true,
  };
}

describe('cordons', () => {
  test('ours is noted, made once, and taken off whole', () => {
    const ours = patched(node(), cordon(node(), 'a'));
    expect(ours).toMatchObject({ unschedulable: true, annotations: { [cordonNote]: 'a' } });
    expect(cordon(ours, 'a')).toBeUndefined();
    expect(patched(ours, uncordon(ours, 'a'))).toEqual(node());
  });

  test('somebody else’s stays theirs', () => {
    const theirs = node({ unschedulable: true });
    expect(cordon(theirs, 'a')).toBeUndefined();
    expect(uncordon(theirs, 'a')).toBeUndefined();
  });

  test('one that a terminated upgrade has left becomes ours', () => {
    const left = patched(node(), cordon(node(), 'dead'));
    expect(uncordon(left, 'a')).toBeUndefined();
    const ours = patched(left, cordon(left, 'a'));
    expect(patched(ours, uncordon(ours, 'a'))).toEqual(node());
  });

  test('one that somebody has taken off is made again', () => {
    const ours = patched(node(), cordon(node(), 'a'));
    expect(
      patched({ ...ours, unschedulable: false }, cordon({ ...ours, unschedulable: false }, 'a')),
    ).toEqual(ours);
  });
});

describe('holding autoscalers off', () => {
  test.each<[string, Record<string, string>]>([
    ['nothing was set', {}],
    ['one was set otherwise', { [scaleDown]: 'false' }],
    ['one was set already', { [disrupt]: 'true', other: 'x' }],
  ])('is put back as it was: %s', (_, annotations) => {
    const before = node({ annotations });
    const held = patched(before, holdOff(before, 'a'));
    expect(held.annotations).toMatchObject({ [scaleDown]: 'true', [disrupt]: 'true' });
    expect(holdOff(held, 'a')).toBeUndefined();
    expect(patched(held, release(held, 'a'))).toEqual(before);
  });

  test('what somebody has changed meanwhile stays', () => {
    const held = patched(node(), holdOff(node(), 'a'));
    const changed = { ...held, annotations: { ...held.annotations, [scaleDown]: 'false' } };
    expect(patched(changed, release(changed, 'a')).annotations).toEqual({ [scaleDown]: 'false' });
  });

  test('a node that was held off by others is left alone', () => {
    const theirs = node({ annotations: { [scaleDown]: 'true', [disrupt]: 'true' } });
    expect(holdOff(theirs, 'a')).toBeUndefined();
    expect(release(theirs, 'a')).toBeUndefined();
  });

  test('what a terminated upgrade has noted of the time before is kept', () => {
    const before = node({ annotations: { [scaleDown]: 'false' } });
    const left = patched(before, holdOff(before, 'dead'));
    expect(release(left, 'a')).toBeUndefined();
    const ours = patched(left, holdOff(left, 'a'));
    expect(patched(ours, release(ours, 'a'))).toEqual(before);
  });

  test.each(['', '{', '[]', '{"by":1}', '{"by":"a","before":{"x":1}}'])(
    'a note that reads %s is none',
    (text) => {
      expect(release(node({ annotations: { [heldOffNote]: text } }), 'a')).toBeUndefined();
    },
  );
});

describe('taking a node out of load balancers', () => {
  test('is noted, and put back with its cordon', () => {
    const ours = patched(node(), cordon(node(), 'a'));
    const excluded = patched(ours, exclude(ours));
    expect(excluded).toMatchObject({
      labels: { [excludeLabel]: 'true' },
      annotations: { [excludedNote]: 'true' },
    });
    expect(exclude(excluded)).toBeUndefined();
    expect(patched(excluded, uncordon(excluded, 'a'))).toEqual(node());
  });

  test('is put back on a node that others have cordoned, and leaves their cordon', () => {
    const theirs = node({ unschedulable: true });
    const excluded = patched(theirs, exclude(theirs));
    expect(patched(excluded, uncordon(excluded, 'a'))).toEqual(theirs);
  });

  test('a label of somebody else stays', () => {
    expect(exclude(node({ labels: { [excludeLabel]: '' } }))).toBeUndefined();
  });
});
