import type { FastifyReply, FastifyRequest } from 'fastify';
import type { KubernetesBackend } from '../cluster/types.ts';
import type { ApiServers } from './apiServers.ts';
import type { ResourceCall } from './call.ts';
import type { Pages } from './pagination.ts';
import type { ResourcePath } from './requestPath.ts';
import { answerResourceCall } from './resourceCalls.ts';
import type { ServedResource } from './servedResource.ts';
import { groupVersion } from './servedResource.ts';
import { methodNotAllowed } from './status.ts';
import { answerUnknownPath } from './unknownPath.ts';
import { notSupported } from './unsupported.ts';
import { prepareWatch } from './watch.ts';

export interface ResourceSettings {
  backend: KubernetesBackend;
  pages: Pages;
  servers: ApiServers;
  /** Time between two bookmarks of a watch, in real milliseconds. */
  bookmarkMilliseconds: number;
}

/** Answers every path that is of a resource; others are unknown. */
export function resourceHandler(settings: ResourceSettings) {
  return (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const { apiServer, resourcePath: path, verb, parsedUrl } = request;
    if (path === undefined) return answerUnknownPath(reply);
    const served = apiServer.catalog.find(path.group, path.version, path.resource);
    if (served === undefined || !fitsScope(path, served)) return answerUnknownPath(reply);
    if (verb === undefined) throw methodNotAllowed();
    if (path.legacyWatch) throw notSupported('legacyWatch');
    noteDeprecation(request, served, reply);
    const call: ResourceCall = {
      backend: settings.backend,
      pages: settings.pages,
      server: apiServer,
      user: request.user,
      served,
      path,
      verb,
      query: parsedUrl.searchParams,
      headers: request.headers,
      body: Buffer.isBuffer(request.body) ? request.body : undefined,
    };
    if (verb === 'watch') return startWatch(call, settings, request, reply);
    const { code, text, contentType = 'application/json' } = answerResourceCall(call);
    return reply.code(code).type(contentType).send(text);
  };
}

function startWatch(
  call: ResourceCall,
  { servers, bookmarkMilliseconds }: ResourceSettings,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  if (!call.served.verbs.includes('watch')) throw methodNotAllowed();
  const begin = prepareWatch(call, servers, {
    bookmarkMilliseconds,
    drop: request.callFault?.kind === 'drop-watch',
  });
  reply.hijack();
  begin(reply.raw);
  return reply;
}

/** Objects of a namespaced resource are named within a namespace, those of a cluster's resource never. */
function fitsScope({ namespace, name }: ResourcePath, { namespaced }: ServedResource): boolean {
  return namespaced ? name === undefined || namespace !== undefined : namespace === undefined;
}

function noteDeprecation(request: FastifyRequest, served: ServedResource, reply: FastifyReply): void {
  const { lifecycle } = served;
  if (lifecycle === undefined) return;
  request.apiServer.metrics.noteDeprecated(served, request.resourcePath?.subresource ?? '');
  const { deprecated, removed, replacement } = lifecycle;
  const message = [
    `${groupVersion(served)} ${served.kind} is deprecated in v${deprecated}+`,
    ...(removed === undefined ? [] : [`unavailable in v${removed}+`]),
  ].join(', ');
  const advice = replacement === undefined ? '' : `; use ${groupVersion(replacement)} ${replacement.kind}`;
  void reply.header('warning', `299 - "${message}${advice}"`);
}
