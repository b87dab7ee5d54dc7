import { expect, test } from 'vitest';
import type { Clusters } from '../../../src/activities/clusters.ts';
import { verifyGreenWorkloadsActivity } from '../../../src/activities/migration/verifyGreenWorkloads.ts';
import type { ClusterContext } from '../../../src/activities/types.ts';
import type { EvidenceStore } from '../../../src/evidence/store.ts';
import { fakeConnection } from '../../kubernetes/fakeConnection.ts';
import { copyEverything, startTwoClusters } from './twoClusters.ts';

const patiently = { timeout: 120_000 };
const limits = { timeoutMs: 100_000, pollMs: 50 };

test('green is waited for until its owners are as well as blue’s', patiently, async () => {
  const clusters = await startTwoClusters();
  const { sides, stage, run, evidence } = clusters;
  const before = await run('verifyGreenWorkloads', { sides, stage, ...limits, timeoutMs: 0 });
  expect(before).toMatchObject({ well: false, compared: 3, behindCount: 3 });
  expect(before.behind).toContain('Deployment shop/web: it is not on the new cluster');
  await copyEverything(clusters);
  const verdict = await run('verifyGreenWorkloads', { sides, stage, ...limits });
  expect(verdict).toMatchObject({
    ...{ well: true, behind: [], behindCount: 0, compared: 3, alreadyBrokenCount: 1 },
  });
  expect(await evidence.read(verdict.evidence)).toMatchObject({
    alreadyBroken: [{ name: 'beta' }],
    ...{ behind: [], compared: 3, well: true },
  });
});

test('an owner with fewer Pods than on blue is named when the time is over', patiently, async () => {
  const clusters = await startTwoClusters();
  const { sides, stage, run, green, blue } = clusters;
  await copyEverything(clusters);
  await run('verifyGreenWorkloads', { sides, stage, ...limits });
  const web = '/apis/apps/v1/namespaces/shop/deployments/web';
  await green.change('PATCH', web, { body: { spec: { replicas: 2 } }, what: 'scale' });
  const short = 'Deployment shop/web: 2 Ready on the new cluster, 3 on the old one';
  const look = () => run('verifyGreenWorkloads', { sides, stage, ...limits, timeoutMs: 300 });
  let verdict = await look();
  // The Pod that is to go takes its time.
  while (verdict.behind[0]?.includes(short) !== true) verdict = await look();
  expect(verdict).toMatchObject({ well: false, behindCount: 1 });
  await blue.change('PATCH', web, { body: { spec: { replicas: 2 } }, what: 'scale' });
  expect(await run('verifyGreenWorkloads', { sides, stage, ...limits })).toMatchObject({ well: true });
});

test('what stands still, and what is left behind, is not asked for', patiently, async () => {
  const clusters = await startTwoClusters();
  const { run, green } = clusters;
  await copyEverything(clusters);
  const db = { kind: 'StatefulSet' as const, namespace: 'shop', name: 'db' };
  const stage = {
    ...clusters.stage,
    singletons: [db],
    sources: [{ copy: { excludeNamespaces: [], excludeKinds: ['daemonsets.apps'] } }],
  };
  const sides = clusters.sides;
  await run('holdWork', { context: sides.green, singletons: [db], madeBy: 'migrate', ...limits });
  await green.change('DELETE', '/apis/apps/v1/namespaces/shop/daemonsets/agent', { what: 'delete' });
  const verdict = await run('verifyGreenWorkloads', { sides, stage, ...limits });
  expect(verdict).toMatchObject({ well: true, compared: 1 });
});

test('where none of blue’s owners can be judged, it is not well', patiently, async () => {
  const { sides, run, ...clusters } = await startTwoClusters();
  const stage = { ...clusters.stage, sources: [{ copy: { excludeNamespaces: ['shop'], excludeKinds: [] } }] };
  const verdict = await run('verifyGreenWorkloads', { sides, stage, ...limits, timeoutMs: 0 });
  expect(verdict).toMatchObject({ well: false, compared: 0, behindCount: 1 });
  expect(verdict.behind).toEqual([
    'no workload could be compared: 0 are broken on the old cluster already, 4 stand still or stay behind',
  ]);
});

test('an owner that seems broken on blue for one look alone is not taken for broken', async () => {
  const deployment = (readyReplicas: number) => ({
    metadata: { namespace: 'shop', name: 'web', uid: 'web', generation: 1 },
    spec: { replicas: 1, template: { spec: { containers: [] } } },
    status: { observedGeneration: 1, readyReplicas },
  });
  const pod = {
    metadata: {
      ...{ namespace: 'shop', name: 'web-1', uid: 'p' },
      ownerReferences: [
        { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'rs', controller: true },
      ],
    },
    spec: {},
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
  };
  const replicaSet = {
    metadata: {
      ...{ namespace: 'shop', name: 'web', uid: 'rs' },
      ownerReferences: [
        { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'web', controller: true },
      ],
    },
    spec: {},
  };
  let looks = 0;
  const cluster = (items: Record<string, () => unknown[]>) =>
    fakeConnection(
      Object.fromEntries(
        [
          ...['deployments', 'replicasets', 'statefulsets', 'daemonsets'].map((name) => [
            '/apis/apps/v1',
            name,
          ]),
          ...[
            ['/apis/batch/v1', 'jobs'],
            ['/apis/batch/v1', 'cronjobs'],
            ['/api/v1', 'pods'],
            ['/apis/apps/v1/namespaces/shop', 'deployments'],
          ],
        ].map(([api = '', name = '']) => [`${api}/${name}`, () => ({ items: items[name]?.() ?? [] })]),
      ),
    );
  const blue = cluster({
    // The owner is read before its Pods, and what is read first is older.
    pods: () => (++looks === 1 ? [] : [pod]),
    replicasets: () => [replicaSet],
    deployments: () => [deployment(1)],
  });
  const sides = { blue, green: cluster({}) };
  const contextOf = (name: string) => ({ cluster: { name }, evidencePrefix: name }) as ClusterContext;
  const { verifyGreenWorkloads } = verifyGreenWorkloadsActivity({
    clusters: {
      open: async ({ cluster }: ClusterContext) => ({ kubernetes: sides[cluster.name as 'blue' | 'green'] }),
    } as unknown as Clusters,
    evidence: {
      write: async () => ({ name: '', key: '', sha256: '', count: 0 }),
    } as unknown as EvidenceStore,
  });
  const verdict = await verifyGreenWorkloads({
    sides: { blue: contextOf('blue'), green: contextOf('green') },
    stage: { stage: 'resources', cluster: 'green', sources: [], singletons: [], volumes: [] },
    ...{ timeoutMs: 0, pollMs: 1 },
  });
  expect(verdict).toMatchObject({
    ...{ well: false, compared: 1 },
    behind: ['Deployment shop/web: it is not on the new cluster'],
  });
});
