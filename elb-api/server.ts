import { randomUUID } from 'node:crypto';
import fastify from 'fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AccessKeys, expiredToken } from '../eks-api/accessKeys.ts';
import type { AccessKey } from '../eks-api/accessKeys.ts';
import { EksError, errorNameOf } from '../eks-api/errors.ts';
import type { MutationRecord } from '../eks-api/journal.ts';
import { queryError, queryResponse } from '../eks-api/queryProtocol.ts';
import type { CallInterruption } from '../eks-api/server.ts';
import * as change from './change.ts';
import * as look from './describe.ts';
import { ElbError } from './errors.ts';
import { readForm } from './form.ts';
import type { FormValue } from './form.ts';
import { HealthChecks } from './healthChecks.ts';
import { ListenerRouter } from './router.ts';
import type { ElbSetup } from './setup.ts';
import { ElbStore } from './store.ts';
import { xmlOf } from './xmlOf.ts';

const namespace = 'http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/';

type Operation = (form: Record<string, FormValue>, store: ElbStore) => object;

const reads: Readonly<Record<string, Operation>> = {
  DescribeLoadBalancers: look.describeLoadBalancers,
  DescribeListeners: look.describeListeners,
  DescribeRules: look.describeRules,
  DescribeTags: look.describeTags,
  DescribeTargetGroups: look.describeTargetGroups,
  DescribeTargetHealth: look.describeTargetHealth,
};

const changes: Readonly<Record<string, Operation>> = {
  ModifyRule: change.modifyRule,
  ModifyListener: change.modifyListener,
  CreateTargetGroup: change.createTargetGroup,
  DeleteTargetGroup: change.deleteTargetGroup,
  RegisterTargets: change.registerTargets,
  DeregisterTargets: change.deregisterTargets,
};

export interface ElbApiOptions {
  setup: ElbSetup;
  /** Credentials that are accepted; those of an EKS API where both shall know the same. */
  accessKeys: AccessKeys | readonly AccessKey[];
  /** `127.0.0.1` unless given; of the listeners too. */
  host?: string;
  /** 0, any free one, unless given. */
  port?: number;
  /** Milliseconds between two rounds of health checks; only when told unless given. */
  healthCheckEveryMs?: number;
  /** Asked on every call, by the operation's name; what it answers happens to the call. */
  onCall?: (operation: string) => CallInterruption | undefined;
  /** Asked on every call: true while all credentials are taken for expired. */
  credentialsExpired?: () => boolean;
  /** Asked on every call: true where the caller is not allowed the operation. */
  isDenied?: (operation: string) => boolean;
  /** Told of every mutation that arrives, before it is answered. */
  onMutation?: (record: MutationRecord) => void;
}

/** The running API and its listeners. */
export interface ElbApi {
  url: string;
  store: ElbStore;
  /** One round of health checks. */
  checkTargets(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts the API of Elastic Load Balancing v2 over plain HTTP, and every listener of its load balancers.
 *
 * @throws Error with code EADDRINUSE when a port is taken
 */
export async function startElbApi(options: ElbApiOptions): Promise<ElbApi> {
  const { host = '127.0.0.1' } = options;
  const store = new ElbStore(options.setup);
  const surface = new Surface(store, options);
  const server = fastify({ forceCloseConnections: true });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  server.post('/', (request, reply) => surface.answer(request, reply));
  const routers: ListenerRouter[] = [];
  const closeAll = async () => {
    await Promise.all([server.close(), ...routers.map((router) => router.close())]);
  };
  try {
    for (const listener of store.listeners.values()) {
      const router = new ListenerRouter(store, listener);
      await router.listen(host);
      routers.push(router);
    }
    const url = await server.listen({ host, port: options.port ?? 0 });
    const checks = new HealthChecks(store, options.healthCheckEveryMs);
    return {
      url,
      store,
      checkTargets: () => checks.checkNow(),
      async close() {
        await checks.close();
        await closeAll();
      },
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

/** What each request goes through: faults, authentication, the operation, and its answer. */
class Surface {
  readonly #store: ElbStore;
  readonly #options: ElbApiOptions;
  readonly #accessKeys: AccessKeys;

  constructor(store: ElbStore, options: ElbApiOptions) {
    this.#store = store;
    this.#options = options;
    this.#accessKeys =
      options.accessKeys instanceof AccessKeys ? options.accessKeys : new AccessKeys(options.accessKeys);
  }

  answer(request: FastifyRequest, reply: FastifyReply): FastifyReply {
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
    throw new ElbError(
      'AccessDenied',
      `User: ${key.principalArn} is not authorized to perform: elasticloadbalancing:${operation}`,
    );
  }

  #carryOut(operation: string, form: Record<string, FormValue>): object {
    const carryOut = reads[operation] ?? changes[operation];
    if (carryOut === undefined) {
      throw new ElbError('InvalidAction', `Could not find operation ${operation} for version 2015-12-01`);
    }
    return carryOut(form, this.#store);
  }

  #tell(
    operation: string,
    { Action: _action, Version: _version, ...parameters }: Record<string, FormValue>,
    error?: { name: string; message: string },
  ): void {
    if (!(operation in changes)) return;
    const about = ['RuleArn', 'ListenerArn', 'TargetGroupArn', 'Name'].map((name) => parameters[name]);
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

/** What is not a refusal of ours is a fault of ours. */
function refusalOf(error: unknown): { name: string; message: string; code: number } {
  if (error instanceof ElbError || error instanceof EksError) return error;
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
