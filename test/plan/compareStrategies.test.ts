import { describe, expect, it } from 'vitest';
import { comparisonLines } from '../../src/contract/comparison.ts';
import type { StrategyEstimate } from '../../src/contract/plan.ts';
import type { Strategy } from '../../src/contract/workers.ts';
import type { ObservedWorkloads } from '../../src/plan/observedWorkloads.ts';
import { budgetSeconds, estimateDefaults } from '../../src/plan/strategies/estimate.ts';
import { node, nodeGroup, observe, plan } from './fixtures.ts';

const { replacement } = estimateDefaults;
const names = Array.from({ length: 8 }, (_, index) => `n${index}`);

/** Sixteen Pods on eight nodes under one budget. */
function workloads(allowed: number): ObservedWorkloads {
  return {
    kinds: [
      { placement: { labels: { app: 'web' }, requests: {} }, localVolumes: [], graceSeconds: 30, heldBy: [] },
    ],
    owners: [],
    pods: [...names, ...names].map((name, index) => ({
      namespace: 'shop',
      name: `web-${index}`,
      node: name,
      kind: 0,
      ready: true,
    })),
    budgets: [
      {
        namespace: 'shop',
        name: 'web',
        selector: {},
        status: { disruptionsAllowed: 0, currentHealthy: 16, desiredHealthy: 16 - allowed, expectedPods: 16 },
      },
    ],
    nodes: [],
  };
}

function compare(allowed: number | undefined, workers: Record<string, unknown> = {}, targetVersion = '1.32') {
  const { workloads: _, ...unseen } = observe({
    nodeGroups: [nodeGroup('blue', { size: { min: 0, max: 20, desired: 8 } })],
    nodes: names.map((name) => node(name)),
    kubeProxies: [],
  });
  const observation = allowed === undefined ? unseen : { ...unseen, workloads: workloads(allowed) };
  return plan(observation, { targetVersion, workers }).comparison;
}

const of = (strategy: Strategy, ...given: Parameters<typeof compare>): StrategyEstimate | undefined =>
  compare(...given)?.strategies.find((each) => each.strategy === strategy);

describe('the time that budgets demand', () => {
  it.each<[number[], number, number, number]>([
    [[8], 8, 16, 16],
    [[4, 4], 8, 16, 16],
    // Waves that share a round can't: three waves of a budget that needs two rounds are three.
    [[1, 2, 5], 8, 2, 4],
    [[8], 8, 0.25, 1],
    [[], 0, 5, 0],
    [[8], 8, 0, 0],
  ])('is for waves of %j over %i nodes with %f rounds %i replacements', (sizes, nodes, rounds, expected) => {
    expect(budgetSeconds(sizes, nodes, rounds)).toBe(expected * replacement);
  });
});

describe('the strategies side by side', () => {
  it('say what each costs this cluster', () => {
    const whole = { maxParallel: '100%', canary: false };
    expect(compare(2, whole)?.strategies.map(({ seconds: _, undo: __, ...rest }) => rest)).toEqual([
      {
        strategy: 'managed',
        groups: 1,
        budgetSeconds: 0,
        extraNodes: 4,
        missingNodes: 0,
        evictions: 16,
        stuckPods: 0,
      },
      {
        strategy: 'surge',
        groups: 0,
        budgetSeconds: 7 * replacement,
        extraNodes: 8,
        missingNodes: 0,
        evictions: 16,
        stuckPods: 0,
      },
      {
        strategy: 'in-place',
        groups: 0,
        budgetSeconds: 7 * replacement,
        extraNodes: 0,
        missingNodes: 8,
        evictions: 16,
        stuckPods: 0,
      },
    ]);
  });

  it('reckon with what the request says of waves and of the roll', () => {
    expect(of('surge', 16, { maxParallel: 1 })?.seconds).toBeGreaterThan(
      of('surge', 16, { maxParallel: 8 })?.seconds ?? Infinity,
    );
    expect(of('managed', 16, { updateStrategy: 'MINIMAL', maxUnavailable: 2 })).toMatchObject({
      extraNodes: 0,
      missingNodes: 2,
    });
    expect(of('in-place', 16, { maxParallel: 3 })?.missingNodes).toBe(3);
  });

  it('count Pods twice that land on nodes whose turn is still to come', () => {
    expect(of('in-place', 16, { maxParallel: 1, canary: false })?.evictions).toBeGreaterThan(16);
    expect(of('surge', 16, { maxParallel: 1, canary: false })?.evictions).toBe(16);
  });

  it('tell of Pods that no time moves, and do not reckon with them', () => {
    expect(of('surge', 0)).toMatchObject({ stuckPods: 16, budgetSeconds: 0 });
  });

  it('say nothing of evictions where the Pods were not seen', () => {
    const estimate = of('surge', undefined);
    expect(estimate?.extraNodes).toBe(8);
    expect(estimate).not.toHaveProperty('evictions');
    expect(comparisonLines(compare(undefined)).join('\n')).toContain('evictions unknown');
  });

  it('are those of the plan’s own estimate', () => {
    const made = plan(observe({ nodeGroups: [nodeGroup('blue')], nodes: [] }), {
      workers: { strategy: 'surge' },
    });
    const own = made.estimates.filter(({ stage }) => stage === 'workers');
    expect(own.map((estimate) => estimate.nodeGroup)).toEqual(['blue', 'blue-1-32']);
    expect(own.reduce((sum, { seconds }) => sum + seconds, 0)).toBe(
      made.comparison?.strategies.find(({ strategy }) => strategy === 'surge')?.seconds,
    );
  });

  it('are none where no workers are rolled', () => {
    expect(plan(observe(), { workers: { skip: ['blue', 'green'] } }).comparison).toBeUndefined();
    expect(comparisonLines(undefined)).toEqual([]);
  });
});

describe('the rolls that can be skipped', () => {
  it('are told with what that saves', () => {
    const comparison = compare(4, {}, '1.33');
    expect(comparison?.hops).toMatchObject({
      every: { rolls: 2, evictions: 32 },
      fewest: { rolls: 1, evictions: 16 },
    });
    expect(comparisonLines(comparison).at(-1)).toMatch(
      /^- `workers\.hops: "fewest"`: 1 roll of a group instead of 2, which saves about \d+ min and 16 evictions$/,
    );
  });

  it('are not spoken of where there are none', () => {
    expect(comparisonLines(compare(4)).join('\n')).not.toContain('fewest');
  });
});

it('is told in a line for each strategy', () => {
  const [title, managed, surge] = comparisonLines(compare(2, { strategy: 'surge' }));
  expect(title).toBe('Workers, by each strategy (estimates for the whole plan):');
  expect(managed).toMatch(
    /^- managed: about \d+ min, 4 nodes more at the peak, 16 evictions\. Undone: not by itself/,
  );
  expect(surge).toMatch(
    /^- surge \(chosen for 1 group\): about \d+ min( \(\d+ min of it for budgets\))?, 8 nodes more at the peak, 16 evictions\. Undone: before/,
  );
});
