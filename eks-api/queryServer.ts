import { randomUUID } from 'node:crypto';
import fastify from 'fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AccessKeys, expiredToken } from './accessKeys.ts';
import type { AccessKey } from './accessKeys.ts';
import { EksError, errorNameOf } from './errors.ts';
import type { MutationRecord } from './journal.ts';
import { readForm } from './queryForm.ts';
import type { FormValue } from './queryForm.ts';
import { queryError, queryResponse } from './queryProtocol.ts';
import type { CallInterruption } from './server.ts';
import { xmlOf } from './xmlOf.ts';

/** Carries out one operation on what the service keeps. */
export type QueryOperation<Store> = (form: Record<string, FormValue>, store: Store) => object;

/** A service of AWS with the query protocol that stands by itself. */
export interface QueryService<Store> {
  /** XML namespace of its answers. */
  namespace: string;
  /** Version of its API. */
  version: string;
  /** By what its permissions begin: `iam`. */
  permissions: string;
  reads: Readonly<Record<string, QueryOperation<Store>>>;
  changes: Readonly<Record<string, QueryOperation<Store>>>;
  /** The parameters of changes that say what is changed; the first that is given counts. */
  subjects: readonly string[];
}

/** Who may call it, and what befalls calls. */
export interface QueryServerOptions {
  /** Credentials that are accepted; those of an EKS API where both shall know the same. */
  accessKeys: AccessKeys | readonly AccessKey[];
  /** `127.0.0.1` unless given. */
  host?: string;
  /** 0, any free one, unless given. */
  port?: number;
  /** Asked on every call, by the operation's name; what it answers happens to the call. */
  onCall?: (operation: string) => CallInterruption | undefined;
  /** Asked on every call: true while all credentials are taken for expired. */
  credentialsExpired?: () => boolean;
  /** Asked on every call: true where the caller is not allowed the operation. */
  isDenied?: (operation: string) => boolean;
  /** Told of every mutation that arrives, before it is answered. */
  onMutation?: (record: MutationRecord) => void;
}

/** A refusal with the name and the HTTP code that the service answers it with. */
interface Refusal {
  name: string;
  message: string;
  code: number;
}

/** An HTTP server that answers a service's operations; it does not listen yet. */
export function queryServer<Store>(
  service: QueryService<Store>,
  store: Store,
  options: QueryServerOptions,
): FastifyInstance {
  const surface = new Surface(service, store, options);
  const server = fastify({ forceCloseConnections: true });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  server.post('/', (request, reply) => surface.answer(request, reply));
  return server;
}

/** What each request goes through: faults, authentication, the operation, and its answer. */
class Surface<Store> {
  readonly #service: QueryService<Store>;
  readonly #store: Store;
  readonly #options: QueryServerOptions;
  readonly #accessKeys: AccessKeys;

  constructor(service: QueryService<Store>, store: Store, options: QueryServerOptions) {
    this.#service = service;
    this.#store = store;
    this.#options = options;
    this.#accessKeys =
      options.accessKeys instanceof AccessKeys ? options.accessKeys : new AccessKeys(options.accessKeys);
  }

  answer(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const { namespace } = this.#service;
    const flat = new URLSearchParams(typeof request.body === 'string' ? request.body : '');
    const operation = flat.get('Action') ?? 'unknown';
    const form = readForm(flat);
    const interruption = this.#options.onCall?.(operation);
    if (interruption?.kind === 'reset' && interruption.when === 'before') return reset(request, reply);
    void reply.header('x-amzn-requestid', randomUUID()).type('text/xml');
    try {
      if (interruption?.kind === 'status') {
        const { code, reason, message } = interruption;
        throw Object.assign(new Error(message), { name: errorNameOf(code, reason), code });
      }
      this.#authorize(operation, request);
      const result = this.#carryOut(operation, form);
      this.#tell(operation, form);
      return interruption === undefined
        ? reply.code(200).send(queryResponse(namespace, operation, xmlOf(result)))
        : reset(request, reply);
    } catch (error) {
      const refusal = refusalOf(error);
      this.#tell(operation, form, refusal);
      return reply.code(refusal.code).send(queryError(namespace, refusal));
    }
  }

  #authorize(operation: string, request: FastifyRequest): void {
    const token = request.headers['x-amz-security-token'];
    const { key } = this.#accessKeys.authenticate({
      authorization: request.headers.authorization,
      sessionToken: Array.isArray(token) ? token[0] : token,
    });
    if (this.#options.credentialsExpired?.() === true) throw expiredToken();
    if (this.#options.isDenied?.(operation) !== true) return;
    throw new EksError(
      'AccessDeniedException',
      `User: ${key.principalArn} is not authorized to perform: ${this.#service.permissions}:${operation}`,
    );
  }

  #carryOut(operation: string, form: Record<string, FormValue>): object {
    const { reads, changes, version } = this.#service;
    const carryOut = reads[operation] ?? changes[operation];
    if (carryOut === undefined) {
      throw new EksError('InvalidAction', `Could not find operation ${operation} for version ${version}`);
    }
    return carryOut(form, this.#store);
  }

  #tell(
    operation: string,
    { Action: _action, Version: _version, ...parameters }: Record<string, FormValue>,
    error?: Refusal,
  ): void {
    if (!(operation in this.#service.changes)) return;
    const about = this.#service.subjects.map((name) => parameters[name]);
    this.#options.onMutation?.({
      at: new Date().toISOString(),
      operation,
      resource: about.find((name) => typeof name === 'string') ?? '',
      parameters: withoutSecret(parameters),
      ...(error === undefined
        ? { outcome: 'applied' }
        : { outcome: 'refused', error: { name: error.name, message: error.message } }),
    });
  }
}

/** Parameters as they may be written down. */
function withoutSecret(parameters: Record<string, FormValue>): Record<string, unknown> {
  const text = JSON.stringify(parameters, (name, value: unknown) =>
    name === 'ClientSecret' ? '(secret)' : value,
  );
  return JSON.parse(text) as Record<string, unknown>;
}

/** What has no HTTP code is no refusal, but a fault of ours. */
function refusalOf(error: unknown): Refusal {
  if (error instanceof Error && 'code' in error && typeof error.code === 'number') {
    return { name: error.name, message: error.message, code: error.code };
  }
  return {
    name: 'ServiceFailure',
    message: error instanceof Error ? error.message : String(error),
    code: 500,
  };
}

function reset(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply.hijack();
  request.raw.socket.resetAndDestroy();
  return reply;
}
