import type { Finding } from '../../contract/finding.ts';
import { compareNames } from '../../plan/order.ts';
import { absent } from '../absent.ts';
import { listNames, seenBy, type Check } from '../check.ts';
import { describeOwner, movedPods } from '../movedPods.ts';
import type { MovedPod } from '../movedPods.ts';
import { budgetsOfPods } from './budgetsOfPods.ts';

/** Pods under more than one budget: the eviction API answers 500 for them always, whatever the budgets say. */
export const overlappingBudgets: Check = (input) => {
  const { workloads } = input.observation;
  if (workloads === undefined) {
    return [absent(input, 'workloads', 'overlapping-budgets', 'whether Pods are under more than one budget')];
  }
  const of = budgetsOfPods(workloads);
  const byBudgets = new Map<string, { namespace: string; names: string[]; pods: MovedPod[] }>();
  for (const each of movedPods(input, workloads)) {
    const found = of(each.pod);
    if (found.length < 2) continue;
    const names = found.map(({ name }) => name).sort(compareNames);
    const key = [each.pod.namespace, ...names].join('/');
    const known = byBudgets.get(key) ?? { namespace: each.pod.namespace, names, pods: [] };
    known.pods.push(each);
    byBudgets.set(key, known);
  }
  return [...byBudgets.values()].map(({ namespace, names, pods }): Finding => {
    const owners = [...new Set(pods.map(describeOwner))].sort(compareNames);
    return {
      check: 'overlapping-budgets',
      severity: 'blocker',
      subject: { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', namespace, name: names.join('+') },
      message: `Pods of ${listNames(owners)} in ${namespace} are under ${names.length} budgets (${names.join(', ')}): the eviction API refuses such Pods always, so their nodes can't be drained.`,
      remedy: `Leave one of the budgets ${names.join(', ')} for these Pods: delete the others, or narrow their selectors.`,
      evidence: seenBy(
        input.observation,
        ...names.map((name) => `Kubernetes: PodDisruptionBudget ${namespace}/${name}`),
      ),
    };
  });
};
