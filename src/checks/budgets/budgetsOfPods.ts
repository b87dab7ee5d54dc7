import { selects } from '../../plan/labelSelector.ts';
import type { ObservedBudget, ObservedPod, ObservedWorkloads } from '../../plan/observedWorkloads.ts';

/** Which budgets a Pod is under; worked out once for all Pods of one making in one namespace. */
export function budgetsOfPods({
  budgets,
  kinds,
}: Pick<ObservedWorkloads, 'budgets' | 'kinds'>): (pod: ObservedPod) => readonly ObservedBudget[] {
  const ofNamespace = Map.groupBy(budgets, ({ namespace }) => namespace);
  const known = new Map<string, readonly ObservedBudget[]>();
  return ({ namespace, kind }) => {
    const key = `${namespace}/${kind}`;
    const found =
      known.get(key) ??
      (ofNamespace.get(namespace) ?? []).filter(({ selector }) =>
        selects(selector, kinds[kind]?.placement.labels ?? {}),
      );
    known.set(key, found);
    return found;
  };
}
