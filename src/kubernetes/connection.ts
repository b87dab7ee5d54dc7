import { createConfiguration, ServerConfiguration } from '@kubernetes/client-node';
import type { ApiConstructor, ApiType, RequestContext } from '@kubernetes/client-node';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import type { Dispatcher } from 'undici';
import { StepladderError } from '../contract/errors.ts';
import { ask } from '../http/ask.ts';
import type { Answer, Question, Trouble } from '../http/ask.ts';
import { certificateAuthorityDigest, KubernetesAccess } from './access.ts';
import type { Authorization, KubernetesOptions, ProgramAccess } from './access.ts';
import { eachLine } from './eachLine.ts';
import { classifyKubernetesError, KubernetesStatusError, readStatus } from './errors.ts';
import { defaultRetryPolicy, retryDelayMs } from './retryPolicy.ts';
import type { RetryPolicy } from './retryPolicy.ts';

export { certificateAuthorityDigest } from './access.ts';
export type { KubernetesOptions, ProgramAccess } from './access.ts';

export interface ReadOptions {
  /** Value of the Accept header; plain JSON without it. */
  accept?: string;
  query?: Record<string, string | number | undefined>;
  signal?: AbortSignal | undefined;
  /** What is being done, for messages: `list deployments.apps`. */
  what?: string;
}

/** Ways to change something. PATCH is a JSON merge patch (RFC 7386), APPLY a PATCH by server-side apply. */
export type ChangeMethod = 'POST' | 'PUT' | 'PATCH' | 'APPLY' | 'DELETE';

export interface ChangeOptions {
  body?: object;
  query?: Record<string, string | number | undefined>;
  signal?: AbortSignal | undefined;
  /** What is being done, for messages: `evict Pod shop/web`. */
  what: string;
  /** Answers that are the caller's business at once, although they would pass for trouble that goes away by itself. */
  isAnswer?: (status: KubernetesStatusError) => boolean;
}

export interface WatchOptions {
  query: Record<string, string | number | undefined>;
  signal: AbortSignal;
  what: string;
  /** After this without a byte the watch is taken for dead. Milliseconds. */
  silenceMs: number;
}

/** One cluster's Kubernetes API: kept-alive connections, credentials that are renewed, and reads that are retried. */
export interface KubernetesConnection {
  /**
   * Reads a path. What passes by itself (resets, time limits, 429, 5xx) is tried again; Retry-After is kept to; a 401
   * is tried once more with new credentials.
   *
   * @throws StepladderError as `classifyKubernetesError` names it, its cause a KubernetesStatusError for an answer;
   * the signal's reason when that was aborted
   */
  getJson(path: string, options?: ReadOptions): Promise<unknown>;
  /**
   * Posts a question of which nothing is stored (an access review) and reads the answer, as `getJson` does: asking twice
   * is asking once.
   */
  postReview(path: string, review: object, options?: ReadOptions): Promise<unknown>;
  /**
   * Reads a text line by line, on a connection of its own, so that behind a load balancer another API server may answer
   * each time. Nothing but the line at hand is held. What passes by itself is tried again, as by `getJson`.
   *
   * @param begin called for each try, and returns what takes its lines: those of a try that failed are to be forgotten
   * @throws StepladderError as `getJson`; the signal's reason when that was aborted
   */
  readLinesAfresh(path: string, begin: () => (line: string) => void, options?: ReadOptions): Promise<void>;
  /**
   * Sends a change, and reads its answer. Only for what may be sent twice and is then the same as sent once (a uid or a
   * resourceVersion as precondition, a patch to fixed values): what passes by itself is tried again as a read is.
   *
   * @throws StepladderError as `getJson`; `statusBehind` gives the answer that it stands for (404, 409, 429 …)
   */
  change(method: ChangeMethod, path: string, options: ChangeOptions): Promise<unknown>;
  /**
   * Opens a watch with one try, and resolves when the server has begun to answer. What comes are the events, each parsed;
   * they end when the server ends the watch.
   *
   * @throws StepladderError as `getJson`, from here or from the events; the signal's reason when that was aborted
   */
  watch(path: string, options: WatchOptions): Promise<AsyncIterable<unknown>>;
  /**
   * One try on a connection of its own, closed afterwards; resolves with the HTTP code.
   * @throws StepladderError when there have never been credentials to ask with; otherwise what the network threw
   */
  knock(path: string, timeoutMs: number, signal?: AbortSignal): Promise<number>;
  /**
   * Asks what stands behind the API server, by the path of a proxy, once and on a connection of its own. What is answered
   * may be the API server's own as well.
   *
   * @throws StepladderError `CredentialsRefused` when there are no credentials to ask with
   */
  askThrough(
    path: string,
    question: Omit<Question, 'address'>,
    signal: AbortSignal,
  ): Promise<Answer | Trouble>;
  /** A typed API of the client library, over the same connections and credentials. It does not retry. */
  makeApiClient<T extends ApiType>(api: ApiConstructor<T>): T;
  /** What tells this cluster's API from another's (rule 20). */
  identity(): { endpoint: string; certificateAuthoritySha256: string };
  /** How another program gets at this cluster as the same identity. */
  forPrograms(): ProgramAccess;
  /** Closes its connections, also those in use. */
  close(): Promise<void>;
}

/**
 * Prepares to talk to a cluster. Nothing is sent yet.
 *
 * @throws StepladderError `InvalidInput` for a kubeconfig context that is not there
 */
export async function connectKubernetes(
  options: KubernetesOptions,
  retryPolicy: RetryPolicy = defaultRetryPolicy,
): Promise<KubernetesConnection> {
  return new Connection(new KubernetesAccess(options), retryPolicy);
}

const contentTypes: Record<ChangeMethod, string> = {
  POST: 'application/json',
  PUT: 'application/json',
  PATCH: 'application/merge-patch+json',
  // JSON is YAML.
  APPLY: 'application/apply-patch+yaml',
  DELETE: 'application/json',
};

class Connection implements KubernetesConnection {
  readonly #access: KubernetesAccess;
  readonly #retryPolicy: RetryPolicy;
  #dispatcher: { key: string; dispatcher: Dispatcher } | undefined;
  #lastAuthorization: Authorization | undefined;

  constructor(access: KubernetesAccess, retryPolicy: RetryPolicy) {
    this.#access = access;
    this.#retryPolicy = retryPolicy;
  }

  getJson(path: string, options: ReadOptions = {}): Promise<unknown> {
    return this.#ask(path, options);
  }

  postReview(path: string, review: object, options: ReadOptions = {}): Promise<unknown> {
    return this.#ask(path, options, { method: 'POST', body: review });
  }

  change(method: ChangeMethod, path: string, options: ChangeOptions): Promise<unknown> {
    const { body } = options;
    return this.#ask(path, options, { method, ...(body === undefined ? {} : { body }) }, options.isAnswer);
  }

  async watch(path: string, options: WatchOptions): Promise<AsyncIterable<unknown>> {
    const { signal, what } = options;
    try {
      return readLines(await this.#openWatch(path, options), options);
    } catch (error) {
      signal.throwIfAborted();
      throw classifyKubernetesError(error, what);
    }
  }

  #ask(
    path: string,
    options: ReadOptions,
    sent?: { method: ChangeMethod; body?: object },
    isAnswer?: (status: KubernetesStatusError) => boolean,
  ): Promise<unknown> {
    return this.#patiently(path, options, () => this.#askOnce(path, options, sent), isAnswer);
  }

  /** Tries again what passes by itself, as the policy says; a 401 once, with new credentials. */
  async #patiently<T>(
    path: string,
    { signal, what }: ReadOptions,
    once: () => Promise<T>,
    isAnswer: (status: KubernetesStatusError) => boolean = () => false,
  ): Promise<T> {
    const startedAt = performance.now();
    let renewed = false;
    for (let failures = 1; ; failures += 1) {
      signal?.throwIfAborted();
      let error: unknown;
      try {
        return await once();
      } catch (caught) {
        error = caught;
      }
      signal?.throwIfAborted();
      if (error instanceof KubernetesStatusError && error.code === 401 && !renewed) {
        renewed = true;
        this.#access.renew();
        continue;
      }
      const elapsedMs = performance.now() - startedAt;
      const delay =
        error instanceof KubernetesStatusError && isAnswer(error)
          ? undefined
          : retryDelayMs(this.#retryPolicy, error, { failures, elapsedMs });
      if (delay === undefined) throw classifyKubernetesError(error, what ?? `read ${path}`);
      // The loop's own look at the signal throws its reason, which says more than the timer's error.
      await sleep(delay, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
    }
  }

  readLinesAfresh(
    path: string,
    begin: () => (line: string) => void,
    options: ReadOptions = {},
  ): Promise<void> {
    return this.#patiently(path, options, () => this.#readLinesOnce(path, begin(), options));
  }

  async #readLinesOnce(
    path: string,
    onLine: (line: string) => void,
    { accept, signal }: ReadOptions,
  ): Promise<void> {
    const authorization = await this.#access.authorize();
    const dispatcher = authorization.dispatcher();
    try {
      const { statusCode, headers, body } = await request(this.#access.server + path, {
        dispatcher,
        headers: { ...authorization.headers, accept: accept ?? 'text/plain' },
        ...(signal === undefined ? {} : { signal }),
      });
      if (statusCode < 200 || statusCode >= 300) {
        const retryAfter = headers['retry-after'];
        throw readStatus(
          statusCode,
          await body.text(),
          Array.isArray(retryAfter) ? retryAfter[0] : retryAfter,
        );
      }
      await eachLine(body, onLine);
    } finally {
      await dispatcher.destroy();
    }
  }

  async knock(path: string, timeoutMs: number, signal?: AbortSignal): Promise<number> {
    const authorization = await this.#authorizeWithin(timeoutMs, signal);
    const limit = AbortSignal.timeout(timeoutMs);
    const dispatcher = authorization.dispatcher();
    try {
      const { statusCode, body } = await request(this.#access.server + path, {
        dispatcher,
        headers: authorization.headers,
        signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
      });
      await body.dump();
      return statusCode;
    } finally {
      await dispatcher.destroy();
    }
  }

  async askThrough(
    path: string,
    question: Omit<Question, 'address'>,
    signal: AbortSignal,
  ): Promise<Answer | Trouble> {
    const authorization = await this.#access.authorize();
    const dispatcher = authorization.dispatcher();
    const headers = { ...question.headers, ...authorization.headers };
    try {
      return await ask({ ...question, address: this.#access.server + path, headers }, signal, dispatcher);
    } finally {
      await dispatcher.destroy();
    }
  }

  makeApiClient<T extends ApiType>(api: ApiConstructor<T>): T {
    // The library's own way makes a new pool of connections for every request.
    const applySecurityAuthentication = async (context: RequestContext): Promise<void> => {
      const authorization = await this.#access.authorize();
      for (const [name, value] of Object.entries(authorization.headers)) context.setHeaderParam(name, value);
      context.setDispatcher(this.#dispatcherFor(authorization));
    };
    return new api(
      createConfiguration({
        baseServer: new ServerConfiguration(this.#access.server, {}),
        authMethods: { default: { getName: () => 'stepladder', applySecurityAuthentication } },
      }),
    );
  }

  identity(): { endpoint: string; certificateAuthoritySha256: string } {
    return {
      endpoint: this.#access.server,
      certificateAuthoritySha256: certificateAuthorityDigest(this.#access.certificateAuthorityPem()),
    };
  }

  forPrograms(): ProgramAccess {
    return this.#access.forPrograms();
  }

  async close(): Promise<void> {
    await this.#dispatcher?.dispatcher.destroy();
    this.#dispatcher = undefined;
  }

  async #askOnce(
    path: string,
    { accept, query, signal }: ReadOptions,
    sent: { method: ChangeMethod; body?: object } | undefined,
  ): Promise<unknown> {
    const authorization = await this.#access.authorize();
    const { statusCode, headers, body } = await request(this.#urlOf(path, query), {
      dispatcher: this.#dispatcherFor(authorization),
      headers: {
        ...authorization.headers,
        accept: accept ?? 'application/json',
        ...(sent?.body === undefined ? {} : { 'content-type': contentTypes[sent.method] }),
      },
      ...(sent === undefined ? {} : { method: sent.method === 'APPLY' ? 'PATCH' : sent.method }),
      ...(sent?.body === undefined ? {} : { body: JSON.stringify(sent.body) }),
      ...(signal === undefined ? {} : { signal }),
    });
    if (statusCode >= 200 && statusCode < 300) return await body.json();
    throw readStatus(statusCode, await body.text(), firstOf(headers['retry-after']));
  }

  async #openWatch(
    path: string,
    { query, signal, silenceMs }: WatchOptions,
  ): Promise<Dispatcher.ResponseData['body']> {
    for (let renewed = false; ; renewed = true) {
      const authorization = await this.#access.authorize();
      const { statusCode, headers, body } = await request(this.#urlOf(path, query), {
        dispatcher: this.#dispatcherFor(authorization),
        headers: { ...authorization.headers, accept: 'application/json' },
        bodyTimeout: silenceMs,
        signal,
      });
      if (statusCode === 200) return body;
      const status = readStatus(statusCode, await body.text(), firstOf(headers['retry-after']));
      if (statusCode !== 401 || renewed) throw status;
      this.#access.renew();
    }
  }

  #urlOf(path: string, query: ReadOptions['query']): URL {
    const url = new URL(this.#access.server + path);
    for (const [name, value] of Object.entries(query ?? {})) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    return url;
  }

  /**
   * Trouble with our own credentials says nothing about the server: when they can't be had, or not in time, those that
   * there were will do.
   */
  async #authorizeWithin(timeoutMs: number, signal: AbortSignal | undefined): Promise<Authorization> {
    const last = this.#lastAuthorization;
    const answered = new AbortController();
    const late = sleep(timeoutMs, last, {
      signal: signal === undefined ? answered.signal : AbortSignal.any([signal, answered.signal]),
    }).catch(() => last);
    const asked = this.#access.authorize().catch((error: unknown) => {
      if (last === undefined) throw error;
      return last;
    });
    try {
      const authorization = await Promise.race([asked, late]);
      if (authorization === undefined) {
        throw new StepladderError(
          'CredentialsRefused',
          'Credentials for the Kubernetes API were not to be had in time.',
        );
      }
      this.#lastAuthorization = authorization;
      return authorization;
    } finally {
      answered.abort();
    }
  }

  #dispatcherFor(authorization: Authorization): Dispatcher {
    const current = this.#dispatcher;
    if (current?.key === authorization.connectionKey) return current.dispatcher;
    // Requests on the old one are let finish; its failing to close concerns nobody any more.
    current?.dispatcher.close().catch(() => undefined);
    const dispatcher = authorization.dispatcher();
    this.#dispatcher = { key: authorization.connectionKey, dispatcher };
    return dispatcher;
  }
}

function firstOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

/** A last line that is broken off is left out: what it tells of comes again with the next watch. */
async function* readLines(
  body: Dispatcher.ResponseData['body'],
  { signal, what }: WatchOptions,
): AsyncGenerator<unknown, void, undefined> {
  try {
    body.setEncoding('utf8');
    let unread = '';
    for await (const chunk of body) {
      const lines = (unread + String(chunk)).split('\n');
      unread = lines.pop() ?? '';
      for (const line of lines) if (line !== '') yield JSON.parse(line) as unknown;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw classifyKubernetesError(error, what);
  }
}
