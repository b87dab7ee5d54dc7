import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import type { Manifest } from '../../scenario/manifest.ts';

/** A Kubernetes object as JSON, as far as the lab looks into it. */
export interface KubernetesObject {
  apiVersion?: string;
  kind?: string;
  metadata: {
    name: string;
    namespace?: string;
    uid?: string;
    creationTimestamp?: string;
    deletionTimestamp?: string;
    generation?: number;
    resourceVersion?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    ownerReferences?: { kind: string; name: string; controller?: boolean }[];
  };
}

/** An answer that was not a success. */
export class KubernetesFailure extends Error {
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.name = 'KubernetesFailure';
    this.code = code;
  }
}

export type PatchType = 'merge' | 'strategic-merge';

const retryEveryMs = 200;
/** It ends what hangs: on a busy machine a server that has just begun takes its time. */
const retryLimitMs = 120_000;
/** A server that stops answers so; a new one is there in a moment. */
const passing = new Set([429, 502, 503, 504]);

/**
 * What an API server says of a Service's address before it has learned of the addresses that there are to give, which
 * its readiness does not wait for (kubernetes/kubernetes, pkg/registry/core/service/ipallocator).
 */
const addressesUnknown =
  /failed to allocate IP .*(does not match the current range|allocator not ready|at this time)/;

/**
 * On a busy machine a server that has just begun refuses what its admission can't judge yet (403, "not yet ready to handle
 * request") and a Service with an address of its own (422), and etcd keeps it waiting for too long (500, "etcdserver:
 * request timed out").
 */
const isPassing = ({ code, message }: KubernetesFailure): boolean =>
  passing.has(code) ||
  (code === 403 && message.includes('not yet ready')) ||
  (code === 422 && addressesUnknown.test(message)) ||
  (code === 500 && /etcdserver|timed out|deadline exceeded/.test(message));

/** The lab's own way into its cluster, as its administrator. API servers are replaced under it: what may be sent again is. */
export class KubernetesClient {
  readonly #url: string;
  readonly #token: string;
  readonly #agent: Agent;

  constructor(cluster: { url: string; certificateAuthorityPem: string; token: string }) {
    this.#url = cluster.url;
    this.#token = cluster.token;
    this.#agent = new Agent({ connect: { ca: cluster.certificateAuthorityPem } });
  }

  /** Throws KubernetesFailure. */
  async get<T>(path: string, signal?: AbortSignal): Promise<T> {
    return (await this.#send('GET', path, undefined, undefined, signal)) as T;
  }

  async find<T>(path: string): Promise<T | undefined> {
    try {
      return await this.get<T>(path);
    } catch (error) {
      if (isCode(error, 404)) return undefined;
      throw error;
    }
  }

  /** The items of a list. */
  async list<T extends KubernetesObject>(path: string): Promise<T[]> {
    return (await this.get<{ items: T[] }>(path)).items;
  }

  /** Creates an object; one that is there already stays as it is. */
  async ensure(path: string, object: Manifest): Promise<void> {
    try {
      await this.#send('POST', path, object);
    } catch (error) {
      if (isCode(error, 409)) return;
      // Of a Service whose creation was answered too late its own address is said to be taken, before its name is.
      if (isCode(error, 422) && (await this.find(`${path}/${object.metadata.name}`)) !== undefined) return;
      throw error;
    }
  }

  async patch(path: string, patch: object, type: PatchType = 'merge'): Promise<void> {
    await this.#send('PATCH', path, patch, `application/${type}-patch+json`);
  }

  /** Sends an eviction or the like, which is not repeated when its answer is lost. */
  async post(path: string, object: object): Promise<void> {
    await this.#once('POST', path, object);
  }

  /** Deletes an object; one that is not there is fine. */
  async remove(path: string, options: object = {}): Promise<void> {
    try {
      await this.#send('DELETE', path, options);
    } catch (error) {
      if (!isCode(error, 404)) throw error;
    }
  }

  /**
   * Calls with each change of a list until the signal ends it, beginning with all that is there. What is cut is opened
   * again; an object may be told of more than once.
   */
  async watch(
    path: string,
    onObject: (object: KubernetesObject) => void,
    signal: AbortSignal,
  ): Promise<void> {
    let resourceVersion = '';
    while (!signal.aborted) {
      try {
        if (resourceVersion === '') {
          const list = await this.get<{ metadata: { resourceVersion: string }; items: KubernetesObject[] }>(
            path,
            signal,
          );
          for (const item of list.items) onObject(item);
          ({ resourceVersion } = list.metadata);
        }
        resourceVersion = await this.#follow(path, resourceVersion, onObject, signal);
      } catch {
        await sleep(retryEveryMs);
      }
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  /** Resolves when the server ends the watch, with where to go on; empty to begin anew. */
  async #follow(
    path: string,
    from: string,
    onObject: (object: KubernetesObject) => void,
    signal: AbortSignal,
  ): Promise<string> {
    let last = from;
    const query = `watch=true&allowWatchBookmarks=true&resourceVersion=${from}`;
    const { statusCode, body } = await request(`${this.#url}${path}?${query}`, {
      ...this.#options('GET'),
      bodyTimeout: 0,
      signal,
    });
    if (statusCode !== 200) {
      await body.dump();
      return '';
    }
    body.setEncoding('utf8');
    let rest = '';
    try {
      for await (const chunk of body) {
        const lines = (rest + String(chunk)).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) {
          const event = JSON.parse(line) as { type: string; object: KubernetesObject };
          if (event.type === 'ERROR') return '';
          last = event.object.metadata.resourceVersion ?? last;
          if (event.type !== 'BOOKMARK') onObject(event.object);
        }
      }
    } catch (error) {
      if (signal.aborted) throw error;
      // Cut off: what was told is known, so it goes on from there.
    }
    return last;
  }

  async #send(
    method: Method,
    path: string,
    body?: object,
    contentType?: string,
    signal?: AbortSignal,
  ): Promise<unknown> {
    const deadline = Date.now() + retryLimitMs;
    for (;;) {
      try {
        return await this.#once(method, path, body, contentType, signal);
      } catch (error) {
        const again = !(error instanceof KubernetesFailure) || isPassing(error);
        if (!again || signal?.aborted === true || Date.now() > deadline) throw error;
        await sleep(retryEveryMs);
      }
    }
  }

  async #once(
    method: Method,
    path: string,
    body?: object,
    contentType = 'application/json',
    signal?: AbortSignal,
  ): Promise<unknown> {
    const answer = await request(this.#url + path, {
      ...this.#options(method),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      headers: {
        ...this.#options(method).headers,
        ...(body === undefined ? {} : { 'content-type': contentType }),
      },
      ...(signal === undefined ? {} : { signal }),
    });
    const text = await answer.body.text();
    if (answer.statusCode < 300) return text.startsWith('{') ? (JSON.parse(text) as unknown) : undefined;
    throw new KubernetesFailure(
      answer.statusCode,
      `${method} ${path} answered ${answer.statusCode}: ${messageIn(text)}`,
    );
  }

  #options(method: Method) {
    return {
      method,
      dispatcher: this.#agent,
      headers: {
        authorization: `Bearer ${this.#token}`,
        accept: 'application/json',
        'user-agent': 'stepladder-lab',
      },
    };
  }
}

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** Whether an error is an answer with that status code. */
export const isCode = (error: unknown, code: number): boolean =>
  error instanceof KubernetesFailure && error.code === code;

function messageIn(text: string): string {
  try {
    return (JSON.parse(text) as { message?: string }).message ?? text;
  } catch {
    return text;
  }
}
