import { describe, expect, it } from 'vitest';
import { findUnplaceablePods } from '../../../src/plan/fit/index.ts';
import type { FitNode, FitPod, PodPlacement } from '../../../src/plan/fit/index.ts';

function node(name: string, change: Partial<FitNode> = {}): FitNode {
  const { labels, allocatable, ...rest } = change;
  return {
    name,
    labels: { 'kubernetes.io/hostname': name, 'topology.kubernetes.io/zone': 'a', ...labels },
    allocatable: { cpu: 4, memory: 8 * 2 ** 30, pods: 10, ...allocatable },
    ...rest,
  };
}

function pod(name: string, change: Partial<PodPlacement> = {}, at?: string): FitPod {
  return {
    namespace: 'shop',
    name,
    ...(at === undefined ? {} : { node: at }),
    placement: { labels: { app: name }, requests: { cpu: 1 }, ...change },
  };
}

const pods = (count: number, change: Partial<PodPlacement> = {}): FitPod[] => {
  const { placement } = pod('web', change);
  return Array.from({ length: count }, (_, index) => ({
    namespace: 'shop',
    name: `web-${index}`,
    placement,
  }));
};

/** `name obstacle`, each. */
const left = (...question: Parameters<typeof findUnplaceablePods>): string[] =>
  findUnplaceablePods(...question).map(({ name, obstacle }) => `${name} ${obstacle}`);

const zone = 'topology.kubernetes.io/zone';
const inZone = (...values: string[]) => [{ labels: [{ key: zone, operator: 'In', values }] }];
const hostname = 'kubernetes.io/hostname';
const web = { matchLabels: { app: 'web' } };

describe('what a node decides by itself', () => {
  it.each<[string, Partial<PodPlacement>, Partial<FitNode>, string[]]>([
    ['a Pod that wants nothing', {}, {}, []],
    ['a node selector that is met', { nodeSelector: { disk: 'ssd' } }, { labels: { disk: 'ssd' } }, []],
    ['a node selector that is not', { nodeSelector: { disk: 'ssd' } }, {}, ['p node-affinity']],
    ['one of two affinity terms is met', { nodeAffinity: [...inZone('b'), ...inZone('a')] }, {}, []],
    ['none of two is', { nodeAffinity: [...inZone('b'), ...inZone('c')] }, {}, ['p node-affinity']],
    [
      'an affinity term without requirements is met by no node',
      { nodeAffinity: [{}] },
      {},
      ['p node-affinity'],
    ],
    [
      'an affinity to a node by its name',
      { nodeAffinity: [{ fields: [{ key: 'metadata.name', operator: 'In', values: ['n'] }] }] },
      {},
      [],
    ],
    ['a taint', {}, { taints: [{ key: 'gpu', effect: 'NoSchedule' }] }, ['p taint']],
    ['a taint that only asks', {}, { taints: [{ key: 'gpu', effect: 'PreferNoSchedule' }] }, []],
    [
      'a taint that is tolerated',
      { tolerations: [{ key: 'gpu', operator: 'Exists' }] },
      { taints: [{ key: 'gpu', value: 'a100', effect: 'NoExecute' }] },
      [],
    ],
    [
      'a toleration of another value',
      { tolerations: [{ key: 'gpu', value: 't4' }] },
      { taints: [{ key: 'gpu', value: 'a100', effect: 'NoSchedule' }] },
      ['p taint'],
    ],
    [
      'a toleration of another effect',
      { tolerations: [{ key: 'gpu', operator: 'Exists', effect: 'NoExecute' }] },
      { taints: [{ key: 'gpu', effect: 'NoSchedule' }] },
      ['p taint'],
    ],
    ['a cordon', {}, { unschedulable: true }, ['p taint']],
    ['a Pod that tolerates all', { tolerations: [{ operator: 'Exists' }] }, { unschedulable: true }, []],
    ['a volume in the zone', { volumeAffinities: [inZone('a')] }, {}, []],
    ['a volume in another zone', { volumeAffinities: [inZone('a'), inZone('b')] }, {}, ['p volume']],
    ['what just fits', { requests: { cpu: 4, memory: 8 * 2 ** 30 } }, {}, []],
    ['too little memory', { requests: { memory: 8 * 2 ** 30 + 1024 } }, {}, ['p resources']],
    ['a resource that no node has', { requests: { 'nvidia.com/gpu': 1 } }, {}, ['p resources']],
    ['a resource that no node has and none is wanted of', { requests: { 'nvidia.com/gpu': 0 } }, {}, []],
    ['a node that takes no Pods', {}, { allocatable: { pods: 0 } }, ['p resources']],
  ])('%s', (_, wants, has, expected) => {
    expect(left({ pods: [pod('p', wants)], nodes: [node('n', has)] })).toEqual(expected);
  });

  it('says why in words', () => {
    const reasonFor = (wants: Partial<PodPlacement>, has: Partial<FitNode> = {}) =>
      findUnplaceablePods({ pods: [pod('p', wants)], nodes: [node('n', has)] })[0]?.reason;
    expect(reasonFor({ nodeSelector: { disk: 'ssd' } })).toBe(
      'no node has the labels that it wants (disk=ssd)',
    );
    expect(reasonFor({ requests: { cpu: 4.5 } })).toBe(
      'it asks for 4.5 of cpu, and no node that it may go to has more than 4 left',
    );
    expect(reasonFor({ volumeAffinities: [inZone('b')] })).toContain(`${zone} In b`);
    expect(reasonFor({}, { taints: [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }] })).toContain(
      'gpu=yes',
    );
    expect(findUnplaceablePods({ pods: [pod('p')], nodes: [] })[0]?.reason).toBe('there is no node at all');
  });

  it('names the obstacle of the node that came nearest', () => {
    const nodes = [
      node('a', { labels: { disk: 'ssd' }, taints: [{ key: 'old', effect: 'NoSchedule' }] }),
      node('b', { labels: { disk: 'ssd' }, allocatable: { cpu: 0.5 } }),
      node('c'),
    ];
    expect(left({ pods: [pod('p', { nodeSelector: { disk: 'ssd' } })], nodes })).toEqual(['p resources']);
  });
});

describe('what is taken', () => {
  it('fills nodes up with Pods of one kind and names those that are left over', () => {
    expect(left({ pods: pods(8), nodes: [node('a'), node('b')] })).toEqual([]);
    expect(left({ pods: pods(9), nodes: [node('a'), node('b')] })).toHaveLength(1);
  });

  it('counts what runs there, and passes over what runs elsewhere', () => {
    const running = [pod('x', { requests: { cpu: 3.5 } }, 'a'), pod('y', { requests: { cpu: 4 } }, 'gone')];
    expect(left({ pods: [pod('p')], nodes: [node('a')], running })).toEqual(['p resources']);
    expect(left({ pods: [pod('p', { requests: { cpu: 0.5 } })], nodes: [node('a')], running })).toEqual([]);
  });

  it('counts Pods that ask for nothing against the number of Pods', () => {
    const question = { pods: pods(3, { requests: {} }), nodes: [node('a', { allocatable: { pods: 2 } })] };
    expect(left(question)).toHaveLength(1);
  });

  it('places the largest first, so that small ones do not take their room', () => {
    const small = pods(4, { requests: { cpu: 0.5 } });
    const large = pod('z-large', { requests: { cpu: 4 } });
    expect(
      left({ pods: [...small, large], nodes: [node('a'), node('b', { allocatable: { cpu: 2 } })] }),
    ).toEqual([]);
  });

  it('gives a port of a node away once', () => {
    const question = { pods: pods(2, { hostPorts: ['TCP:80'] }), nodes: [node('a')] };
    expect(left(question)).toEqual(['web-1 host-port']);
    expect(left({ ...question, nodes: [node('a'), node('b')] })).toEqual([]);
  });
});

describe('what other Pods decide', () => {
  const apart = (topologyKey: string) => ({
    labels: { app: 'web' },
    podAntiAffinity: [{ topologyKey, selector: web }],
  });

  it('keeps Pods apart that want to be', () => {
    expect(left({ pods: pods(2, apart(hostname)), nodes: [node('a'), node('b')] })).toEqual([]);
    expect(left({ pods: pods(3, apart(hostname)), nodes: [node('a'), node('b')] })).toEqual([
      'web-2 pod-affinity',
    ]);
    expect(left({ pods: pods(2, apart(zone)), nodes: [node('a'), node('b')] })).toEqual([
      'web-1 pod-affinity',
    ]);
  });

  it('heeds the anti-affinity of a Pod that runs there already', () => {
    const running = [pod('old', { ...apart(hostname), requests: {} }, 'a')];
    const question = { pods: [pod('p', { labels: { app: 'web' } })], nodes: [node('a')], running };
    expect(left(question)).toEqual(['p pod-affinity']);
    expect(left({ ...question, pods: [pod('p')] })).toEqual([]);
  });

  it('heeds terms in their own namespace, or in those that they name', () => {
    const other = (namespaces?: string[]): FitPod[] => [
      {
        ...pod('old', {
          labels: {},
          requests: {},
          podAntiAffinity: [{ topologyKey: hostname, selector: web, ...(namespaces && { namespaces }) }],
        }),
        namespace: 'other',
        node: 'a',
      },
    ];
    const ask = (running: FitPod[]) =>
      left({ pods: [pod('p', { labels: { app: 'web' } })], nodes: [node('a')], running });
    expect(ask(other())).toEqual([]);
    expect(ask(other(['shop']))).toEqual(['p pod-affinity']);
    expect(ask(other(['*']))).toEqual(['p pod-affinity']);
  });

  it('puts Pods beside those that they belong to', () => {
    const beside = { podAffinity: [{ topologyKey: zone, selector: { matchLabels: { app: 'db' } } }] };
    const nodes = [node('a'), node('b', { labels: { [zone]: 'b' } })];
    expect(left({ pods: [pod('p', beside)], nodes })).toEqual(['p pod-affinity']);
    const running = [pod('db', {}, 'b')];
    expect(left({ pods: [pod('p', beside)], nodes, running })).toEqual([]);
    expect(left({ pods: [pod('p', { ...beside, nodeSelector: { [zone]: 'a' } })], nodes, running })).toEqual([
      'p pod-affinity',
    ]);
  });

  it('lets the first of a set that belongs together go anywhere', () => {
    const together = { labels: { app: 'web' }, podAffinity: [{ topologyKey: zone, selector: web }] };
    const nodes = [node('a', { allocatable: { pods: 2 } }), node('b', { labels: { [zone]: 'b' } })];
    expect(left({ pods: pods(2, together), nodes })).toEqual([]);
    expect(left({ pods: pods(3, together), nodes })).toEqual(['web-2 pod-affinity']);
  });

  it('spreads over the nodes that a Pod may go to', () => {
    const spread = { labels: { app: 'web' }, spread: [{ topologyKey: zone, maxSkew: 1, selector: web }] };
    const narrow = node('b', { labels: { [zone]: 'b' }, allocatable: { pods: 1 } });
    expect(left({ pods: pods(3, spread), nodes: [node('a'), narrow] })).toEqual([]);
    expect(left({ pods: pods(4, spread), nodes: [node('a'), narrow] })).toEqual(['web-3 pod-affinity']);
    expect(
      left({ pods: pods(4, { ...spread, nodeSelector: { [zone]: 'a' } }), nodes: [node('a'), narrow] }),
    ).toEqual([]);
  });
});

it('answers the same whatever the order', () => {
  const all = [...pods(7), pod('big', { requests: { cpu: 3 } }), pod('odd', { requests: { cpu: 1.5 } })];
  const nodes = [node('a'), node('b'), node('c', { allocatable: { cpu: 2 } })];
  const forwards = findUnplaceablePods({ pods: all, nodes });
  const backwards = findUnplaceablePods({ pods: all.toReversed(), nodes: nodes.toReversed() });
  expect(backwards).toEqual(forwards);
  expect(forwards.length).toBeGreaterThan(0);
});
