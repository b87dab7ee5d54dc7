/** Which events a watch tells of a change, seen through its namespace and selectors. */
import type { StoredObject, StoreEvent } from '../cluster/types.ts';

export interface WatchEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  object: StoredObject;
}

/**
 * Undefined when the change is no business of the watch. An object that leaves the selection is DELETED, in the state
 * that it had when it was last selected but with the resourceVersion of the change; one that enters it is ADDED.
 */
export function seenThrough(
  { type, object, previous, resourceVersion }: StoreEvent,
  namespace: string | undefined,
  matches: (object: StoredObject) => boolean,
): WatchEvent | undefined {
  if (namespace !== undefined && object.metadata.namespace !== namespace) return undefined;
  if (type === 'ADDED') return matches(object) ? { type, object } : undefined;
  const before = previous === undefined || matches(previous);
  if (type === 'DELETED') return before ? { type, object } : undefined;
  if (matches(object)) return { type: before ? 'MODIFIED' : 'ADDED', object };
  if (!before) return undefined;
  const last = previous ?? object;
  const metadata = { ...last.metadata, resourceVersion: String(resourceVersion) };
  return { type: 'DELETED', object: { ...last, metadata } };
}
