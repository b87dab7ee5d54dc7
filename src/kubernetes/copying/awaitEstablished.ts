import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { KubernetesConnection } from '../connection.ts';
import { listObjects } from '../list.ts';

const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

/** The name of one that is served, undefined for one that is not yet. */
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
 * Waits until green serves these CRDs. One that is not after the time is no error here: its kind is then named as one
 * that green does not serve.
 *
 * @param options.timeoutMs half a minute without it; an API server takes a second or two
 * @throws StepladderError as `KubernetesConnection.getJson`
 */
export async function awaitEstablished(
  green: KubernetesConnection,
  names: readonly string[],
  {
    signal,
    timeoutMs = 30_000,
    pollMs = 300,
  }: { signal?: AbortSignal | undefined; timeoutMs?: number; pollMs?: number } = {},
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (names.length > 0) {
    const found = new Set(
      await listObjects(green, path, establishedSchema, {
        name: 'customresourcedefinitions.apiextensions.k8s.io',
        signal,
      }),
    );
    if (names.every((name) => found.has(name)) || performance.now() >= deadline) return;
    await sleep(pollMs, undefined, signal === undefined ? {} : { signal });
  }
}
