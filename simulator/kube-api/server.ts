import { createCertificateAuthority } from '../../certificates/authority.ts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { fastify } from 'fastify';
import type { AddressInfo } from 'node:net';
import type { CallFault, KubernetesBackend } from '../cluster/types.ts';
import { StatusError } from '../cluster/types.ts';
import type { ApiServer } from './apiServers.ts';
import { ApiServers } from './apiServers.ts';
import type { User } from './authentication.ts';
import { authenticate } from './authentication.ts';
import { CustomResources } from './customResources.ts';
import { registerGeneralRoutes } from './generalRoutes.ts';
import { Pages } from './pagination.ts';
import { countRequest, operationName } from './requestLabels.ts';
import type { ResourcePath, Verb } from './requestPath.ts';
import { parseResourcePath, verbOf } from './requestPath.ts';
import { resourceHandler } from './resourceRoutes.ts';
import { failure } from './status.ts';
import { answerUnknownPath } from './unknownPath.ts';

export interface KubernetesApiOptions {
  backend: KubernetesBackend;
  /** Address to listen on, `127.0.0.1` unless given. */
  host?: string;
  /** 0 or nothing for any that is free. */
  port?: number;
  /** Names and IP addresses by which clients reach it, besides localhost and `host`. */
  certificateNames?: string[];
  /** Time between two bookmarks of a watch, in real milliseconds; a minute unless given. */
  bookmarkMilliseconds?: number;
  /** How long the later pages of a list can be had, in real milliseconds; five minutes unless given. */
  continueMilliseconds?: number;
}

export interface KubernetesApi {
  /** `https://127.0.0.1:6443` */
  url: string;
  /** What a client must trust. */
  certificateAuthorityPem: string;
  /** Ends all watches and connections. */
  close: () => Promise<void>;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Who answers this request. */
    apiServer: ApiServer;
    user: User;
    parsedUrl: URL;
    /** Undefined for a path that is not of a resource. */
    resourcePath: ResourcePath | undefined;
    verb: Verb | undefined;
    callFault: CallFault | undefined;
  }
}

/** As in Kubernetes, which takes no larger object. */
const bodyLimitBytes = 3 * 1024 * 1024;

/**
 * Serves the Kubernetes REST API of a simulated cluster over TLS, with a certificate authority made for it. Which API
 * versions there are depends on the minors that `backend.apiServerVersions()` names at the time of a request; while it
 * names none, connections are reset.
 *
 * Throws RangeError for a minor whose API is not known, and Node's error when the port is taken.
 */
export async function startKubernetesApi(options: KubernetesApiOptions): Promise<KubernetesApi> {
  const { backend, host = '127.0.0.1', port = 0 } = options;
  const customResources = new CustomResources(backend);
  const servers = new ApiServers(backend, customResources);
  const pages = new Pages(backend.store, {
    retentionMilliseconds: options.continueMilliseconds ?? 300_000,
    maximumLists: 200,
  });
  const authority = await createCertificateAuthority();
  const certificate = await authority.issue([
    'localhost',
    '127.0.0.1',
    '::1',
    'kubernetes.default.svc',
    ...(host === '0.0.0.0' || host === '::' ? [] : [host]),
    ...(options.certificateNames ?? []),
  ]);
  const app = newApp(certificate.certificatePem, certificate.privateKeyPem);

  app.addHook('onRequest', (request, reply, done) => {
    const server = servers.answering(request.raw.socket);
    if (server === undefined) {
      reset(reply);
      return;
    }
    admitRequest(backend, server, request, reply, done);
  });
  registerGeneralRoutes(app, () => addressOf(app));
  app.all(
    '/*',
    resourceHandler({
      backend,
      pages,
      servers,
      bookmarkMilliseconds: options.bookmarkMilliseconds ?? 60_000,
    }),
  );

  const stop = async (): Promise<void> => {
    servers.close();
    customResources.close();
    await app.close();
  };
  try {
    await app.listen({ host, port });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url: `https://${addressOf(app)}`,
    certificateAuthorityPem: authority.certificatePem,
    close: stop,
  };
}

function newApp(cert: string, key: string): FastifyInstance {
  const app: FastifyInstance = fastify({
    https: { cert, key },
    bodyLimit: bodyLimitBytes,
    keepAliveTimeout: 90_000,
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 512 },
  });
  app.decorateRequest('resourcePath', undefined);
  app.decorateRequest('verb', undefined);
  app.decorateRequest('callFault', undefined);
  // Bodies are read by whoever knows what they should be.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.setErrorHandler((error, request, reply) => answerError(error, request, reply));
  app.setNotFoundHandler((_request, reply) => answerUnknownPath(reply));
  return app;
}

/** What comes before every answer: who answers, whether the call is to go wrong, who asks. */
function admitRequest(
  backend: KubernetesBackend,
  server: ApiServer,
  request: FastifyRequest,
  reply: FastifyReply,
  done: (error?: Error) => void,
): void {
  const url = new URL(request.raw.url ?? '/', 'https://kubernetes');
  request.apiServer = server;
  request.parsedUrl = url;
  request.resourcePath = parseResourcePath(url.pathname);
  request.verb = request.resourcePath && verbOf(request.method, request.resourcePath, url.searchParams);
  reply.raw.once('close', () => {
    if (reply.raw.headersSent) countRequest(request, reply.raw.statusCode);
  });
  void reply.header('cache-control', 'no-cache, private');
  const fault = backend.faults.onCall('kubernetes', operationName(request));
  request.callFault = fault;
  if (fault?.kind === 'reset') {
    reset(reply);
    return;
  }
  if (fault?.kind === 'status') {
    const retryAfterSeconds = fault.code === 429 || fault.code === 503 ? 1 : undefined;
    done(new StatusError(fault.code, fault.reason, fault.message, [], retryAfterSeconds));
    return;
  }
  try {
    request.user = authenticate(backend, request.headers.authorization, url.pathname);
    done();
  } catch (error) {
    done(error instanceof Error ? error : new Error(String(error)));
  }
}

/** Ends the connection without an answer. */
function reset(reply: FastifyReply): void {
  reply.hijack();
  reply.raw.socket?.destroy();
}

function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const status = asStatusError(error);
  const { resourcePath } = request;
  const subject =
    resourcePath === undefined
      ? {}
      : {
          ...(resourcePath.name === undefined ? {} : { name: resourcePath.name }),
          ...(resourcePath.group === '' ? {} : { group: resourcePath.group }),
          kind: resourcePath.resource,
        };
  if (status.retryAfterSeconds !== undefined)
    void reply.header('retry-after', String(status.retryAfterSeconds));
  if (status.code === 401) void reply.header('www-authenticate', 'Bearer realm="kubernetes"');
  return reply
    .code(status.code)
    .type('application/json')
    .send(JSON.stringify(failure(status, status.code === 401 ? {} : subject)));
}

/** Errors of the HTTP framework keep their code; anything unforeseen is an internal error. */
function asStatusError(error: unknown): StatusError {
  if (error instanceof StatusError) return error;
  const code =
    typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : undefined;
  const message = error instanceof Error ? error.message : String(error);
  if (code === 413)
    return new StatusError(
      413,
      'RequestEntityTooLarge',
      `Request entity too large: limit is ${bodyLimitBytes}`,
    );
  if (code === 415) return new StatusError(415, 'UnsupportedMediaType', message);
  if (typeof code === 'number' && code >= 400 && code < 500)
    return new StatusError(code, 'BadRequest', message);
  return new StatusError(500, 'InternalError', `Internal error occurred: ${message}`);
}

function addressOf(app: FastifyInstance): string {
  const address: AddressInfo | string | null = app.server.address();
  if (address === null || typeof address === 'string') return '';
  const { address: ip, family, port } = address;
  const reachable = ip === '0.0.0.0' || ip === '::' ? '127.0.0.1' : ip;
  return family === 'IPv6' && reachable !== '127.0.0.1' ? `[${reachable}]:${port}` : `${reachable}:${port}`;
}
