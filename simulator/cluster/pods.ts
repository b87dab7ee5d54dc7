/** What controllers ask of a Pod. */
import { kubernetesTime } from '../../scenario/kubernetesTime.ts';
import type { Condition, Pod } from './kinds.ts';
import { parseQuantity } from './quantities.ts';
import type { OwnerReference, StoredObject } from './types.ts';

/** The owner that manages an object. */
export function controllerOf(object: StoredObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((owner) => owner.controller === true);
}

export function conditionOf(
  object: { status?: { conditions?: Condition[] } },
  type: string,
): Condition | undefined {
  return object.status?.conditions?.find((condition) => condition.type === type);
}

export const isReady = (pod: Pod): boolean => conditionOf(pod, 'Ready')?.status === 'True';

export const isFinished = (pod: Pod): boolean =>
  pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';

export const isTerminating = (object: StoredObject): boolean =>
  object.metadata.deletionTimestamp !== undefined;

/** Counts towards its owner's replicas: neither finished nor being deleted. */
export const isActive = (pod: Pod): boolean => !isFinished(pod) && !isTerminating(pod);

/** Ready for at least that long. */
export function isAvailable(pod: Pod, minReadySeconds: number, now: Date): boolean {
  const ready = conditionOf(pod, 'Ready');
  if (ready?.status !== 'True') return false;
  if (minReadySeconds === 0) return true;
  return now.getTime() - Date.parse(ready.lastTransitionTime ?? '') >= minReadySeconds * 1000;
}

/** CPU in cores and memory in bytes that a Pod asks of its node. */
export function podRequests(pod: Pod): { cpu: number; memory: number } {
  const of = (resource: string): number => {
    const requested = (container: Pod['spec']['containers'][number]): number =>
      parseQuantity(container.resources?.requests?.[resource] ?? container.resources?.limits?.[resource]);
    const running = pod.spec.containers.reduce((sum, container) => sum + requested(container), 0);
    const initial = Math.max(0, ...(pod.spec.initContainers ?? []).map(requested));
    return Math.max(running, initial) + parseQuantity(pod.spec.overhead?.[resource]);
  };
  return { cpu: of('cpu'), memory: of('memory') };
}

/** `namespace/name`. */
export const keyOf = (object: StoredObject): string =>
  `${object.metadata.namespace ?? ''}/${object.metadata.name}`;

/** A condition list with one condition set; its transition time moves only when its status does. */
export function withCondition(
  conditions: Condition[] | undefined,
  condition: Condition,
  now: Date,
): Condition[] {
  const others = (conditions ?? []).filter((present) => present.type !== condition.type);
  const present = (conditions ?? []).find((entry) => entry.type === condition.type);
  const lastTransitionTime =
    present?.status === condition.status && present.lastTransitionTime !== undefined
      ? present.lastTransitionTime
      : kubernetesTime(now);
  return [...others, { ...condition, lastTransitionTime }];
}
