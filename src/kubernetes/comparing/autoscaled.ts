import { z } from 'zod';
import type { KubernetesConnection } from '../connection.ts';
import { listPath, unseenReason } from '../discovery.ts';
import type { Discovery } from '../discovery.ts';
import { resourceName } from '../inventoryEntry.ts';
import { listObjects } from '../list.ts';
import { scaledKey } from './contents.ts';

const targetSchema = z
  .object({
    metadata: z.object({ namespace: z.string() }),
    spec: z.object({
      scaleTargetRef: z.object({ apiVersion: z.string().nullish(), kind: z.string(), name: z.string() }),
    }),
  })
  .transform(({ metadata: { namespace }, spec: { scaleTargetRef } }) =>
    scaledKey({
      apiVersion: scaleTargetRef.apiVersion ?? '',
      kind: scaleTargetRef.kind,
      metadata: { namespace, name: scaleTargetRef.name },
    }),
  );

/**
 * What the HorizontalPodAutoscalers of a cluster scale, by `scaledKey`. Those that can't be seen scale nothing here: that
 * they can't be is told when their own kind is compared.
 *
 * @throws StepladderError as `KubernetesConnection.getJson` when the API is out of reach altogether
 */
export async function readAutoscaled(
  connection: KubernetesConnection,
  { resources }: Discovery,
  signal?: AbortSignal,
): Promise<string[]> {
  const autoscalers = resources.find(
    ({ group, resource }) => group === 'autoscaling' && resource === 'horizontalpodautoscalers',
  );
  if (autoscalers === undefined) return [];
  try {
    return await listObjects(connection, listPath(autoscalers), targetSchema, {
      name: resourceName(autoscalers),
      signal,
    });
  } catch (error) {
    unseenReason(error);
    return [];
  }
}
