import { describe, expect, test } from 'vitest';
import { compareToolStates } from '../../../src/tools/verify/index.ts';
import type { LooksBetween, ToolState } from '../../../src/tools/verify/index.ts';
import {
  application,
  binding,
  cronJob,
  ingress,
  job,
  lease,
  minute,
  state,
  warning,
  workload,
} from './states.ts';

type Parts = Partial<ToolState>;

/** Before at 10:00, the change, and the look after it at 10:05. */
const compare = (before: Parts, after: Parts, between: LooksBetween = {}) =>
  compareToolStates(state(0, before), state(5, after), between);

test('what is as it was is well, and has nothing to tell', () => {
  const same: Parts = {
    workloads: [workload('server')],
    released: ['Deployment tools/server'],
    applications: [application('web', 'Synced', 'Healthy')],
    loadBalancers: [ingress('web', 'a.elb.aws')],
    targetGroupBindings: [binding('web')],
    warnings: [warning('FailedBuildModel', 3, minute(0))],
  };
  expect(compare(same, same)).toEqual({ problems: [], unknown: [], notes: [] });
});

describe('workloads', () => {
  const problems = (before: Parts, after: Parts) => compare(before, after).problems;

  test.each<[string, Parts, Parts, string[]]>([
    ['a new one that the release brings is no loss', { workloads: [] }, { workloads: [workload('new')] }, []],
    [
      'one whose Pods are not Ready is named with the reason',
      { workloads: [workload('server')] },
      {
        workloads: [
          workload('server', { well: false, reason: '0 of 1 Pods Ready: server-1 ImagePullBackOff' }),
        ],
      },
      ['Deployment tools/server: 0 of 1 Pods Ready: server-1 ImagePullBackOff'],
    ],
    [
      'one that was not well before is told apart, and is no pass',
      { workloads: [workload('server', { well: false, reason: 'x' })] },
      { workloads: [workload('server', { well: false, reason: '0 of 1 Pods Ready' })] },
      ['Deployment tools/server: 0 of 1 Pods Ready (not well before either)'],
    ],
    [
      'one that the manifest has and the cluster has not',
      { workloads: [] },
      { workloads: [workload('server')], released: ['Deployment tools/server', 'DaemonSet tools/agent'] },
      ['DaemonSet tools/agent: it is not there'],
    ],
    [
      'one that the new chart no longer has is no loss',
      { workloads: [workload('server'), workload('dex')] },
      { workloads: [workload('server')], released: ['Deployment tools/server'] },
      [],
    ],
    [
      'without a release, all that was there must be',
      { workloads: [workload('server'), workload('dex')] },
      { workloads: [workload('server')] },
      ['Deployment tools/dex: it is not there'],
    ],
    ['that could not be seen are not taken for gone', { workloads: [workload('server')] }, {}, []],
  ])('%s', (_, before, after, expected) => {
    expect(problems(before, after)).toEqual(expected);
  });
});

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

describe('CronJobs', () => {
  const judge = (
    after: Parts,
    between: LooksBetween = {},
    before: Parts = { jobs: [job('1', 'complete')] },
  ) => compare({ workloads: [cronJob('*/2 * * * *')], ...before }, after, between);
  const often = [cronJob('*/2 * * * *')];
  const soon: LooksBetween = { until: new Date(minute(15)) };
  const failed = job('4', 'failed', { reason: 'BackoffLimitExceeded' });

  test.each<[string, Parts, string[]]>([
    [
      'a new Job that is complete',
      { workloads: often, jobs: [job('1', 'complete'), job('4', 'complete')] },
      [],
    ],
    [
      'a new Job that failed',
      { workloads: often, jobs: [job('1', 'complete'), failed] },
      ['CronJob tools/sweep: its Job sweep-4 failed (BackoffLimitExceeded)'],
    ],
    ['a newer Job that is complete', { workloads: often, jobs: [failed, job('5', 'complete')] }, []],
    [
      'a newer Job that failed',
      { workloads: often, jobs: [job('3', 'complete'), failed] },
      ['CronJob tools/sweep: its Job sweep-4 failed (BackoffLimitExceeded)'],
    ],
    [
      'a Job that still runs',
      { workloads: often, jobs: [job('4', 'running')] },
      ['CronJob tools/sweep: its Job sweep-4 still runs'],
    ],
    [
      'a Job that still runs after one that is complete',
      { workloads: often, jobs: [job('3', 'complete'), job('4', 'running')] },
      [],
    ],
    [
      'a new Job with the old image',
      { workloads: often, jobs: [job('4', 'complete', { images: ['x/tool:1'] })] },
      ['CronJob tools/sweep: it has not run since, by its schedule "*/2 * * * *"'],
    ],
    [
      'the old Job alone',
      { workloads: often, jobs: [job('1', 'complete')] },
      ['CronJob tools/sweep: it has not run since, by its schedule "*/2 * * * *"'],
    ],
    [
      'a Job that is gone by itself, and was well',
      {
        workloads: [cronJob('*/2 * * * *', { lastScheduledAt: minute(4), lastSucceededAt: minute(4.5) })],
        jobs: [],
      },
      [],
    ],
    [
      'a Job that is gone by itself, and was not well',
      { workloads: [cronJob('*/2 * * * *', { lastScheduledAt: minute(4) })], jobs: [] },
      ['CronJob tools/sweep: it has not run since, by its schedule "*/2 * * * *"'],
    ],
  ])('%s', (_, after, expected) => {
    expect(judge(after, soon)).toEqual({ problems: expected, unknown: [], notes: [] });
  });

  test('that runs at night is not waited for at noon, and that is said', () => {
    const nightly = [cronJob('0 3 * * *')];
    expect(judge({ workloads: nightly, jobs: [] }, soon)).toEqual({
      ...{ problems: [], unknown: [] },
      notes: ['CronJob tools/sweep: by its schedule "0 3 * * *" it runs later than anybody waits for it'],
    });
  });

  test('that is suspended is not waited for, and that is said', () => {
    const suspended = [cronJob('*/2 * * * *', { suspended: true })];
    expect(judge({ workloads: suspended, jobs: [] }, soon).notes).toEqual([
      'CronJob tools/sweep: it is suspended, so nothing of it runs',
    ]);
  });

  test('whose schedule can’t be read is unknown', () => {
    expect(judge({ workloads: [cronJob('now and then')], jobs: [] }, soon).unknown).toEqual([
      'CronJob tools/sweep: its schedule "now and then" can\'t be read',
    ]);
  });

  test('whose Jobs could not be seen is told by that alone', () => {
    const unknown = [{ part: 'jobs', reason: 'Could not list jobs.batch.' }];
    expect(judge({ workloads: often, unknown }, soon)).toEqual({
      ...{ problems: [], notes: [] },
      unknown: ['It could not be looked at: the Jobs of its CronJobs. Could not list jobs.batch.'],
    });
  });
});

describe('Warning Events', () => {
  const judge = (before: Parts, after: Parts, between: LooksBetween = {}) =>
    compare(before, after, between).problems;
  const failed = (count: number, seen: number) => [warning('FailedDeployModel', count, minute(seen))];
  const own = (count: number) =>
    warning('Unhealthy', count, minute(4), {
      ...{ source: 'kubelet', kind: 'Pod', namespace: 'tools', name: 'server-bbb-2' },
      workload: 'Deployment tools/server',
    });

  test.each<[string, Parts, Parts, number]>([
    ['a new one', { warnings: [] }, { warnings: failed(1, 4) }, 1],
    ['one that came again and again before', { warnings: failed(50, -1) }, { warnings: failed(53, 4) }, 0],
    ['one that was long over, and is back', { warnings: failed(1, -40) }, { warnings: failed(2, 4) }, 1],
    ['one that was long over, and stays so', { warnings: failed(1, -40) }, { warnings: failed(1, -40) }, 0],
    ['one that is gone', { warnings: failed(1, -1) }, { warnings: [] }, 0],
    [
      'one of another reason about the same object',
      { warnings: failed(1, -1) },
      { warnings: [warning('FailedBuildModel', 1, minute(4))] },
      1,
    ],
  ])('%s', (_, before, after, expected) => {
    expect(judge(before, after)).toHaveLength(expected);
  });

  test('are named with object, reason, who says so and what', () => {
    expect(judge({ warnings: [] }, { warnings: failed(3, 4) })).toEqual([
      'Ingress shop/web: new warning FailedDeployModel (3 times) by ingress: no such subnet',
    ]);
  });

  test('about Pods that have started since are over', () => {
    const after = { workloads: [workload('server')], warnings: [own(2)] };
    expect(judge({ warnings: [] }, after)).toEqual([]);
    const previous = state(4, { ...after, workloads: [workload('server')] });
    expect(judge({ warnings: [] }, after, { previous })).toEqual([]);
  });

  test('about Pods of a workload that is not well stand beside it', () => {
    const after = { workloads: [workload('server', { well: false })], warnings: [own(2)] };
    expect(judge({ warnings: [] }, after)).toEqual([
      'Deployment tools/server: not well',
      expect.stringContaining('Pod tools/server-bbb-2: new warning Unhealthy (2 times) by kubelet'),
    ]);
  });

  test('about Pods that go on although the workload seems well are a problem', () => {
    const after = { workloads: [workload('server')], warnings: [own(3)] };
    const previous = state(4, { workloads: [workload('server')], warnings: [own(2)] });
    expect(judge({ warnings: [] }, after, { previous })).toHaveLength(1);
    const starting = state(4, { workloads: [workload('server', { well: false })], warnings: [own(2)] });
    expect(judge({ warnings: [] }, after, { previous: starting })).toEqual([]);
  });

  test('that could not be read before can’t be compared, and that is unknown', () => {
    const unknown = [{ part: 'warnings', reason: 'Could not list events.' }];
    expect(compare({ unknown }, { warnings: failed(1, 4) })).toEqual({
      ...{ problems: [], notes: [] },
      unknown: ['It could not be looked at before the change: its Warning Events. Could not list events.'],
    });
  });
});

describe('what could not be seen', () => {
  const parts = ['release', 'workloads', 'applications', 'loadBalancers', 'targetGroupBindings', 'leases'];
  test.each(parts)('is unknown, then or now, and never well: %s', (part) => {
    const unknown = [{ part, reason: 'Forbidden.' }];
    expect(compare({}, { unknown }).unknown).toHaveLength(1);
    expect(compare({ unknown }, {}).unknown).toHaveLength(1);
    // Once is enough for what was not seen either time.
    expect(compare({ unknown }, { unknown }).unknown).toHaveLength(1);
  });
});
