import type { ObservedOwner, ObservedPod, ObservedWorkloads, PodKind } from '../plan/observedWorkloads.ts';
import { rolledNodeGroups, type CheckInput } from './check.ts';

/** A Pod that the plan moves, with what the observation says of its making and its owner. */
export interface MovedPod {
  pod: ObservedPod;
  kind: PodKind;
  owner: ObservedOwner | undefined;
  /** The node that it is drained from. */
  node: string;
  nodeGroup: string;
}

/** The Pods that are drained when the plan's node groups are rolled, in the order of the observation. */
export function movedPods({ observation, plan }: CheckInput, workloads: ObservedWorkloads): MovedPod[] {
  const rolled = rolledNodeGroups(plan);
  const groupOf = new Map(
    observation.nodes.flatMap(({ name, nodeGroup }) =>
      nodeGroup !== undefined && rolled.has(nodeGroup) ? [[name, nodeGroup] as const] : [],
    ),
  );
  return workloads.pods.flatMap((pod) => {
    const nodeGroup = pod.node === undefined ? undefined : groupOf.get(pod.node);
    const kind = workloads.kinds[pod.kind];
    if (pod.node === undefined || nodeGroup === undefined || kind === undefined) return [];
    if (pod.staysOnNode !== undefined) return [];
    const owner = pod.owner === undefined ? undefined : workloads.owners[pod.owner];
    return [{ pod, kind, owner, node: pod.node, nodeGroup }];
  });
}

/** `Deployment cart`, or `Pod debug` for one that nothing controls. */
export function describeOwner({ owner, pod }: Pick<MovedPod, 'owner' | 'pod'>): string {
  return owner === undefined ? `Pod ${pod.name}` : `${owner.kind} ${owner.name}`;
}
