import { describe, expect, test } from 'vitest';
import { compareWorkloads, describeWorkload, readWorkloads } from '../../src/kubernetes/workloads.ts';
import type { WorkloadState } from '../../src/kubernetes/workloads.ts';
import { fakeConnection, list, Refusal } from './fakeConnection.ts';
import type { Route } from './fakeConnection.ts';

interface Owner {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
}
const owner = (apiVersion: string, kind: string, name: string): Owner => ({
  apiVersion,
  kind,
  name,
  uid: `${kind}-${name}`,
});
const object = (name: string, uid: string, controller?: Owner) => ({
  namespace: 'shop',
  name,
  uid,
  generation: 1,
  ...(controller === undefined ? {} : { ownerReferences: [{ ...controller, controller: true }] }),
});
const pod = (name: string, controller?: Owner, readyStatus = 'True') => ({
  metadata: object(name, name, controller),
  spec: { restartPolicy: 'Always' },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: readyStatus }] },
});
const replicas = (wanted: number, readyReplicas: number) => ({
  spec: { replicas: wanted },
  status: { observedGeneration: 1, replicas: wanted, updatedReplicas: wanted, readyReplicas },
});

const deployment = owner('apps/v1', 'Deployment', 'web');
const replicaSet = owner('apps/v1', 'ReplicaSet', 'web-1');
const rollout = owner('argoproj.io/v1alpha1', 'Rollout', 'canary');
const rolloutSet = owner('apps/v1', 'ReplicaSet', 'canary-1');
const cronJob = owner('batch/v1', 'CronJob', 'backup');
const cloneSet = owner('apps.kruise.io/v1beta1', 'StatefulSet', 'cache');

function cluster(more: Record<string, Route> = {}) {
  return fakeConnection({
    '/apis/apps/v1/deployments': list({ metadata: object('web', deployment.uid), ...replicas(2, 2) }),
    '/apis/apps/v1/replicasets': list(
      { metadata: object('web-1', replicaSet.uid, deployment), ...replicas(2, 2) },
      { metadata: object('canary-1', rolloutSet.uid, rollout), ...replicas(1, 0) },
      { metadata: object('lone', 'lone-uid'), ...replicas(0, 0) },
    ),
    '/apis/apps/v1/statefulsets': list({ metadata: object('db', 'db-uid'), ...replicas(1, 1) }),
    '/apis/apps/v1/daemonsets': list({
      metadata: object('agent', 'agent-uid'),
      spec: {},
      status: { observedGeneration: 1, desiredNumberScheduled: 1, updatedNumberScheduled: 1, numberReady: 1 },
    }),
    '/apis/batch/v1/jobs': list(
      {
        metadata: object('backup-1', 'backup-1-uid', cronJob),
        spec: {},
        status: { conditions: [{ type: 'Complete', status: 'True' }] },
      },
      { metadata: object('import', 'import-uid'), spec: {}, status: { active: 1 } },
    ),
    '/api/v1/pods': list(
      pod('web-1-a', replicaSet),
      pod('web-1-b', replicaSet),
      pod('canary-1-a', rolloutSet, 'False'),
      pod('db-0', owner('apps/v1', 'StatefulSet', 'db')),
      pod('agent-a', { ...owner('apps/v1', 'DaemonSet', 'agent'), uid: 'agent-uid' }),
      pod('cache-0', cloneSet),
      pod('static-node-a', owner('v1', 'Node', 'node-a')),
      pod('lonely'),
    ),
    ...more,
  });
}

test('every owner is there once, in order, and its Pods are found through its ReplicaSet', async () => {
  const states = await readWorkloads(cluster());
  expect(states.map(({ kind, name, well }) => `${kind} ${name} ${well ? 'well' : 'broken'}`)).toEqual([
    'CronJob backup well',
    'DaemonSet agent well',
    'Deployment web well',
    'Job import well',
    'Pod lonely well',
    'ReplicaSet canary-1 broken',
    'ReplicaSet lone well',
    'StatefulSet cache well',
    'StatefulSet db broken',
  ]);
  // Its only Pod names another uid as its controller: a StatefulSet of the same name that was deleted.
  expect(states.at(-1)).toMatchObject({ reason: '0 of 1 Pods Ready' });
});

test('a few namespaces are read alone, and the cluster as a whole where they are many', async () => {
  const namespaced = (path: string) => path.replace(/^(.*)\/(\w+)$/, '$1/namespaces/shop/$2');
  const everywhere = cluster();
  const states = await readWorkloads(everywhere);
  const paths = everywhere.asked.map(({ path }) => path);
  const inShop = fakeConnection(
    Object.fromEntries(
      await Promise.all(
        paths.map(async (path) => [namespaced(path), await everywhere.getJson(path)] as const),
      ),
    ),
  );
  expect(await readWorkloads(inShop, undefined, new Set(['shop']))).toEqual(states);
  expect(inShop.asked.map(({ path }) => path)).toEqual(paths.map(namespaced));

  const many = cluster();
  const namespaces = new Set(Array.from({ length: 11 }, (_, nth) => `team-${nth}`));
  expect(await readWorkloads(many, undefined, namespaces)).toEqual(states);
  expect(many.asked.map(({ path }) => path)).toEqual(paths);
});

test('a kind that can not be read is not passed over', async () => {
  const connection = cluster({ '/apis/apps/v1/daemonsets': new Refusal(403, 'no') });
  await expect(readWorkloads(connection)).rejects.toMatchObject({ type: 'CredentialsRefused' });
});

describe('what the upgrade broke is told apart from what was broken', () => {
  const state = (well: boolean, more: Partial<WorkloadState> = {}): WorkloadState => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    namespace: 'shop',
    name: 'web',
    uid: 'u1',
    well,
    ...(well ? {} : { reason: '1 of 3 Pods Ready' }),
    wanted: 3,
    ready: well ? 3 : 1,
    ...more,
  });
  const job = { kind: 'Job', apiVersion: 'batch/v1', shortLived: true } as const;

  test.each<[string, WorkloadState[], WorkloadState[], Record<string, string[]>]>([
    ['well and well', [state(true)], [state(true)], {}],
    ['well, then broken', [state(true)], [state(false)], { newlyBroken: ['1 of 3 Pods Ready'] }],
    ['broken all along', [state(false)], [state(false)], { alreadyBroken: ['1 of 3 Pods Ready'] }],
    ['broken, then well', [state(false)], [state(true)], { recovered: ['3 of 3 Pods Ready'] }],
    [
      'well, then gone',
      [state(true)],
      [],
      { newlyBroken: ['it is no longer there'], gone: ['3 of 3 Pods Ready'] },
    ],
    ['broken, then gone', [state(false)], [], { gone: ['1 of 3 Pods Ready'] }],
    ['scaled to 0, then gone', [state(true, { wanted: 0, ready: 0 })], [], { gone: ['0 of 0 Pods Ready'] }],
    ['a Job that is gone', [state(true, job)], [], { gone: ['3 of 3 Pods Ready'] }],
    ['a Job that broke', [state(true, job)], [state(false, job)], { newlyBroken: ['1 of 3 Pods Ready'] }],
    [
      'made anew and broken',
      [state(true)],
      [state(false, { uid: 'u2' })],
      { newlyBroken: ['1 of 3 Pods Ready'] },
    ],
    ['read by another version', [state(true, { apiVersion: 'apps/v1beta2' })], [state(true)], {}],
    [
      'the same name elsewhere',
      [state(true)],
      [state(true, { namespace: 'other' }), state(false, { name: 'new' })],
      { newlyBroken: ['it is no longer there'], gone: ['3 of 3 Pods Ready'] },
    ],
  ])('%s', (_, baseline, now, expected) => {
    const comparison = compareWorkloads(baseline, now);
    const lines = Object.fromEntries(
      Object.entries(comparison)
        .map(([name, states]: [string, WorkloadState[]]) => [
          name,
          states.map((each) => describeWorkload(each).replace(/^[^:]*: /, '')),
        ])
        .filter(([, each]) => each?.length !== 0),
    );
    expect(lines).toEqual(expected);
  });

  test('in words', () => {
    expect(describeWorkload(state(false))).toBe('Deployment shop/web: 1 of 3 Pods Ready');
  });
});
