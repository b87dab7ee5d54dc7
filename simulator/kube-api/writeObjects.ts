/** create, update and patch, of objects and of their status */
import type { StoredObject } from '../cluster/types.ts';
import type { Answer, ResourceCall } from './call.ts';
import { isDryRun } from './call.ts';
import type { Fields } from './json.ts';
import { fieldsOf } from './json.ts';
import { requireUrlMatch, requireValidName } from './objectNames.ts';
import { readPatch } from './patch.ts';
import { requestedForm } from './readObjects.ts';
import { readBody, requireKind } from './requestBody.ts';
import type { ServedResource } from './servedResource.ts';
import { groupVersion } from './servedResource.ts';
import { invalidValue, methodNotAllowed } from './status.ts';
import { newObject, replacement } from './storedObject.ts';

export function createObject(call: ResourceCall): Answer {
  const { backend, served, path } = call;
  if (served.namespaced && path.namespace === undefined) throw methodNotAllowed();
  const form = requestedForm(call);
  const dryRun = isDryRun(call);
  requireFieldManager(call);
  const body = readBody(call);
  requireKind(body, served);
  const metadata = fieldsOf(body['metadata']);
  requireUrlMatch(metadata, path.namespace, undefined);
  requireValidName(metadata, served);
  const object = newObject(withoutStatus(body, served), served, path.namespace);
  const created = backend.store.create(served.storage, object, { dryRun });
  return { code: 201, text: form.object(created), contentType: form.contentType };
}

/** @param status whether only the status is written */
export function updateObject(call: ResourceCall, name: string, status: boolean): Answer {
  const { backend, served, path } = call;
  const form = requestedForm(call);
  const dryRun = isDryRun(call);
  requireFieldManager(call);
  const body = readBody(call);
  requireKind(body, served);
  requireUrlMatch(fieldsOf(body['metadata']), path.namespace, name);
  const current = backend.store.get(served.storage, path.namespace, name);
  const object = replacement(body, served, current);
  if (served.custom !== undefined && object.metadata.resourceVersion === '')
    throw invalidValue(
      `${served.kind} "${name}"`,
      'metadata.resourceVersion',
      'Invalid value: 0x0: must be specified for an update',
    );
  const updated = backend.store.update(served.storage, object, { dryRun, status });
  return { code: 200, text: form.object(updated), contentType: form.contentType };
}

/** @param status whether only the status is written */
export function patchObject(call: ResourceCall, name: string, status: boolean): Answer {
  const { backend, served, path, headers, body } = call;
  const form = requestedForm(call);
  const dryRun = isDryRun(call);
  requireFieldManager(call);
  const apply = readPatch(headers['content-type'], body, served);
  const current = backend.store.get(served.storage, path.namespace, name);
  const patched = apply(asServed(current, served));
  requireKind(patched, served);
  requireUrlMatch(fieldsOf(patched['metadata']), current.metadata.namespace, name);
  const updated = backend.store.update(served.storage, replacement(patched, served, current), {
    dryRun,
    status,
  });
  return { code: 200, text: form.object(updated), contentType: form.contentType };
}

function asServed(object: StoredObject, served: ServedResource): Fields {
  return { ...object, kind: served.kind, apiVersion: groupVersion(served) };
}

/** On creation nobody says how an object does but those who run it; kubelets register their Nodes with a status. */
function withoutStatus(body: Fields, served: ServedResource): Fields {
  if (!served.subresourceNames.has('status') || served.kind === 'Node') return body;
  const { status: _status, ...rest } = body;
  return rest;
}

function requireFieldManager({ query }: ResourceCall): void {
  const manager = query.get('fieldManager') ?? '';
  if (manager.length > 128 || /\p{Cc}/u.test(manager))
    throw invalidValue(
      'options.meta.k8s.io ""',
      'fieldManager',
      'Invalid value: must be at most 128 printable characters',
    );
}
