import { isStatus } from '../errors.ts';
import { isTerminating } from '../pods.ts';
import type { GroupResource, OwnerReference, StoredObject } from '../types.ts';
import type { ControllerContext } from './context.ts';

const foreground = 'foregroundDeletion';
const orphan = 'orphan';

/** Deletes what lost its last owner; before an owner goes in the foreground its dependents, or sets them free. */
export function startGarbageCollector(context: ControllerContext): void {
  const { store, loop } = context;

  const onGone = (owner: StoredObject): void => {
    for (const { resource, object } of store.dependents(owner.metadata.uid))
      loop.enqueue(`collect ${object.metadata.uid}`, () => collect(resource, object));
    // An owner that waits in the foreground may be waiting for this one.
    for (const reference of owner.metadata.ownerReferences ?? [])
      if (reference.blockOwnerDeletion === true)
        loop.enqueue(`unblock ${reference.uid}`, () => unblock(reference.uid));
  };

  const collect = (resource: GroupResource, object: StoredObject): void => {
    const { namespace, name } = object.metadata;
    const current = store.find(resource, namespace, name);
    if (current === undefined || current.metadata.uid !== object.metadata.uid) return;
    const owners = current.metadata.ownerReferences ?? [];
    const living = owners.filter((owner) => store.hasUid(owner.uid));
    if (owners.length === 0) return;
    if (living.length > 0) setOwners(resource, current, living);
    else if (!isTerminating(current)) removeQuietly(resource, current);
  };

  const onTerminating = (resource: GroupResource, owner: StoredObject): void => {
    const finalizers = owner.metadata.finalizers ?? [];
    if (finalizers.includes(orphan)) {
      for (const dependent of store.dependents(owner.metadata.uid))
        setOwners(
          dependent.resource,
          dependent.object,
          (dependent.object.metadata.ownerReferences ?? []).filter(({ uid }) => uid !== owner.metadata.uid),
        );
      dropFinalizer(resource, owner, orphan);
    } else if (finalizers.includes(foreground)) {
      for (const dependent of store.dependents(owner.metadata.uid))
        if (!isTerminating(dependent.object))
          removeQuietly(dependent.resource, dependent.object, 'Foreground');
      unblockObject(resource, owner);
    }
  };

  const unblock = (uid: string): void => {
    const found = store.findUid(uid);
    if (found !== undefined) unblockObject(found.resource, found.object);
  };
  const unblockObject = (resource: GroupResource, owner: StoredObject): void => {
    if (!isTerminating(owner) || !(owner.metadata.finalizers ?? []).includes(foreground)) return;
    const blocking = store
      .dependents(owner.metadata.uid)
      .some(({ object }) =>
        (object.metadata.ownerReferences ?? []).some(
          (reference) => reference.uid === owner.metadata.uid && reference.blockOwnerDeletion === true,
        ),
      );
    if (!blocking) dropFinalizer(resource, owner, foreground);
  };

  const setOwners = (resource: GroupResource, object: StoredObject, owners: OwnerReference[]): void => {
    store.mutate(resource, object.metadata.namespace, object.metadata.name, (current) => {
      const metadata = { ...current.metadata, ownerReferences: owners };
      if (owners.length === 0) delete (metadata as Partial<typeof metadata>).ownerReferences;
      return { ...current, metadata };
    });
  };
  const dropFinalizer = (resource: GroupResource, object: StoredObject, finalizer: string): void => {
    store.mutate(resource, object.metadata.namespace, object.metadata.name, (current) => ({
      ...current,
      metadata: {
        ...current.metadata,
        finalizers: (current.metadata.finalizers ?? []).filter((present) => present !== finalizer),
      },
    }));
  };
  const removeQuietly = (
    resource: GroupResource,
    object: StoredObject,
    propagationPolicy: 'Background' | 'Foreground' = 'Background',
  ): void => {
    try {
      store.remove(resource, object.metadata.namespace, object.metadata.name, {
        propagationPolicy,
        preconditions: { uid: object.metadata.uid },
      });
    } catch (error) {
      if (!isStatus(error, 'NotFound') && !isStatus(error, 'Conflict')) throw error;
    }
  };

  store.watchAll((resource, { type, object, previous }) => {
    if (type === 'DELETED') onGone(object);
    else if (isTerminating(object) && (previous === undefined || !isTerminating(previous)))
      loop.enqueue(`terminating ${object.metadata.uid}`, () => {
        const found = store.findUid(object.metadata.uid);
        if (found !== undefined) onTerminating(resource, found.object);
      });
  });
}
