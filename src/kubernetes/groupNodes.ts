import { z } from 'zod';
import type { KubernetesConnection } from './connection.ts';
import { listObjects } from './list.ts';

/** A node of a node group, as far as its being replaced needs it. */
export interface GroupNode {
  name: string;
  /** As the kubelet says it, `v1.31.4-eks-aeac579`. */
  kubeletVersion: string;
  ready: boolean;
  unschedulable: boolean;
  /** Which machine it runs on, `aws:///ap-northeast-1a/i-0abc`; absent until its cloud provider has said so. */
  providerId?: string;
}

const nodeSchema = z
  .object({
    metadata: z.object({ name: z.string() }),
    spec: z.object({ unschedulable: z.boolean().optional(), providerID: z.string().optional() }).optional(),
    status: z.object({
      nodeInfo: z.object({ kubeletVersion: z.string() }),
      conditions: z.array(z.object({ type: z.string(), status: z.string() })).optional(),
    }),
  })
  .transform(({ metadata, spec, status }): GroupNode => ({
    name: metadata.name,
    kubeletVersion: status.nodeInfo.kubeletVersion,
    ready: (status.conditions ?? []).some(({ type, status: is }) => type === 'Ready' && is === 'True'),
    unschedulable: spec?.unschedulable ?? false,
    ...(spec?.providerID === undefined ? {} : { providerId: spec.providerID }),
  }));

/** The nodes of a managed node group that have joined. Throws as `KubernetesConnection.getJson`. */
export async function listGroupNodes(
  connection: KubernetesConnection,
  nodeGroup: string,
  signal?: AbortSignal,
): Promise<GroupNode[]> {
  return listObjects(connection, '/api/v1/nodes', nodeSchema, {
    name: 'nodes',
    labelSelector: `eks.amazonaws.com/nodegroup=${nodeGroup}`,
    signal,
  });
}
