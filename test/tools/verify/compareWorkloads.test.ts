import { describe, expect, test } from 'vitest';
import { compareToolStates } from '../../../src/tools/verify/index.ts';
import type { LooksBetween, ToolState } from '../../../src/tools/verify/index.ts';
import { cronJob, job, minute, state, workload } from './states.ts';

type Parts = Partial<ToolState>;

/** Before at 10:00, the change, and the look after it at 10:05. */
const compare = (before: Parts, after: Parts, between: LooksBetween = {}) =>
  compareToolStates(state(0, before), state(5, after), between);

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
