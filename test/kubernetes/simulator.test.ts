import { expect, test, vi } from 'vitest';
import type { SimulatedCluster } from '../../simulator/cluster/cluster.ts';
import { pods } from '../../simulator/cluster/kinds.ts';
import { findAddonWorkloads, kubeProxyVersions } from '../../src/kubernetes/addons.ts';
import type { KubernetesConnection } from '../../src/kubernetes/connection.ts';
import { compareInventories, describeMissing, inventory } from '../../src/kubernetes/inventory.ts';
import type { InventoryEntry } from '../../src/kubernetes/inventory.ts';
import { listNodes } from '../../src/kubernetes/nodes.ts';
import { startProbe } from '../../src/kubernetes/probe.ts';
import { serverVersion } from '../../src/kubernetes/version.ts';
import { compareWorkloads, describeWorkload, readWorkloads } from '../../src/kubernetes/workloads.ts';
import { startSimulatedKubernetes } from './simulatedKubernetes.ts';

const patiently = { timeout: 60_000 };
const hop = { from: '1.31', to: '1.32' };
const configMaps = { group: '', resource: 'configmaps' };
const secrets = { group: '', resource: 'secrets' };

async function take(connection: KubernetesConnection): Promise<InventoryEntry[]> {
  const entries: InventoryEntry[] = [];
  for await (const entry of inventory(connection)) entries.push(entry);
  return entries;
}

const upgrade = (cluster: SimulatedCluster) =>
  cluster.infrastructure.upgradeControlPlane('1.32', AbortSignal.timeout(100_000));

test('an upgrade of the control plane loses nothing, and no probe fails', async () => {
  const { cluster, connection } = await startSimulatedKubernetes({ speed: 600 });
  const before = await take(connection);
  const probe = startProbe(connection, { intervalMs: 20, timeoutMs: 60_000 });
  await upgrade(cluster);
  const summary = await probe.stop();
  await expect(serverVersion(connection)).resolves.toBe('1.32');
  const comparison = await compareInventories(before, await take(connection), hop);
  expect(comparison).toMatchObject({ missing: [], excepted: [], unseen: [] });
  expect(comparison.compared).toBe(before.filter((entry) => 'uid' in entry).length);
  expect(comparison.compared).toBeGreaterThan(50);
  expect(summary.probes).toBeGreaterThan(0);
  expect(summary).toMatchObject({ failures: 0, downtimeSeconds: 0 });
});

test('an API server that is away during the upgrade is measured', async () => {
  const { cluster, connection } = await startSimulatedKubernetes({ speed: 600 });
  cluster.faults.turnOn({ apiServerDowntimeSeconds: 240 });
  const begin = performance.now();
  const probe = startProbe(connection, { intervalMs: 20, timeoutMs: 60_000 });
  // It stays away until that has been seen.
  const stop = cluster.faults.onWatchCut(() => {
    stop();
    cluster.clock.setSpeed(1);
  });
  const upgraded = upgrade(cluster);
  await vi.waitUntil(() => probe.snapshot().summary.failures >= 3, patiently);
  cluster.clock.setSpeed(600);
  await upgraded;
  const summary = await probe.stop();
  expect(summary.downtimeSeconds).toBeGreaterThan(0);
  expect(summary.downtimeSeconds).toBeLessThan((performance.now() - begin) / 1_000);
});

test('an object that was deleted is named, and one that was made anew is told as replaced', async () => {
  const { cluster, connection } = await startSimulatedKubernetes();
  const before = await take(connection);
  cluster.store.remove(configMaps, 'shop', 'storefront-settings');
  cluster.store.remove(configMaps, 'shop', 'kube-root-ca.crt');
  const secret = cluster.store.get(secrets, 'shop', 'orders-db-credentials');
  cluster.store.remove(secrets, 'shop', 'orders-db-credentials');
  cluster.store.create(secrets, {
    ...secret,
    metadata: { namespace: 'shop', name: 'orders-db-credentials' },
  });
  const comparison = await compareInventories(before, await take(connection), hop);
  expect(comparison.missing.map(describeMissing)).toEqual([
    'ConfigMap shop/storefront-settings',
    'Secret shop/orders-db-credentials (replaced: another object has its name now)',
  ]);
  expect(comparison.excepted.map(({ entry }) => entry.name)).toEqual(['kube-root-ca.crt']);
});

test('a Deployment that was broken before is told apart from one that breaks', async () => {
  const { cluster, connection } = await startSimulatedKubernetes({ speed: 600 });
  const baseline = await readWorkloads(connection);
  expect(baseline.filter(({ well }) => !well).map(describeWorkload)).toEqual([
    expect.stringMatching(
      /^Deployment shop\/loyalty-beta: 0 of 1 Pods Ready: loyalty-beta-\S+ ImagePullBackOff$/,
    ),
  ]);
  cluster.faults.turnOn({ images: [{ image: '*/shop/cart:*' }] });
  const cart = cluster.store
    .list(pods, 'shop')
    .items.find(({ metadata }) => metadata.name.startsWith('cart-'));
  cluster.store.remove(pods, 'shop', cart?.metadata.name ?? '');
  let lines: string[] = [];
  await vi.waitUntil(async () => {
    const comparison = compareWorkloads(baseline, await readWorkloads(connection));
    lines = comparison.newlyBroken.map(describeWorkload);
    expect(comparison.alreadyBroken.map(({ name }) => name)).toEqual(['loyalty-beta']);
    return lines.some((line) => line.includes('Image'));
  }, patiently);
  expect(lines).toEqual([
    expect.stringMatching(
      /^Deployment shop\/cart: 2 of 3 Pods Ready: cart-\S+ (ErrImagePull|ImagePullBackOff)$/,
    ),
  ]);
});

test('the nodes, the add-ons and their kube-proxies are those of the scenario', async () => {
  const { connection } = await startSimulatedKubernetes();
  const nodes = await listNodes(connection);
  const providers = nodes.map(({ provider, nodeGroup }) => nodeGroup ?? provider).sort();
  expect(providers).toEqual([
    'general',
    'general',
    'general',
    'karpenter',
    'platform',
    'platform',
    'platform',
  ]);
  expect((await findAddonWorkloads(connection)).map(({ name }) => name)).toEqual([
    'coredns',
    'kube-proxy',
    'vpc-cni',
  ]);
  await expect(kubeProxyVersions(connection)).resolves.toEqual([
    { version: '1.31', nodes: nodes.map(({ name }) => name) },
  ]);
});

test('with one call in ten going wrong, all is read as without', { timeout: 60_000 }, async () => {
  const { cluster, connection } = await startSimulatedKubernetes();
  const before = await take(connection);
  cluster.faults.turnOn({
    calls: [
      { kind: 'reset', rate: 0.06 },
      { kind: 'server-error', rate: 0.03 },
      // The server asks for a second's wait after this one.
      { kind: 'throttle', rate: 0.01 },
    ],
  });
  for (let round = 0; round < 3; round += 1) {
    expect(await take(connection)).toEqual(before);
    expect((await readWorkloads(connection)).filter(({ well }) => !well)).toHaveLength(1);
  }
});

test('refused credentials are told as such', async () => {
  const { cluster, connection } = await startSimulatedKubernetes();
  cluster.faults.refuseCredentials(true);
  await expect(take(connection)).rejects.toMatchObject({ type: 'CredentialsRefused' });
  cluster.faults.refuseCredentials(false);
  await expect(serverVersion(connection)).resolves.toBe('1.31');
});
