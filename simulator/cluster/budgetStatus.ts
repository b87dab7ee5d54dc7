/** Pure: what a PodDisruptionBudget allows, counted as Kubernetes counts it. */
import type { Pod, PodDisruptionBudget } from './kinds.ts';
import { isReady, isTerminating } from './pods.ts';
import { resolveCount } from './quantities.ts';

/** How long a granted eviction is believed to come before it counts as not made. */
export const evictionConfirmationMilliseconds = 120_000;

export interface BudgetCounts {
  expectedPods: number;
  desiredHealthy: number;
  currentHealthy: number;
  disruptionsAllowed: number;
  /** Pods whose eviction was granted and has not been seen yet, with the time of the grant. */
  disruptedPods: Record<string, string>;
}

/**
 * @param budget its spec and the status so far
 * @param members the Pods that it selects
 * @param scale how many Pods the owners of those Pods want in all; undefined when one of them has none to ask
 * @returns undefined when the budget needs the scale and there is none
 */
export function countBudget(
  budget: Pick<PodDisruptionBudget, 'spec' | 'status'>,
  members: Pod[],
  scale: number | undefined,
  now: Date,
): BudgetCounts | undefined {
  const { minAvailable, maxUnavailable } = budget.spec;
  let expectedPods: number;
  let desiredHealthy: number;
  if (maxUnavailable !== undefined) {
    if (scale === undefined) return undefined;
    expectedPods = scale;
    desiredHealthy = Math.max(0, expectedPods - resolveCount(maxUnavailable, expectedPods, 'up'));
  } else if (typeof minAvailable === 'string' && minAvailable.endsWith('%')) {
    if (scale === undefined) return undefined;
    expectedPods = scale;
    desiredHealthy = resolveCount(minAvailable, expectedPods, 'up');
  } else {
    expectedPods = members.length;
    desiredHealthy = Number(minAvailable ?? 0);
  }
  const disruptedPods: Record<string, string> = {};
  const byName = new Map(members.map((pod) => [pod.metadata.name, pod]));
  for (const [name, at] of Object.entries(budget.status?.disruptedPods ?? {})) {
    const pod = byName.get(name);
    if (pod === undefined || isTerminating(pod)) continue;
    if (Date.parse(at) + evictionConfirmationMilliseconds > now.getTime()) disruptedPods[name] = at;
  }
  const currentHealthy = members.filter(
    (pod) => !isTerminating(pod) && !(pod.metadata.name in disruptedPods) && isReady(pod),
  ).length;
  const disruptionsAllowed = expectedPods === 0 ? 0 : Math.max(0, currentHealthy - desiredHealthy);
  return { expectedPods, desiredHealthy, currentHealthy, disruptionsAllowed, disruptedPods };
}
