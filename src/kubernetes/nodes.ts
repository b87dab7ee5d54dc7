import { z } from 'zod';
import type { ObservedNode } from '../plan/observation.ts';
import type { KubernetesConnection } from './connection.ts';
import { cordonNote, heldOffNote } from './drain/marks.ts';
import { listObjects } from './list.ts';

type Labels = Record<string, string>;

/** Who holds autoscalers off, by the note's JSON. Undefined when there is none, or somebody has written something else there. */
function holderOf(note: string | undefined): string | undefined {
  if (note === undefined) return undefined;
  try {
    return z.object({ by: z.string() }).safeParse(JSON.parse(note)).data?.by;
  } catch {
    return undefined;
  }
}

const nodeSchema = z
  .object({
    metadata: z.object({
      name: z.string(),
      labels: z.record(z.string(), z.string()).optional(),
      annotations: z.record(z.string(), z.string()).nullish(),
    }),
    spec: z.object({ unschedulable: z.boolean().optional() }).optional(),
    status: z.object({
      nodeInfo: z.object({
        kubeletVersion: z.string(),
        containerRuntimeVersion: z.string().optional(),
        osImage: z.string().optional(),
        kernelVersion: z.string().optional(),
      }),
      conditions: z.array(z.object({ type: z.string(), status: z.string() })).optional(),
    }),
  })
  .transform(({ metadata, spec, status }): ObservedNode => {
    const labels = metadata.labels ?? {};
    const { containerRuntimeVersion, osImage, kernelVersion } = status.nodeInfo;
    const provider = nodeProvider(labels);
    const nodeGroup = labels['eks.amazonaws.com/nodegroup'];
    const zone = labels['topology.kubernetes.io/zone'];
    const cordonedBy = metadata.annotations?.[cordonNote];
    const heldOffBy = holderOf(metadata.annotations?.[heldOffNote]);
    return {
      name: metadata.name,
      kubeletVersion: status.nodeInfo.kubeletVersion,
      ready: (status.conditions ?? []).some(
        (condition) => condition.type === 'Ready' && condition.status === 'True',
      ),
      unschedulable: spec?.unschedulable ?? false,
      provider,
      ...(provider === 'managed' && nodeGroup !== undefined ? { nodeGroup } : {}),
      ...(zone === undefined ? {} : { zone }),
      ...(cordonedBy === undefined ? {} : { cordonedBy }),
      ...(heldOffBy === undefined ? {} : { heldOffBy }),
      ...(containerRuntimeVersion === undefined
        ? {}
        : {
            system: {
              containerRuntime: containerRuntimeVersion,
              osImage: osImage ?? '',
              kernel: kernelVersion ?? '',
            },
          }),
    };
  });

/**
 * Who brought a node, by the labels that each leaves on it. EKS's own compute type comes first: Auto Mode is Karpenter
 * inside and labels its nodes as Karpenter's too.
 */
export function nodeProvider(labels: Labels): ObservedNode['provider'] {
  switch (labels['eks.amazonaws.com/compute-type']) {
    case 'fargate':
      return 'fargate';
    case 'auto':
      return 'auto-mode';
    case 'hybrid':
      return 'hybrid';
  }
  if (labels['eks.amazonaws.com/nodegroup'] !== undefined) return 'managed';
  if (
    labels['karpenter.sh/nodepool'] !== undefined ||
    labels['karpenter.sh/provisioner-name'] !== undefined
  ) {
    return 'karpenter';
  }
  return 'self-managed';
}

/** All nodes that have joined, by name. Throws as `KubernetesConnection.getJson`. */
export async function listNodes(
  connection: KubernetesConnection,
  signal?: AbortSignal,
): Promise<ObservedNode[]> {
  const nodes = await listObjects(connection, '/api/v1/nodes', nodeSchema, { name: 'nodes', signal });
  return nodes.sort((one, other) => (one.name < other.name ? -1 : 1));
}
