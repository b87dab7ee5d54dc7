/** How a request is named, to faults and in metrics. */
import type { FastifyRequest } from 'fastify';

/**
 * What a fault rule matches: `list pods`, `get deployments.apps`, `create pods/eviction`, `watch nodes`; for paths that
 * are not of a resource the method and the path, `get /readyz`.
 */
export function operationName({ resourcePath, verb, method, parsedUrl }: FastifyRequest): string {
  if (resourcePath === undefined || verb === undefined)
    return `${method.toLowerCase()} ${parsedUrl.pathname}`;
  const { group, resource, subresource } = resourcePath;
  const qualified = group === '' ? resource : `${resource}.${group}`;
  return `${verb} ${qualified}${subresource === undefined ? '' : `/${subresource}`}`;
}

const verbLabels: Record<string, string> = {
  get: 'GET',
  list: 'LIST',
  watch: 'WATCH',
  create: 'POST',
  update: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
  deletecollection: 'DELETECOLLECTION',
};

/** Counts an answered request in the metrics of the API server that answered it. */
export function countRequest(request: FastifyRequest, code: number): void {
  const { apiServer, resourcePath, verb, method, parsedUrl } = request;
  if (resourcePath === undefined || verb === undefined) {
    apiServer.metrics.count({
      verb: method,
      group: '',
      version: '',
      resource: '',
      subresource: parsedUrl.pathname,
      scope: '',
      dryRun: false,
      code,
    });
    return;
  }
  const { group, version, resource, name, namespace, subresource = '' } = resourcePath;
  apiServer.metrics.count({
    verb: verbLabels[verb] ?? '',
    group,
    version,
    resource,
    subresource,
    scope: name !== undefined ? 'resource' : namespace !== undefined ? 'namespace' : 'cluster',
    dryRun: parsedUrl.searchParams.has('dryRun'),
    code,
  });
}
