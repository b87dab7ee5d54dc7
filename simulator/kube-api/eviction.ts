import type { Answer, ResourceCall } from './call.ts';
import { deleteOptions } from './deleteObjects.ts';
import { fieldsOf } from './json.ts';
import { requireUrlMatch } from './objectNames.ts';
import { readBody, requireKind } from './requestBody.ts';
import { methodNotAllowed, success } from './status.ts';

/**
 * `POST pods/<name>/eviction`. Whether the disruption budgets allow it is the cluster's business; it refuses with
 * StatusError 429.
 */
export function evictPod(call: ResourceCall, name: string): Answer {
  const { backend, served, path, verb } = call;
  if (verb !== 'create' || path.namespace === undefined) throw methodNotAllowed();
  const body = readBody(call);
  requireKind(body, served, 'eviction');
  requireUrlMatch(fieldsOf(body['metadata']), path.namespace, name);
  backend.evict(path.namespace, name, deleteOptions(call, body['deleteOptions'] ?? {}));
  return { code: 201, text: JSON.stringify(success(201)) };
}
