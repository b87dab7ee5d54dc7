import type { KubernetesConnection, ReadOptions } from '../../src/kubernetes/connection.ts';
import { classifyKubernetesError, readStatus } from '../../src/kubernetes/errors.ts';

/** An answer, or a function `(options: ReadOptions) => answer`. */
export type Route = unknown;

/** An answer that is not a success. */
export class Refusal {
  readonly code: number;
  readonly message: string;
  constructor(code: number, message: string) {
    this.code = code;
    this.message = message;
  }
}

/** A connection that answers from a table of paths; a path that is not there is a 404. */
export function fakeConnection(
  routes: Record<string, Route>,
): KubernetesConnection & { asked: { path: string; options: ReadOptions }[] } {
  const asked: { path: string; options: ReadOptions }[] = [];
  return {
    asked,
    getJson: async (path, options = {}) => {
      asked.push({ path, options });
      options.signal?.throwIfAborted();
      const route = path in routes ? routes[path] : new Refusal(404, `no ${path} here`);
      const found: unknown =
        typeof route === 'function' ? (route as (options: ReadOptions) => unknown)(options) : route;
      if (!(found instanceof Refusal)) return found;
      const status = readStatus(found.code, JSON.stringify({ message: found.message }), undefined);
      throw classifyKubernetesError(status, options.what ?? path);
    },
    postReview: async (path, review) => {
      const route = routes[path];
      if (typeof route !== 'function') throw new Error(`no answer to ${path} in this fake`);
      return (route as (review: object) => unknown)(review);
    },
    readLinesAfresh: async (path, begin, options = {}) => {
      asked.push({ path, options });
      options.signal?.throwIfAborted();
      const route = path in routes ? routes[path] : new Refusal(404, `no ${path} here`);
      const found: unknown =
        typeof route === 'function' ? (route as (options: ReadOptions) => unknown)(options) : route;
      if (found instanceof Refusal) {
        const status = readStatus(found.code, JSON.stringify({ message: found.message }), undefined);
        throw classifyKubernetesError(status, options.what ?? path);
      }
      const onLine = begin();
      for (const line of String(found).split('\n')) onLine(line);
    },
    change: async (method, path) => {
      throw new Error(`no ${method} ${path} in this fake`);
    },
    watch: (path) => {
      throw new Error(`no watch of ${path} in this fake`);
    },
    knock: async () => 200,
    askThrough: (path) => {
      throw new Error(`nothing behind ${path} in this fake`);
    },
    makeApiClient: () => {
      throw new Error('not in this fake');
    },
    identity: () => ({ endpoint: 'https://fake', certificateAuthoritySha256: '' }),
    forPrograms: () => ({
      endpoint: 'https://fake',
      certificateAuthorityPem: '',
      token: async () => 'a-token-of-the-fake',
    }),
    close: async () => undefined,
  };
}

/** A list of objects on one page. */
export function list(...items: unknown[]): unknown {
  return { metadata: {}, items };
}
