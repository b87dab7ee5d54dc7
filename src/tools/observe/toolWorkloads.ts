import { z } from 'zod';
import type { KubernetesConnection } from '../../kubernetes/connection.ts';
import { listObjects } from '../../kubernetes/list.ts';
import type { WorkloadKind, WorkloadName } from './manifestWorkloads.ts';

/** A workload with what tells whose it is and how far its rollout has come. */
export interface ToolWorkload extends WorkloadName {
  uid: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  /** Of its containers and init containers, as its Pod template has them. */
  images: string[];
  /** Names its Pod template: another one means that its Pods are replaced. */
  template: string;
  /** Why its Pods are not all of its newest template yet; absent when they are. */
  rollout?: string;
  /** Of a CronJob. */
  schedule?: CronSchedule;
}

export interface CronSchedule {
  /** Cron, `*\/2 * * * *`. */
  cron: string;
  timeZone?: string;
  suspended: boolean;
  lastScheduledAt?: string;
  lastSucceededAt?: string;
}

const count = z.number().default(0);
const texts = z
  .record(z.string(), z.string())
  .nullish()
  .transform((record) => record ?? {});
const containersSchema = z.array(z.object({ image: z.string().default('') })).nullish();
const podTemplateSchema = z.object({
  spec: z
    .object({ containers: containersSchema, initContainers: containersSchema })
    .transform(({ containers, initContainers }) =>
      [...(containers ?? []), ...(initContainers ?? [])].map(({ image }) => image),
    ),
});
const metadataSchema = z.object({
  namespace: z.string().default(''),
  name: z.string(),
  uid: z.string().default(''),
  generation: z.number().default(0),
  labels: texts,
  annotations: texts,
});

const deploymentSchema = z
  .object({
    metadata: metadataSchema,
    spec: z.object({ replicas: z.number().default(1), template: podTemplateSchema }),
    status: z
      .object({
        observedGeneration: count,
        replicas: count,
        updatedReplicas: count,
        availableReplicas: count,
      })
      .prefault({}),
  })
  .transform(({ metadata, spec, status }) => ({
    ...about('Deployment', metadata, spec.template.spec),
    // The Deployment controller counts it up with each new Pod template, and not for a change of replicas.
    template: metadata.annotations['deployment.kubernetes.io/revision'] ?? String(metadata.generation),
    ...rolloutOf(metadata.generation, status.observedGeneration, [
      [status.updatedReplicas < spec.replicas, `${status.updatedReplicas} of ${spec.replicas} Pods are new`],
      [status.replicas > status.updatedReplicas, `${status.replicas - status.updatedReplicas} old Pods left`],
      [status.availableReplicas < spec.replicas, `${status.availableReplicas} of ${spec.replicas} available`],
    ]),
  }));

const statefulSetSchema = z
  .object({
    metadata: metadataSchema,
    spec: z.object({
      replicas: z.number().default(1),
      template: podTemplateSchema,
      updateStrategy: z.object({ type: z.string().default('RollingUpdate') }).prefault({}),
    }),
    status: z
      .object({
        observedGeneration: count,
        updatedReplicas: count,
        readyReplicas: count,
        updateRevision: z.string().default(''),
        currentRevision: z.string().default(''),
      })
      .prefault({}),
  })
  .transform(({ metadata, spec, status }) => {
    const waits = spec.updateStrategy.type !== 'OnDelete' && status.updateRevision !== status.currentRevision;
    return {
      ...about('StatefulSet', metadata, spec.template.spec),
      template: status.updateRevision === '' ? String(metadata.generation) : status.updateRevision,
      ...rolloutOf(metadata.generation, status.observedGeneration, [
        [
          waits && status.updatedReplicas < spec.replicas,
          `${status.updatedReplicas} of ${spec.replicas} Pods are new`,
        ],
        [status.readyReplicas < spec.replicas, `${status.readyReplicas} of ${spec.replicas} ready`],
      ]),
    };
  });

const daemonSetSchema = z
  .object({
    metadata: metadataSchema,
    spec: z.object({
      template: podTemplateSchema,
      updateStrategy: z.object({ type: z.string().default('RollingUpdate') }).prefault({}),
    }),
    status: z
      .object({
        observedGeneration: count,
        desiredNumberScheduled: count,
        updatedNumberScheduled: count,
        numberAvailable: count,
      })
      .prefault({}),
  })
  .transform(({ metadata, spec, status }) => {
    const wanted = status.desiredNumberScheduled;
    const onDelete = spec.updateStrategy.type === 'OnDelete';
    return {
      ...about('DaemonSet', metadata, spec.template.spec),
      // The API server counts it up with each new Pod template, and keeps doing so.
      template:
        metadata.annotations['deprecated.daemonset.template.generation'] ?? String(metadata.generation),
      ...rolloutOf(metadata.generation, status.observedGeneration, [
        [
          !onDelete && status.updatedNumberScheduled < wanted,
          `${status.updatedNumberScheduled} of ${wanted} Pods are new`,
        ],
        [status.numberAvailable < wanted, `${status.numberAvailable} of ${wanted} available`],
      ]),
    };
  });

const cronJobSchema = z
  .object({
    metadata: metadataSchema,
    spec: z.object({
      schedule: z.string().default(''),
      timeZone: z.string().nullish(),
      suspend: z.boolean().nullish(),
      jobTemplate: z.object({ spec: z.object({ template: podTemplateSchema }) }),
    }),
    status: z
      .object({ lastScheduleTime: z.string().nullish(), lastSuccessfulTime: z.string().nullish() })
      .prefault({}),
  })
  .transform(({ metadata, spec, status }) => ({
    ...about('CronJob', metadata, spec.jobTemplate.spec.template.spec),
    template: String(metadata.generation),
    schedule: {
      cron: spec.schedule,
      suspended: spec.suspend ?? false,
      ...(spec.timeZone == null ? {} : { timeZone: spec.timeZone }),
      ...(status.lastScheduleTime == null ? {} : { lastScheduledAt: status.lastScheduleTime }),
      ...(status.lastSuccessfulTime == null ? {} : { lastSucceededAt: status.lastSuccessfulTime }),
    },
  }));

const lists: { path: string; name: string; schema: z.ZodType<ToolWorkload> }[] = [
  { path: '/apis/apps/v1', name: 'deployments', schema: deploymentSchema },
  { path: '/apis/apps/v1', name: 'statefulsets', schema: statefulSetSchema },
  { path: '/apis/apps/v1', name: 'daemonsets', schema: daemonSetSchema },
  { path: '/apis/batch/v1', name: 'cronjobs', schema: cronJobSchema },
];

/**
 * The workloads of one namespace, or of all.
 *
 * @throws StepladderError as `KubernetesConnection.getJson`
 */
export async function listToolWorkloads(
  connection: KubernetesConnection,
  { namespace, signal }: { namespace?: string; signal?: AbortSignal | undefined },
): Promise<ToolWorkload[]> {
  const found: ToolWorkload[] = [];
  for (const { path, name, schema } of lists) {
    const within = namespace === undefined ? path : `${path}/namespaces/${namespace}`;
    found.push(...(await listObjects(connection, `${within}/${name}`, schema, { name, signal })));
  }
  return found;
}

/** `Deployment argocd/argocd-server`. */
export function workloadName({ kind, namespace, name }: WorkloadName): string {
  return `${kind} ${namespace}/${name}`;
}

function about(
  kind: WorkloadKind,
  { generation, ...metadata }: z.infer<typeof metadataSchema>,
  images: string[],
): Omit<ToolWorkload, 'template'> {
  return { kind, ...metadata, images };
}

/** The first reason that holds. */
function rolloutOf(
  generation: number,
  observed: number,
  reasons: [holds: boolean, reason: string][],
): { rollout?: string } {
  if (observed < generation) return { rollout: 'its controller has not seen its newest version yet' };
  const reason = reasons.find(([holds]) => holds)?.[1];
  return reason === undefined ? {} : { rollout: reason };
}
