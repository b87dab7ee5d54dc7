import type { Resource } from '../kinds.ts';
import type { Random } from '../../../eks-api/random.ts';
import type { ScenarioTimings } from '../../../scenario/scenario.ts';
import type { MemoryStore } from '../store.ts';
import type { GroupResource, SimulatedClock, StoredObject, StoreEvent } from '../types.ts';
import type { WorkLoop } from '../workLoop.ts';

/** What every controller is given. Controllers are started on an empty store, so that watching tells them all. */
export interface ControllerContext {
  readonly store: MemoryStore;
  readonly clock: SimulatedClock;
  readonly loop: WorkLoop;
  readonly random: Random;
  readonly timings: ScenarioTimings;
  /** What timestamps are written from; while the scenario is being set up that lies before the clock's time. */
  now(): Date;
}

export interface TypedEvent<T extends StoredObject> {
  type: StoreEvent['type'];
  object: T;
  previous?: T;
}

/** Watches a resource by its shape. */
export function watchObjects<T extends StoredObject>(
  context: ControllerContext,
  resource: Resource<T>,
  onEvent: (event: TypedEvent<T>) => void,
): void {
  // The store vouches for the shape of what it holds, see MemoryStore.find.
  context.store.watch(resource, undefined, (event) => onEvent(event as StoreEvent & TypedEvent<T>));
}

/** Watches a resource and has each object that changed looked at, once however often it changed meanwhile. */
export function reconcileEach<T extends StoredObject>(
  context: ControllerContext,
  resource: Resource<T>,
  reconcile: (object: T) => void,
): (namespace: string | undefined, name: string) => void {
  const enqueue = (namespace: string | undefined, name: string): void =>
    context.loop.enqueue(workKey(resource, namespace, name), () => {
      const object = context.store.find(resource, namespace, name);
      if (object !== undefined) reconcile(object);
    });
  watchObjects(context, resource, ({ type, object }) => {
    if (type !== 'DELETED') enqueue(object.metadata.namespace, object.metadata.name);
  });
  return enqueue;
}

const workKey = (resource: GroupResource, namespace: string | undefined, name: string): string =>
  `${resource.resource}.${resource.group} ${namespace ?? ''}/${name}`;
