import { describe, expect, test } from 'vitest';
import { podSchema } from '../../src/kubernetes/podState.ts';
import {
  judgeBarePod,
  judgeCronJob,
  judgeDaemonSet,
  judgeDeployment,
  judgeForeignOwner,
  judgeJob,
  judgeReplicas,
  noPods,
  tally,
} from '../../src/kubernetes/workloadHealth.ts';
import type { PodTally } from '../../src/kubernetes/workloadHealth.ts';
import {
  daemonSetSchema,
  deploymentSchema,
  jobSchema,
  replicasSchema,
} from '../../src/kubernetes/workloadObjects.ts';

const metadata = { namespace: 'shop', name: 'web', uid: 'u1', generation: 3 };
const ready = (count: number): PodTally => ({
  ...noPods,
  running: count,
  ready: count,
  restartsAlways: true,
});
/** So many Ready and one more that is held up. */
const held = (count: number, trouble = 'web-abc ImagePullBackOff'): PodTally => ({
  ...ready(count),
  running: count + 1,
  trouble,
  stuck: true,
});
const available = { type: 'Available', status: 'True' };
const complete = { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable' };
const rolling = { type: 'Progressing', status: 'True', reason: 'ReplicaSetUpdated' };
const stalled = { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' };
const full = { observedGeneration: 3, replicas: 3, updatedReplicas: 3, readyReplicas: 3 };

describe('a Deployment', () => {
  test.each<[string, object, object, PodTally, string | undefined]>([
    ['has all', { replicas: 3 }, { ...full, conditions: [available, complete] }, ready(3), undefined],
    ['wants one by default', {}, { observedGeneration: 3, readyReplicas: 1 }, ready(1), undefined],
    ['has more than it wants', { replicas: 2 }, full, ready(3), undefined],
    ['is scaled to 0', { replicas: 0 }, { observedGeneration: 2 }, noPods, undefined],
    ['is paused', { replicas: 3, paused: true }, { ...full, updatedReplicas: 1 }, ready(3), undefined],
    [
      'is paused past its deadline',
      { replicas: 3, paused: true },
      { ...full, conditions: [stalled] },
      ready(3),
      undefined,
    ],
    [
      'is paused and broken',
      { replicas: 3, paused: true },
      { ...full, readyReplicas: 1 },
      held(1),
      '1 of 3 Pods Ready: web-abc ImagePullBackOff',
    ],
    [
      'misses two',
      { replicas: 3 },
      { ...full, readyReplicas: 1 },
      held(1),
      '1 of 3 Pods Ready: web-abc ImagePullBackOff',
    ],
    ['reports more than its Pods say', { replicas: 3 }, full, ready(2), '2 of 3 Pods Ready'],
    [
      'has Pods of which nothing is reported',
      { replicas: 3 },
      {},
      ready(3),
      'its controller has not seen its newest version yet',
    ],
    [
      'was just changed',
      { replicas: 3 },
      { ...full, observedGeneration: 2 },
      ready(3),
      'its controller has not seen its newest version yet',
    ],
    [
      'rolls within its strategy',
      { replicas: 4 },
      { ...full, replicas: 5, updatedReplicas: 2, conditions: [available, rolling] },
      { ...ready(3), running: 5, trouble: 'web-new ContainerCreating' },
      undefined,
    ],
    [
      'rolls and has too few',
      { replicas: 4 },
      { ...full, updatedReplicas: 2, conditions: [{ ...available, status: 'False' }, rolling] },
      ready(1),
      '1 of 4 Pods Ready',
    ],
    [
      'rolls no more',
      { replicas: 3 },
      { ...full, updatedReplicas: 1, conditions: [available, stalled] },
      held(3, 'web-new CrashLoopBackOff'),
      'its rollout does not progress (ProgressDeadlineExceeded): web-new CrashLoopBackOff',
    ],
    [
      'may not make a Pod, and has enough by its strategy',
      { replicas: 4 },
      {
        ...full,
        updatedReplicas: 3,
        conditions: [available, rolling, { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate' }],
      },
      ready(3),
      "its Pods can't be made (FailedCreate)",
    ],
    [
      'lost one after its rollout',
      { replicas: 4 },
      { ...full, conditions: [available, complete] },
      ready(3),
      '3 of 4 Pods Ready',
    ],
    [
      'has all Ready but not for long enough',
      { replicas: 3 },
      { ...full, conditions: [{ ...available, status: 'False', reason: 'MinimumReplicasUnavailable' }] },
      ready(3),
      'not Available (MinimumReplicasUnavailable)',
    ],
  ])('that %s', (_, spec, status, pods, reason) => {
    const state = judgeDeployment(deploymentSchema.parse({ metadata, spec, status }), pods);
    expect({ well: state.well, reason: state.reason }).toEqual({ well: reason === undefined, reason });
    expect(state).toMatchObject({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      namespace: 'shop',
      name: 'web',
    });
  });
});

describe('a StatefulSet or a ReplicaSet', () => {
  test.each<[string, object, object, PodTally, string | undefined]>([
    ['has all', { replicas: 2 }, { observedGeneration: 3, readyReplicas: 2 }, ready(2), undefined],
    ['is scaled to 0', { replicas: 0 }, {}, noPods, undefined],
    [
      'misses one',
      { replicas: 2 },
      { observedGeneration: 3, readyReplicas: 1 },
      held(1, 'db-1 Unschedulable'),
      '1 of 2 Pods Ready: db-1 Unschedulable',
    ],
    [
      'was just changed',
      { replicas: 2 },
      { observedGeneration: 1, readyReplicas: 2 },
      ready(2),
      'its controller has not seen its newest version yet',
    ],
  ])('that %s', (_, spec, status, pods, reason) => {
    for (const kind of ['StatefulSet', 'ReplicaSet'] as const) {
      const state = judgeReplicas(kind, replicasSchema.parse({ metadata, spec, status }), pods);
      expect(state).toMatchObject({ kind, well: reason === undefined });
      expect(state.reason).toBe(reason);
      expect(state.shortLived).toBeUndefined();
    }
  });

  test('that somebody else controls comes and goes with that', () => {
    const controller = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Rollout',
      name: 'r',
      uid: 'u9',
      controller: true,
    };
    const owned = { metadata: { ...metadata, ownerReferences: [controller] }, spec: { replicas: 0 } };
    expect(judgeReplicas('ReplicaSet', replicasSchema.parse(owned), noPods)).toMatchObject({
      shortLived: true,
    });
  });
});

describe('a DaemonSet', () => {
  const numbers = {
    observedGeneration: 3,
    desiredNumberScheduled: 3,
    updatedNumberScheduled: 3,
    numberReady: 3,
  };
  test.each<[string, object, object, PodTally, string | undefined]>([
    ['is on every node', {}, numbers, ready(3), undefined],
    ['is wanted nowhere', {}, { observedGeneration: 3 }, noPods, undefined],
    [
      'misses a node',
      {},
      { ...numbers, numberReady: 2 },
      held(2, 'proxy-x CrashLoopBackOff'),
      '2 of 3 Pods Ready: proxy-x CrashLoopBackOff',
    ],
    ['has Pods that say less', {}, numbers, ready(1), '1 of 3 Pods Ready'],
    [
      'is not updated everywhere',
      {},
      { ...numbers, updatedNumberScheduled: 1 },
      ready(3),
      '1 of 3 Pods updated',
    ],
    [
      'is updated by people',
      { updateStrategy: { type: 'OnDelete' } },
      { ...numbers, updatedNumberScheduled: 1 },
      ready(3),
      undefined,
    ],
    [
      'was just changed',
      {},
      { ...numbers, observedGeneration: 2 },
      ready(3),
      'its controller has not seen its newest version yet',
    ],
  ])('that %s', (_, spec, status, pods, reason) => {
    const state = judgeDaemonSet(daemonSetSchema.parse({ metadata, spec, status }), pods);
    expect({ well: state.well, reason: state.reason }).toEqual({ well: reason === undefined, reason });
  });
});

describe('a Job', () => {
  const condition = (type: string, reason?: string) => ({ conditions: [{ type, status: 'True', reason }] });
  test.each<[string, object, object, PodTally, string | undefined]>([
    ['is done', { completions: 1 }, condition('Complete'), noPods, undefined],
    [
      'failed',
      { completions: 1 },
      condition('Failed', 'BackoffLimitExceeded'),
      noPods,
      'failed (BackoffLimitExceeded)',
    ],
    ['is suspended', { suspend: true }, {}, noPods, undefined],
    ['runs', { completions: 5, parallelism: 2 }, { active: 2, ready: 2 }, ready(2), undefined],
    [
      'is starting',
      {},
      { active: 1 },
      { ...noPods, running: 1, trouble: 'job-a ContainerCreating' },
      undefined,
    ],
    [
      'is stuck',
      {},
      { active: 1, ready: 0 },
      held(0, 'job-a ImagePullBackOff'),
      '0 of 1 Pods Ready: job-a ImagePullBackOff',
    ],
    ['has no Pod', { completions: 1 }, { failed: 2 }, noPods, 'none of its Pods runs, 2 failed'],
    ['has all its completions', { completions: 2 }, { succeeded: 2 }, noPods, undefined],
  ])('that %s', (_, spec, status, pods, reason) => {
    const state = judgeJob(jobSchema.parse({ metadata, spec, status }), pods);
    expect({ well: state.well, reason: state.reason }).toEqual({ well: reason === undefined, reason });
    expect(state.shortLived).toBe(true);
  });

  test('of a CronJob is judged by the newest one, under the name of the CronJob', () => {
    const owner = { apiVersion: 'batch/v1', kind: 'CronJob', name: 'backup', uid: 'u7' };
    const job = (name: string, creationTimestamp: string, type: string) => ({
      job: jobSchema.parse({
        metadata: { ...metadata, name, creationTimestamp },
        spec: {},
        status: condition(type, 'BackoffLimitExceeded'),
      }),
      pods: noPods,
    });
    const old = job('backup-1', '2026-01-01T00:00:00Z', 'Failed');
    const good = job('backup-2', '2026-01-02T00:00:00Z', 'Complete');
    const bad = job('backup-3', '2026-01-03T00:00:00Z', 'Failed');
    expect(judgeCronJob(owner, [old, good])).toMatchObject({
      kind: 'CronJob',
      name: 'backup',
      uid: 'u7',
      well: true,
    });
    expect(judgeCronJob(owner, [bad, old, good])).toMatchObject({
      well: false,
      reason: 'its newest Job backup-3: failed (BackoffLimitExceeded)',
    });
  });
});

function pod(
  status: object,
  more: { deletionTimestamp?: string; restartPolicy?: string; name?: string } = {},
) {
  const { deletionTimestamp, restartPolicy, name = 'p' } = more;
  return podSchema.parse({
    metadata: { namespace: 'shop', name, uid: name, deletionTimestamp },
    spec: { restartPolicy },
    status,
  });
}
const waiting = (reason: string) => ({
  phase: 'Pending',
  conditions: [{ type: 'Ready', status: 'False' }],
  containerStatuses: [{ state: { waiting: { reason } } }],
});
const good = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };

test.each<[string, object, string | undefined, boolean]>([
  ['is Ready', good, undefined, false],
  ['pulls an image that is not there', waiting('ImagePullBackOff'), 'ImagePullBackOff', true],
  ['starts', waiting('ContainerCreating'), 'ContainerCreating', false],
  [
    'fits nowhere',
    { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }] },
    'Unschedulable',
    true,
  ],
  [
    'has an init container that fails',
    {
      phase: 'Pending',
      initContainerStatuses: [{ state: { terminated: { reason: 'Error', exitCode: 1 } } }],
    },
    'Error',
    true,
  ],
  [
    'has an init container that is done',
    {
      phase: 'Pending',
      initContainerStatuses: [{ state: { terminated: { reason: 'Completed', exitCode: 0 } } }],
      containerStatuses: [{ state: { waiting: { reason: 'PodInitializing' } } }],
    },
    'PodInitializing',
    false,
  ],
  ['fails its readiness probe', { phase: 'Running', containerStatuses: [{ state: {} }] }, 'not Ready', false],
  ['was evicted by its kubelet', { phase: 'Failed', reason: 'Evicted' }, 'Evicted', true],
  ['is new', {}, 'Pending', false],
])('a Pod that %s', (_, status, trouble, stuck) => {
  expect(pod(status)).toMatchObject({ trouble, stuck });
});

test('Pods are added up: terminating and finished ones are none, and the one that is stuck is named', () => {
  const pods = [
    pod(good),
    pod(good, { deletionTimestamp: '2026-01-01T00:00:00Z' }),
    pod({ phase: 'Succeeded' }),
    pod({ phase: 'Failed', reason: 'Evicted' }, { name: 'old' }),
    pod(waiting('ContainerCreating'), { name: 'starting' }),
    pod(waiting('CrashLoopBackOff'), { name: 'crashing' }),
    pod(waiting('ErrImagePull'), { name: 'later' }),
  ];
  expect(pods.reduce(tally, noPods)).toMatchObject({
    running: 4,
    ready: 1,
    trouble: 'crashing CrashLoopBackOff',
    stuck: true,
  });
});

test.each<[string, object, boolean]>([
  ['Ready', good, true],
  ['done', { phase: 'Succeeded' }, true],
  ['failed', { phase: 'Failed' }, false],
  ['pending', { phase: 'Pending' }, false],
])('a bare Pod that is %s', (_, status, well) => {
  expect(judgeBarePod(pod(status))).toMatchObject({ kind: 'Pod', well, shortLived: true });
});

test("Pods of an operator's kind: all should be Ready, and those that finish may start", () => {
  const owner = { apiVersion: 'kafka.strimzi.io/v1', kind: 'StrimziPodSet', name: 'kafka', uid: 'u5' };
  expect(judgeForeignOwner(owner, 'shop', ready(3))).toMatchObject({
    kind: 'StrimziPodSet',
    well: true,
    wanted: 3,
  });
  expect(judgeForeignOwner(owner, 'shop', held(2))).toMatchObject({
    well: false,
    reason: '2 of 3 Pods Ready: web-abc ImagePullBackOff',
  });
  const run = { ...noPods, running: 1, trouble: 'run ContainerCreating' };
  expect(judgeForeignOwner(owner, 'shop', run)).toMatchObject({ well: true, shortLived: true });
  expect(judgeForeignOwner(owner, 'shop', { ...run, stuck: true })).toMatchObject({ well: false });
});
