import type { KubernetesBackend } from '../cluster/types.ts';
import { unauthorized } from './status.ts';

export interface User {
  username: string;
  groups: string[];
}

/** Whoever brings a good token may do everything, as with EKS's cluster admin access policy. */
const administrator: User = {
  username: 'simulated-administrator',
  groups: ['system:masters', 'system:authenticated'],
};

const anonymous: User = { username: 'system:anonymous', groups: ['system:unauthenticated'] };

/** Paths that answer without credentials, as the role system:public-info-viewer allows. */
const openPaths = /^\/(?:version|readyz|livez|healthz)(?:\/|$)/;

/**
 * Who sends a request, by its Authorization header. Throws StatusError 401: without a token except on the open paths,
 * with a refused one everywhere.
 */
export function authenticate(
  backend: KubernetesBackend,
  authorization: string | undefined,
  path: string,
): User {
  const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
  if (token !== undefined) {
    if (backend.authenticate(token)) return administrator;
    throw unauthorized();
  }
  if (authorization === undefined && openPaths.test(path)) return anonymous;
  throw unauthorized();
}
