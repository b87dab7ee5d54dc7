import type { OwnerReference } from '../../contract/workers.ts';
import type { WatchedBudget } from '../watching/watchedBudget.ts';
import type { WatchedPod } from '../watching/watchedPod.ts';
import { isActive } from '../watching/watchedPod.ts';

/** What an owner without a PodDisruptionBudget is taken to allow. */
export interface ImpliedBudget {
  owner: OwnerReference;
  /** How many of its Pods may be away at once. */
  allowed: number;
  /** How many are: wanted and not Ready. */
  away: number;
}

/**
 * Whether the eviction API would let a Pod go now. `takes`: whether that uses up some of the budget. `full` clears by
 * waiting; `several-budgets` never does.
 */
export type Room =
  | { state: 'free'; takes: boolean }
  | { state: 'full'; reason: 'budget' | 'implied-budget'; why: string }
  | { state: 'several-budgets'; why: string };

/** A budget with more unconfirmed evictions than this refuses all (`MaxDisruptedPodSize`). */
const mostDisruptedPods = 2_000;

const free = (takes: boolean): Room => ({ state: 'free', takes });

/**
 * The room for one Pod's eviction: what the eviction API itself would say (Kubernetes,
 * pkg/registry/core/pod/storage/eviction.go), and for an owner without a budget what the owner itself takes as bearable
 * when it rolls its Pods. A Pod that is not Ready serves nobody: no owner misses it.
 *
 * @param budgets all that select the Pod
 * @param implied the owner's, if there is no budget and one is known
 * @param taken evictions that were sent and do not show in the budget, or in `away`, yet
 */
export function roomFor(
  pod: Pick<WatchedPod, 'phase' | 'ready' | 'deletionTimestamp'>,
  budgets: readonly WatchedBudget[],
  implied: ImpliedBudget | undefined,
  taken: number,
): Room {
  // Finished, not yet running, or going already: no budget is asked, however many there are.
  if (!isActive(pod) || pod.phase === 'Pending') return free(false);
  const [budget, ...others] = budgets;
  if (others.length > 0) {
    const names = budgets.map(({ namespace, name }) => `${namespace}/${name}`).sort();
    return {
      state: 'several-budgets',
      why: `${names.length} PodDisruptionBudgets select it (${names.join(', ')}), and the eviction API lets no Pod go that has more than one`,
    };
  }
  if (budget !== undefined) return roomOfBudget(pod, budget, taken);
  if (implied === undefined || !pod.ready) return free(false);
  if (implied.away + taken < implied.allowed) return free(true);
  const { owner, allowed, away } = implied;
  return {
    state: 'full',
    reason: 'implied-budget',
    why: `${owner.kind} ${owner.namespace}/${owner.name} has no PodDisruptionBudget, ${away + taken} of its Pods are away, and no more than ${allowed} shall be at once`,
  };
}

function roomOfBudget(pod: Pick<WatchedPod, 'ready'>, budget: WatchedBudget, taken: number): Room {
  const { currentHealthy, desiredHealthy, disruptionsAllowed } = budget;
  if (!pod.ready) {
    if (budget.unhealthyPodEvictionPolicy === 'AlwaysAllow') return free(false);
    if (desiredHealthy > 0 && currentHealthy >= desiredHealthy) return free(false);
  }
  const full = (why: string): Room => ({
    state: 'full',
    reason: 'budget',
    why: `PodDisruptionBudget ${budget.namespace}/${budget.name} ${why}`,
  });
  if (budget.observedGeneration < budget.generation)
    return full('has been changed and its numbers are not computed yet');
  if (budget.disruptedPods.size > mostDisruptedPods)
    return full(`has ${budget.disruptedPods.size} evictions that its controller has not confirmed`);
  if (disruptionsAllowed - taken > 0) return free(true);
  if (budget.syncFailed !== undefined)
    return full(`allows none because its numbers can't be computed (${budget.syncFailed})`);
  const underWay = taken > 0 ? `, ${taken} just used` : '';
  return full(
    `allows ${disruptionsAllowed} disruptions${underWay}: ${currentHealthy} of ${budget.expectedPods} Pods are healthy and ${desiredHealthy} must be`,
  );
}
