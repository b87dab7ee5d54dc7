import { describe, expect, test } from 'vitest';
import type { DrainPolicy } from '../../../src/contract/workers.ts';
import {
  daemonSetFilter,
  deletedFilter,
  filterPod,
  filters,
  localStorageFilter,
  mirrorPodFilter,
  unmanagedFilter,
} from '../../../src/kubernetes/drain/filters.ts';
import type { FilterContext, PodFilter } from '../../../src/kubernetes/drain/filters.ts';
import type { WatchedPod } from '../../../src/kubernetes/watching/watchedPod.ts';
import { pod } from './pods.ts';

const now = new Date('2026-05-01T12:00:00Z');
const agent = { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'agent', uid: 'uid-agent' };

function context(policy: Partial<DrainPolicy> = {}, hasDaemonSet = true): FilterContext {
  return {
    policy: { ignoreDaemonSets: true, deleteEmptyDirData: true, force: false, ...policy },
    now,
    hasDaemonSet: () => hasDaemonSet,
  };
}

type Case = [what: string, PodFilter, Partial<WatchedPod>, FilterContext, expected: string, message?: RegExp];

const ago = (seconds: number): string => new Date(now.getTime() - seconds * 1000).toISOString();

const cases: Case[] = [
  ['a Pod that nobody deletes', deletedFilter, {}, context({ skipWaitForDeleteSeconds: 5 }), 'okay'],
  [
    'a Pod that is overdue for longer than is waited',
    deletedFilter,
    { deletionTimestamp: ago(6) },
    context({ skipWaitForDeleteSeconds: 5 }),
    'skip',
  ],
  [
    'a Pod that is overdue for just as long',
    deletedFilter,
    { deletionTimestamp: ago(5.9) },
    context({ skipWaitForDeleteSeconds: 5 }),
    'okay',
  ],
  [
    'a Pod that still has time to end',
    deletedFilter,
    { deletionTimestamp: ago(-30) },
    context({ skipWaitForDeleteSeconds: 5 }),
    'okay',
  ],
  ['an overdue Pod without that option', deletedFilter, { deletionTimestamp: ago(3600) }, context(), 'okay'],
  ['a Pod of another controller', daemonSetFilter, {}, context({ ignoreDaemonSets: false }), 'okay'],
  [
    'a finished Pod of a DaemonSet',
    daemonSetFilter,
    { controller: agent, phase: 'Failed' },
    context(),
    'okay',
  ],
  [
    'a Pod of a DaemonSet, ignored',
    daemonSetFilter,
    { controller: agent },
    context(),
    'warning, stays',
    /^Pod shop\/web-1 stays: DaemonSet shop\/agent would put it there again\.$/,
  ],
  [
    'a Pod of a DaemonSet, not ignored',
    daemonSetFilter,
    { controller: agent },
    context({ ignoreDaemonSets: false }),
    'error daemon-set',
    /DaemonSet shop\/agent, .*Let the drain ignore DaemonSets/,
  ],
  [
    'a Pod whose DaemonSet is gone',
    daemonSetFilter,
    { controller: agent },
    context({}, false),
    'error daemon-set-gone',
    /Pod shop\/web-1 .*gone.*Delete the Pod.*force/,
  ],
  [
    'a Pod whose DaemonSet is gone, with force',
    daemonSetFilter,
    { controller: agent },
    context({ force: true }, false),
    'warning, goes',
  ],
  ['a static Pod', mirrorPodFilter, { mirror: true }, context(), 'skip'],
  ['a Pod that is none', mirrorPodFilter, {}, context(), 'okay'],
  ['a Pod without emptyDir', localStorageFilter, {}, context({ deleteEmptyDirData: false }), 'okay'],
  [
    'a Pod with emptyDir',
    localStorageFilter,
    { emptyDir: true },
    context({ deleteEmptyDirData: false }),
    'error local-storage',
    /Pod shop\/web-1 keeps data in an emptyDir.*delete emptyDir data/,
  ],
  ['emptyDir data that may go', localStorageFilter, { emptyDir: true }, context(), 'warning, goes'],
  [
    'a finished Pod with emptyDir',
    localStorageFilter,
    { emptyDir: true, phase: 'Succeeded' },
    context({ deleteEmptyDirData: false }),
    'okay',
  ],
  [
    'a Pod without a controller',
    unmanagedFilter,
    { controller: undefined },
    context(),
    'error no-controller',
    /Pod shop\/web-1 has no controller.*Delete or move the Pod, or drain with force/,
  ],
  [
    'a Pod without a controller, with force',
    unmanagedFilter,
    { controller: undefined },
    context({ force: true }),
    'warning, goes',
  ],
  [
    'a finished Pod without a controller',
    unmanagedFilter,
    { controller: undefined, phase: 'Failed' },
    context(),
    'okay',
  ],
  ['a Pod that its controller makes anew', unmanagedFilter, {}, context(), 'okay'],
];

const shown = ({ answer, evict, reason }: ReturnType<PodFilter>): string =>
  answer === 'warning'
    ? `warning, ${evict ? 'goes' : 'stays'}`
    : reason === undefined
      ? answer
      : `${answer} ${reason}`;

test.each(cases)('%s', (_, filter, fields, policy, expected, message = /^/) => {
  const answer = filter(pod(fields), policy);
  expect(shown(answer)).toBe(expected);
  expect(answer.message).toMatch(message);
  expect(answer.evict).toBe(['okay', 'warning, goes'].includes(expected));
});

describe('all filters together', () => {
  test('ask in the order of kubectl', () => {
    expect(filters).toEqual([
      deletedFilter,
      daemonSetFilter,
      mirrorPodFilter,
      localStorageFilter,
      unmanagedFilter,
    ]);
  });

  test('the first by which it does not go has the last word', () => {
    const strict = context({ deleteEmptyDirData: false });
    expect(shown(filterPod(pod({ controller: agent, emptyDir: true }), strict))).toBe('warning, stays');
    expect(shown(filterPod(pod({ mirror: true, emptyDir: true, controller: undefined }), strict))).toBe(
      'skip',
    );
    expect(shown(filterPod(pod({ emptyDir: true, controller: undefined }), strict))).toBe(
      'error local-storage',
    );
  });

  test('a warning is kept when the others have nothing to say', () => {
    expect(filterPod(pod({ emptyDir: true }), context()).message).toContain('emptyDir');
    expect(filterPod(pod(), context())).toMatchObject({ answer: 'okay', evict: true });
  });
});
