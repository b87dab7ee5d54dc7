import type { GroupResource, StoredObject } from './types.ts';

interface Indexed {
  resource: GroupResource;
  object: StoredObject;
}

/** Finds objects by the uid of an owner, and Pods by their node, without looking at all of them. */
export class ObjectIndex {
  private readonly byOwner = new Map<string, Map<string, Indexed>>();
  private readonly podsByNode = new Map<string, Map<string, StoredObject>>();
  private readonly byUid = new Map<string, Indexed>();

  put(resource: GroupResource, object: StoredObject, previous: StoredObject | undefined): void {
    if (previous !== undefined) this.forget(resource, previous);
    const uid = object.metadata.uid;
    this.byUid.set(uid, { resource, object });
    for (const owner of object.metadata.ownerReferences ?? [])
      into(this.byOwner, owner.uid).set(uid, { resource, object });
    const node = nodeOf(resource, object);
    if (node !== undefined) into(this.podsByNode, node).set(uid, object);
  }

  forget(resource: GroupResource, object: StoredObject): void {
    const uid = object.metadata.uid;
    this.byUid.delete(uid);
    for (const owner of object.metadata.ownerReferences ?? []) outOf(this.byOwner, owner.uid, uid);
    const node = nodeOf(resource, object);
    if (node !== undefined) outOf(this.podsByNode, node, uid);
  }

  has(uid: string): boolean {
    return this.byUid.has(uid);
  }

  find(uid: string): Indexed | undefined {
    return this.byUid.get(uid);
  }

  ownedBy(uid: string): Indexed[] {
    return [...(this.byOwner.get(uid)?.values() ?? [])];
  }

  podsOnNode(node: string): StoredObject[] {
    return [...(this.podsByNode.get(node)?.values() ?? [])];
  }
}

function nodeOf(resource: GroupResource, object: StoredObject): string | undefined {
  if (resource.resource !== 'pods' || resource.group !== '') return undefined;
  const spec = object['spec'];
  if (typeof spec !== 'object' || spec === null || !('nodeName' in spec)) return undefined;
  return typeof spec.nodeName === 'string' && spec.nodeName !== '' ? spec.nodeName : undefined;
}

function into<T>(index: Map<string, Map<string, T>>, key: string): Map<string, T> {
  const present = index.get(key);
  if (present !== undefined) return present;
  const added = new Map<string, T>();
  index.set(key, added);
  return added;
}

function outOf<T>(index: Map<string, Map<string, T>>, key: string, member: string): void {
  const members = index.get(key);
  members?.delete(member);
  if (members?.size === 0) index.delete(key);
}
