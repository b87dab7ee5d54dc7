import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { KubernetesConnection } from '../connection.ts';
import { classifyKubernetesError, KubernetesStatusError, networkCode, statusBehind } from '../errors.ts';
import { listWithVersion, parse } from '../list.ts';
import { StepladderError } from '../../contract/errors.ts';

/** A kind that is watched. */
export interface ReflectedKind<T> {
  /** Of the resource over all namespaces, `/api/v1/pods`. */
  path: string;
  /** For messages: `pods`. */
  name: string;
  schema: z.ZodType<T>;
}

/** Where what is seen is put. */
export interface Reflection<T> {
  /** All there is; what is not among it is gone. */
  replace: (objects: readonly T[]) => void;
  set: (object: T) => void;
  remove: (object: T) => void;
}

export interface ReflectorTimes {
  /**
   * A watch is ended by the server after about so long, and begun anew with the credentials of then: one token lasts
   * 15 minutes on EKS, is up to 10 minutes old when it is used, and must not end during a watch. Seconds.
   */
  watchSeconds: number;
  /** Bookmarks come about every minute; a line that is silent for so long may be dead. Milliseconds. */
  silenceMs: number;
  firstDelayMs: number;
  longestDelayMs: number;
}

export const reflectorTimes: ReflectorTimes = {
  watchSeconds: 240,
  silenceMs: 45_000,
  firstDelayMs: 100,
  longestDelayMs: 5_000,
};

/** Why nothing is seen at the moment, and since when (monotonic milliseconds). */
export interface Blindness {
  error: StepladderError;
  sinceMs: number;
}

const eventSchema = z.object({
  type: z.enum(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK', 'ERROR']),
  object: z.unknown(),
});
const versionSchema = z.object({ metadata: z.object({ resourceVersion: z.string() }) });

/**
 * Keeps a picture of all objects of one kind: lists them once, then follows their changes, from where it was when the
 * watch ended or broke; only when the API server no longer has those changes (410) it lists again.
 */
export class Reflector<T> {
  /** Resolves with the first list, or rejects with what stood against it; it is tried again all the same. */
  readonly ready: Promise<unknown>;
  readonly #connection: KubernetesConnection;
  readonly #kind: ReflectedKind<T>;
  readonly #into: Reflection<T>;
  readonly #times: ReflectorTimes;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  readonly #settle: { resolve: (value: undefined) => void; reject: (error: unknown) => void };
  #blindness: Blindness | undefined;
  /** From where the next watch goes on; undefined before a list. */
  #version: string | undefined;

  constructor(
    connection: KubernetesConnection,
    kind: ReflectedKind<T>,
    into: Reflection<T>,
    times: ReflectorTimes = reflectorTimes,
  ) {
    this.#connection = connection;
    this.#kind = kind;
    this.#into = into;
    this.#times = times;
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    promise.catch(() => undefined);
    this.ready = promise;
    this.#settle = { resolve, reject };
    this.#running = this.#run();
  }

  /** Undefined while it sees. */
  get blindness(): Blindness | undefined {
    return this.#blindness;
  }

  async stop(): Promise<void> {
    this.#stop.abort(new Error('the watch is no longer needed'));
    await this.#running;
    this.#settle.reject(this.#stop.signal.reason);
  }

  async #run(): Promise<void> {
    for (let failures = 0; ;) {
      try {
        if (this.#version === undefined) await this.#list();
        if (await this.#follow()) failures = 0;
        else failures += 1;
      } catch (error) {
        failures += 1;
        if (!this.#stop.signal.aborted) this.#note(error);
      }
      if (this.#stop.signal.aborted) return;
      if (failures > 0) await this.#pause(failures);
    }
  }

  async #list(): Promise<void> {
    const { path, name, schema } = this.#kind;
    const { objects, resourceVersion } = await listWithVersion(this.#connection, path, schema, {
      name,
      signal: this.#stop.signal,
    });
    this.#into.replace(objects);
    this.#version = resourceVersion;
    this.#blindness = undefined;
    this.#settle.resolve(undefined);
  }

  /** Follows one watch to its end. False when it has ended without having brought anything. */
  async #follow(): Promise<boolean> {
    const { path, name } = this.#kind;
    const { watchSeconds, silenceMs } = this.#times;
    const events = await this.#connection.watch(path, {
      query: {
        watch: 'true',
        allowWatchBookmarks: 'true',
        resourceVersion: this.#version,
        // Not all at once: those that began together shall not end together for ever.
        timeoutSeconds: Math.ceil(watchSeconds * (0.75 + Math.random() / 4)),
      },
      signal: this.#stop.signal,
      what: `watch ${name}`,
      silenceMs,
    });
    const openedAt = performance.now();
    this.#blindness = undefined;
    for await (const event of events) this.#take(event);
    return performance.now() - openedAt > this.#times.firstDelayMs;
  }

  #take(event: unknown): void {
    const { type, object } = parse(eventSchema, event, `an event of ${this.#kind.name}`);
    if (type === 'ERROR') throw statusOf(object);
    if (type !== 'BOOKMARK') {
      const seen = parse(this.#kind.schema, object, `one of ${this.#kind.name}`);
      if (type === 'DELETED') this.#into.remove(seen);
      else this.#into.set(seen);
    }
    this.#version = parse(versionSchema, object, `an event of ${this.#kind.name}`).metadata.resourceVersion;
  }

  #note(error: unknown): void {
    if (statusBehind(error)?.code === 410) {
      this.#version = undefined;
      return;
    }
    // A silent line is no trouble: most likely nothing happened, and the next watch tells.
    const code = error instanceof StepladderError ? networkCode(error.cause) : undefined;
    if (code === 'UND_ERR_BODY_TIMEOUT') return;
    const named = classifyKubernetesError(error, `watch ${this.#kind.name}`);
    this.#blindness = { error: named, sinceMs: this.#blindness?.sinceMs ?? performance.now() };
    this.#settle.reject(named);
  }

  async #pause(failures: number): Promise<void> {
    const { firstDelayMs, longestDelayMs } = this.#times;
    const bound = Math.min(longestDelayMs, firstDelayMs * 2 ** (failures - 1));
    const delay = bound * (0.5 + Math.random() / 2);
    await sleep(delay, undefined, { signal: this.#stop.signal }).catch(() => undefined);
  }
}

function statusOf(object: unknown): KubernetesStatusError {
  const { code, reason, message } = z
    .object({
      code: z.number().default(500),
      reason: z.string().default(''),
      message: z.string().default(''),
    })
    .parse(object);
  return new KubernetesStatusError(code, reason, message);
}
