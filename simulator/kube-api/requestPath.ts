/** What a URL path and an HTTP method ask for, by the API server's own scheme. */

export interface ResourcePath {
  /** Empty for the core group. */
  group: string;
  version: string;
  resource: string;
  namespace?: string;
  name?: string;
  subresource?: string;
  /** The path has the old form /api/v1/watch/…. */
  legacyWatch: boolean;
}

/** Undefined for a path that is not of a resource (/version, /apis/apps/v1, …). */
export function parseResourcePath(path: string): ResourcePath | undefined {
  const segments = decodeSegments(path);
  if (segments === undefined) return undefined;
  const core = segments[0] === 'api';
  if (!core && segments[0] !== 'apis') return undefined;
  const group = core ? '' : (segments[1] ?? '');
  const [version, ...rest] = segments.slice(core ? 1 : 2);
  if (version === undefined) return undefined;
  const legacyWatch = rest[0] === 'watch' && rest.length > 1;
  const parts = legacyWatch ? rest.slice(1) : rest;
  const target = namespacedParts(parts) ?? parts;
  const [resource, name, ...subresource] = target;
  if (resource === undefined) return undefined;
  const namespace = target === parts ? undefined : parts[1];
  return {
    group,
    version,
    resource,
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
    ...(subresource.length > 0 ? { subresource: subresource.join('/') } : {}),
    legacyWatch,
  };
}

/** Subresources of a Namespace itself, which look like resources in it. */
const ofNamespace = new Set(['status', 'finalize']);

/** What follows `namespaces/<namespace>/`; undefined when the path is of a Namespace or of nothing in one. */
function namespacedParts(parts: string[]): string[] | undefined {
  if (parts[0] !== 'namespaces' || parts.length < 3) return undefined;
  if (parts.length === 3 && ofNamespace.has(parts[2] ?? '')) return undefined;
  return parts.slice(2);
}

function decodeSegments(path: string): string[] | undefined {
  try {
    return path
      .split('/')
      .filter((segment) => segment !== '')
      .map((segment) => decodeURIComponent(segment));
  } catch {
    return undefined;
  }
}

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';

/** Undefined for a method that the API does not know. */
export function verbOf(
  method: string,
  path: { name?: string | undefined },
  query: URLSearchParams,
): Verb | undefined {
  const watching = ['true', '1'].includes(query.get('watch') ?? '');
  switch (method) {
    case 'GET':
      return path.name !== undefined ? 'get' : watching ? 'watch' : 'list';
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return path.name === undefined ? 'deletecollection' : 'delete';
    default:
      return undefined;
  }
}
