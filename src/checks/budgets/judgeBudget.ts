import type { ObservedBudget } from '../../plan/observedWorkloads.ts';

/** Whether a budget will let its Pods be evicted. */
export type BudgetVerdict =
  /** It does now, or will as soon as Pods that were evicted are Ready elsewhere. */
  | { state: 'gives-way' }
  /** It does not, however well its Pods are: every drain waits on it until somebody changes it. */
  | { state: 'never'; why: string }
  /** It does not now, and would if its Pods were Ready. */
  | { state: 'not-now'; why: string }
  | { state: 'unknown'; why: string };

/**
 * Judges a budget by itself, by the rules of the disruption controller: how many Pods it expects, how many of them it
 * wants healthy, how many are. What its Pods have to do with the waves in which nodes are drained is not asked here.
 */
export function judgeBudget(budget: ObservedBudget): BudgetVerdict {
  const { status, syncFailed, minAvailable, maxUnavailable } = budget;
  if (syncFailed !== undefined) {
    return { state: 'never', why: `its controller can't work it out (${syncFailed.replace(/[.\s]+$/, '')})` };
  }
  if (status === undefined) {
    return { state: 'unknown', why: 'its controller has not looked at its newest version yet' };
  }
  const { disruptionsAllowed, currentHealthy, desiredHealthy, expectedPods } = status;
  if (expectedPods === 0 || disruptionsAllowed > 0) return { state: 'gives-way' };
  if (desiredHealthy >= expectedPods) {
    const asked =
      maxUnavailable === undefined ? `minAvailable ${minAvailable ?? 1}` : `maxUnavailable ${maxUnavailable}`;
    return {
      state: 'never',
      why: `${asked} wants ${desiredHealthy} of ${expectedPods} ${expectedPods === 1 ? 'Pod' : 'Pods'} healthy, so none may be missing`,
    };
  }
  return {
    state: 'not-now',
    why: `${currentHealthy} of ${expectedPods} Pods are healthy, and it wants ${desiredHealthy}`,
  };
}
