import { describe, expect, it } from 'vitest';
import { plannedWaves } from '../../src/checks/budgets/plannedWaves.ts';
import { simulateDrains } from '../../src/checks/budgets/simulateDrains.ts';
import { stalledWaves } from '../../src/checks/budgets/stalledWaves.ts';
import type { ReplacedWorkersStage } from '../../src/contract/plan.ts';
import { replacementNodes } from '../../src/plan/fit/index.ts';
import type { ObservedBudget, ObservedWorkloads } from '../../src/plan/observedWorkloads.ts';
import { node, observe, placementNode, plan, request } from '../plan/fixtures.ts';
import { running } from './findings.ts';

const policy = { maxParallel: 1, canary: false, order: [] };

describe('waves as they could be', () => {
  it.each([
    [policy, [['a'], ['b'], ['c'], ['d']]],
    [{ ...policy, maxParallel: 3 }, [['a', 'b', 'c'], ['d']]],
    [
      { ...policy, maxParallel: '50%' },
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [{ ...policy, maxParallel: '1%' }, [['a'], ['b'], ['c'], ['d']]],
    [{ ...policy, maxParallel: 4, canary: true }, [['a'], ['b', 'c'], ['d']]],
    [
      { ...policy, maxParallel: 2, order: ['d', 'b'] },
      [
        ['d', 'b'],
        ['a', 'c'],
      ],
    ],
  ])('%o', (given, expected) => {
    expect(plannedWaves(['c', 'a', 'd', 'b'], given)).toEqual(expected);
  });
});

/** A budget over all Pods that lets so many be missing. */
const budget = (slack: number, pods: number, change: Partial<ObservedBudget> = {}): ObservedBudget => ({
  namespace: 'shop',
  name: 'web',
  selector: {},
  status: {
    disruptionsAllowed: slack,
    currentHealthy: pods,
    desiredHealthy: pods - slack,
    expectedPods: pods,
  },
  ...change,
});

/** Three nodes of four cores, each with Pods of so many cores. */
function three(cores: readonly (readonly number[])[], change: Partial<ObservedWorkloads>): ObservedWorkloads {
  const names = ['n-1', 'n-2', 'n-3'];
  const pods = cores.flatMap((onNode, index) =>
    onNode.map((cpu, number) => ({
      name: `p-${index + 1}-${number}`,
      node: names[index] ?? '',
      kind: { placement: { requests: { cpu } } },
    })),
  );
  return running(pods, { nodes: names.map((name) => placementNode(name)), ...change })
    .workloads as ObservedWorkloads;
}

function stuck(workloads: ObservedWorkloads, waves = [['n-1'], ['n-2'], ['n-3']]): string[] {
  return simulateDrains({
    workloads,
    waves,
    replacements: replacementNodes(workloads.nodes),
    unusable: new Set(),
  }).map(({ wave, budget: { name }, pods }) => `${wave} ${name}: ${pods.join(' ')}`);
}

describe('rolls in place, gone through wave by wave', () => {
  it('end where the other nodes have room', () => {
    expect(stuck(three([[2], [2], [1]], { budgets: [budget(1, 3)] }))).toEqual([]);
  });

  it('end where what finds no room may be missing', () => {
    expect(stuck(three([[3], [3], [3]], { budgets: [budget(1, 3)] }))).toEqual([]);
  });

  it('stop in the wave whose Pods find no room and may not be missing', () => {
    expect(stuck(three([[3, 1], [3], [3]], { budgets: [budget(1, 4)] }))).toEqual(['1 web: p-1-1']);
    expect(stuck(three([[1], [3], [3]], { budgets: [budget(0, 3)] }))).toEqual(['1 web: p-1-0']);
  });

  it('find room on the nodes that earlier waves have replaced', () => {
    // The second wave's Pods fit on the first wave's new node only, which is there by then.
    expect(stuck(three([[], [3], [3]], { budgets: [budget(1, 2)] }), [['n-1'], ['n-2'], ['n-3']])).toEqual(
      [],
    );
  });

  it('stop later when a wave takes more nodes at a time', () => {
    const workloads = three([[1], [3], [3]], { budgets: [budget(1, 3)] });
    expect(stuck(workloads, [['n-1'], ['n-2', 'n-3']])).toEqual(['2 web: p-2-0 p-3-0']);
    expect(stuck(workloads, [['n-1'], ['n-2'], ['n-3']])).toEqual([]);
  });

  it('pass over DaemonSet Pods, Pods without a budget, under two, and under one not judged yet', () => {
    const full = [[4], [4], [4]];
    expect(stuck(three(full, {}))).toEqual([]);
    expect(stuck(three(full, { budgets: [budget(0, 3), budget(0, 3, { name: 'other' })] }))).toEqual([]);
    expect(stuck(three(full, { budgets: [budget(0, 3, { status: undefined as never })] }))).toEqual([]);
    const daemons = three(full, { budgets: [budget(0, 3)] });
    daemons.pods = daemons.pods.map((pod) => ({ ...pod, staysOnNode: 'DaemonSet' as const }));
    expect(stuck(daemons)).toEqual([]);
  });
});

describe('stalled-waves', () => {
  const stage: ReplacedWorkersStage = {
    stage: 'workers',
    strategy: 'in-place',
    nodeGroup: 'blue',
    newNodeGroup: 'blue-1-32',
    from: '1.31',
    to: '1.32',
    waves: policy,
    drain: { ignoreDaemonSets: true, deleteEmptyDirData: true, force: false },
  };
  const judge = (workloads: ObservedWorkloads, change: Partial<ReplacedWorkersStage> = {}) => {
    const observation = observe({ nodes: ['n-1', 'n-2', 'n-3'].map((name) => node(name)), workloads });
    const planned = plan(observation).plan;
    return stalledWaves({
      observation,
      plan: { ...planned, hops: [{ from: '1.31', to: '1.32', stages: [{ ...stage, ...change }] }] },
      request: request(),
      workflowType: 'upgradeCluster',
    });
  };
  const crowded = three([[3, 1], [3], [3]], { budgets: [budget(1, 4)] });

  it('says which wave, which budget, which Pods, and why they find no room', () => {
    const [finding] = judge(crowded);
    expect(finding?.severity).toBe('blocker');
    expect(finding?.message).toMatch(
      /^Wave 1 of 3 of node group blue can't end: budget shop\/web .* so p-1-1 can't be evicted, and p-1-0 would find no place/,
    );
  });

  it('leaves budgets that never give way to the check of budgets, and new nodes beside the old ones alone', () => {
    expect(judge(three([[1], [3], [3]], { budgets: [budget(0, 3)] }))).toEqual([]);
    expect(judge(crowded, { strategy: 'surge' })).toEqual([]);
    expect(judge(three([[1], [1], [1]], { budgets: [budget(1, 3)] }))).toEqual([]);
  });
});
