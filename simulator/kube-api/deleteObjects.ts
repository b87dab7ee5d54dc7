/** delete and deletecollection */
import { z } from 'zod';
import type { DeleteOptions, StoredObject } from '../cluster/types.ts';
import { StatusError } from '../cluster/types.ts';
import type { Answer, ResourceCall } from './call.ts';
import { isDryRun } from './call.ts';
import { readListOptions } from './listOptions.ts';
import { requestedForm } from './readObjects.ts';
import { readBody } from './requestBody.ts';
import { qualifiedName } from './servedResource.ts';
import { badRequest, invalidValue, methodNotAllowed, success } from './status.ts';

/** Of these a deletion answers with the object; of the others with a Status once the object is gone. */
const answeredWithObject = new Set([
  'pods',
  'services',
  'persistentvolumeclaims',
  'persistentvolumes',
  'serviceaccounts',
  'podtemplates',
  'resourcequotas',
  'storageclasses.storage.k8s.io',
  'csidrivers.storage.k8s.io',
  'csinodes.storage.k8s.io',
  'volumeattachments.storage.k8s.io',
]);

const policies = ['Orphan', 'Background', 'Foreground'] as const;

const bodySchema = z.object({
  kind: z.string().optional(),
  gracePeriodSeconds: z.int().min(0).nullish(),
  propagationPolicy: z.enum(policies).nullish(),
  orphanDependents: z.boolean().nullish(),
  preconditions: z.object({ uid: z.string().nullish(), resourceVersion: z.string().nullish() }).nullish(),
  dryRun: z.array(z.string()).nullish(),
});

export function deleteObject(call: ResourceCall, name: string): Answer {
  const { backend, served, path } = call;
  const form = requestedForm(call);
  const options = readDeleteOptions(call);
  const removed = backend.store.remove(served.storage, path.namespace, name, options);
  if (answeredWithObject.has(qualifiedName(served)) || isStillThere(call, removed))
    return { code: 200, text: form.object(removed), contentType: form.contentType };
  const { uid } = removed.metadata;
  const details = {
    name,
    ...(served.group === '' ? {} : { group: served.group }),
    kind: served.resource,
    uid,
  };
  return { code: 200, text: JSON.stringify(success(200, details)) };
}

export function deleteCollection(call: ResourceCall): Answer {
  const { backend, pages, served, path, query } = call;
  if (served.namespaced && path.namespace === undefined) throw methodNotAllowed();
  const form = requestedForm(call);
  const options = readDeleteOptions(call);
  const page = pages.list(served.storage, path.namespace, readListOptions(query, served));
  const items = page.items.flatMap((object) => {
    try {
      return [backend.store.remove(served.storage, object.metadata.namespace, object.metadata.name, options)];
    } catch (error) {
      // One that is gone by now is what was asked for.
      if (error instanceof StatusError && error.code === 404) return [];
      throw error;
    }
  });
  return { code: 200, text: form.list({ ...page, items }), contentType: form.contentType };
}

/**
 * Reads DeleteOptions from the body and the query. Throws StatusError 400 or 422 for what can't be read or does not
 * go together.
 */
export function readDeleteOptions(call: ResourceCall): DeleteOptions & { dryRun: boolean } {
  const given = call.body === undefined || call.body.length === 0 ? {} : readBody(call);
  return deleteOptions(call, given);
}

/** The same from DeleteOptions that are part of another object, such as an Eviction. */
export function deleteOptions(
  { query }: Pick<ResourceCall, 'query'>,
  given: unknown,
): DeleteOptions & { dryRun: boolean } {
  const parsed = bodySchema.safeParse(given);
  if (!parsed.success) throw badRequest(`the DeleteOptions can't be read: ${z.prettifyError(parsed.error)}`);
  const { data } = parsed;
  if (data.kind !== undefined && data.kind !== 'DeleteOptions')
    throw badRequest(`the kind in the data (${data.kind}) does not match the expected kind (DeleteOptions)`);
  const gracePeriodSeconds = data.gracePeriodSeconds ?? graceOf(query);
  const propagationPolicy = data.propagationPolicy ?? policyOf(query, data.orphanDependents);
  const { uid, resourceVersion } = data.preconditions ?? {};
  return {
    dryRun: isDryRun({ query }, data.dryRun ?? []),
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    ...(propagationPolicy === undefined ? {} : { propagationPolicy }),
    ...(typeof uid === 'string' || typeof resourceVersion === 'string'
      ? {
          preconditions: {
            ...(typeof uid === 'string' ? { uid } : {}),
            ...(typeof resourceVersion === 'string' ? { resourceVersion } : {}),
          },
        }
      : {}),
  };
}

function graceOf(query: URLSearchParams): number | undefined {
  const text = query.get('gracePeriodSeconds') ?? '';
  if (text === '') return undefined;
  if (!/^\d{1,9}$/.test(text))
    throw badRequest(`gracePeriodSeconds must be a whole number that is not negative, not "${text}"`);
  return Number(text);
}

function policyOf(
  query: URLSearchParams,
  orphanInBody: boolean | null | undefined,
): DeleteOptions['propagationPolicy'] {
  const text = query.get('propagationPolicy') ?? '';
  const policy = policies.find((known) => known === text);
  if (text !== '' && policy === undefined)
    throw invalidValue(
      'options.meta.k8s.io ""',
      'propagationPolicy',
      `Unsupported value: "${text}": supported values: "Foreground", "Background", "Orphan"`,
    );
  const orphan = orphanInBody ?? (query.get('orphanDependents') === 'true' ? true : undefined);
  if (orphan === undefined) return policy;
  return policy ?? (orphan ? 'Orphan' : 'Background');
}

function isStillThere({ backend, served }: ResourceCall, { metadata }: StoredObject): boolean {
  try {
    return backend.store.get(served.storage, metadata.namespace, metadata.name).metadata.uid === metadata.uid;
  } catch (error) {
    if (error instanceof StatusError && error.code === 404) return false;
    throw error;
  }
}
