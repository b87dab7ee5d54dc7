import { z } from 'zod';
import { metadataSchema } from './podState.ts';

/** What is kept of each kind of owner: the numbers that its controller reports and those that it was asked for. */

const count = z.number().default(0);
const conditions = z
  .array(z.object({ type: z.string(), status: z.string(), reason: z.string().optional() }))
  .nullish()
  .transform((list) => list ?? []);

export const deploymentSchema = z.object({
  metadata: metadataSchema,
  spec: z.object({ replicas: z.number().default(1), paused: z.boolean().default(false) }),
  status: z
    .object({
      observedGeneration: z.number().optional(),
      replicas: count,
      updatedReplicas: count,
      readyReplicas: count,
      conditions,
    })
    .prefault({}),
});

export const replicasSchema = z.object({
  metadata: metadataSchema,
  spec: z.object({ replicas: z.number().default(1) }),
  status: z.object({ observedGeneration: z.number().optional(), readyReplicas: count }).prefault({}),
});

export const daemonSetSchema = z.object({
  metadata: metadataSchema,
  spec: z.object({ updateStrategy: z.object({ type: z.string().default('RollingUpdate') }).prefault({}) }),
  status: z
    .object({
      observedGeneration: z.number().optional(),
      desiredNumberScheduled: count,
      updatedNumberScheduled: count,
      numberReady: count,
    })
    .prefault({}),
});

export const jobSchema = z.object({
  metadata: metadataSchema,
  spec: z.object({
    parallelism: z.number().default(1),
    completions: z.number().nullish(),
    suspend: z.boolean().default(false),
  }),
  status: z
    .object({ active: count, ready: z.number().optional(), succeeded: count, failed: count, conditions })
    .prefault({}),
});

export type Deployment = z.infer<typeof deploymentSchema>;
/** A StatefulSet or a ReplicaSet. */
export type Replicas = z.infer<typeof replicasSchema>;
export type DaemonSet = z.infer<typeof daemonSetSchema>;
export type Job = z.infer<typeof jobSchema>;
