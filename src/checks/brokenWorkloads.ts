import type { Finding } from '../contract/finding.ts';
import { compareNames } from '../plan/order.ts';
import type { ObservedOwner } from '../plan/observedWorkloads.ts';
import { absent } from './absent.ts';
import { listNames, seenBy, type Check, type CheckInput } from './check.ts';

/**
 * What is broken before anything is touched, so that it is not blamed on the upgrade (rule 8). One finding for each
 * namespace, however many owners.
 */
export const brokenWorkloads: Check = (input) => {
  const { workloads } = input.observation;
  if (workloads === undefined) {
    return [absent(input, 'workloads', 'broken-workloads', 'what is broken already')];
  }
  const broken = Map.groupBy(
    workloads.owners.filter(({ well }) => !well),
    ({ namespace }) => namespace,
  );
  return [...broken]
    .sort(([one], [other]) => compareNames(one, other))
    .map(([namespace, owners]) => finding(input, namespace, owners));
};

function finding({ observation }: CheckInput, namespace: string, owners: ObservedOwner[]): Finding {
  const system = namespace === 'kube-system';
  const lines = owners.map(
    ({ kind, name, reason }) => `${kind} ${name}${reason === undefined ? '' : ` (${reason})`}`,
  );
  return {
    check: 'broken-workloads',
    severity: system ? 'warning' : 'info',
    subject: { kind: 'Namespace', name: namespace },
    message: `Not well already in namespace ${namespace}: ${listNames(lines.sort(compareNames))}.`,
    remedy: system
      ? 'Mend it first: what runs in kube-system is what nodes and Pods need to come up.'
      : 'Mend it, or leave it: it stands in the baseline, and the upgrade is not held up by it.',
    evidence: seenBy(observation, 'Kubernetes: owners of Pods'),
  };
}
