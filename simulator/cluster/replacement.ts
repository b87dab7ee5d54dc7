/** Pure: what a write makes of the object that is stored. */
import { sameContent } from './immutable.ts';
import type { ObjectMetadata, StoredObject } from './types.ts';

/** The object that a write to the main resource leads to: identity and status stay, generation follows the rest. */
export function replaced(
  current: StoredObject,
  object: StoredObject,
  options: { keepStatus: boolean },
): StoredObject {
  const { apiVersion: _apiVersion, ...fields } = object;
  const { uid, creationTimestamp, deletionTimestamp, deletionGracePeriodSeconds, generation } =
    current.metadata;
  const next: StoredObject = {
    ...fields,
    kind: current.kind,
    metadata: {
      ...withoutDeletion(object.metadata),
      uid,
      creationTimestamp,
      resourceVersion: current.metadata.resourceVersion,
      ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }),
      ...(deletionGracePeriodSeconds === undefined ? {} : { deletionGracePeriodSeconds }),
      ...(generation === undefined ? {} : { generation }),
    },
  };
  if (options.keepStatus) {
    delete next['status'];
    if (current['status'] !== undefined) next['status'] = current['status'];
  }
  if (!sameContent(body(current), body(next))) next.metadata.generation = (generation ?? 1) + 1;
  return next;
}

/** The object that a write to the status leads to: nothing else changes. */
export function withStatus(current: StoredObject, object: StoredObject): StoredObject {
  const { status: _old, ...rest } = current;
  return object['status'] === undefined
    ? rest
    : { ...rest, kind: current.kind, metadata: current.metadata, status: object['status'] };
}

function withoutDeletion(metadata: ObjectMetadata): ObjectMetadata {
  const {
    deletionTimestamp: _deletion,
    deletionGracePeriodSeconds: _grace,
    generation: _generation,
    ...rest
  } = metadata;
  return rest;
}

/** What generation counts the changes of. */
function body(object: StoredObject): Record<string, unknown> {
  const { metadata: _metadata, status: _status, kind: _kind, ...rest } = object;
  return rest;
}
