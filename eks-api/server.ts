import { randomUUID } from 'node:crypto';
import fastify from 'fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { EksAccount } from './account.ts';
import type { EksAccountOptions } from './account.ts';
import { AccessKeys, expiredToken } from './accessKeys.ts';
import type { AccessKey, Caller } from './accessKeys.ts';
import { applyMutation, refusedMutation } from './applyMutation.ts';
import type { Call } from './call.ts';
import { clusterNamed, clusterOf } from './clusterOfCall.ts';
import { EksError, errorNameOf } from './errors.ts';
import type { MutationRecord } from './journal.ts';
import { routes } from './routes.ts';
import type { Route } from './routes.ts';
import type { EksService, EksServiceOptions } from './service.ts';
import { answerEc2, ec2Error, ec2Operations } from './ec2.ts';
import {
  answerAutoScaling,
  autoScalingNamespace,
  autoScalingVersion,
  refusedAutoScaling,
} from './autoScaling.ts';
import { queryError } from './queryProtocol.ts';
import { answerSts, stsNamespace } from './sts.ts';
import { toWire } from './wire.ts';

/** What happens to a call instead of, or after, its being handled. */
export type CallInterruption =
  | { kind: 'status'; code: number; reason: string; message: string }
  /** The connection is reset: before anything is done, or when it is done and only the answer is lost. */
  | { kind: 'reset'; when: 'before' | 'after' };

export interface EksApiOptions extends EksServiceOptions, EksAccountOptions {
  /** Credentials that are accepted from the start. */
  accessKeys: readonly AccessKey[];
  /** Roles that AssumeRole gives; every role of the account unless given. */
  assumableRoles?: readonly string[];
  /** `127.0.0.1` unless given. */
  host?: string;
  /** 0, any free one, unless given. */
  port?: number;
  /**
   * Asked on every call, by the operation's name and that of the cluster that it is about, whether or not there is
   * one; what it answers happens to the call.
   */
  onCall?: (operation: string, cluster?: string) => CallInterruption | undefined;
  /** Asked on every call: true while all credentials are taken for expired. */
  credentialsExpired?: () => boolean;
  /** Asked on every call: true where the caller is not allowed the operation. */
  isDenied?: (operation: string) => boolean;
  /** Told of every mutation that arrives, before it is answered. */
  onMutation?: (record: MutationRecord) => void;
  /** Adds routes of one's own to the same server; they are not authenticated. */
  extend?: (server: FastifyInstance, account: EksAccount) => void;
}

/** The running API. */
export interface EksApi {
  url: string;
  account: EksAccount;
  /** The first cluster. */
  service: EksService;
  accessKeys: AccessKeys;
  close(): Promise<void>;
}

/**
 * Starts the EKS API (with STS, and what it takes of EC2 and its Auto Scaling, beside it) over plain HTTP.
 *
 * @throws Error with code EADDRINUSE when the port is taken
 */
export async function startEksApi(options: EksApiOptions): Promise<EksApi> {
  const account = new EksAccount(options);
  const accessKeys = new AccessKeys(options.accessKeys);
  const server = fastify({ forceCloseConnections: true, routerOptions: { maxParamLength: 1000 } });
  // The protocols have their own ways with bodies: all come in as text.
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  const surface = new Surface(account, accessKeys, options);
  for (const route of routes) {
    server.route({
      method: route.method,
      url: route.url,
      handler: (request, reply) => surface.answer(route, request, reply),
    });
  }
  server.post('/', (request, reply) => surface.answerQuery(request, reply));
  server.setNotFoundHandler((request, reply) =>
    sendError(
      reply,
      new EksError(
        'UnknownOperationException',
        `This API has no ${request.method} ${request.url.split('?')[0] ?? ''}.`,
      ),
    ),
  );
  options.extend?.(server, account);
  const url = await server.listen({ host: options.host ?? '127.0.0.1', port: options.port ?? 0 });
  return {
    url,
    account,
    service: account.first,
    accessKeys,
    async close() {
      await server.close();
      await account.close();
    },
  };
}

/** What each request goes through: faults, authentication, the operation, and its answer. */
class Surface {
  readonly #account: EksAccount;
  readonly #accessKeys: AccessKeys;
  readonly #options: EksApiOptions;

  constructor(account: EksAccount, accessKeys: AccessKeys, options: EksApiOptions) {
    this.#account = account;
    this.#accessKeys = accessKeys;
    this.#options = options;
  }

  answer(route: Route, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const call = readCall(request);
    const interruption = this.#options.onCall?.(route.operation, clusterNamed(call));
    if (interruption?.kind === 'reset' && interruption.when === 'before') return reset(request, reply);
    try {
      call.body = readJson(request.body);
      if (interruption?.kind === 'status') {
        return this.#refuse(route, call, reply, interruption);
      }
      const { region, key } = this.#authenticate(route, call, request);
      const body = this.#do(route, { ...call, region, principalArn: key.principalArn });
      return interruption === undefined ? sendJson(reply, 200, toWire(body)) : reset(request, reply);
    } catch (error) {
      return sendError(reply, error);
    }
  }

  #do(route: Route, call: Call): object {
    if ('readAccount' in route) return route.readAccount(this.#account, call);
    if ('read' in route) return route.read(clusterOf(this.#account, call), call);
    return applyMutation(this.#account, route, call, (record) => this.#options.onMutation?.(record));
  }

  /** STS, EC2 and EC2 Auto Scaling, which are told apart by the operation: all are asked by a form. */
  answerQuery(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const form = new URLSearchParams(typeof request.body === 'string' ? request.body : '');
    const operation = form.get('Action') ?? 'unknown';
    const { service, errorBody } = querySurface(form, operation);
    const interruption = this.#options.onCall?.(operation);
    if (interruption?.kind === 'reset' && interruption.when === 'before') return reset(request, reply);
    void reply.header('x-amzn-requestid', randomUUID()).type('text/xml');
    try {
      if (interruption?.kind === 'status') {
        const { code, reason, message } = interruption;
        const name = errorNameOf(code, reason);
        this.#tellAutoScaling(refusedAutoScaling(form, { name, message }));
        return reply.code(code).send(errorBody({ code, message, name }));
      }
      const answer = this.#answerForm(service, operation, form, request);
      return interruption === undefined ? reply.code(200).send(answer) : reset(request, reply);
    } catch (error) {
      const { name, message, code } = asEksError(error);
      return reply.code(code).send(errorBody({ name, message, code }));
    }
  }

  #answerForm(
    service: QueryService,
    operation: string,
    form: URLSearchParams,
    request: FastifyRequest,
  ): string {
    if (service === 'autoscaling') return this.#answerAutoScaling(operation, form, request);
    const { key } = this.#caller(request);
    if (service === 'ec2') {
      this.#refuseDenied(`ec2:${operation}`, operation, key);
      return answerEc2(form, this.#account.subnets());
    }
    const { assumableRoles } = this.#options;
    return answerSts(form, key, { account: this.#account.id, keys: this.#accessKeys, assumableRoles });
  }

  #answerAutoScaling(operation: string, form: URLSearchParams, request: FastifyRequest): string {
    try {
      this.#refuseDenied(`autoscaling:${operation}`, operation, this.#caller(request).key);
    } catch (error) {
      if (error instanceof EksError) this.#tellAutoScaling(refusedAutoScaling(form, error));
      throw error;
    }
    return answerAutoScaling(form, this.#account.clusters(), (outcome) => this.#tellAutoScaling(outcome));
  }

  #tellAutoScaling(outcome: Omit<MutationRecord, 'at'> | undefined): void {
    if (outcome === undefined) return;
    const at = this.#account.clock.now().toISOString();
    this.#options.onMutation?.({ at, ...outcome });
  }

  #authenticate(route: Route, call: Call, request: FastifyRequest): Caller {
    try {
      const caller = this.#caller(request);
      this.#refuseDenied(`eks:${route.operation}`, route.operation, caller.key, clusterNamed(call));
      return caller;
    } catch (error) {
      if (error instanceof EksError) this.#tellRefusal(route, call, error);
      throw error;
    }
  }

  #refuseDenied(action: string, operation: string, { principalArn }: AccessKey, cluster?: string): void {
    if (this.#options.isDenied?.(operation) !== true) return;
    throw new EksError(
      'AccessDeniedException',
      `User: ${principalArn} is not authorized to perform: ${action} on resource: ${this.#arnOf(cluster)}`,
    );
  }

  /** Of the first cluster for what is of none. */
  #arnOf(cluster: string | undefined): string {
    const { arn } = this.#account.first.cluster;
    return cluster === undefined ? arn : arn.replace(/[^/]*$/, cluster);
  }

  #caller(request: FastifyRequest): Caller {
    const { authorization } = request.headers;
    const token = request.headers['x-amz-security-token'];
    const caller = this.#accessKeys.authenticate({
      authorization,
      sessionToken: Array.isArray(token) ? token[0] : token,
    });
    if (this.#options.credentialsExpired?.() === true) throw expiredToken();
    return caller;
  }

  /** Answers with an injected fault, in the shape that the AWS SDK knows. */
  #refuse(
    route: Route,
    call: Call,
    reply: FastifyReply,
    { code, reason, message }: Extract<CallInterruption, { kind: 'status' }>,
  ): FastifyReply {
    const name = errorNameOf(code, reason);
    this.#tellRefusal(route, call, { name, message });
    return sendJson(reply.header('x-amzn-errortype', name), code, { message });
  }

  #tellRefusal(route: Route, call: Call, error: { name: string; message: string }): void {
    if (!('mutate' in route || 'mutateAccount' in route)) return;
    const { name, message } = error;
    this.#options.onMutation?.(refusedMutation(this.#account, route, call, { name, message }));
  }
}

type QueryService = 'sts' | 'ec2' | 'autoscaling';

/** Which service a form is for, and how that one writes its errors. */
function querySurface(
  form: URLSearchParams,
  operation: string,
): { service: QueryService; errorBody: (error: { name: string; message: string; code: number }) => string } {
  if (ec2Operations.has(operation)) return { service: 'ec2', errorBody: ec2Error };
  const ofAutoScaling = form.get('Version') === autoScalingVersion;
  const namespace = ofAutoScaling ? autoScalingNamespace : stsNamespace;
  return {
    service: ofAutoScaling ? 'autoscaling' : 'sts',
    errorBody: (error) => queryError(namespace, error),
  };
}

function readCall(request: FastifyRequest): Call {
  return {
    path: stringsOf(request.params),
    query: Object.fromEntries(
      Object.entries(request.query ?? {}).map(([name, value]: [string, unknown]) => [
        name,
        Array.isArray(value) ? value.map(String) : String(value),
      ]),
    ),
    body: {},
    region: undefined,
  };
}

function stringsOf(params: unknown): Record<string, string> {
  return typeof params === 'object' && params !== null
    ? Object.fromEntries(Object.entries(params).map(([name, value]) => [name, String(value)]))
    : {};
}

/** @throws EksError SerializationException for what is not a JSON object */
function readJson(body: unknown): Record<string, unknown> {
  if (typeof body !== 'string' || body === '') return {};
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // Falls through to the refusal.
  }
  throw new EksError('SerializationException', 'The body is not a JSON object.');
}

function sendJson(reply: FastifyReply, code: number, body: unknown): FastifyReply {
  return reply
    .code(code)
    .header('x-amzn-requestid', randomUUID())
    .type('application/json')
    .send(JSON.stringify(body));
}

function sendError(reply: FastifyReply, error: unknown): FastifyReply {
  const { name, code, message, subject } = asEksError(error);
  return sendJson(reply.header('x-amzn-errortype', name), code, { message, ...subject });
}

/** What is not a refusal of ours is a fault of ours. */
function asEksError(error: unknown): EksError {
  if (error instanceof EksError) return error;
  return new EksError('ServerException', error instanceof Error ? error.message : String(error));
}

function reset(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply.hijack();
  request.raw.socket.resetAndDestroy();
  return reply;
}
