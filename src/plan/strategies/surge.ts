import type { WavePolicy } from '../../contract/workers.ts';
import { parallelNodes, waveSizes } from '../waves/index.ts';
import { budgetSeconds, estimateDefaults, type RollEstimate } from './estimate.ts';
import type { GroupFacts } from './groupFacts.ts';

export const surgeUndo =
  'Before the first eviction by deleting the new group, which nobody notices; after it by moving Pods back to the old nodes, which stay until the gate `retire`.';

/** A whole new group beside the old one; no Pod is evicted twice, because all old nodes are cordoned first. */
export function estimateSurge(facts: GroupFacts, { maxParallel, canary }: WavePolicy): RollEstimate {
  const { setup, scaleUp, scaleDown } = estimateDefaults.nodeGroup;
  const { nodes, pods, rounds } = facts;
  const sizes = waveSizes(nodes, canary, parallelNodes(maxParallel, nodes));
  const bound = budgetSeconds(sizes, nodes, rounds);
  // A wave takes at least one replacement, whatever the budgets.
  const draining = Math.max(bound, sizes.length * estimateDefaults.replacement);
  return {
    seconds:
      setup +
      (nodes === 0 ? 0 : scaleUp + draining + estimateDefaults.deregistration + scaleDown) +
      sizes.length * estimateDefaults.betweenWaves,
    budgetSeconds: draining - sizes.length * estimateDefaults.replacement,
    extraNodes: nodes,
    missingNodes: 0,
    evictions: pods,
  };
}
