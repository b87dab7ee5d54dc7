import { describe, expect, test } from 'vitest';
import {
  configMaps,
  customResourceDefinitions,
  deployments,
  endpoints,
  endpointSlices,
  namespaces,
  pods,
  replicaSets,
  serviceAccounts,
} from '../../simulator/cluster/kinds.ts';
import { eventually, readyCondition, startCluster } from './fixture.ts';

const shop = {
  workloads: [{ kind: 'Deployment' as const, namespace: 'shop', name: 'cart', replicas: 2, port: 80 }],
};

describe('deleting an owner', () => {
  test('in the background takes what it owns after it', async () => {
    const cluster = await startCluster(shop);
    cluster.store.remove(deployments, 'shop', 'cart');
    expect(cluster.store.find(deployments, 'shop', 'cart')).toBeUndefined();
    await eventually(cluster, pods, () => cluster.store.list(pods, 'shop').items.length === 0);
    expect(cluster.store.list(replicaSets, 'shop').items).toEqual([]);
  });

  test('in the foreground waits for what it owns', async () => {
    const cluster = await startCluster(shop);
    const order: string[] = [];
    for (const resource of [deployments, replicaSets, pods])
      cluster.store.watch(resource, undefined, ({ type, object }) => {
        if (type === 'DELETED') order.push(object.kind);
      });
    cluster.store.remove(deployments, 'shop', 'cart', { propagationPolicy: 'Foreground' });
    expect(cluster.store.get(deployments, 'shop', 'cart').metadata.finalizers).toEqual([
      'foregroundDeletion',
    ]);
    await eventually(cluster, deployments, (items) => items.length === 0);
    expect(order).toEqual(['Pod', 'Pod', 'ReplicaSet', 'Deployment']);
  });

  test('and leaving orphans frees what it owned', async () => {
    const cluster = await startCluster(shop);
    cluster.store.remove(deployments, 'shop', 'cart', { propagationPolicy: 'Orphan' });
    await eventually(cluster, deployments, (items) => items.length === 0);
    await cluster.whenIdle();
    const [set] = cluster.store.list(replicaSets, 'shop').items;
    expect(set?.metadata.ownerReferences).toBeUndefined();
    expect(cluster.store.list(pods, 'shop').items).toHaveLength(2);
  });

  test('and making it again takes the orphans back', async () => {
    const cluster = await startCluster(shop);
    const before = cluster.store.list(pods, 'shop').items.map(({ metadata }) => metadata.uid);
    const old = cluster.store.remove(deployments, 'shop', 'cart', { propagationPolicy: 'Orphan' });
    await eventually(cluster, deployments, (items) => items.length === 0);
    const again = cluster.store.create(deployments, {
      kind: 'Deployment',
      metadata: { name: 'cart', namespace: 'shop' },
      spec: old.spec,
    });
    await eventually(cluster, deployments, ([cart]) => cart?.status?.availableReplicas === 2);
    const [set] = cluster.store.list(replicaSets, 'shop').items;
    expect(set?.metadata.ownerReferences?.[0]?.uid).toBe(again.metadata.uid);
    expect(cluster.store.list(pods, 'shop').items.map(({ metadata }) => metadata.uid)).toEqual(before);
  });
});

describe('a namespace', () => {
  test('is furnished, and again when its furniture is taken', async () => {
    const cluster = await startCluster({
      manifests: [
        { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'extra', labels: { team: 'x' } } },
      ],
    });
    for (const name of ['default', 'kube-system', 'kube-public', 'kube-node-lease', 'extra'])
      expect(cluster.store.find(serviceAccounts, name, 'default')).toBeDefined();
    expect(cluster.store.get(namespaces, undefined, 'extra').metadata.labels).toEqual({
      team: 'x',
      'kubernetes.io/metadata.name': 'extra',
    });
    cluster.store.remove(configMaps, 'extra', 'kube-root-ca.crt');
    await cluster.whenIdle();
    expect(cluster.store.find(configMaps, 'extra', 'kube-root-ca.crt')).toBeDefined();
  });

  test('goes when all that was in it is gone', async () => {
    const cluster = await startCluster(shop);
    cluster.store.remove(namespaces, undefined, 'shop');
    expect(cluster.store.get(namespaces, undefined, 'shop').status?.phase).toBe('Terminating');
    await eventually(cluster, namespaces, (items) => items.every(({ metadata }) => metadata.name !== 'shop'));
    for (const resource of cluster.store.resources())
      expect(cluster.store.list(resource, 'shop').items).toEqual([]);
  });
});

describe('a Service', () => {
  test('has the Ready Pods among its addresses, and leaves out what goes', async () => {
    // So slowly that no other Pod is Ready before the addresses are looked at.
    const cluster = await startCluster({ ...shop, speed: 1 });
    const addresses = (): number => {
      const [subset] = cluster.store.get(endpoints, 'shop', 'cart')['subsets'] as { addresses?: unknown[] }[];
      return subset?.addresses?.length ?? 0;
    };
    expect(addresses()).toBe(2);
    const slice = cluster.store.list(endpointSlices, 'shop').items[0];
    expect(slice?.['endpoints']).toHaveLength(2);
    const [pod] = cluster.store.list(pods, 'shop').items;
    cluster.store.remove(pods, 'shop', pod!.metadata.name);
    await cluster.whenIdle();
    expect(addresses()).toBe(1);
    cluster.clock.setSpeed(1000);
    await eventually(
      cluster,
      pods,
      (items) => items.filter((item) => readyCondition(item) === 'True').length === 2,
    );
  });
});

describe('a CustomResourceDefinition', () => {
  const manifests = [
    {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'policies.example.com' },
      spec: {
        group: 'example.com',
        scope: 'Cluster',
        names: { kind: 'Policy', plural: 'policies', singular: 'policy' },
        versions: [{ name: 'v1', served: true, storage: true }],
      },
    },
    { apiVersion: 'example.com/v1', kind: 'Policy', metadata: { name: 'one' } },
  ];

  test('is established, and takes its custom resources with it', async () => {
    const cluster = await startCluster({ manifests });
    const policies = { group: 'example.com', resource: 'policies' };
    const definition = cluster.store.get(customResourceDefinitions, undefined, 'policies.example.com');
    expect(definition.status?.conditions?.map(({ type, status }) => `${type}=${status}`)).toEqual([
      'NamesAccepted=True',
      'Established=True',
    ]);
    expect(definition.status?.storedVersions).toEqual(['v1']);
    expect(cluster.store.list(policies).items).toHaveLength(1);
    cluster.store.remove(customResourceDefinitions, undefined, 'policies.example.com');
    expect(cluster.store.list(policies).items).toEqual([]);
  });
});
