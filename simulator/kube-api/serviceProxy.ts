import type { Answer, ResourceCall } from './call.ts';
import { StatusError } from '../cluster/types.ts';

/**
 * `services/<name>/proxy/…`, where the name is `[https:]<service>[:<port>]`
 * (kubernetes.io/docs/tasks/access-application-cluster/access-cluster-services). The Pods behind it answer every path
 * and method the same.
 */
export function askService({ backend, path }: ResourceCall, name: string): Answer {
  const { namespace = '' } = path;
  const parts = name.split(':');
  const [service = '', port = ''] = parts.length > 2 || parts[0] === 'https' ? parts.slice(1) : parts;
  const asked = { namespace, service, port: port === '' ? undefined : readPort(port) };
  const answer = backend.askService(asked);
  if (answer === undefined) throw new StatusError(404, 'NotFound', `services "${name}" not found`);
  if (answer === 'none')
    throw new StatusError(503, 'ServiceUnavailable', `no endpoints available for service "${name}"`);
  return { code: answer.status, text: answer.body };
}

const readPort = (port: string): number | string => (/^\d+$/.test(port) ? Number(port) : port);
