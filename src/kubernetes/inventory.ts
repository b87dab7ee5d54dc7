import { z } from 'zod';
import type { KubernetesConnection } from './connection.ts';
import { isCounted, treatmentOf } from './countedResources.ts';
import { discoverResources, listPath, unseenReason } from './discovery.ts';
import type { ListableResource } from './discovery.ts';
import { inOrder } from './inOrder.ts';
import { resourceName } from './inventoryEntry.ts';
import type { InventoryEntry, NamedObject } from './inventoryEntry.ts';
import { listObjects, metadataOnly } from './list.ts';

export { describeMissing, compareInventories } from './compareInventories.ts';
export type { InventoryComparison, MissingObject } from './compareInventories.ts';
export { inventoryEntrySchema } from './inventoryEntry.ts';
export type { InventoryEntry } from './inventoryEntry.ts';

const objectSchema = z.object({
  metadata: z.object({
    namespace: z.string().optional(),
    name: z.string(),
    // Computed objects of aggregated API servers may have none.
    uid: z.string().default(''),
    ownerReferences: z.array(z.object({ kind: z.string() })).nullish(),
  }),
});

export interface InventoryProgress {
  /** How many resources (kinds) have been read, of how many. */
  resources: number;
  ofResources: number;
  /** Objects read so far. */
  objects: number;
}

/**
 * Every object in the cluster by kind, namespace, name and uid (rule 5), in the order of group and resource and then as
 * the API server lists them; each resource in one version only. Short-lived and owned kinds are counted. A resource
 * that can't be read is an entry with the reason, never left out (rule 11). Of each object only its metadata is asked for.
 *
 * @throws StepladderError as `KubernetesConnection.getJson` when the API itself is out of reach
 */
export async function* inventory(
  connection: KubernetesConnection,
  signal?: AbortSignal,
  onProgress?: (progress: InventoryProgress) => void,
): AsyncGenerator<InventoryEntry> {
  const discovery = await discoverResources(connection, signal);
  for (const { group, version, reason } of discovery.unseen) {
    if (treatmentOf(group, '*') !== 'skip') {
      yield { group, resource: '*', unseen: `${version}: ${reason}` };
    }
  }
  const resources = discovery.resources.filter(
    ({ group, resource }) => treatmentOf(group, resource) !== 'skip',
  );
  const progress: InventoryProgress = { resources: 0, ofResources: resources.length, objects: 0 };
  const lists = inOrder(resources, (resource) => {
    let before = 0;
    return readResource(connection, resource, signal, (objects) => {
      // A list that is begun anew counts from the beginning.
      progress.objects += objects - before;
      before = objects;
      onProgress?.({ ...progress });
    });
  });
  for await (const entries of lists) {
    progress.resources += 1;
    onProgress?.({ ...progress });
    yield* entries;
  }
}

async function readResource(
  connection: KubernetesConnection,
  resource: ListableResource,
  signal: AbortSignal | undefined,
  onPage: (objects: number) => void,
): Promise<InventoryEntry[]> {
  const { group, resource: name, kind } = resource;
  const countAll = treatmentOf(group, name) === 'count';
  // Undefined for one that is counted, so that no more than a place is held for it.
  const schema = objectSchema.transform(({ metadata }): NamedObject | undefined => {
    const owners = (metadata.ownerReferences ?? []).map((owner) => owner.kind);
    if (countAll || isCounted(group, name, owners)) return undefined;
    const { namespace } = metadata;
    return {
      group,
      resource: name,
      kind,
      ...(namespace === undefined ? {} : { namespace }),
      name: metadata.name,
      uid: metadata.uid,
    };
  });
  try {
    const objects = await listObjects(connection, listPath(resource), schema, {
      accept: metadataOnly,
      name: resourceName(resource),
      signal,
      onPage,
    });
    const named = objects.filter((each) => each !== undefined);
    const counted = objects.length - named.length;
    return [...named, ...(countAll || counted > 0 ? [{ group, resource: name, counted }] : [])];
  } catch (error) {
    return [{ group, resource: name, unseen: unseenReason(error) }];
  }
}
