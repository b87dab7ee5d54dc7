import type { BudgetState, OwnerReference, StuckPod, StuckReason } from '../../contract/workers.ts';
import type { WatchedBudget } from '../watching/watchedBudget.ts';
import type { WatchedPod } from '../watching/watchedPod.ts';
import { isOwnerGate } from './gates.ts';
import type { Room } from './room.ts';
import type { Target } from './targets.ts';

/** Pods that are named to people at most; the count says how many there are. */
export const shownStuckPods = 20;

/** What stands in a Pod's way. */
export interface Obstacle {
  reason: StuckReason;
  /** Half a sentence for `budget` and its like: `PodDisruptionBudget shop/web allows 0 disruptions: …`. */
  why: string;
}

/**
 * Whether waiting can make room for a Pod: once others are Ready, or a budget's numbers are up to date. It can't where
 * several budgets select the Pod, where its budget demands every Pod that there is, or where nobody can compute it.
 */
export function clearsByWaiting(room: Room, budgets: readonly WatchedBudget[]): boolean {
  if (room.state !== 'full') return room.state === 'free';
  return !budgets.some((budget) => demandsEveryPod(budget) || budget.syncFailed !== undefined);
}

/** Tells of a Pod that does not go. */
export function stuckPod(
  pod: WatchedPod,
  obstacle: Obstacle,
  about: { owner: OwnerReference | undefined; budgets: readonly WatchedBudget[]; since: string },
): StuckPod {
  const { namespace, name, uid, node = '' } = pod;
  const budgets = about.budgets.map(budgetState);
  return {
    namespace,
    name,
    uid,
    node,
    ...(about.owner === undefined ? {} : { owner: about.owner }),
    reason: obstacle.reason,
    budgets,
    since: about.since,
    message: messageOf(pod, obstacle, budgets),
  };
}

/** Those to name: who waits for budgets, then for owners, then who is ending; the longest wait first in each. */
export function worstFirst(targets: readonly Target[]): Target[] {
  const rank = ({ state, gate }: Target): number => (state === 'leaving' ? 2 : isOwnerGate(gate) ? 1 : 0);
  return [...targets]
    .sort((one, other) => rank(one) - rank(other) || compareText(one.since, other.since))
    .slice(0, shownStuckPods);
}

function messageOf(pod: WatchedPod, { reason, why }: Obstacle, budgets: readonly BudgetState[]): string {
  const subject = `Pod ${pod.namespace}/${pod.name} on ${pod.node ?? 'no node'}`;
  switch (reason) {
    case 'budget':
      return `${subject} may not be evicted: ${why}.${budgetRemedy(budgets)}`;
    case 'implied-budget':
      return `${subject} is not evicted yet: ${why}. See why those are not Ready.`;
    case 'several-budgets':
      return `${subject} can't be evicted: ${why}. Waiting does not mend that: delete or narrow all of them but one.`;
    case 'eviction-error':
      return `${subject} could not be evicted: ${why}. See what is behind that answer (a webhook, or the API server).`;
    case 'terminating':
      return `${subject} was asked to end and is still there${terminatingDetail(pod)}. See whether its kubelet answers.`;
    // These come from the filters, whole sentences with what to do.
    case 'no-controller':
    case 'local-storage':
    case 'daemon-set':
    case 'daemon-set-gone':
      return why;
  }
}

/** A budget that demands all Pods that there are never lets one go: the commonest of all stuck drains. */
function budgetRemedy(budgets: readonly BudgetState[]): string {
  const [budget] = budgets;
  if (budget !== undefined && demandsEveryPod(budget))
    return ' It demands every Pod that there is, so waiting does not mend that: restart the owner, add a replica, or let the budget allow one disruption.';
  return ' It clears when more of its Pods are Ready.';
}

function demandsEveryPod({
  expectedPods,
  desiredHealthy,
}: Pick<BudgetState, 'expectedPods' | 'desiredHealthy'>): boolean {
  return expectedPods > 0 && desiredHealthy >= expectedPods;
}

function terminatingDetail({ deletionTimestamp, finalizers }: WatchedPod): string {
  const due = deletionTimestamp === undefined ? '' : ` (its time was over at ${deletionTimestamp})`;
  const held = finalizers.length === 0 ? '' : `, held by the finalizers ${finalizers.join(', ')}`;
  return due + held;
}

function budgetState(budget: WatchedBudget): BudgetState {
  const { namespace, name, disruptionsAllowed, currentHealthy, desiredHealthy, expectedPods } = budget;
  return { namespace, name, disruptionsAllowed, currentHealthy, desiredHealthy, expectedPods };
}

function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
