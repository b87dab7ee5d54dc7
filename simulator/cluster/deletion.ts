/** Pure: what Kubernetes' deletion makes of an object, and when nothing keeps it any longer. */
import { conflict } from './errors.ts';
import { namespaces, pods } from './kinds.ts';
import { kubernetesTime } from '../../scenario/kubernetesTime.ts';
import type { DeleteOptions, GroupResource, StoredObject } from './types.ts';

/** Throws StatusError Conflict when the object is not the one that was meant. */
export function checkPreconditions(
  resource: GroupResource,
  current: StoredObject,
  options: DeleteOptions,
): void {
  const { uid, resourceVersion } = options.preconditions ?? {};
  const { name } = current.metadata;
  if (uid !== undefined && uid !== current.metadata.uid)
    throw conflict(
      resource,
      name,
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${current.metadata.uid}`,
    );
  if (resourceVersion !== undefined && resourceVersion !== current.metadata.resourceVersion)
    throw conflict(
      resource,
      name,
      `Precondition failed: ResourceVersion in precondition: ${resourceVersion}, ResourceVersion in object meta: ${current.metadata.resourceVersion}`,
    );
}

/** The object as its deletion leaves it: with a deletionTimestamp, and what its grace period and finalizers ask. */
export function marked(
  resource: GroupResource,
  current: StoredObject,
  options: DeleteOptions,
  now: Date,
): StoredObject {
  const grace = isPods(resource) ? podGrace(current, options.gracePeriodSeconds) : 0;
  const already = current.metadata.deletionGracePeriodSeconds;
  if (current.metadata.deletionTimestamp !== undefined && already !== undefined && already <= grace)
    return current;
  const finalizers = [...(current.metadata.finalizers ?? [])];
  const added =
    options.propagationPolicy === 'Foreground'
      ? 'foregroundDeletion'
      : options.propagationPolicy === 'Orphan'
        ? 'orphan'
        : undefined;
  if (added !== undefined && !finalizers.includes(added)) finalizers.push(added);
  const next: StoredObject = {
    ...current,
    metadata: {
      ...current.metadata,
      deletionTimestamp: kubernetesTime(new Date(now.getTime() + grace * 1000)),
      deletionGracePeriodSeconds: grace,
      generation: (current.metadata.generation ?? 1) + 1,
      ...(finalizers.length > 0 ? { finalizers } : {}),
    },
  };
  return isNamespaces(resource)
    ? { ...next, status: { ...asRecord(current['status']), phase: 'Terminating' } }
    : next;
}

/** Pods that never ran or have finished need no grace; a Pod's own grace period holds unless another is asked for. */
function podGrace(pod: StoredObject, asked: number | undefined): number {
  const spec = asRecord(pod['spec']);
  const phase = asRecord(pod['status'])['phase'];
  if (!spec['nodeName'] || phase === 'Succeeded' || phase === 'Failed') return 0;
  if (asked !== undefined) return Math.max(0, asked);
  const own = spec['terminationGracePeriodSeconds'];
  return typeof own === 'number' ? own : 30;
}

/** Whether nothing keeps an object any longer: it is being deleted, without grace or finalizers left. */
export function isGone(resource: GroupResource, object: StoredObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds, finalizers } = object.metadata;
  if (deletionTimestamp === undefined || (finalizers ?? []).length > 0) return false;
  if (isPods(resource)) return (deletionGracePeriodSeconds ?? 0) === 0;
  if (!isNamespaces(resource)) return true;
  const kept = asRecord(object['spec'])['finalizers'];
  return !Array.isArray(kept) || kept.length === 0;
}

const isPods = (resource: GroupResource): boolean =>
  resource.group === pods.group && resource.resource === pods.resource;
const isNamespaces = (resource: GroupResource): boolean =>
  resource.group === namespaces.group && resource.resource === namespaces.resource;

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
