import type { UpdateSettings } from '../../contract/plan.ts';
import { nodesAtOnce } from '../updateSettings.ts';
import { waveSizes } from '../waves/index.ts';
import { budgetSeconds, estimateDefaults, type RollEstimate } from './estimate.ts';
import type { GroupFacts } from './groupFacts.ts';

export const managedUndo =
  'Not by itself: what EKS has replaced stays replaced, and going back is a roll of its own.';

/** EKS's own roll: new nodes first (or, with `MINIMAL`, old ones ended first), then so many at once by its settings. */
export function estimateManaged(facts: GroupFacts, settings: UpdateSettings): RollEstimate {
  const { setup, scaleUp, node, scaleDown } = estimateDefaults.nodeGroup;
  const { nodes, zones, pods, rounds } = facts;
  if (nodes === 0) {
    return { seconds: setup, budgetSeconds: 0, extraNodes: 0, missingNodes: 0, evictions: pods };
  }
  const atOnce = nodesAtOnce(settings, nodes);
  const sizes = waveSizes(nodes, false, atOnce);
  const minimal = settings.updateStrategy === 'MINIMAL';
  const bound = budgetSeconds(sizes, nodes, rounds);
  // A node's own time has room for its drain; budgets count where they need more.
  const rolling = Math.max(sizes.length * node, bound);
  return {
    seconds: setup + (minimal ? 0 : scaleUp) + rolling + (minimal ? 0 : scaleDown),
    budgetSeconds: rolling - sizes.length * node,
    extraNodes: minimal ? 0 : Math.max(2 * zones, atOnce),
    missingNodes: minimal ? Math.min(nodes, atOnce) : 0,
    evictions: pods,
  };
}
