import { z } from 'zod';
import type { Controller } from '../podState.ts';
import { metadataSchema } from '../podState.ts';

/** What a drain has to know of a Pod; some hundred bytes of the many thousand that it has. */
export interface WatchedPod {
  namespace: string;
  name: string;
  uid: string;
  /** Its resourceVersion, as a number: a later change has a higher one. */
  version: number;
  /** Absent while it is not scheduled. */
  node: string | undefined;
  labels: Readonly<Record<string, string>>;
  controller: Controller | undefined;
  phase: string;
  ready: boolean;
  /** When its time to end is over, ISO 8601; absent when nobody has asked it to go. */
  deletionTimestamp: string | undefined;
  /** What has to be cleared away before it may vanish. */
  finalizers: readonly string[];
  /** True for the image of a static Pod, which only its kubelet can end. */
  mirror: boolean;
  /** True when it keeps data in an emptyDir volume. */
  emptyDir: boolean;
}

const mirrorAnnotation = 'kubernetes.io/config.mirror';
const nothing: readonly string[] = [];
const noLabels: WatchedPod['labels'] = {};

export const watchedPodSchema = z
  .object({
    metadata: metadataSchema.and(
      z.object({
        resourceVersion: z.string().default(''),
        labels: z.record(z.string(), z.string()).nullish(),
        annotations: z.record(z.string(), z.string()).nullish(),
        deletionTimestamp: z.string().nullish(),
        finalizers: z.array(z.string()).nullish(),
      }),
    ),
    spec: z
      .object({
        nodeName: z.string().nullish(),
        volumes: z.array(z.object({ emptyDir: z.unknown().optional() })).nullish(),
      })
      .prefault({}),
    status: z
      .object({
        phase: z.string().default('Pending'),
        conditions: z.array(z.object({ type: z.string(), status: z.string() })).nullish(),
      })
      .prefault({}),
  })
  .transform(({ metadata, spec, status }): WatchedPod => {
    const { namespace, name, uid, controller, labels, annotations, finalizers } = metadata;
    return {
      namespace,
      name,
      uid,
      version: Number(metadata.resourceVersion),
      node: spec.nodeName ?? undefined,
      labels: labels ?? noLabels,
      controller,
      phase: status.phase,
      ready: (status.conditions ?? []).some((each) => each.type === 'Ready' && each.status === 'True'),
      deletionTimestamp: metadata.deletionTimestamp ?? undefined,
      finalizers: finalizers ?? nothing,
      mirror: annotations?.[mirrorAnnotation] !== undefined,
      emptyDir: (spec.volumes ?? []).some(({ emptyDir }) => emptyDir !== undefined && emptyDir !== null),
    };
  });

export const isFinished = ({ phase }: Pick<WatchedPod, 'phase'>): boolean =>
  phase === 'Succeeded' || phase === 'Failed';

/** Counts towards its owner's replicas: neither finished nor asked to go. */
export const isActive = (pod: Pick<WatchedPod, 'phase' | 'deletionTimestamp'>): boolean =>
  !isFinished(pod) && pod.deletionTimestamp === undefined;
