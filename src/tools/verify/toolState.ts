import { z } from 'zod';

/** How one workload of the tool stands. */
const workloadSchema = z.object({
  kind: z.string(),
  namespace: z.string(),
  name: z.string(),
  uid: z.string(),
  images: z.array(z.string()),
  /** Names its Pod template: another one means that its Pods were replaced. */
  template: z.string(),
  /** True when every wanted Pod is there, Ready, and of the newest template. */
  well: z.boolean(),
  /** Why it is not well, one line. */
  reason: z.string().exactOptional(),
  /** Of a CronJob. */
  schedule: z
    .object({
      cron: z.string(),
      timeZone: z.string().exactOptional(),
      suspended: z.boolean(),
      lastScheduledAt: z.string().exactOptional(),
      lastSucceededAt: z.string().exactOptional(),
    })
    .exactOptional(),
});

const jobSchema = z.object({
  namespace: z.string(),
  name: z.string(),
  uid: z.string(),
  cronJob: z.string(),
  createdAt: z.string(),
  images: z.array(z.string()),
  state: z.enum(['running', 'complete', 'failed']),
  /** Why it failed, as Kubernetes says it. */
  reason: z.string().exactOptional(),
});

/** An Application of Argo CD. What it does not say of itself yet is empty. */
const applicationSchema = z.object({
  namespace: z.string(),
  name: z.string(),
  sync: z.string(),
  health: z.string(),
  /** Of its source, as Argo CD compared it last. */
  revision: z.string(),
});

/** An Ingress, a Service or a Gateway, with the addresses that its status has. */
const loadBalancerSchema = z.object({
  kind: z.enum(['Ingress', 'Service', 'Gateway']),
  namespace: z.string(),
  name: z.string(),
  addresses: z.array(z.string()),
});

const targetGroupBindingSchema = z.object({
  namespace: z.string(),
  name: z.string(),
  targetGroup: z.string(),
  /** True when the controller has seen its newest version. */
  observed: z.boolean(),
});

const leaseSchema = z.object({
  namespace: z.string(),
  name: z.string(),
  /** Empty when nobody holds it. */
  holder: z.string(),
  /** ISO 8601 by the holder's clock; empty when it was never renewed. */
  renewedAt: z.string(),
  durationSeconds: z.number(),
});

/** Warning Events of one reason about one object, added up. */
const warningSchema = z.object({
  source: z.string(),
  kind: z.string(),
  namespace: z.string(),
  name: z.string(),
  reason: z.string(),
  /** First line of the newest one, cut off. */
  message: z.string(),
  count: z.number(),
  lastSeenAt: z.string(),
  /** The tool's own workload that it is about, or whose Pod, ReplicaSet or Job: `Deployment argocd/argocd-server`. */
  workload: z.string().exactOptional(),
});

/**
 * What was seen of a tool and of what it serves at one moment. A part that could not be read is absent and told in
 * `unknown`; one whose kind the cluster does not have is empty.
 */
export const toolStateSchema = z.object({
  /** ISO 8601, by the worker's clock. */
  lookedAt: z.string(),
  workloads: z.array(workloadSchema).exactOptional(),
  /** Workloads that the release's manifest has, `Deployment argocd/argocd-server`; absent without a release. */
  released: z.array(z.string()).exactOptional(),
  jobs: z.array(jobSchema).exactOptional(),
  applications: z.array(applicationSchema).exactOptional(),
  loadBalancers: z.array(loadBalancerSchema).exactOptional(),
  targetGroupBindings: z.array(targetGroupBindingSchema).exactOptional(),
  leases: z.array(leaseSchema).exactOptional(),
  warnings: z.array(warningSchema).exactOptional(),
  unknown: z.array(z.object({ part: z.string(), reason: z.string() })),
});

export type ToolState = z.infer<typeof toolStateSchema>;
export type WorkloadSeen = z.infer<typeof workloadSchema>;
export type JobSeen = z.infer<typeof jobSchema>;
export type ApplicationSeen = z.infer<typeof applicationSchema>;
export type LoadBalancerSeen = z.infer<typeof loadBalancerSchema>;
export type TargetGroupBindingSeen = z.infer<typeof targetGroupBindingSchema>;
export type LeaseSeen = z.infer<typeof leaseSchema>;
export type WarningSeen = z.infer<typeof warningSchema>;

/** What two looks told, in lines for people. */
export interface StateComparison {
  /** Not as it was, or not yet well again. */
  problems: string[];
  /** What could not be looked at, then or now: never taken for well (rule 11). */
  unknown: string[];
  /** What people should know and what counts for nothing. */
  notes: string[];
}
