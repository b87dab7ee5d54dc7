import { z } from 'zod';
import type { KubernetesConnection } from '../connection.ts';
import { createPath, listPath } from '../discovery.ts';
import type { ListableResource } from '../discovery.ts';
import { statusBehind } from '../errors.ts';
import { resourceName } from '../inventoryEntry.ts';
import { parse } from '../list.ts';
import type { Json } from '../../tools/crds/json.ts';

const pageSchema = z.object({
  metadata: z.object({ continue: z.string().nullish() }).nullish(),
  items: z.array(z.record(z.string(), z.unknown())).nullish(),
});

/** Objects a page: whole ones are read, and Helm's release Secrets may have a megabyte each. */
const pageSize = 100;
const restarts = 3;

/** Which of a resource's objects are meant; all without it. */
export interface Part {
  namespace?: string | undefined;
  labelSelector?: string | undefined;
}

/**
 * All objects of a resource as they are, page by page; of none more than a page is held. A continue token that has
 * expired begins the list anew, so an object may come twice: whoever reads it has to bear that.
 *
 * @throws StepladderError as `KubernetesConnection.getJson`
 */
export async function* pagesOf(
  connection: KubernetesConnection,
  resource: ListableResource,
  signal?: AbortSignal,
  { namespace, labelSelector }: Part = {},
): AsyncGenerator<Json[]> {
  const path = namespace === undefined ? listPath(resource) : createPath(resource, namespace);
  const name = resourceName(resource);
  const { group, version, kind } = resource;
  const apiVersion = group === '' ? version : `${group}/${version}`;
  let next: string | undefined;
  for (let restarted = 0; ;) {
    try {
      const answer = await connection.getJson(path, {
        query: { limit: pageSize, continue: next, labelSelector },
        signal,
        what: `list ${name}`,
      });
      const page = parse(pageSchema, answer, `a list of ${name}`);
      // In a list the objects do not say what they are.
      yield (page.items ?? []).map((item) => ({ ...item, apiVersion, kind }));
      const token = page.metadata?.continue ?? '';
      if (token === '') return;
      next = token;
    } catch (error) {
      if (statusBehind(error)?.code !== 410 || restarted >= restarts) throw error;
      restarted += 1;
      next = undefined;
    }
  }
}
