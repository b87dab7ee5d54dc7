import type { KubernetesConnection } from '../connection.ts';
import { objectFactsSchema } from '../copying/objectFacts.ts';
import { pagesOf } from '../copying/pages.ts';
import { listPath, unseenReason } from '../discovery.ts';
import type { ListableResource } from '../discovery.ts';
import { resourceName } from '../inventoryEntry.ts';
import { listObjects, metadataOnly } from '../list.ts';
import { placeOf } from './compareKind.ts';
import type { SeenObject, SideOfKind } from './compareKind.ts';
import { contentsOf, digestOf } from './contents.ts';
import type { ContentsContext } from './contents.ts';

/** A kind on one side by metadata alone, which is the same in every version. Undefined for one that is not served. */
export async function readNames(
  connection: KubernetesConnection,
  resource: ListableResource | undefined,
  signal?: AbortSignal,
): Promise<SideOfKind> {
  if (resource === undefined) return { notServed: true };
  return seenOrNot(() =>
    listObjects(connection, listPath(resource), objectFactsSchema, {
      accept: metadataOnly,
      name: resourceName(resource),
      signal,
    }),
  );
}

/**
 * A kind on one side with what its objects say. They are read whole, a page at a time; of each no more is kept than its
 * metadata and a digest.
 *
 * @param resource in the version in which both sides are read
 */
export async function readContents(
  connection: KubernetesConnection,
  resource: ListableResource,
  context: ContentsContext,
  signal?: AbortSignal,
): Promise<SideOfKind> {
  return seenOrNot(async () => {
    // A list that is begun anew brings objects once more.
    const seen = new Map<string, SeenObject>();
    for await (const page of pagesOf(connection, resource, signal))
      for (const object of page) {
        const facts = objectFactsSchema.parse(object);
        seen.set(placeOf(facts), { ...facts, digest: digestOf(contentsOf(resource, object, context)) });
      }
    return [...seen.values()];
  });
}

async function seenOrNot(read: () => Promise<SeenObject[]>): Promise<SideOfKind> {
  try {
    return { objects: await read() };
  } catch (error) {
    return { unseen: unseenReason(error) };
  }
}
