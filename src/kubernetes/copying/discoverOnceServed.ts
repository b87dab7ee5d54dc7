import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { KubernetesConnection } from '../connection.ts';
import { discoverResources } from '../discovery.ts';
import type { Discovery } from '../discovery.ts';
import { resourceName } from '../inventoryEntry.ts';
import { listObjects } from '../list.ts';

const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

/** The name of one that is established, undefined for one that is not yet. */
const establishedSchema = z
  .object({
    metadata: z.object({ name: z.string() }),
    status: z
      .object({ conditions: z.array(z.object({ type: z.string(), status: z.string() })).nullish() })
      .nullish(),
  })
  .transform(({ metadata, status }) =>
    (status?.conditions ?? []).some(({ type, status: value }) => type === 'Established' && value === 'True')
      ? metadata.name
      : undefined,
  );

/**
 * Waits until green serves the kinds of these CRDs, and resolves with all that it serves then. That a CRD is established
 * is not enough: one of the API servers says so, and another one, which answers next, may not list the kind yet. One
 * that is not served after the time is no error here: its kind is then named as one that green does not serve.
 *
 * @param names of CRDs, which are those of their resources too: `promotions.shop.example.com`
 * @param options.timeoutMs half a minute without it; an API server takes a second or two
 * @throws StepladderError as `KubernetesConnection.getJson`
 */
export async function discoverOnceServed(
  green: KubernetesConnection,
  names: readonly string[],
  {
    signal,
    timeoutMs = 30_000,
    pollMs = 300,
  }: { signal?: AbortSignal | undefined; timeoutMs?: number; pollMs?: number } = {},
): Promise<Discovery> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const isOver = performance.now() >= deadline;
    if (isOver || (await areEstablished(green, names, signal))) {
      const discovery = await discoverResources(green, signal);
      const served = new Set(discovery.resources.map(resourceName));
      if (isOver || names.every((name) => served.has(name))) return discovery;
    }
    await sleep(pollMs, undefined, signal === undefined ? {} : { signal });
  }
}

async function areEstablished(
  green: KubernetesConnection,
  names: readonly string[],
  signal: AbortSignal | undefined,
): Promise<boolean> {
  if (names.length === 0) return true;
  const name = 'customresourcedefinitions.apiextensions.k8s.io';
  const found = new Set(await listObjects(green, path, establishedSchema, { name, signal }));
  return names.every((each) => found.has(each));
}
