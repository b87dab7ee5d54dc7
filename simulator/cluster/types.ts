/** The parts of the simulated cluster that its API surfaces build on. */

/** A Kubernetes object as JSON, in its storage form (no apiVersion: a surface adds the one that was asked for). */
export interface StoredObject {
  kind: string;
  metadata: ObjectMetadata;
  [field: string]: unknown;
}

export interface ObjectMetadata {
  name: string;
  namespace?: string;
  uid: string;
  resourceVersion: string;
  generation?: number;
  creationTimestamp: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  finalizers?: string[];
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: OwnerReference[];
  [field: string]: unknown;
}

export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

/** A resource without its version: `{group: 'apps', resource: 'deployments'}`. All versions share one storage. */
export interface GroupResource {
  group: string;
  resource: string;
}

export interface StoreEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  object: StoredObject;
  /** The object before the change, for selectors that it enters or leaves. */
  previous?: StoredObject;
  resourceVersion: number;
}

/** A failure that an API surface answers with a Status object. */
export interface StatusCause {
  reason?: string;
  message?: string;
  field?: string;
}

export class StatusError extends Error {
  /** HTTP code. */
  readonly code: number;
  /** Kubernetes' reason, e.g. `NotFound`, `AlreadyExists`, `Conflict`, `Invalid`, `Expired`, `TooManyRequests`. */
  readonly reason: string;
  readonly causes: StatusCause[];
  readonly retryAfterSeconds?: number;
  /** Name of the object concerned, where the request's path does not hold it. */
  objectName?: string;
  constructor(
    code: number,
    reason: string,
    message: string,
    causes: StatusCause[] = [],
    retryAfterSeconds?: number,
  ) {
    // It is an answer and no mistake: nobody reads where it was made, and finding that out takes longer than all else.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(message);
    Error.stackTraceLimit = stackTraceLimit;
    this.name = 'StatusError';
    this.code = code;
    this.reason = reason;
    this.causes = causes;
    if (retryAfterSeconds !== undefined) this.retryAfterSeconds = retryAfterSeconds;
  }
}

/**
 * The one source of truth, as etcd is: every change has a resourceVersion from one rising counter, and watchers see
 * every change in order. Objects that come out are frozen or copies; nobody changes them in place.
 */
export interface ObjectStore {
  /** Throws StatusError NotFound. */
  get(resource: GroupResource, namespace: string | undefined, name: string): StoredObject;
  /** All objects, by namespace and name; `namespace` undefined means all of them. */
  list(resource: GroupResource, namespace?: string): { items: StoredObject[]; resourceVersion: number };
  /** Fills in uid, creationTimestamp, generation, resourceVersion and generateName. Throws AlreadyExists, NotFound (namespace). */
  create(resource: GroupResource, object: NewObject, options?: { dryRun?: boolean }): StoredObject;
  /**
   * Replaces an object. A resourceVersion in `object` that is not the stored one is a Conflict. `status: true` changes
   * only the status, otherwise the status is kept. `generation` goes up when anything outside metadata and status did.
   */
  update(
    resource: GroupResource,
    object: StoredObject,
    options?: { dryRun?: boolean; status?: boolean },
  ): StoredObject;
  /** Reads, changes and writes until there is no conflict; for controllers. Undefined when the object is gone. */
  mutate(
    resource: GroupResource,
    namespace: string | undefined,
    name: string,
    change: (object: StoredObject) => StoredObject | undefined,
    options?: { status?: boolean },
  ): StoredObject | undefined;
  /**
   * Deletes as Kubernetes does: Pods get a deletionTimestamp and go when their grace period ends, objects with
   * finalizers stay until those are gone. Preconditions that fail are a Conflict.
   */
  remove(
    resource: GroupResource,
    namespace: string | undefined,
    name: string,
    options?: DeleteOptions & { dryRun?: boolean },
  ): StoredObject;
  /** The newest resourceVersion. */
  readonly resourceVersion: number;
  /** Changes after `since`, in order, then live ones. Throws StatusError 410 Expired when they are no longer kept. */
  watch(resource: GroupResource, since: number | undefined, onEvent: (event: StoreEvent) => void): () => void;
  /** Forgets old changes, so that watches from before answer 410; for tests and faults. */
  compact(): void;
}

export type NewObject = Omit<StoredObject, 'metadata'> & {
  metadata: Partial<ObjectMetadata> & { generateName?: string };
};

export interface DeleteOptions {
  gracePeriodSeconds?: number;
  propagationPolicy?: 'Orphan' | 'Background' | 'Foreground';
  preconditions?: { uid?: string; resourceVersion?: string };
}

/** The simulated clock: it starts at the real time and runs `speed` times as fast. */
export interface SimulatedClock {
  readonly speed: number;
  now(): Date;
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** Calls back after that much simulated time; returns what calls it off. */
  after(milliseconds: number, callback: () => void): () => void;
}

/** A Service's port, by its number or its name; its only one unless given. */
export interface AskedService {
  namespace: string;
  service: string;
  port: number | string | undefined;
}

/** An HTTP answer of JSON. */
export interface ServiceAnswer {
  status: number;
  body: string;
}

/** What the Kubernetes API surface needs of the simulated cluster. */
export interface KubernetesBackend {
  readonly store: ObjectStore;
  readonly clock: SimulatedClock;
  readonly faults: Faults;
  /** Minor version that the API server answers with now; two for a moment while the control plane is replaced. */
  apiServerVersions(): string[];
  /** The eviction API: throws StatusError (404, 429 with cause DisruptionBudget, 500 for two budgets, 409 for a uid). */
  evict(namespace: string, name: string, options: DeleteOptions & { dryRun?: boolean }): void;
  /** True for a bearer token that may come in. */
  authenticate(bearerToken: string): boolean;
  /** What a Service's Pods answer; undefined where there is no such Service or port, `none` where no Pod is Ready. */
  askService(asked: AskedService): ServiceAnswer | 'none' | undefined;
}

export type FaultSurface = 'eks' | 'kubernetes';

/** What goes wrong with a call instead of its being answered. */
export type CallFault =
  | { kind: 'status'; code: number; reason: string; message: string }
  /** The connection is reset before an answer. */
  | { kind: 'reset' }
  /** A watch that has begun is cut. */
  | { kind: 'drop-watch' };

/** Faults that a scenario or a test turns on. */
export interface Faults {
  /** Asked once for each call by each surface; undefined means that it is answered as usual. */
  onCall(surface: FaultSurface, operation: string): CallFault | undefined;
  /** Calls back whenever all running watches are cut (an API server is replaced or down); returns what ends it. */
  onWatchCut?(listener: () => void): () => void;
}
