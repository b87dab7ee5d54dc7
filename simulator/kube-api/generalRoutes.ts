/** The paths that are not of a resource: discovery, version, health and metrics. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import { negotiateDiscovery } from './contentNegotiation.ts';
import { aggregatedList, coreVersions, groupDocument, groupList, resourceList } from './discovery.ts';
import { notSupported } from './unsupported.ts';
import { answerUnknownPath } from './unknownPath.ts';
import { healthText, versionInfo } from './versionAndHealth.ts';

/** @param address gives the address that clients are told in `/api` */
export function registerGeneralRoutes(app: FastifyInstance, address: () => string): void {
  app.get('/version', (request, reply) => sendJson(reply, versionInfo(request.apiServer)));
  for (const endpoint of ['readyz', 'livez', 'healthz'])
    for (const path of [`/${endpoint}`, `/${endpoint}/*`])
      app.get<{ Params: { '*'?: string } }>(path, (request, reply) => {
        const check = request.params['*'];
        const text = healthText(endpoint, check, request.parsedUrl.searchParams.has('verbose'));
        return text === undefined
          ? answerUnknownPath(reply)
          : reply.type('text/plain; charset=utf-8').send(text);
      });
  app.get('/metrics', (request, reply) =>
    reply.type('text/plain; version=0.0.4; charset=utf-8').send(request.apiServer.metrics.render()),
  );
  app.get('/openapi/*', () => {
    throw notSupported('openapi');
  });
  for (const core of [true, false])
    app.get(core ? '/api' : '/apis', (request, reply) => {
      const { catalog } = request.apiServer;
      const version = negotiateDiscovery(request.headers.accept);
      void reply.header('vary', 'Accept');
      if (version !== undefined)
        return reply
          .type(`application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`)
          .send(JSON.stringify(aggregatedList(catalog, core, version)));
      return sendJson(reply, core ? coreVersions(address()) : groupList(catalog));
    });
  app.get<{ Params: { group: string } }>('/apis/:group', (request, reply) =>
    sendJson(reply, groupDocument(request.apiServer.catalog, request.params.group)),
  );
  app.get<{ Params: { version: string } }>('/api/:version', (request, reply) =>
    sendJson(reply, resourceList(request.apiServer.catalog, '', request.params.version)),
  );
  app.get<{ Params: { group: string; version: string } }>('/apis/:group/:version', (request, reply) =>
    sendJson(reply, resourceList(request.apiServer.catalog, request.params.group, request.params.version)),
  );
}

function sendJson(reply: FastifyReply, document: object | undefined): FastifyReply {
  if (document === undefined) return answerUnknownPath(reply);
  return reply.type('application/json').send(JSON.stringify(document));
}
