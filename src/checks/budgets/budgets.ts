import type { Finding } from '../../contract/finding.ts';
import { compareNames } from '../../plan/order.ts';
import type { ObservedBudget } from '../../plan/observedWorkloads.ts';
import { absent } from '../absent.ts';
import { listNames, seenBy, type Check, type CheckInput } from '../check.ts';
import { movedPods, type MovedPod } from '../movedPods.ts';
import { budgetsOfPods } from './budgetsOfPods.ts';
import { judgeBudget, type BudgetVerdict } from './judgeBudget.ts';

/** Budgets that can't give way to the drains of the plan, each with the Pods and the node groups that wait on it. */
export const budgets: Check = (input) => {
  const { workloads } = input.observation;
  if (workloads === undefined) {
    return [absent(input, 'workloads', 'budgets', 'whether disruption budgets let nodes be drained')];
  }
  const of = budgetsOfPods(workloads);
  const moved = new Map<ObservedBudget, MovedPod[]>();
  for (const each of movedPods(input, workloads)) {
    for (const budget of of(each.pod)) {
      const pods = moved.get(budget) ?? [];
      pods.push(each);
      moved.set(budget, pods);
    }
  }
  return [...moved]
    .flatMap(([budget, pods]) => finding(input, budget, pods, judgeBudget(budget)) ?? [])
    .sort((one, other) => compareNames(one.subject.name, other.subject.name));
};

function finding(
  { observation }: CheckInput,
  { namespace, name, unhealthyPodEvictionPolicy }: ObservedBudget,
  pods: readonly MovedPod[],
  verdict: BudgetVerdict,
): Finding | undefined {
  if (verdict.state === 'gives-way') return undefined;
  // Such a budget holds up no Pod that is not Ready, and there is no other.
  const held = unhealthyPodEvictionPolicy === 'AlwaysAllow' ? pods.filter(({ pod }) => pod.ready) : pods;
  if (held.length === 0) return undefined;
  const groups = [...new Set(held.map(({ nodeGroup }) => nodeGroup))].sort(compareNames);
  const names = held.map(({ pod }) => pod.name).sort(compareNames);
  const where = `${listNames(names)} on ${groups.length === 1 ? 'node group' : 'node groups'} ${listNames(groups)}`;
  return {
    check: 'budgets',
    subject: { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', namespace, name },
    evidence: seenBy(observation, `Kubernetes: PodDisruptionBudget ${namespace}/${name}`),
    ...words[verdict.state](`Budget ${namespace}/${name}`, verdict.why, where),
  };
}

const words: Readonly<
  Record<
    'never' | 'not-now' | 'unknown',
    (budget: string, why: string, where: string) => Pick<Finding, 'severity' | 'message' | 'remedy'>
  >
> = {
  never: (budget, why, where) => ({
    severity: 'blocker',
    message: `${budget} never lets a Pod be evicted: ${why}. The drain of ${where} would wait until it fails.`,
    remedy:
      'Run one replica more, or loosen the budget (maxUnavailable 1) for the upgrade; or override this finding, and delete the Pods yourself when the drain waits for them.',
  }),
  'not-now': (budget, why, where) => ({
    severity: 'warning',
    message: `${budget} lets no Pod be evicted now: ${why}. The drain of ${where} waits until they are.`,
    remedy:
      'Find out why Pods are not Ready and mend it; with unhealthyPodEvictionPolicy AlwaysAllow those at least can be evicted.',
  }),
  unknown: (budget, why, where) => ({
    severity: 'unknown',
    message: `Whether ${budget.replace('Budget', 'budget')} lets ${where} be evicted is not known: ${why}.`,
    remedy: 'Plan again in a moment; if it stays so, see that the controller manager runs.',
  }),
};
