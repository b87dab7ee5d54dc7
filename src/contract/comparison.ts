import type { Comparison, HopsEstimate, StrategyEstimate } from './plan.ts';

/**
 * Strategies side by side for people: a title, and then a Markdown line for each. None where nothing is compared. It
 * stands beside the plan and is no part of what its digest is of.
 */
export function comparisonLines(comparison: Comparison | undefined): string[] {
  if (comparison === undefined) return [];
  return [
    'Workers, by each strategy (estimates for the whole plan):',
    ...comparison.strategies.map(strategyLine),
    ...hopsLine(comparison.hops),
  ];
}

function strategyLine(estimate: StrategyEstimate): string {
  const { strategy, groups, seconds, budgetSeconds, extraNodes, missingNodes } = estimate;
  const bound = budgetSeconds === 0 ? '' : ` (${minutes(budgetSeconds)} of it for budgets)`;
  const nodes = [
    extraNodes === 0 ? '' : `${count(extraNodes, 'node')} more at the peak`,
    missingNodes === 0 ? '' : `${count(missingNodes, 'node')} fewer at the trough`,
  ].filter((part) => part !== '');
  const stuck = estimate.stuckPods ?? 0;
  return [
    `- ${strategy}${groups === 0 ? '' : ` (chosen for ${count(groups, 'group')})`}: about ${minutes(seconds)}${bound}`,
    ...(nodes.length === 0 ? ['no nodes more or fewer'] : nodes),
    estimate.evictions === undefined ? 'evictions unknown' : count(estimate.evictions, 'eviction'),
    ...(stuck === 0 ? [] : [`${count(stuck, 'Pod')} under budgets that let none go`]),
  ]
    .join(', ')
    .concat(`. Undone: ${estimate.undo.charAt(0).toLowerCase()}${estimate.undo.slice(1)}`);
}

function hopsLine({ every, fewest }: { every: HopsEstimate; fewest: HopsEstimate }): string[] {
  if (every.rolls === fewest.rolls) return [];
  const saved =
    every.evictions === undefined || fewest.evictions === undefined
      ? ''
      : ` and ${count(every.evictions - fewest.evictions, 'eviction')}`;
  return [
    `- \`workers.hops: "fewest"\`: ${count(fewest.rolls, 'roll')} of a group instead of ${every.rolls}, which saves about ${minutes(every.seconds - fewest.seconds)}${saved}`,
  ];
}

function minutes(seconds: number): string {
  return seconds < 60 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
