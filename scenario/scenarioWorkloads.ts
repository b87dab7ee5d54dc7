/** What runs in a scenario's cluster: workloads in their compact form, and objects in full. */
import { z } from 'zod';
import {
  countOrPercentage,
  cpuQuantity,
  memoryQuantity,
  objectName,
  seconds,
  stringMap,
} from './scenarioFields.ts';

const tolerationSchema = z.strictObject({
  key: z.string().optional().describe('Key of the taint; every key unless given.'),
  operator: z.enum(['Exists', 'Equal']).default('Equal').describe('How the value is compared.'),
  value: z.string().optional().describe('Value of the taint.'),
  effect: z
    .enum(['NoSchedule', 'NoExecute', 'PreferNoSchedule'])
    .optional()
    .describe('Every effect unless given.'),
  tolerationSeconds: z.int().min(0).optional().describe('How long a NoExecute taint is tolerated.'),
});

const budgetSchema = z
  .strictObject({
    minAvailable: countOrPercentage.optional().describe('Pods that must stay healthy.'),
    maxUnavailable: countOrPercentage.optional().describe('Pods that may be unhealthy.'),
    unhealthyPodEvictionPolicy: z
      .enum(['IfHealthyBudget', 'AlwaysAllow'])
      .optional()
      .describe(
        'What may be done with Pods that are not Ready; Kubernetes takes IfHealthyBudget unless given.',
      ),
  })
  .refine((value) => (value.minAvailable === undefined) !== (value.maxUnavailable === undefined), {
    error: 'give exactly one of minAvailable and maxUnavailable',
  });

export const workloadSchema = z.strictObject({
  kind: z.enum(['Deployment', 'StatefulSet', 'DaemonSet', 'Job']).describe('Kind of the workload.'),
  namespace: objectName.describe('Namespace; made when it is not there.'),
  name: objectName.describe('Name; also the value of its Pods’ label `app.kubernetes.io/name`.'),
  replicas: z
    .int()
    .min(0)
    .default(1)
    .describe('Number of Pods (completions, for a Job); no meaning for a DaemonSet.'),
  image: z.string().optional().describe('Image of its container; made from the name unless given.'),
  labels: stringMap.default({}).describe('Labels of the workload and its Pods.'),
  annotations: stringMap.default({}).describe('Annotations of the workload.'),
  requests: z
    .strictObject({
      cpu: cpuQuantity.optional().describe('CPU that one Pod requests.'),
      memory: memoryQuantity.optional().describe('Memory that one Pod requests.'),
    })
    .default({ cpu: '100m', memory: '128Mi' })
    .describe('Resources that one Pod requests.'),
  startSeconds: seconds.optional().describe('From bound to Ready; `timings.podStart` unless given.'),
  stopSeconds: seconds.optional().describe('From deletion to gone; `timings.podStop` unless given.'),
  gracePeriodSeconds: z
    .int()
    .min(0)
    .optional()
    .describe('terminationGracePeriodSeconds of its Pods; 30 unless given.'),
  runSeconds: seconds.default(30).describe('How long a Pod of a Job runs until it succeeds.'),
  port: z
    .int()
    .min(1)
    .max(65_535)
    .optional()
    .describe('Port of its container; with one, a Service is made too.'),
  emptyDir: z.boolean().default(false).describe('Whether its Pods use an emptyDir volume.'),
  nodeSelector: stringMap.default({}).describe('Node labels that its Pods ask for.'),
  tolerations: z.array(tolerationSchema).default([]).describe('Taints that its Pods tolerate.'),
  maxSurge: countOrPercentage.optional().describe('Rolling update of a Deployment; 25% unless given.'),
  maxUnavailable: countOrPercentage
    .optional()
    .describe('Rolling update of a Deployment (25%) or DaemonSet (1).'),
  budget: budgetSchema.optional().describe('A PodDisruptionBudget over its Pods, with the workload’s name.'),
  broken: z
    .boolean()
    .default(false)
    .describe('Whether its image can never be pulled: its Pods stay in ImagePullBackOff from the start.'),
});

export const manifestSchema = z
  .looseObject({
    apiVersion: z.string().min(1),
    kind: z.string().min(1),
    metadata: z.looseObject({ name: z.string().min(1), namespace: z.string().optional() }),
  })
  .describe(
    'Any Kubernetes object, as in a manifest; a CustomResourceDefinition before its custom resources.',
  );
