import { expect, test } from 'vitest';
import { copyEverything, startTwoClusters } from './twoClusters.ts';

const patiently = { timeout: 60_000 };
const limits = { timeoutMs: 50_000, pollMs: 50 };

test('green is waited for until its owners are as well as blue’s', patiently, async () => {
  const clusters = await startTwoClusters();
  const { sides, stage, run, evidence } = clusters;
  const before = await run('verifyGreenWorkloads', { sides, stage, ...limits, timeoutMs: 0 });
  expect(before).toMatchObject({ well: false, compared: 3, behindCount: 3 });
  expect(before.behind).toContain('Deployment shop/web: it is not on the new cluster');
  await copyEverything(clusters);
  const verdict = await run('verifyGreenWorkloads', { sides, stage, ...limits });
  expect(verdict).toMatchObject({ well: true, behind: [], behindCount: 0, compared: 3 });
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
  const verdict = await run('verifyGreenWorkloads', { sides, stage, ...limits, timeoutMs: 300 });
  expect(verdict).toMatchObject({ well: false, behindCount: 1 });
  expect(verdict.behind[0]).toContain('Deployment shop/web: 2 Ready on the new cluster, 3 on the old one');
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
