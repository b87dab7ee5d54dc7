import { describe, expect, it } from 'vitest';
import { chooseWave, waveSizes } from '../../../src/plan/waves/index.ts';
import type { PaceLimit, WaveNode, WavePod, WaveQuestion } from '../../../src/plan/waves/index.ts';

const zones = ['a', 'b', 'c'];

/** Nodes `n01` …, in three zones by turns. */
function nodes(count: number): WaveNode[] {
  return Array.from({ length: count }, (_, index) => ({
    name: nodeName(index + 1),
    zone: zones[index % zones.length] ?? '',
    ready: true,
  }));
}

const nodeName = (number: number) => `n${String(number).padStart(2, '0')}`;
const pod = (node: string, limits: number[] = [], stateful = false): WavePod => ({ node, limits, stateful });
const limit = (allowed: number, name = `budget shop/allows-${allowed}`): PaceLimit => ({ name, allowed });

function question(change: Partial<WaveQuestion> = {}): WaveQuestion {
  const group = change.nodes ?? nodes(12);
  return {
    nodes: group,
    pods: [],
    limits: [],
    policy: { maxParallel: '100%', canary: true, order: [] },
    drained: [],
    skipped: [],
    waves: 0,
    groupNodes: group.length,
    ...change,
  };
}

/** Chooses wave after wave until nothing is left, as a roll does. */
function roll(start: WaveQuestion): string[][] {
  const waves: string[][] = [];
  const drained = [...start.drained];
  for (;;) {
    const wave = chooseWave({ ...start, waves: start.waves + waves.length, drained });
    expect(wave.number).toBe(start.waves + waves.length + 1);
    if (wave.nodes.length === 0) return waves;
    waves.push(wave.nodes);
    drained.push(...wave.nodes);
    expect(wave.left).toBe(start.nodes.length - drained.length - start.skipped.length);
    expect(waves.length).toBeLessThan(100);
  }
}

const sizes = (start: WaveQuestion) => roll(start).map((wave) => wave.length);

describe('the sizes of waves', () => {
  it.each<[string, Partial<WaveQuestion['policy']>, number, number[]]>([
    ['grow from the canary to the whole group', {}, 12, [1, 2, 4, 5]],
    ['grow up to a number', { maxParallel: 3 }, 12, [1, 2, 3, 3, 3]],
    ['grow up to a share, rounded up', { maxParallel: '25%' }, 9, [1, 2, 3, 3]],
    ['are all of one without a canary', { canary: false, maxParallel: 5 }, 12, [5, 5, 2]],
    ['are one with all nodes on request', { canary: false, maxParallel: '100%' }, 12, [12]],
    ['are at least one node', { maxParallel: '1%' }, 3, [1, 1, 1]],
    ['are as large as the group at the most', { canary: false, maxParallel: 50 }, 3, [3]],
    ['are none for a group without nodes', {}, 0, []],
  ])('%s', (_, policy, count, expected) => {
    const whole = { maxParallel: '100%', canary: true, order: [], ...policy };
    expect(sizes(question({ nodes: nodes(count), policy: whole }))).toEqual(expected);
  });

  it('are of the nodes that the group had when the roll began, not of those that are left', () => {
    const policy = { maxParallel: '50%', canary: false, order: [] };
    expect(sizes(question({ nodes: nodes(4), groupNodes: 12, policy }))).toEqual([4]);
  });

  it('can be told beforehand', () => {
    expect(waveSizes(12, true, 3)).toEqual([1, 2, 3, 3, 3]);
    expect(waveSizes(5000, true, 5000).reduce((sum, size) => sum + size, 0)).toBe(5000);
    expect(waveSizes(0, true, 3)).toEqual([]);
  });
});

describe('the canary', () => {
  it('has no stateful Pods, though the nodes with some are tighter', () => {
    const pods = [pod('n01', [0], true), pod('n02', [1]), pod('n03', [0], true)];
    const wave = chooseWave(question({ nodes: nodes(3), pods, limits: [limit(1), limit(5)] }));
    expect(wave).toMatchObject({ nodes: ['n02'], canary: true, left: 2 });
    expect(wave.why).toBe('Canary: n02 (1 Pod, none stateful).');
  });

  it('is the node with the fewest stateful Pods where every node has some, and says so', () => {
    const pods = [pod('n01', [], true), pod('n01', [], true), pod('n02', [], true), pod('n02')];
    const wave = chooseWave(question({ nodes: nodes(2), pods }));
    expect(wave.nodes).toEqual(['n02']);
    expect(wave.why).toBe(
      'Canary: n02 (2 Pods, 1 stateful). Every node has stateful Pods; this one has the fewest.',
    );
  });

  it('is Ready where one is, because a node that is not proves nothing', () => {
    const group = nodes(3).map((node) => ({ ...node, ready: node.name === 'n03' }));
    expect(chooseWave(question({ nodes: group })).nodes).toEqual(['n03']);
    const none = chooseWave(question({ nodes: group.slice(0, 2) }));
    expect(none.nodes).toEqual(['n01']);
    expect(none.why).toContain('No node is Ready.');
  });

  it('is what the request says, whatever its Pods', () => {
    const policy = { maxParallel: '100%', canary: true, order: ['n03', 'n01'] };
    const wave = chooseWave(question({ nodes: nodes(3), pods: [pod('n03', [], true)], policy }));
    expect(wave.nodes).toEqual(['n03']);
    expect(wave.why).toBe("Canary: n03 (1 Pod, 1 stateful), as the request's order says.");
  });

  it('is chosen once', () => {
    expect(chooseWave(question({ waves: 1, drained: ['n01'] }))).toMatchObject({ number: 2, canary: false });
  });
});

describe('the order of nodes', () => {
  const one = { maxParallel: 1, canary: false, order: [] as string[] };
  const order = (change: Partial<WaveQuestion>) => roll(question({ policy: one, ...change })).flat();

  it('begins with the budgets that need the most rounds for the Pods that are left', () => {
    // Six Pods two at a time are three rounds; two Pods one at a time are two; four Pods four at a time are one.
    const pods = [
      ...['n01', 'n02'].map((node) => pod(node, [1])),
      ...['n03', 'n03', 'n04', 'n04', 'n05', 'n05'].map((node) => pod(node, [0])),
      ...['n06', 'n06', 'n06', 'n06'].map((node) => pod(node, [2])),
    ];
    const limits = [limit(2), limit(1), limit(4)];
    expect(chooseWave(question({ nodes: nodes(6), pods, limits, policy: one })).nodes).toEqual(['n03']);
    expect(order({ nodes: nodes(6), pods, limits })).toEqual(['n03', 'n04', 'n01', 'n06', 'n05', 'n02']);
  });

  it('takes nodes with stateful Pods after all others, the tightest first', () => {
    const pods = [pod('n01', [0], true), pod('n02', [1], true), pod('n02', [1], true), pod('n03')];
    expect(order({ nodes: nodes(4), pods, limits: [limit(1), limit(1)] })).toEqual([
      'n03',
      'n04',
      'n02',
      'n01',
    ]);
  });

  it('comes to a budget that lets nothing go first, so that people are asked early', () => {
    const pods = [pod('n01', [0]), pod('n02', [1])];
    const wave = chooseWave(question({ nodes: nodes(2), pods, limits: [limit(1), limit(0)], policy: one }));
    expect(wave.nodes).toEqual(['n02']);
    expect(wave.why).toContain('tightest: budget shop/allows-0, which lets no Pod go');
  });

  it("is the request's own first", () => {
    const policy = { ...one, order: ['n04', 'gone', 'n02', 'n04'] };
    expect(order({ nodes: nodes(4), pods: [pod('n04', [], true)], policy })).toEqual([
      'n04',
      'n02',
      'n01',
      'n03',
    ]);
  });

  it('is the same in whatever order things were observed', () => {
    const pods = ['n01', 'n02', 'n03', 'n04'].flatMap((node, index) => [
      pod(node, [index % 2]),
      pod(node, [], index > 2),
    ]);
    const asked = question({ nodes: nodes(9), pods, limits: [limit(1), limit(2)] });
    const turned = { ...asked, nodes: asked.nodes.toReversed(), pods: pods.toReversed() };
    expect(roll(turned)).toEqual(roll(asked));
  });
});

describe('the zones', () => {
  it('lose nodes by turns', () => {
    const group = [
      ...['a1', 'a2', 'a3', 'a4'].map((name) => ({ name, zone: 'a', ready: true })),
      ...['b1', 'b2', 'b3', 'b4'].map((name) => ({ name, zone: 'b', ready: true })),
    ];
    const policy = { maxParallel: 4, canary: false, order: [] };
    expect(roll(question({ nodes: group, policy })).map((wave) => wave.toSorted())).toEqual([
      ['a1', 'a2', 'b1', 'b2'],
      ['a3', 'a4', 'b3', 'b4'],
    ]);
  });

  it('lose in proportion to what they have', () => {
    const group = [
      ...['a1', 'a2', 'a3', 'a4', 'a5', 'a6'].map((name) => ({ name, zone: 'a', ready: true })),
      ...['b1', 'b2'].map((name) => ({ name, zone: 'b', ready: true })),
    ];
    const policy = { maxParallel: 4, canary: false, order: [] };
    const [first] = roll(question({ nodes: group, policy }));
    expect(first?.toSorted()).toEqual(['a1', 'a2', 'a3', 'b1']);
  });

  it('need not be known', () => {
    const group = ['x', 'y'].map((name) => ({ name, ready: true }));
    expect(roll(question({ nodes: group }))).toEqual([['x'], ['y']]);
  });
});

describe('a cluster that moves', () => {
  it('may lose nodes between waves', () => {
    const left = nodes(12).slice(6);
    expect(
      chooseWave(question({ nodes: left, drained: ['n01', 'n02'], waves: 2, groupNodes: 12 })),
    ).toMatchObject({ number: 3, left: 2, nodes: ['n07', 'n08', 'n09', 'n10'] });
  });

  it('may gain nodes, which are drained too', () => {
    const drained = nodes(12).map(({ name }) => name);
    expect(chooseWave(question({ nodes: nodes(13), drained, waves: 4 })).nodes).toEqual(['n13']);
  });

  it('may have Pods on nodes that are not of the group, and nodes that people have skipped', () => {
    const pods = [pod('elsewhere', [0]), pod('n02', [0])];
    const wave = chooseWave(
      question({ nodes: nodes(3), pods, limits: [limit(1)], skipped: ['n02', 'gone'], waves: 1 }),
    );
    expect(wave).toMatchObject({
      left: 0,
      why: '2 nodes in 2 zones; no stateful Pods; nothing binds their Pods.',
    });
    expect(wave.nodes.toSorted()).toEqual(['n01', 'n03']);
  });

  it('says that nothing is left', () => {
    expect(chooseWave(question({ nodes: [] }))).toEqual({
      number: 1,
      nodes: [],
      canary: false,
      left: 0,
      why: 'No node is left to drain.',
    });
  });
});

it('looks at each Pod a fixed number of times, however many nodes and budgets there are', () => {
  let looks = 0;
  const group = nodes(5000);
  const limits = Array.from({ length: 500 }, (_, index) => limit(1 + (index % 5)));
  const pods = Array.from({ length: 50_000 }, (_, index): WavePod => ({
    node: nodeName(1 + (index % 5000)),
    stateful: index % 10 === 0,
    get limits() {
      looks += 1;
      return [index % 500];
    },
  }));
  const policy = { maxParallel: '25%', canary: true, order: [] };
  const wave = chooseWave(question({ nodes: group, pods, limits, policy, waves: 12, groupNodes: 5000 }));
  expect(wave.nodes).toHaveLength(1250);
  expect(looks).toBeLessThanOrEqual(2 * pods.length);
});
