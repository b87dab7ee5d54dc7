import { describe, expect, test } from 'vitest';
import type { Node, Pod, Taint, Toleration } from '../../simulator/cluster/kinds.ts';
import { nodes, pods } from '../../simulator/cluster/kinds.ts';
import {
  matchesNode,
  reasonsAgainst,
  tolerates,
  unschedulableMessage,
} from '../../simulator/cluster/schedulingRules.ts';
import { emptyStore, eventually, podManifest, startCluster } from './fixture.ts';

const taint: Taint = { key: 'dedicated', value: 'batch', effect: 'NoSchedule' };

function pod(spec: Partial<Pod['spec']>): Pod {
  return emptyStore().create(pods, podManifest('a', spec));
}
function node(spec: Node['spec'], labels: Record<string, string> = {}): Node {
  return emptyStore().create(nodes, { kind: 'Node', metadata: { name: 'node-1', labels }, spec });
}
const affinity = (terms: object[]) => ({
  affinity: {
    nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } },
  },
});

describe('tolerations', () => {
  test.each<[string, Toleration, boolean]>([
    ['same key and value', { key: 'dedicated', value: 'batch' }, true],
    ['another value', { key: 'dedicated', value: 'web' }, false],
    ['any value of the key', { key: 'dedicated', operator: 'Exists' }, true],
    ['everything', { operator: 'Exists' }, true],
    ['an empty key without Exists', { value: 'batch' }, false],
    ['another effect', { key: 'dedicated', value: 'batch', effect: 'NoExecute' }, false],
    ['the same effect', { key: 'dedicated', value: 'batch', effect: 'NoSchedule' }, true],
  ])('%s', (_what, toleration, expected) => expect(tolerates(toleration, taint)).toBe(expected));
});

describe('node selector and required affinity', () => {
  const labels = { zone: 'a', cores: '4' };
  test.each<[string, Partial<Pod['spec']>, boolean]>([
    ['nothing asked', {}, true],
    ['a selector that is met', { nodeSelector: { zone: 'a' } }, true],
    ['a selector that is not', { nodeSelector: { zone: 'b' } }, false],
    ['In', affinity([{ matchExpressions: [{ key: 'zone', operator: 'In', values: ['a', 'b'] }] }]), true],
    ['NotIn', affinity([{ matchExpressions: [{ key: 'zone', operator: 'NotIn', values: ['a'] }] }]), false],
    ['Exists', affinity([{ matchExpressions: [{ key: 'gpu', operator: 'Exists' }] }]), false],
    ['DoesNotExist', affinity([{ matchExpressions: [{ key: 'gpu', operator: 'DoesNotExist' }] }]), true],
    ['Gt', affinity([{ matchExpressions: [{ key: 'cores', operator: 'Gt', values: ['3'] }] }]), true],
    ['Lt', affinity([{ matchExpressions: [{ key: 'cores', operator: 'Lt', values: ['4'] }] }]), false],
    [
      'one of two terms',
      affinity([
        { matchExpressions: [{ key: 'gpu', operator: 'Exists' }] },
        { matchExpressions: [{ key: 'zone', operator: 'Exists' }] },
      ]),
      true,
    ],
    ['an empty term', affinity([{}]), false],
    [
      'the node by name',
      affinity([{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['node-1'] }] }]),
      true,
    ],
    [
      'another node by name',
      affinity([{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['node-2'] }] }]),
      false,
    ],
  ])('%s', (_what, spec, expected) => expect(matchesNode(pod(spec), node({}, labels))).toBe(expected));
});

describe('why a Pod can not go to a node', () => {
  const room = { allocatable: { cpu: 2, memory: 1000, pods: 3 }, used: { cpu: 1, memory: 500, pods: 1 } };
  test.each<
    [string, Partial<Pod['spec']>, Node['spec'], { cpu: number; memory: number }, typeof room, string[]]
  >([
    ['it fits', {}, {}, { cpu: 1, memory: 500 }, room, []],
    ['cordoned', {}, { unschedulable: true }, { cpu: 0, memory: 0 }, room, ['node(s) were unschedulable']],
    [
      'tainted',
      {},
      { taints: [taint] },
      { cpu: 0, memory: 0 },
      room,
      ['node(s) had untolerated taint {dedicated: batch}'],
    ],
    [
      'preferred only',
      {},
      { taints: [{ ...taint, effect: 'PreferNoSchedule' }] },
      { cpu: 0, memory: 0 },
      room,
      [],
    ],
    [
      'not selected',
      { nodeSelector: { zone: 'a' } },
      {},
      { cpu: 0, memory: 0 },
      room,
      ["node(s) didn't match Pod's node affinity/selector"],
    ],
    [
      'too little of both',
      {},
      {},
      { cpu: 1.1, memory: 501 },
      room,
      ['Insufficient cpu', 'Insufficient memory'],
    ],
    ['full', {}, {}, { cpu: 0, memory: 0 }, { ...room, used: { ...room.used, pods: 3 } }, ['Too many pods']],
    [
      'nothing asked of an overfull node',
      {},
      {},
      { cpu: 0, memory: 0 },
      { ...room, used: { cpu: 3, memory: 2000, pods: 1 } },
      [],
    ],
  ])('%s', (_what, podSpec, nodeSpec, requests, capacity, expected) =>
    expect(reasonsAgainst(pod(podSpec), requests, node(nodeSpec), capacity)).toEqual(expected),
  );

  test('is said as the scheduler says it', () => {
    const reasons = new Map([
      ['node(s) were unschedulable', 2],
      ['Insufficient cpu', 1],
    ]);
    expect(unschedulableMessage(3, reasons)).toBe(
      '0/3 nodes are available: 1 Insufficient cpu, 2 node(s) were unschedulable. preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.',
    );
    expect(unschedulableMessage(0, new Map())).toBe('no nodes available to schedule pods');
  });
});

describe('the scheduler', () => {
  test('spreads the Pods of one owner over the nodes', async () => {
    const cluster = await startCluster({
      workloads: [{ kind: 'Deployment', namespace: 'shop', name: 'cart', replicas: 6 }],
    });
    const perNode = cluster.store
      .list(nodes)
      .items.map((item) => cluster.store.podsOnNode(item.metadata.name).length);
    expect(perNode).toEqual([2, 2, 2]);
  });

  test('says why a Pod fits nowhere, and binds it when room comes', async () => {
    const cluster = await startCluster({
      nodeGroups: [{ name: 'main', size: 1 }],
      workloads: [{ kind: 'Deployment', namespace: 'shop', name: 'big', requests: { cpu: '1500m' } }],
    });
    cluster.store.create(
      pods,
      podManifest('late', { containers: [{ name: 'main', resources: { requests: { cpu: '1' } } }] }),
    );
    const message = await eventually(
      cluster,
      pods,
      (items) =>
        items
          .find((item) => item.metadata.name === 'late')
          ?.status?.conditions?.find(({ type, status }) => type === 'PodScheduled' && status === 'False')
          ?.message,
    );
    expect(message).toMatch(/^0\/1 nodes are available: 1 Insufficient cpu\./);
    await cluster.infrastructure.launchNode({
      nodeGroup: 'main',
      version: '1.31',
      labels: {},
      taints: [],
      instanceType: 'm6i.large',
      zone: 'ap-northeast-1a',
    });
    const bound = await eventually(cluster, pods, (items) =>
      items.find((item) => item.metadata.name === 'late' && item.status?.phase === 'Running'),
    );
    expect(bound.spec.nodeName).toBeDefined();
  });

  test('puts nothing on a cordoned node', async () => {
    const cluster = await startCluster();
    const [first, second, third] = cluster.store.list(nodes).items.map((item) => item.metadata.name);
    await cluster.infrastructure.setUnschedulable(first!, true);
    await cluster.infrastructure.setUnschedulable(second!, true);
    for (let index = 0; index < 4; index++)
      cluster.store.create(pods, {
        ...podManifest(`p${index}`),
        metadata: { name: `p${index}`, namespace: 'default' },
      });
    await cluster.whenIdle();
    expect(new Set(cluster.store.list(pods).items.map((item) => item.spec.nodeName))).toEqual(
      new Set([third]),
    );
  });
});
