import { checkPreconditions, isGone, marked } from './deletion.ts';
import { alreadyExists, conflict, notFound } from './errors.ts';
import { sameContent, snapshot } from './immutable.ts';
import type { Pod, Resource } from './kinds.ts';
import { customResourceDefinitions, namespaces } from './kinds.ts';
import { ObjectIndex } from './objectIndex.ts';
import { ObjectTable } from './objectTable.ts';
import { kubernetesTime } from '../../scenario/kubernetesTime.ts';
import type { Random } from '../../eks-api/random.ts';
import { replaced, withStatus } from './replacement.ts';
import { randomUuid } from '../../eks-api/random.ts';
import { nameSuffix } from './random.ts';
import type {
  DeleteOptions,
  GroupResource,
  NewObject,
  ObjectMetadata,
  ObjectStore,
  StoredObject,
  StoreEvent,
} from './types.ts';
import { StatusError } from './types.ts';
import { WatchHistory } from './watchHistory.ts';

export interface StoreOptions {
  /** What timestamps are written from. */
  now: () => Date;
  random: Random;
  /** Fills in defaults and checks a new object or the one that replaces `previous`; may throw StatusError. */
  admit?: (resource: GroupResource, object: StoredObject, previous?: StoredObject) => StoredObject;
  /** Changes of one resource that are kept for watches; 20,000 unless given. */
  historyLimit?: number;
}

interface Shelf {
  resource: GroupResource;
  objects: ObjectTable;
  history: WatchHistory;
}

/**
 * The objects of the simulated cluster, in memory. Beyond ObjectStore it knows the shapes of the resources in
 * kinds.ts, and finds objects by owner and Pods by node.
 *
 * Watchers hear of every change in order, also of changes that a watcher makes while it is being told of one.
 */
export class MemoryStore implements ObjectStore {
  private readonly shelves = new Map<string, Shelf>();
  private readonly index = new ObjectIndex();
  private readonly options: StoreOptions;
  private counter = 1_000;
  private readonly undelivered: { shelf: Shelf; event: StoreEvent }[] = [];
  private delivering = false;
  private readonly observers: ((resource: GroupResource, event: StoreEvent) => void)[] = [];

  constructor(options: StoreOptions) {
    this.options = options;
  }

  get resourceVersion(): number {
    return this.counter;
  }

  get<T extends StoredObject>(resource: Resource<T>, namespace: string | undefined, name: string): T {
    const object = this.find(resource, namespace, name);
    if (object === undefined) throw notFound(resource, name);
    return object;
  }

  /** As get, but undefined where there is none. */
  find<T extends StoredObject>(
    resource: Resource<T>,
    namespace: string | undefined,
    name: string,
  ): T | undefined {
    // A resource's shape is what admission lets in: this and the three casts below are where that is relied on.
    return this.shelf(resource).objects.get(namespace, name) as T | undefined;
  }

  list<T extends StoredObject>(
    resource: Resource<T>,
    namespace?: string,
  ): { items: T[]; resourceVersion: number } {
    return {
      items: this.shelf(resource).objects.list(namespace) as T[],
      resourceVersion: this.counter,
    };
  }

  /** Objects of a resource that name this owner. */
  ownedBy<T extends StoredObject>(uid: string, resource: Resource<T>): T[] {
    return this.dependents(uid)
      .filter(
        (entry) => entry.resource.resource === resource.resource && entry.resource.group === resource.group,
      )
      .map((entry) => entry.object as T);
  }

  /** Objects of every resource that name this owner. */
  dependents(uid: string): { resource: GroupResource; object: StoredObject }[] {
    return this.index.ownedBy(uid);
  }

  /** True while an object with this uid is stored. */
  hasUid(uid: string): boolean {
    return this.index.has(uid);
  }

  /** The object with this uid, with its resource. */
  findUid(uid: string): { resource: GroupResource; object: StoredObject } | undefined {
    return this.index.find(uid);
  }

  podsOnNode(node: string): Pod[] {
    return this.index.podsOnNode(node) as Pod[];
  }

  /** Resources that have had objects, for whoever must look at all of them (a namespace's deletion). */
  resources(): GroupResource[] {
    return [...this.shelves.values()].map((shelf) => shelf.resource);
  }

  create<T extends StoredObject>(
    resource: Resource<T>,
    object: NewObject,
    options: { dryRun?: boolean } = {},
  ): T {
    const shelf = this.shelf(resource);
    const { generateName, ...given } = object.metadata;
    const name = given.name ?? this.generatedName(shelf, given.namespace, generateName);
    this.requireNamespace(given.namespace, resource, name);
    if (shelf.objects.get(given.namespace, name) !== undefined) throw alreadyExists(resource, name);
    const metadata: ObjectMetadata = {
      ...given,
      name,
      ...(generateName === undefined ? {} : { generateName }),
      uid: randomUuid(this.options.random),
      creationTimestamp: kubernetesTime(this.options.now()),
      generation: 1,
      resourceVersion: '',
    };
    delete metadata.deletionTimestamp;
    delete metadata.deletionGracePeriodSeconds;
    const { apiVersion: _apiVersion, kind, ...fields } = object;
    const draft: StoredObject = { ...fields, kind: String(kind), metadata };
    const admitted = this.options.admit?.(resource, draft) ?? draft;
    if (options.dryRun === true) return snapshot(admitted) as T;
    return this.write(shelf, 'ADDED', admitted) as T;
  }

  update<T extends StoredObject>(
    resource: Resource<T>,
    object: StoredObject,
    options: { dryRun?: boolean; status?: boolean } = {},
  ): T {
    const shelf = this.shelf(resource);
    const { namespace, name, uid, resourceVersion } = object.metadata;
    const current = this.get<StoredObject>(resource, namespace, name);
    if (resourceVersion && resourceVersion !== current.metadata.resourceVersion)
      throw conflict(
        resource,
        name,
        'the object has been modified; please apply your changes to the latest version and try again',
      );
    if (uid && uid !== current.metadata.uid)
      throw conflict(
        resource,
        name,
        `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${current.metadata.uid}`,
      );
    const draft =
      options.status === true
        ? withStatus(current, object)
        : replaced(current, object, { keepStatus: this.hasStatusSubresource(resource) });
    const next = options.status === true ? draft : (this.options.admit?.(resource, draft, current) ?? draft);
    if (sameContent(next, current)) return current as T;
    if (options.dryRun === true) return snapshot(next) as T;
    if (isGone(resource, next)) return this.erase(shelf, snapshot(next)) as T;
    return this.write(shelf, 'MODIFIED', next, current) as T;
  }

  mutate<T extends StoredObject>(
    resource: Resource<T>,
    namespace: string | undefined,
    name: string,
    change: (object: T) => T | undefined,
    options: { status?: boolean } = {},
  ): T | undefined {
    // Everything runs on one thread and `change` is synchronous, so no other write can come between.
    const current = this.find(resource, namespace, name);
    if (current === undefined) return undefined;
    const next = change(current);
    return next === undefined || next === current ? current : this.update(resource, next, options);
  }

  remove<T extends StoredObject>(
    resource: Resource<T>,
    namespace: string | undefined,
    name: string,
    options: DeleteOptions & { dryRun?: boolean } = {},
  ): T {
    const shelf = this.shelf(resource);
    const current = this.get(resource, namespace, name);
    checkPreconditions(resource, current, options);
    const next = marked(resource, current, options, this.options.now());
    if (options.dryRun === true) return snapshot(next) as T;
    if (isGone(resource, next)) return this.erase(shelf, snapshot(next)) as T;
    return (sameContent(next, current) ? current : this.write(shelf, 'MODIFIED', next, current)) as T;
  }

  watch(
    resource: GroupResource,
    since: number | undefined,
    onEvent: (event: StoreEvent) => void,
  ): () => void {
    return this.shelf(resource).history.watch(since ?? this.counter, onEvent);
  }

  /** Calls back for the changes of every resource from now on; for what looks after all of them. */
  watchAll(onEvent: (resource: GroupResource, event: StoreEvent) => void): void {
    this.observers.push(onEvent);
  }

  compact(): void {
    for (const shelf of this.shelves.values()) shelf.history.forgetAll(this.counter);
  }

  private shelf(resource: GroupResource): Shelf {
    const key = `${resource.group}/${resource.resource}`;
    const present = this.shelves.get(key);
    if (present !== undefined) return present;
    const shelf = {
      resource: { group: resource.group, resource: resource.resource },
      objects: new ObjectTable(),
      history: new WatchHistory(this.options.historyLimit ?? 20_000),
    };
    this.shelves.set(key, shelf);
    return shelf;
  }

  private generatedName(shelf: Shelf, namespace: string | undefined, prefix: string | undefined): string {
    if (prefix === undefined || prefix === '')
      throw new StatusError(
        422,
        'Invalid',
        'metadata.name: Required value: name or generateName is required',
        [
          {
            reason: 'FieldValueRequired',
            field: 'metadata.name',
            message: 'name or generateName is required',
          },
        ],
      );
    for (;;) {
      const name = prefix.slice(0, 58) + nameSuffix(this.options.random);
      if (shelf.objects.get(namespace, name) === undefined) return name;
    }
  }

  private requireNamespace(namespace: string | undefined, resource: GroupResource, name: string): void {
    if (namespace === undefined || namespace === '') return;
    const found = this.find(namespaces, undefined, namespace);
    if (found === undefined) throw notFound(namespaces, namespace);
    if (found.metadata.deletionTimestamp === undefined) return;
    const message = `unable to create new content in namespace ${namespace} because it is being terminated`;
    throw new StatusError(403, 'Forbidden', `${resource.resource} "${name}" is forbidden: ${message}`, [
      {
        reason: 'NamespaceTerminating',
        message: `namespace ${namespace} is being terminated`,
        field: 'metadata.namespace',
      },
    ]);
  }

  /** Every built-in kind that has a status has the subresource; a custom one when its definition says so. */
  private hasStatusSubresource(resource: GroupResource): boolean {
    if (!resource.group.includes('.') || resource.group.endsWith('.k8s.io')) return true;
    const name = `${resource.resource}.${resource.group}`;
    const definition = this.find(customResourceDefinitions, undefined, name);
    if (definition === undefined) return true;
    return definition.spec.versions.some((version) => version.subresources?.status !== undefined);
  }

  private write(
    shelf: Shelf,
    type: 'ADDED' | 'MODIFIED',
    object: StoredObject,
    previous?: StoredObject,
  ): StoredObject {
    this.counter += 1;
    const stored = snapshot({
      ...object,
      metadata: { ...object.metadata, resourceVersion: String(this.counter) },
    });
    shelf.objects.set(stored);
    this.index.put(shelf.resource, stored, previous);
    this.publish(shelf, {
      type,
      object: stored,
      ...(previous === undefined ? {} : { previous }),
      resourceVersion: this.counter,
    });
    return stored;
  }

  private erase(shelf: Shelf, object: StoredObject): StoredObject {
    const previous = shelf.objects.get(object.metadata.namespace, object.metadata.name);
    this.counter += 1;
    const last = snapshot({
      ...object,
      metadata: { ...object.metadata, resourceVersion: String(this.counter) },
    });
    if (previous !== undefined) this.index.forget(shelf.resource, previous);
    shelf.objects.delete(last);
    this.publish(shelf, {
      type: 'DELETED',
      object: last,
      ...(previous === undefined ? {} : { previous }),
      resourceVersion: this.counter,
    });
    return last;
  }

  private publish(shelf: Shelf, event: StoreEvent): void {
    shelf.history.append(event);
    this.undelivered.push({ shelf, event });
    if (this.delivering) return;
    this.delivering = true;
    try {
      for (let next = this.undelivered.shift(); next !== undefined; next = this.undelivered.shift()) {
        next.shelf.history.deliver(next.event);
        for (const observe of this.observers) observe(next.shelf.resource, next.event);
      }
    } finally {
      this.delivering = false;
    }
  }
}
