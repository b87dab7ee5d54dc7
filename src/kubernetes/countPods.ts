import { z } from 'zod';
import type { KubernetesConnection } from './connection.ts';
import { parse } from './list.ts';

const pageSchema = z.object({
  metadata: z.object({ remainingItemCount: z.number().nullish() }).nullish(),
  items: z.array(z.unknown()).nullish(),
});

/** How many Pods there are, finished ones among them, by one small question. Throws as `KubernetesConnection.getJson`. */
export async function countPods(connection: KubernetesConnection, signal?: AbortSignal): Promise<number> {
  const answer = await connection.getJson('/api/v1/pods', {
    query: { limit: 1 },
    signal,
    what: 'count Pods',
  });
  const { metadata, items } = parse(pageSchema, answer, 'a list of pods');
  return (items?.length ?? 0) + (metadata?.remainingItemCount ?? 0);
}
