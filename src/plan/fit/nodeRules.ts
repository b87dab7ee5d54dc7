import { meets } from '../labelSelector.ts';
import type { FitNode, NodeTerm, PodPlacement, Taint, Toleration } from './types.ts';

/** The taint that goes with `spec.unschedulable`. */
const cordoned: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

/** Whether a node meets a Pod's node selector and its required node affinity. */
export function matchesNode({ nodeSelector, nodeAffinity }: PodPlacement, node: FitNode): boolean {
  const selected = Object.entries(nodeSelector ?? {}).every(([key, value]) => node.labels[key] === value);
  return selected && (nodeAffinity === undefined || meetsOne(nodeAffinity, node));
}

/** Whether every volume of a Pod can be reached from a node. */
export function reachesVolumes({ volumeAffinities }: PodPlacement, node: FitNode): boolean {
  return (volumeAffinities ?? []).every((terms) => meetsOne(terms, node));
}

/** The first taint of a node, or its cordon, that a Pod does not tolerate. `PreferNoSchedule` keeps no Pod away. */
export function untolerated({ tolerations }: PodPlacement, node: FitNode): Taint | undefined {
  const taints = node.unschedulable === true ? [cordoned, ...(node.taints ?? [])] : (node.taints ?? []);
  return taints.find(
    (taint) =>
      taint.effect !== 'PreferNoSchedule' &&
      !(tolerations ?? []).some((toleration) => tolerates(toleration, taint)),
  );
}

/** Whether a toleration covers a taint: an empty effect covers all effects, `Exists` without a key all taints. */
export function tolerates({ key, operator = 'Equal', value, effect }: Toleration, taint: Taint): boolean {
  if (effect !== undefined && effect !== '' && effect !== taint.effect) return false;
  const named = key !== undefined && key !== '';
  if (named && key !== taint.key) return false;
  if (operator === 'Exists') return true;
  return named && (value ?? '') === (taint.value ?? '');
}

/** A term without any requirement is met by no node; so says the API of node affinity. */
function meetsOne(terms: readonly NodeTerm[], node: FitNode): boolean {
  return terms.some(({ labels = [], fields = [] }) => {
    if (labels.length + fields.length === 0) return false;
    return (
      labels.every((requirement) => meets(requirement, node.labels)) &&
      fields.every((requirement) => meets(requirement, { 'metadata.name': node.name }))
    );
  });
}
