import { describe, expect, test } from 'vitest';
import { compareToolStates } from '../../../src/tools/verify/index.ts';
import type { ToolState } from '../../../src/tools/verify/index.ts';
import { application, binding, ingress, state } from './states.ts';

type Parts = Partial<ToolState>;

/** Before at 10:00, the change, and the look after it at 10:05. */
const compare = (before: Parts, after: Parts) => compareToolStates(state(0, before), state(5, after));

describe('Applications', () => {
  const judge = (before: [string, string, string?], after?: [string, string, string?]) =>
    compare(
      { applications: [application('web', ...before)] },
      { applications: after === undefined ? [] : [application('web', ...after)] },
    );

  test.each<[[string, string], [string, string, string?] | undefined, string | undefined]>([
    [['Synced', 'Healthy'], ['Synced', 'Degraded'], 'Degraded, was Healthy'],
    [['Synced', 'Healthy'], ['Synced', 'Progressing'], 'Progressing, was Healthy'],
    [['Synced', 'Healthy'], ['Synced', 'Missing'], 'Missing, was Healthy'],
    [['Synced', 'Healthy'], ['Synced', ''], 'of no health, was Healthy'],
    [['Synced', 'Healthy'], ['OutOfSync', 'Healthy'], 'OutOfSync, was Synced'],
    [['Synced', 'Healthy'], ['Unknown', 'Healthy'], 'Unknown, was Synced'],
    [['Synced', 'Healthy'], ['Unknown', 'Healthy', 'b'], 'Unknown, was Synced'],
    [['Synced', 'Healthy'], ['OutOfSync', 'Degraded'], 'Degraded, was Healthy; OutOfSync, was Synced'],
    [['OutOfSync', 'Healthy'], ['Unknown', 'Healthy'], 'Unknown, was OutOfSync'],
    [['Synced', 'Healthy'], undefined, 'it is no longer there'],
    [['Synced', 'Degraded'], ['Synced', 'Degraded'], undefined],
    [['Synced', 'Degraded'], ['Synced', 'Healthy'], undefined],
    [['Synced', 'Progressing'], ['Synced', 'Healthy'], undefined],
    [['OutOfSync', 'Missing'], ['Synced', 'Healthy'], undefined],
    [['OutOfSync', 'Healthy'], ['OutOfSync', 'Healthy', 'b'], undefined],
  ])('%s, then %s: %s', (before, after, expected) => {
    const { problems, notes } = judge(before, after);
    expect(problems).toEqual(expected === undefined ? [] : [`Application shop/web: ${expected}`]);
    expect(notes).toEqual([]);
  });

  test('one that is out of sync because its source moved is no work of the upgrade, and is told', () => {
    const { problems, notes } = judge(['Synced', 'Healthy'], ['OutOfSync', 'Healthy', 'b']);
    expect(problems).toEqual([]);
    expect(notes).toEqual(['Application shop/web: OutOfSync since its source has moved']);
  });

  test('new ones are not judged', () => {
    expect(
      compare({ applications: [] }, { applications: [application('new', 'OutOfSync', 'Missing')] }).problems,
    ).toEqual([]);
  });
});

describe('load balancers', () => {
  test.each<[string, string[], string[] | undefined, string[]]>([
    ['the same in another order', ['b', 'a'], ['a', 'b'], []],
    ['one more', ['a'], ['a', 'b'], []],
    ['none before', [], undefined, []],
    ['the address is gone', ['a'], [], ['Ingress shop/web: its load balancer has no address, was a']],
    ['another address', ['a'], ['b'], ['Ingress shop/web: its load balancer has b, was a']],
    [
      'the object is gone, or its finalizer',
      ['a'],
      undefined,
      ['Ingress shop/web: it is gone, or the controller has let it go'],
    ],
  ])('%s', (_, before, after, expected) => {
    const found = compare(
      { loadBalancers: [ingress('web', ...before)] },
      { loadBalancers: after === undefined ? [] : [ingress('web', ...after)] },
    );
    expect(found.problems).toEqual(expected);
  });

  test.each([
    ['as it was', binding('web'), binding('web'), []],
    ['gone', binding('web'), undefined, ['TargetGroupBinding shop/web: it is no longer there']],
    [
      'bound elsewhere',
      binding('web'),
      binding('web', 'arn:2'),
      ['TargetGroupBinding shop/web: bound to arn:2, was arn:1'],
    ],
    [
      'no longer seen',
      binding('web'),
      binding('web', 'arn:1', false),
      ['TargetGroupBinding shop/web: its controller has not seen its newest version'],
    ],
    ['not seen before either', binding('web', 'arn:1', false), binding('web', 'arn:1', false), []],
  ])('a TargetGroupBinding that is %s', (_, before, after, expected) => {
    const found = compare(
      { targetGroupBindings: [before] },
      { targetGroupBindings: after === undefined ? [] : [after] },
    );
    expect(found.problems).toEqual(expected);
  });
});
