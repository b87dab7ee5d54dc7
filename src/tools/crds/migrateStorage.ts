import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { KubernetesConnection } from '../../kubernetes/connection.ts';
import { statusBehind } from '../../kubernetes/errors.ts';
import { inOrder } from '../../kubernetes/inOrder.ts';
import { listObjects, metadataOnly } from '../../kubernetes/list.ts';
import { pathOfCrd } from './crdApi.ts';
import { isObject, listAt, objectAt, textAt } from './json.ts';
import type { Json } from './json.ts';

export interface MigrateOptions {
  signal?: AbortSignal | undefined;
  onProgress?: () => void;
  settleMs?: number;
}

const defaultSettleMs = 5_000;
/** Objects that are written at the same time. */
const concurrency = 4;

const metadataSchema = z.object({
  metadata: z.object({ namespace: z.string().optional(), name: z.string(), resourceVersion: z.string() }),
});

/**
 * Writes every object of a CRD again when some may be stored in another version than the one that is stored now, as
 * Kubernetes' storage version migrator does: a patch that changes nothing makes the API server store it anew. Then
 * `status.storedVersions` is the stored version alone, so that the old one can be removed one day. Done again, it finds
 * nothing to do.
 *
 * @param crd as it is in the cluster
 * @returns the number of objects that were written; undefined when there was nothing to do
 * @throws StepladderError as `KubernetesConnection.change`
 */
export async function migrateStorage(
  connection: KubernetesConnection,
  crd: Json,
  { signal, onProgress, settleMs = defaultSettleMs }: MigrateOptions = {},
): Promise<number | undefined> {
  const spec = objectAt(crd, 'spec');
  const name = textAt(objectAt(crd, 'metadata'), 'name');
  const versions = listAt(spec, 'versions').filter(isObject);
  const stored = versions.find((version) => version['storage'] === true);
  const served =
    stored?.['served'] === true ? stored : versions.find((version) => version['served'] === true);
  const old = listAt(objectAt(crd, 'status'), 'storedVersions').filter(
    (version) => version !== stored?.['name'],
  );
  if (old.length === 0 || stored === undefined || served === undefined) return undefined;

  await sleep(settleMs, undefined, signal === undefined ? {} : { signal });
  const resource = textAt(objectAt(spec, 'names'), 'plural');
  const base = `/apis/${textAt(spec, 'group')}/${textAt(served, 'name')}`;
  const objects = await listObjects(connection, `${base}/${resource}`, metadataSchema, {
    name,
    accept: metadataOnly,
    signal,
    ...(onProgress === undefined ? {} : { onPage: onProgress }),
  });
  const paths = objects.map(({ metadata }) => {
    const { namespace } = metadata;
    const place = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
    const path = `${base}${place}/${resource}/${encodeURIComponent(metadata.name)}`;
    return { path, resourceVersion: metadata.resourceVersion };
  });
  let rewritten = 0;
  for await (const count of inOrder(paths, (each) => rewrite(connection, each, signal), concurrency)) {
    rewritten += count;
    onProgress?.();
  }
  await connection.change('PATCH', `${pathOfCrd(name)}/status`, {
    // Somebody who changes the stored version now makes this fail, rather than lose what was stored before.
    body: {
      metadata: { resourceVersion: textAt(objectAt(crd, 'metadata'), 'resourceVersion') },
      status: { storedVersions: [textAt(stored, 'name')] },
    },
    signal,
    what: `take old versions off the storedVersions of the CustomResourceDefinition ${name}`,
  });
  return rewritten;
}

/** The number of objects that were stored anew: one, or none where there was no need. */
async function rewrite(
  connection: KubernetesConnection,
  { path, resourceVersion }: { path: string; resourceVersion: string },
  signal: AbortSignal | undefined,
): Promise<number> {
  try {
    const body = { metadata: { resourceVersion } };
    await connection.change('PATCH', path, { body, signal, what: `store ${path} anew` });
    return 1;
  } catch (error) {
    // Gone, or written by somebody else since it was listed: either way it is not stored in the old version.
    const code = statusBehind(error)?.code;
    if (code !== 404 && code !== 409) throw error;
    return 0;
  }
}
