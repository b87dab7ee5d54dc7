/** Pure: whether a Pod may go to a node, and how it is said when it fits nowhere. */
import type { Node, Pod, Taint, Toleration } from './kinds.ts';
import { meets } from './selectors.ts';

/** Whether a toleration covers a taint. */
export function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false;
  if (toleration.key && toleration.key !== taint.key) return false;
  const operator = toleration.operator ?? 'Equal';
  if (operator === 'Exists') return true;
  return Boolean(toleration.key) && (toleration.value ?? '') === (taint.value ?? '');
}

/** The first taint with one of these effects that the Pod does not tolerate. */
export function untolerated(
  tolerations: Toleration[] | undefined,
  taints: Taint[] | undefined,
  effects: string[] = ['NoSchedule', 'NoExecute'],
): Taint | undefined {
  return taints?.find(
    (taint) =>
      effects.includes(taint.effect) &&
      !(tolerations ?? []).some((toleration) => tolerates(toleration, taint)),
  );
}

/** Whether a node meets the Pod's node selector and its required node affinity. */
export function matchesNode(pod: Pod, node: Node): boolean {
  const labels = node.metadata.labels;
  for (const [key, value] of Object.entries(pod.spec.nodeSelector ?? {}))
    if (labels?.[key] !== value) return false;
  const terms = requiredTerms(pod);
  if (terms === undefined) return true;
  const nodeFields = { 'metadata.name': node.metadata.name };
  return terms.some((term) => {
    const expressions = term.matchExpressions ?? [];
    const fields = term.matchFields ?? [];
    return (
      expressions.length + fields.length > 0 &&
      expressions.every((requirement) => meets(requirement, labels)) &&
      fields.every((requirement) => meets(requirement, nodeFields))
    );
  });
}

/** The one node that a DaemonSet's Pod is made for. */
export function pinnedNode(pod: Pod): string | undefined {
  const terms = requiredTerms(pod);
  const field = terms?.length === 1 ? terms[0]?.matchFields?.[0] : undefined;
  return field?.key === 'metadata.name' && field.operator === 'In' && field.values?.length === 1
    ? field.values[0]
    : undefined;
}

function requiredTerms(pod: Pod) {
  return pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
}

/** What a node can give and what its Pods have asked for already: cores, bytes and a number of Pods. */
export interface NodeCapacity {
  allocatable: { cpu: number; memory: number; pods: number };
  used: { cpu: number; memory: number; pods: number };
}

/** Why a Pod can't go to a node, in the scheduler's words; none means that it can. */
export function reasonsAgainst(
  pod: Pod,
  requests: { cpu: number; memory: number },
  node: Node,
  capacity: NodeCapacity,
): string[] {
  if (
    node.spec.unschedulable === true &&
    untolerated(pod.spec.tolerations, [unschedulableTaint]) !== undefined
  )
    return ['node(s) were unschedulable'];
  if (!matchesNode(pod, node)) return ["node(s) didn't match Pod's node affinity/selector"];
  const taint = untolerated(pod.spec.tolerations, node.spec.taints);
  if (taint !== undefined) return [`node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`];
  const { allocatable, used } = capacity;
  const reasons: string[] = [];
  if (used.pods + 1 > allocatable.pods) reasons.push('Too many pods');
  // A millionth of slack, for sums of fractions.
  if (requests.cpu > 0 && used.cpu + requests.cpu > allocatable.cpu + 1e-6) reasons.push('Insufficient cpu');
  if (requests.memory > 0 && used.memory + requests.memory > allocatable.memory)
    reasons.push('Insufficient memory');
  return reasons;
}

/** The taint that goes with `spec.unschedulable`. */
export const unschedulableTaint: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

/** The message of PodScheduled=False: `0/6 nodes are available: 2 Insufficient cpu, 4 node(s) were unschedulable.` */
export function unschedulableMessage(nodeCount: number, reasons: Map<string, number>): string {
  if (nodeCount === 0) return 'no nodes available to schedule pods';
  const listed = [...reasons].map(([reason, count]) => `${count} ${reason}`).sort();
  return `0/${nodeCount} nodes are available: ${listed.join(', ')}. preemption: 0/${nodeCount} nodes are available: ${nodeCount} Preemption is not helpful for scheduling.`;
}
