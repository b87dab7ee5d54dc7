import type { IncomingHttpHeaders } from 'node:http';
import type { KubernetesBackend } from '../cluster/types.ts';
import type { ApiServer } from './apiServers.ts';
import type { User } from './authentication.ts';
import type { Pages } from './pagination.ts';
import type { ResourcePath, Verb } from './requestPath.ts';
import type { ServedResource } from './servedResource.ts';
import { invalidValue } from './status.ts';

/** A request for a resource, resolved: who asks which API server for what. */
export interface ResourceCall {
  backend: KubernetesBackend;
  pages: Pages;
  server: ApiServer;
  user: User;
  served: ServedResource;
  path: ResourcePath;
  verb: Verb;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  /** Undefined when the request has none. */
  body: Buffer | undefined;
}

export interface Answer {
  code: number;
  /** JSON text. */
  text: string;
  /** `application/json` unless given. */
  contentType?: string;
}

/** Reads `dryRun`. Throws StatusError 422 for a value that is not `All`. */
export function isDryRun({ query }: { query: URLSearchParams }, fromBody: string[] = []): boolean {
  const values = [...query.getAll('dryRun').filter((value) => value !== ''), ...fromBody];
  const wrong = values.find((value) => value !== 'All');
  if (wrong !== undefined)
    throw invalidValue(
      'options.meta.k8s.io ""',
      'dryRun',
      `Unsupported value: "${wrong}": supported values: "All"`,
    );
  return values.length > 0;
}
