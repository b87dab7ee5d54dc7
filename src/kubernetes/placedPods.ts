import { z } from 'zod';
import type { ObservedPod, PodKind } from '../plan/observedWorkloads.ts';
import type { KubernetesConnection } from './connection.ts';
import { listObjects } from './list.ts';
import { placementOf, placementSpecSchema } from './podPlacement.ts';
import { metadataSchema } from './podState.ts';
import type { VolumePlaces } from './volumePlaces.ts';

/** Annotations by which autoscalers are told to leave a Pod where it is, with the value that says so. */
const holdingAnnotations: readonly (readonly [key: string, value: string])[] = [
  ['cluster-autoscaler.kubernetes.io/safe-to-evict', 'false'],
  ['karpenter.sh/do-not-disrupt', 'true'],
  ['karpenter.sh/do-not-evict', 'true'],
];

/** Kinds of volumes that Kubernetes itself has given up, release by release. */
const legacyVolumes = ['gitRepo', 'cephfs', 'rbd', 'portworxVolume'] as const;

/** By which kubelets mark the Pods that they run from files. */
const mirrorAnnotation = 'kubernetes.io/config.mirror';

/** Whether a field is there; what it holds is not kept. */
const present = z
  .unknown()
  .optional()
  .transform((value) => value !== undefined && value !== null);

const podSchema = z.object({
  metadata: z
    .object({
      labels: z.record(z.string(), z.string()).nullish(),
      annotations: z.record(z.string(), z.string()).nullish(),
    })
    .and(metadataSchema),
  spec: placementSpecSchema.extend({
    nodeName: z.string().optional(),
    terminationGracePeriodSeconds: z.number().nullish(),
    volumes: z
      .array(
        z.object({
          name: z.string(),
          emptyDir: present,
          hostPath: present,
          ephemeral: present,
          gitRepo: present,
          cephfs: present,
          rbd: present,
          portworxVolume: present,
          persistentVolumeClaim: z.object({ claimName: z.string() }).nullish(),
        }),
      )
      .nullish(),
  }),
  status: z
    .object({
      phase: z.string().default('Pending'),
      conditions: z.array(z.object({ type: z.string(), status: z.string() })).nullish(),
    })
    .prefault({}),
});

type Pod = z.infer<typeof podSchema>;

/** A Pod with the uid of its controller, which says whose it is in the end. */
export type PlacedPod = Omit<ObservedPod, 'owner'> & { controllerUid?: string };

/**
 * All Pods that have not finished and are not being deleted, with where they may run. What they have in common is kept
 * once: some two hundred bytes a Pod are held.
 *
 * @throws StepladderError as `KubernetesConnection.getJson`
 */
export async function listPlacedPods(
  connection: KubernetesConnection,
  places: VolumePlaces,
  signal?: AbortSignal,
): Promise<{ kinds: PodKind[]; pods: PlacedPod[] }> {
  const kinds: PodKind[] = [];
  const indexes = new Map<string, number>();
  const keep = (pod: Pod): PlacedPod | undefined => {
    const { metadata, spec, status } = pod;
    if (metadata.terminating || status.phase === 'Succeeded' || status.phase === 'Failed') return undefined;
    const kind = kindOf(pod, places);
    const key = JSON.stringify(kind);
    const known = indexes.get(key);
    const index = known ?? kinds.push(kind) - 1;
    if (known === undefined) indexes.set(key, index);
    const stays =
      metadata.annotations?.[mirrorAnnotation] !== undefined
        ? 'mirror'
        : metadata.controller?.kind === 'DaemonSet'
          ? 'DaemonSet'
          : undefined;
    return {
      namespace: metadata.namespace,
      name: metadata.name,
      ...(spec.nodeName === undefined ? {} : { node: spec.nodeName }),
      kind: index,
      ...(metadata.controller === undefined ? {} : { controllerUid: metadata.controller.uid }),
      ...(stays === undefined ? {} : { staysOnNode: stays }),
      ready: (status.conditions ?? []).some((each) => each.type === 'Ready' && each.status === 'True'),
    };
  };
  const pods = await listObjects(connection, '/api/v1/pods', podSchema.transform(keep), {
    name: 'pods',
    signal,
  });
  return { kinds, pods: pods.filter((pod) => pod !== undefined) };
}

function kindOf({ metadata, spec }: Pod, places: VolumePlaces): PodKind {
  const volumes = spec.volumes ?? [];
  const local = (['emptyDir', 'hostPath'] as const).filter((type) => volumes.some((volume) => volume[type]));
  const legacy = legacyVolumes.filter((type) => volumes.some((volume) => volume[type]));
  const claims = volumes.flatMap(({ name, ephemeral, persistentVolumeClaim }) => {
    if (persistentVolumeClaim) return [`${metadata.namespace}/${persistentVolumeClaim.claimName}`];
    return ephemeral ? [`${metadata.namespace}/${metadata.name}-${name}`] : [];
  });
  const bound = claims.map((claim) => ({ claim, place: places.of(claim) }));
  const affinities = bound.flatMap(({ place }) => (typeof place === 'string' ? [] : [place]));
  const unknown = bound.flatMap(({ claim, place }) => (place === 'unknown' ? [claim] : []));
  return {
    placement: {
      ...placementOf(metadata.labels ?? {}, spec),
      ...(affinities.length > 0 ? { volumeAffinities: affinities } : {}),
      ...(unknown.length > 0 ? { unknownClaims: unknown } : {}),
    },
    localVolumes: local,
    ...(legacy.length > 0 ? { legacyVolumes: legacy } : {}),
    graceSeconds: spec.terminationGracePeriodSeconds ?? 30,
    heldBy: holdingAnnotations.flatMap(([key, value]) =>
      metadata.annotations?.[key] === value ? [`${key}=${value}`] : [],
    ),
  };
}
