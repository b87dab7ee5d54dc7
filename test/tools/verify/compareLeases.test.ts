import { describe, expect, test } from 'vitest';
import { compareToolStates } from '../../../src/tools/verify/index.ts';
import type { LooksBetween, ToolState } from '../../../src/tools/verify/index.ts';
import { lease, minute, state, workload } from './states.ts';

type Parts = Partial<ToolState>;

/** Before at 10:00, the change, and the look after it at 10:05. */
const compare = (before: Parts, after: Parts, between: LooksBetween = {}) =>
  compareToolStates(state(0, before), state(5, after), between);

describe('Leases', () => {
  const old = 'server-aaa-1_uuid1';
  const young = 'server-bbb-2_uuid2';
  const before: Parts = { workloads: [workload('server')], leases: [lease(old, minute(0))] };
  const replaced = [workload('server', { template: '2' })];

  const judge = (after: Parts, earlier?: Parts, was: Parts = before) =>
    compare(was, after, earlier?.leases === undefined ? {} : { taken: earlier.leases }).problems;

  test.each<[string, Parts, Parts | undefined, RegExp | undefined]>([
    [
      'renewed by a new holder',
      { workloads: replaced, leases: [lease(young, minute(5))] },
      undefined,
      undefined,
    ],
    [
      'renewed by a new holder, and again since the first look',
      { workloads: replaced, leases: [lease(young, minute(5))] },
      { leases: [lease(young, minute(4))] },
      undefined,
    ],
    [
      'taken since the last look, and not renewed',
      { workloads: replaced, leases: [lease(young, minute(5))] },
      { leases: [lease(old, minute(4))] },
      /^Lease tools\/leader: just taken by server-bbb-2_uuid2, and not renewed yet$/,
    ],
    [
      'not renewed since the first look',
      { workloads: replaced, leases: [lease(young, minute(4))] },
      { leases: [lease(young, minute(4))] },
      /^Lease tools\/leader: not renewed since 2026-03-02T10:04:00.000Z, held by server-bbb-2_uuid2$/,
    ],
    [
      'not renewed since before',
      { workloads: replaced, leases: [lease(young, minute(0))] },
      undefined,
      /not renewed since/,
    ],
    [
      'still held by the old Pod, which was replaced',
      { workloads: replaced, leases: [lease(old, minute(5))] },
      undefined,
      /still held by server-aaa-1_uuid1, whose Pod was replaced/,
    ],
    [
      'held by the same Pod, which was not replaced',
      { workloads: [workload('server')], leases: [lease(old, minute(5))] },
      undefined,
      undefined,
    ],
    [
      'held by the same name after the workload was made anew',
      { workloads: [workload('server', { uid: 'other' })], leases: [lease(old, minute(5))] },
      undefined,
      /still held by/,
    ],
    ['held by nobody', { workloads: replaced, leases: [lease('', minute(5))] }, undefined, /nobody holds it/],
    ['gone', { workloads: replaced, leases: [] }, undefined, /no longer there/],
    ['not to be seen', { workloads: replaced }, undefined, undefined],
  ])('%s', (_, after, first, expected) => {
    const found = judge(after, first);
    if (expected === undefined) expect(found).toEqual([]);
    else expect(found).toEqual([expect.stringMatching(expected)]);
  });

  test('microseconds tell renewals apart', () => {
    const at = (fraction: string) => [lease(young, `2026-03-02T10:05:00.${fraction}Z`)];
    const first = { leases: at('100001') };
    expect(judge({ workloads: replaced, leases: at('100002') }, first)).toEqual([]);
    expect(judge({ workloads: replaced, leases: at('100001') }, first)).toHaveLength(1);
  });

  test('one that nobody used before is not waited for', () => {
    const idle = { ...before, leases: [lease(old, minute(-60)), lease('', minute(0), 'free')] };
    expect(judge({ workloads: replaced, leases: [lease(old, minute(-60))] }, undefined, idle)).toEqual([]);
  });

  test('a holder that calls itself by its node changes when all Pods were replaced', () => {
    const node = 'ip-10-0-0-1_uuid1';
    const was = { ...before, leases: [lease(node, minute(0))] };
    expect(judge({ workloads: replaced, leases: [lease(node, minute(5))] }, undefined, was)).toEqual([
      expect.stringMatching(/still held by ip-10-0-0-1/),
    ]);
    const kept = { workloads: [workload('server')], leases: [lease(node, minute(5))] };
    expect(judge(kept, undefined, was)).toEqual([]);
  });

  test('the workload with the longest fitting name is the holder’s', () => {
    const two = [workload('server'), workload('server-web')];
    const was = { workloads: two, leases: [lease('server-web-aaa-1_uuid', minute(0))] };
    const onlyServer = [workload('server', { template: '2' }), workload('server-web')];
    const after = { workloads: onlyServer, leases: [lease('server-web-aaa-1_uuid', minute(5))] };
    expect(judge(after, undefined, was)).toEqual([]);
  });
});
