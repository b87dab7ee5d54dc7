import type { WavePolicy } from '../../contract/workers.ts';
import { parallelNodes, waveSizes } from '../waves/index.ts';
import { budgetSeconds, estimateDefaults, type RollEstimate } from './estimate.ts';
import type { GroupFacts } from './groupFacts.ts';

export const inPlaceUndo =
  'Not: the nodes of a wave are gone when it ends. What stops half way gets its full size back, with nodes of both versions.';

/**
 * Waves of old nodes that end before as many new ones start. Evicted Pods land on what is left, so that some are evicted
 * again when their next node's turn comes.
 */
export function estimateInPlace(facts: GroupFacts, { maxParallel, canary }: WavePolicy): RollEstimate {
  const { setup, scaleUp, scaleDown } = estimateDefaults.nodeGroup;
  const { nodes, pods, rounds } = facts;
  const sizes = waveSizes(nodes, canary, parallelNodes(maxParallel, nodes));
  const bound = budgetSeconds(sizes, nodes, rounds);
  const draining = Math.max(bound, sizes.length * estimateDefaults.replacement);
  const { deregistration, betweenWaves } = estimateDefaults;
  return {
    seconds: setup + draining + sizes.length * (deregistration + scaleDown + scaleUp + betweenWaves),
    budgetSeconds: draining - sizes.length * estimateDefaults.replacement,
    extraNodes: 0,
    missingNodes: Math.max(0, ...sizes),
    evictions: pods === undefined ? undefined : evictionsInPlace(pods, nodes, sizes),
  };
}

/** Each wave's Pods land on all other nodes alike; those that land on old ones go again with these. */
function evictionsInPlace(pods: number, nodes: number, sizes: readonly number[]): number {
  let onOld = pods;
  let oldNodes = nodes;
  let evictions = 0;
  for (const size of sizes) {
    const evicted = (onOld * size) / oldNodes;
    evictions += evicted;
    const elsewhere = nodes - size;
    oldNodes -= size;
    onOld += elsewhere === 0 ? -evicted : (evicted * oldNodes) / elsewhere - evicted;
  }
  return Math.round(evictions);
}
