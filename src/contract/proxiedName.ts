import type { ServiceTarget } from './probe.ts';

/** A Service as the API server's proxy calls it, and RBAC with it: `web:80`, `https:web:443`. */
export function proxiedName({ name, port, https }: ServiceTarget['service']): string {
  return `${https ? 'https:' : ''}${name}:${port}`;
}
