import { z } from 'zod';

/** The owner that controls an object. */
export interface Controller {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
}

const ownerSchema = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  name: z.string(),
  uid: z.string(),
  controller: z.boolean().optional(),
});

/** The part of metadata that health is judged by. */
export const metadataSchema = z
  .object({
    namespace: z.string().default(''),
    name: z.string(),
    uid: z.string(),
    generation: z.number().optional(),
    creationTimestamp: z.string().default(''),
    deletionTimestamp: z.string().optional(),
    ownerReferences: z.array(ownerSchema).optional(),
  })
  .transform(({ ownerReferences, deletionTimestamp, ...metadata }) => {
    const owner = ownerReferences?.find(({ controller }) => controller === true);
    return {
      ...metadata,
      terminating: deletionTimestamp !== undefined,
      controller: owner && {
        apiVersion: owner.apiVersion,
        kind: owner.kind,
        name: owner.name,
        uid: owner.uid,
      },
    };
  });

export type Metadata = z.infer<typeof metadataSchema>;

const containerStateSchema = z
  .object({
    waiting: z.object({ reason: z.string().optional() }).nullish(),
    terminated: z.object({ reason: z.string().optional(), exitCode: z.number().optional() }).nullish(),
  })
  .optional();
const containerStatusesSchema = z.array(z.object({ state: containerStateSchema })).nullish();

/** What is kept of a Pod. */
export interface PodState {
  namespace: string;
  name: string;
  uid: string;
  controller: Controller | undefined;
  terminating: boolean;
  phase: string;
  ready: boolean;
  /** True when its containers are started again when they end: it serves, and is not there to finish. */
  restartsAlways: boolean;
  /** Why it is not Ready: `ImagePullBackOff`, `Unschedulable`, `Pending`; absent when it is. */
  trouble: string | undefined;
  /** True when that does not pass by mere starting up. */
  stuck: boolean;
}

export const podSchema = z
  .object({
    metadata: metadataSchema,
    spec: z.object({ restartPolicy: z.string().default('Always') }),
    status: z
      .object({
        phase: z.string().default('Pending'),
        reason: z.string().optional(),
        conditions: z
          .array(z.object({ type: z.string(), status: z.string(), reason: z.string().optional() }))
          .nullish(),
        initContainerStatuses: containerStatusesSchema,
        containerStatuses: containerStatusesSchema,
      })
      .prefault({}),
  })
  .transform(({ metadata, spec, status }): PodState => {
    const { namespace, name, uid, controller, terminating } = metadata;
    const ready = condition(status, 'Ready')?.status === 'True';
    const trouble = ready ? undefined : podTrouble(status);
    return {
      namespace,
      name,
      uid,
      controller,
      terminating,
      phase: status.phase,
      ready,
      restartsAlways: spec.restartPolicy === 'Always',
      trouble,
      stuck: trouble !== undefined && !passingTroubles.has(trouble),
    };
  });

/** What every Pod goes through on its way to Ready. */
const passingTroubles: ReadonlySet<string> = new Set([
  'Pending',
  'ContainerCreating',
  'PodInitializing',
  'not Ready',
  'Completed',
]);

interface PodStatus {
  phase: string;
  reason?: string | undefined;
  conditions?: { type: string; status: string; reason?: string | undefined }[] | null | undefined;
  initContainerStatuses?: z.infer<typeof containerStatusesSchema>;
  containerStatuses?: z.infer<typeof containerStatusesSchema>;
}

/** The first thing that holds a Pod up, in the order in which a Pod starts: scheduling, init containers, containers. */
function podTrouble(status: PodStatus): string {
  if (status.reason !== undefined && status.reason !== '') return status.reason;
  const scheduled = condition(status, 'PodScheduled');
  if (scheduled?.status === 'False') return scheduled.reason ?? 'Unschedulable';
  for (const { state } of status.initContainerStatuses ?? []) {
    if (state?.terminated && state.terminated.exitCode !== 0) return state.terminated.reason ?? 'Error';
    const waiting = state?.waiting?.reason;
    if (waiting !== undefined && waiting !== 'PodInitializing') return waiting;
  }
  for (const { state } of status.containerStatuses ?? []) {
    const reason = state?.waiting?.reason ?? state?.terminated?.reason;
    if (reason !== undefined) return reason;
  }
  return status.phase === 'Running' ? 'not Ready' : status.phase;
}

function condition(status: Pick<PodStatus, 'conditions'>, type: string) {
  return status.conditions?.find((each) => each.type === type);
}
