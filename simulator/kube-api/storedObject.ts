import { z } from 'zod';
import type { NewObject, StoredObject } from '../cluster/types.ts';
import type { Fields } from './json.ts';
import type { ServedResource } from './servedResource.ts';
import { badRequest } from './status.ts';

const text = z.string();
const metadataSchema = z.looseObject({
  name: text.exactOptional(),
  generateName: text.exactOptional(),
  namespace: text.exactOptional(),
  uid: text.exactOptional(),
  resourceVersion: text.exactOptional(),
  generation: z.number().exactOptional(),
  creationTimestamp: text.exactOptional(),
  deletionTimestamp: text.exactOptional(),
  deletionGracePeriodSeconds: z.number().exactOptional(),
  labels: z.record(text, text).exactOptional(),
  annotations: z.record(text, text).exactOptional(),
  finalizers: z.array(text).exactOptional(),
  ownerReferences: z
    .array(
      z.looseObject({
        apiVersion: text,
        kind: text,
        name: text,
        uid: text,
        controller: z.boolean().exactOptional(),
        blockOwnerDeletion: z.boolean().exactOptional(),
      }),
    )
    .exactOptional(),
});

type Metadata = z.infer<typeof metadataSchema>;

/** An object of a request as a new one for the store. Throws StatusError 400 for metadata of a wrong shape. */
export function newObject(fields: Fields, served: ServedResource, namespace: string | undefined): NewObject {
  const { apiVersion: _apiVersion, metadata: given, ...rest } = fields;
  const { namespace: _namespace, ...metadata } = readMetadata(given, served);
  return {
    ...rest,
    kind: served.kind,
    metadata: { ...metadata, ...(namespace === undefined ? {} : { namespace }) },
  };
}

/** An object of a request that is to replace `current`. Throws StatusError 400 for metadata of a wrong shape. */
export function replacement(fields: Fields, served: ServedResource, current: StoredObject): StoredObject {
  const { apiVersion: _apiVersion, metadata: given, ...rest } = fields;
  const { namespace: _namespace, ...metadata } = readMetadata(given, served);
  const { name, namespace, uid, creationTimestamp } = current.metadata;
  return {
    ...rest,
    kind: served.kind,
    metadata: {
      uid,
      creationTimestamp,
      resourceVersion: '',
      ...metadata,
      name,
      ...(namespace === undefined ? {} : { namespace }),
    },
  };
}

function readMetadata(given: unknown, served: ServedResource): Metadata {
  const present = Object.entries(typeof given === 'object' && given !== null ? given : {});
  // What a client leaves empty, it leaves out: `creationTimestamp: null` is the usual case.
  const parsed = metadataSchema.safeParse(
    Object.fromEntries(present.filter(([, value]) => value !== null && value !== '')),
  );
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `metadata.${path.join('.')}: ${message}`);
  throw badRequest(
    `${served.kind} in version "${served.version}" cannot be handled as a ${served.kind}: ${problems.join('; ')}`,
  );
}
