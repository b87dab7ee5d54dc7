import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createSimulatedCluster } from '../../simulator/cluster/cluster.ts';
import {
  daemonSets,
  deployments,
  nodes,
  podDisruptionBudgets,
  pods,
  statefulSets,
} from '../../simulator/cluster/kinds.ts';
import { conditionOf } from '../../simulator/cluster/pods.ts';
import { loadScenario } from '../../scenario/scenario.ts';
import { eventually, readyCondition, startCluster } from './fixture.ts';

const demo = join(import.meta.dirname, '..', '..', 'scenario', 'demo.yaml');

describe("the demo's cluster", () => {
  test('starts settled: everything runs, save what is broken', async () => {
    const cluster = createSimulatedCluster(loadScenario(demo), { speed: 1 });
    onTestFinished(() => cluster.close());
    await cluster.start();
    const unready = cluster.store.list(pods).items.filter((pod) => readyCondition(pod) !== 'True');
    expect(unready.map((pod) => pod.metadata.labels?.['app.kubernetes.io/name'])).toEqual(['loyalty-beta']);
    for (const node of cluster.store.list(nodes).items)
      expect(conditionOf(node, 'Ready')?.status).toBe('True');
    for (const { metadata, status } of cluster.store.list(podDisruptionBudgets).items)
      expect([metadata.name, status?.disruptionsAllowed]).toEqual([metadata.name, 1]);
    for (const { metadata, spec, status } of cluster.store.list(statefulSets).items)
      expect([metadata.name, status?.availableReplicas]).toEqual([metadata.name, spec.replicas]);
    for (const { status } of cluster.store.list(daemonSets).items)
      expect(status?.numberAvailable).toBe(status?.desiredNumberScheduled);
    expect(cluster.store.list(nodes).items).toHaveLength(7);
    expect(await cluster.infrastructure.listNodes('general')).toHaveLength(3);
  });

  test('is the same for the same seed', async () => {
    const names = async (seed: number): Promise<string[]> => {
      const cluster = createSimulatedCluster(loadScenario(demo), { speed: 1, seed });
      onTestFinished(() => cluster.close());
      await cluster.start();
      return cluster.store
        .list(pods)
        .items.map((pod) => `${pod.metadata.name} on ${pod.spec.nodeName ?? ''}`);
    };
    expect(await names(7)).toEqual(await names(7));
    expect(await names(8)).not.toEqual(await names(7));
  });
});

describe("the control plane's upgrade", () => {
  test('replaces one API server after the other, in its time, and cuts their watches', async () => {
    const cluster = await startCluster();
    const seen: string[][] = [];
    cluster.faults.onWatchCut(() => seen.push(cluster.apiServerVersions()));
    const begun = cluster.clock.now().getTime();
    const upgrade = cluster.infrastructure.upgradeControlPlane('1.32', new AbortController().signal);
    expect(cluster.infrastructure.controlPlaneVersion()).toBe('1.31');
    await upgrade;
    expect(cluster.clock.now().getTime() - begun).toBeGreaterThanOrEqual(600_000);
    expect(seen).toEqual([['1.32', '1.31'], ['1.32']]);
    expect(cluster.apiServerVersions()).toEqual(['1.32']);
    expect(cluster.infrastructure.controlPlaneVersion()).toBe('1.32');
  });

  test('takes the API away for as long as a fault asks', async () => {
    const cluster = await startCluster({ faults: { apiServerDowntimeSeconds: 100 } });
    const down = new Promise<number>((resolve) => {
      cluster.faults.onWatchCut(() => {
        if (cluster.faults.onCall('kubernetes', 'get /readyz') !== undefined)
          resolve(cluster.clock.now().getTime());
      });
    });
    const upgrade = cluster.infrastructure.upgradeControlPlane('1.32', new AbortController().signal);
    await down;
    await upgrade;
    expect(cluster.faults.onCall('kubernetes', 'get /readyz')).toBeUndefined();
  });

  test('that is called off leaves the old version', async () => {
    const cluster = await startCluster();
    const controller = new AbortController();
    const upgrade = cluster.infrastructure.upgradeControlPlane('1.32', controller.signal);
    cluster.faults.onWatchCut(() => controller.abort(new Error('called off')));
    await expect(upgrade).rejects.toThrow('called off');
    expect(cluster.apiServerVersions()).toEqual(['1.31']);
    expect(cluster.infrastructure.controlPlaneVersion()).toBe('1.31');
  });
});

describe('an add-on', () => {
  const addons = [
    { name: 'coredns' as const, version: 'v1.11.4-eksbuild.2' },
    { name: 'vpc-cni' as const, version: 'v1.19.2-eksbuild.1' },
  ];

  test('is brought to a version, and rolled out when that resolves', async () => {
    const cluster = await startCluster({ addons });
    expect(await cluster.infrastructure.addonImage('vpc-cni')).toBe('v1.19.2-eksbuild.1');
    await cluster.infrastructure.rollAddon('vpc-cni', 'v1.19.5-eksbuild.3', new AbortController().signal);
    expect(await cluster.infrastructure.addonImage('vpc-cni')).toBe('v1.19.5-eksbuild.3');
    expect(cluster.store.get(daemonSets, 'kube-system', 'aws-node').status).toMatchObject({
      updatedNumberScheduled: 3,
      numberAvailable: 3,
    });
    await cluster.infrastructure.rollAddon('coredns', 'v1.12.1-eksbuild.2', new AbortController().signal);
    expect(cluster.store.get(deployments, 'kube-system', 'coredns').status).toMatchObject({
      updatedReplicas: 2,
      availableReplicas: 2,
    });
  });

  test('that does not come up is waited for until the signal', async () => {
    const cluster = await startCluster({ addons });
    cluster.faults.turnOn({ images: [{ image: '*coredns:v1.12*' }] });
    const controller = new AbortController();
    const rolling = cluster.infrastructure.rollAddon('coredns', 'v1.12.1-eksbuild.2', controller.signal);
    await eventually(cluster, pods, (items) =>
      items.some((pod) => JSON.stringify(pod.status).includes('ImagePullBackOff')),
    );
    controller.abort(new Error('too long'));
    await expect(rolling).rejects.toThrow('too long');
  });

  test('that is not installed has no image and can not be rolled', async () => {
    const cluster = await startCluster();
    expect(await cluster.infrastructure.addonImage('coredns')).toBeUndefined();
    await expect(
      cluster.infrastructure.rollAddon('coredns', 'v1', new AbortController().signal),
    ).rejects.toThrow('not installed');
  });
});

describe('draining through the infrastructure', () => {
  test('concerns neither DaemonSet Pods nor finished ones, and says what the eviction API answered', async () => {
    const cluster = await startCluster({
      nodeGroups: [{ name: 'main', size: 2 }],
      workloads: [
        { kind: 'DaemonSet', namespace: 'shop', name: 'agent' },
        { kind: 'Deployment', namespace: 'shop', name: 'cart', replicas: 2, budget: { minAvailable: 1 } },
      ],
    });
    const [node, other] = cluster.store.list(nodes).items.map(({ metadata }) => metadata.name);
    const [pod] = await cluster.infrastructure.podsToEvict(node!);
    expect(pod?.name).toMatch(/^cart-/);
    expect(await cluster.infrastructure.evict(pod!)).toBe('evicted');
    const [last] = await cluster.infrastructure.podsToEvict(other!);
    expect(await cluster.infrastructure.evict(last!)).toBe('refused');
    expect(await cluster.infrastructure.evict({ ...last!, uid: 'another' })).toBe('gone');
    expect(await cluster.infrastructure.evict({ ...last!, name: 'none' })).toBe('gone');
    await cluster.infrastructure.deletePod(last!);
    expect(cluster.store.get(pods, 'shop', last!.name).metadata.deletionTimestamp).toBeDefined();
  });
});

describe('tokens', () => {
  test('that were set may come in, until credentials are refused', async () => {
    const cluster = await startCluster({ tokens: ['fixed'] });
    expect(cluster.authenticate('fixed')).toBe(true);
    expect(cluster.authenticate('other')).toBe(false);
    cluster.addToken('other');
    expect(cluster.authenticate('other')).toBe(true);
    cluster.faults.refuseCredentials(true);
    expect(cluster.authenticate('fixed')).toBe(false);
    expect(cluster.refusalOf('fixed')).toBe('the credentials have expired');
  });
});
