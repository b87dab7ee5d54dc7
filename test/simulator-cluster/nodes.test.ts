import { describe, expect, test } from 'vitest';
import { leases, nodes, pods } from '../../simulator/cluster/kinds.ts';
import { toleratedFor } from '../../simulator/cluster/controllers/nodeLifecycle.ts';
import { allocatableOf } from '../../scenario/instanceTypes.ts';
import { conditionOf, isActive } from '../../simulator/cluster/pods.ts';
import { emptyStore, eventually, podManifest, readyCondition, startCluster } from './fixture.ts';

const launch = {
  nodeGroup: 'main',
  version: '1.32',
  labels: { team: 'shop' },
  taints: [],
  instanceType: 'm6i.large',
  zone: 'ap-northeast-1c',
};

describe('a node', () => {
  test('that is launched joins and becomes Ready, with the labels that EKS sets', async () => {
    const cluster = await startCluster();
    const name = await cluster.infrastructure.launchNode(launch);
    expect(name).toMatch(/^ip-10-0-\d+-\d+\.ap-northeast-1\.compute\.internal$/);
    const joined = await eventually(cluster, nodes, (items) =>
      items.find(({ metadata }) => metadata.name === name),
    );
    expect(conditionOf(joined, 'Ready')?.status).toBe('False');
    const ready = await eventually(cluster, nodes, (items) =>
      items.find(
        (node) =>
          node.metadata.name === name &&
          conditionOf(node, 'Ready')?.status === 'True' &&
          (node.spec.taints ?? []).length === 0,
      ),
    );
    expect(ready.metadata.labels).toMatchObject({
      'eks.amazonaws.com/nodegroup': 'main',
      'topology.kubernetes.io/zone': 'ap-northeast-1c',
      'node.kubernetes.io/instance-type': 'm6i.large',
      'kubernetes.io/arch': 'amd64',
      team: 'shop',
    });
    expect(ready.status?.nodeInfo?.kubeletVersion).toMatch(/^v1\.32\.\d+-eks-[0-9a-f]{7}$/);
    expect((await cluster.infrastructure.listNodes('main')).find((node) => node.name === name)).toMatchObject(
      {
        version: '1.32',
        ready: true,
        unschedulable: false,
      },
    );
    expect(cluster.store.find(leases, 'kube-node-lease', name)).toBeDefined();
  });

  test('keeps its lease', async () => {
    const cluster = await startCluster({ speed: 10_000 });
    const renewed = (): unknown =>
      JSON.stringify(cluster.store.list(leases).items.map((lease) => lease['spec']));
    const before = renewed();
    await eventually(cluster, leases, () => renewed() !== before);
  });

  test('that is cordoned is tainted, and not any more when it is uncordoned', async () => {
    const cluster = await startCluster();
    const name = cluster.store.list(nodes).items[0]!.metadata.name;
    const taints = () => cluster.store.get(nodes, undefined, name).spec.taints ?? [];
    await cluster.infrastructure.setUnschedulable(name, true);
    await cluster.whenIdle();
    expect(taints()).toEqual([{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }]);
    await cluster.infrastructure.setUnschedulable(name, false);
    await cluster.whenIdle();
    expect(taints()).toEqual([]);
    expect(cluster.store.get(nodes, undefined, name).spec.unschedulable).toBeUndefined();
  });

  test('that is terminated takes its Pods with it, and they come up elsewhere', async () => {
    const cluster = await startCluster({
      workloads: [{ kind: 'Deployment', namespace: 'shop', name: 'cart', replicas: 3 }],
    });
    const name = cluster.store.list(nodes).items[0]!.metadata.name;
    await cluster.infrastructure.terminateNode(name);
    await cluster.infrastructure.terminateNode(name);
    expect(cluster.store.podsOnNode(name)).toEqual([]);
    const placed = await eventually(cluster, pods, (items) => {
      const own = items.filter((pod) => pod.metadata.namespace === 'shop' && readyCondition(pod) === 'True');
      return own.length === 3 ? own.map((pod) => pod.spec.nodeName) : undefined;
    });
    expect(placed).not.toContain(name);
    expect(cluster.store.find(leases, 'kube-node-lease', name)).toBeUndefined();
  });

  test('that fails turns unknown, loses its Pods after the toleration, and they stay until it is ended', async () => {
    const cluster = await startCluster({
      workloads: [{ kind: 'Deployment', namespace: 'shop', name: 'cart', replicas: 3 }],
    });
    const name = cluster.store.list(nodes).items[0]!.metadata.name;
    const [victim] = cluster.store.podsOnNode(name);
    const failedAt = cluster.clock.now().getTime();
    cluster.machines.fail(name);
    const unknown = await eventually(cluster, nodes, (items) =>
      items.find((node) => node.metadata.name === name && conditionOf(node, 'Ready')?.status === 'Unknown'),
    );
    expect(cluster.clock.now().getTime() - failedAt).toBeGreaterThanOrEqual(50_000);
    expect(unknown.metadata.name).toBe(name);
    await eventually(cluster, pods, (items) =>
      items.some((pod) => pod.metadata.uid === victim!.metadata.uid && readyCondition(pod) === 'False'),
    );
    await eventually(cluster, pods, (items) =>
      items.some(
        (pod) => pod.metadata.uid === victim!.metadata.uid && pod.metadata.deletionTimestamp !== undefined,
      ),
    );
    expect(cluster.clock.now().getTime() - failedAt).toBeGreaterThanOrEqual(350_000);
    await eventually(
      cluster,
      pods,
      (items) => items.filter((pod) => isActive(pod) && readyCondition(pod) === 'True').length === 3,
    );
    expect(cluster.store.podsOnNode(name).map(({ metadata }) => metadata.uid)).toEqual([
      victim!.metadata.uid,
    ]);
    await cluster.infrastructure.terminateNode(name);
    expect(cluster.store.podsOnNode(name)).toEqual([]);
  });

  test('that comes back in time keeps its Pods', async () => {
    const cluster = await startCluster({
      workloads: [{ kind: 'Deployment', namespace: 'shop', name: 'cart', replicas: 3 }],
    });
    const name = cluster.store.list(nodes).items[0]!.metadata.name;
    const [pod] = cluster.store.podsOnNode(name);
    cluster.machines.fail(name);
    await eventually(cluster, pods, (items) =>
      items.some(
        ({ metadata, status }) =>
          metadata.uid === pod!.metadata.uid &&
          status?.conditions?.some(({ reason }) => reason === 'NodeNotReady'),
      ),
    );
    cluster.machines.recover(name);
    await eventually(cluster, pods, (items) =>
      items.some((item) => item.metadata.uid === pod!.metadata.uid && readyCondition(item) === 'True'),
    );
    await cluster.clock.sleep(400_000);
    expect(cluster.store.get(pods, 'shop', pod!.metadata.name).metadata.deletionTimestamp).toBeUndefined();
  });
});

describe('NoExecute taints', () => {
  const taint = (key: string) => ({ key, effect: 'NoExecute' });
  test.each([
    ['not tolerated', [], [taint('a')], 0],
    ['tolerated for ever', [{ key: 'a', operator: 'Exists' }], [taint('a')], undefined],
    ['tolerated for a while', [{ key: 'a', operator: 'Exists', tolerationSeconds: 60 }], [taint('a')], 60],
    [
      'the shortest counts',
      [
        { key: 'a', operator: 'Exists', tolerationSeconds: 60 },
        { key: 'b', operator: 'Exists', tolerationSeconds: 30 },
      ],
      [taint('a'), taint('b')],
      30,
    ],
    ['only NoExecute counts', [], [{ key: 'a', effect: 'NoSchedule' }], undefined],
  ])('%s', (_what, tolerations, taints, expected) => {
    const pod = emptyStore().create(pods, podManifest('a', { tolerations }));
    expect(toleratedFor(pod, taints)).toBe(expected);
  });
});

describe('faults of nodes', () => {
  test.each([
    ['never-joins', false, false],
    ['joins-not-ready', true, false],
    ['slow', true, true],
  ] as const)('%s', async (kind, joins, becomesReady) => {
    const cluster = await startCluster();
    cluster.faults.turnOn({ nodes: [{ nodeGroup: 'main', kind, bootSeconds: 300, count: 1 }] });
    const begun = cluster.clock.now().getTime();
    const faulty = await cluster.infrastructure.launchNode(launch);
    const sound = await cluster.infrastructure.launchNode(launch);
    const isReady = (name: string) => () => {
      const node = cluster.store.find(nodes, undefined, name);
      return node !== undefined && conditionOf(node, 'Ready')?.status === 'True';
    };
    await eventually(cluster, nodes, isReady(sound));
    if (becomesReady) {
      await eventually(cluster, nodes, isReady(faulty));
      expect(cluster.clock.now().getTime() - begun).toBeGreaterThanOrEqual(300_000);
    } else await cluster.clock.sleep(600_000);
    expect(cluster.store.find(nodes, undefined, faulty) !== undefined).toBe(joins);
    expect(isReady(faulty)()).toBe(becomesReady);
    await cluster.infrastructure.terminateNode(faulty);
    expect(cluster.store.find(nodes, undefined, faulty)).toBeUndefined();
  });
});

describe('instance types', () => {
  test.each([
    ['m6i.large', 29],
    ['c7g.2xlarge', 58],
    ['r6i.8xlarge', 234],
    ['t3.medium', 17],
  ])('%s takes %i Pods', (type, count) => expect(allocatableOf(type).pods).toBe(count));

  test('that are not known are refused, unless the scenario describes them', async () => {
    expect(() => allocatableOf('p5.48xlarge')).toThrow('instanceTypes');
    expect(
      allocatableOf('p5.48xlarge', { 'p5.48xlarge': { cpu: '191', memory: '2000Gi', pods: 100 } }).pods,
    ).toBe(100);
    const cluster = await startCluster();
    await expect(cluster.infrastructure.launchNode({ ...launch, instanceType: 'x' })).rejects.toThrow(
      'instance type x',
    );
  });
});
