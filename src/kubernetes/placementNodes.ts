import { z } from 'zod';
import type { FitNode } from '../plan/fit/types.ts';
import type { KubernetesConnection } from './connection.ts';
import { listObjects } from './list.ts';
import { resourcesSchema } from './podRequests.ts';

const nodeSchema = z.object({
  metadata: z.object({
    name: z.string(),
    labels: z.record(z.string(), z.string()).optional(),
    deletionTimestamp: z.string().optional(),
  }),
  spec: z
    .object({
      unschedulable: z.boolean().optional(),
      taints: z
        .array(z.object({ key: z.string(), value: z.string().exactOptional(), effect: z.string() }))
        .nullish(),
    })
    .prefault({}),
  status: z.object({ allocatable: resourcesSchema.optional() }).prefault({}),
});

/**
 * All nodes as the scheduler sees them, by name. Throws as `KubernetesConnection.getJson`.
 *
 * @param labelKeys labels to keep; a node has dozens, and Pods ask for few of them
 */
export async function listPlacementNodes(
  connection: KubernetesConnection,
  labelKeys: ReadonlySet<string>,
  signal?: AbortSignal,
): Promise<FitNode[]> {
  const schema = nodeSchema.transform(({ metadata, spec, status }): FitNode => {
    const kept = Object.entries(metadata.labels ?? {}).filter(([key]) => labelKeys.has(key));
    return {
      name: metadata.name,
      labels: Object.fromEntries(kept),
      ...(spec.taints && spec.taints.length > 0 ? { taints: spec.taints } : {}),
      ...(spec.unschedulable === true ? { unschedulable: true } : {}),
      allocatable: status.allocatable ?? {},
    };
  });
  const nodes = await listObjects(connection, '/api/v1/nodes', schema, { name: 'nodes', signal });
  return nodes.sort((one, other) => (one.name < other.name ? -1 : 1));
}
