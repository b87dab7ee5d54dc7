/** What may go wrong in a simulated cluster, as data: in a scenario file, from a test, or over the control endpoint. */
import { z } from 'zod';

const seconds = z.number().min(0);

/** A fault of calls to an API surface. Without rate, afterCalls and count it hits every call that it matches. */
export const callFaultRuleSchema = z.strictObject({
  surface: z.enum(['eks', 'kubernetes']).optional().describe('API surface; both unless given.'),
  operation: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Operation, with `*` for any characters (`UpdateAddon`, `list pods`, `watch *`); every one unless given.',
    ),
  kind: z
    .enum(['throttle', 'server-error', 'unavailable', 'reset', 'drop-watch'])
    .describe('Throttled (429), error 500, unavailable (503), a connection reset, or a running watch cut.'),
  rate: z.number().min(0).max(1).default(1).describe('Share of the matching calls that are hit.'),
  afterCalls: z.int().min(0).default(0).describe('Matching calls that are left alone first.'),
  count: z.int().min(1).optional().describe('How many calls are hit at most; no end unless given.'),
});

/** A fault of nodes that are launched. */
export const nodeFaultRuleSchema = z.strictObject({
  nodeGroup: z.string().min(1).optional().describe('Managed node group; every one unless given.'),
  kind: z
    .enum(['never-joins', 'joins-not-ready', 'slow', 'no-capacity'])
    .describe(
      'The node never appears, appears but is never Ready, takes longer, or there is no machine for it to be had.',
    ),
  bootSeconds: seconds.default(600).describe('How long a slow node takes, in simulated seconds.'),
  rate: z.number().min(0).max(1).default(1).describe('Share of the launched nodes that are hit.'),
  count: z.int().min(1).optional().describe('How many nodes are hit at most; no end unless given.'),
});

/** A fault of updates that EKS runs, and of what it creates: they end as Failed. */
export const updateFaultRuleSchema = z.strictObject({
  kind: z
    .enum([
      'VersionUpdate',
      'AddonUpdate',
      'ConfigUpdate',
      'NodegroupVersionUpdate',
      'NodegroupConfigUpdate',
      'ClusterCreation',
      'ClusterDeletion',
      'AddonCreation',
    ])
    .describe('Kind of the update, or what else takes EKS its time.'),
  name: z
    .string()
    .min(1)
    .optional()
    .describe('Cluster, node group or add-on concerned; every one unless given.'),
  code: z
    .string()
    .min(1)
    .describe("EKS's error code, e.g. `NodeCreationFailure` or `InsufficientFreeAddresses`."),
  message: z.string().optional().describe('What EKS says; made from the code unless given.'),
  count: z.int().min(1).optional().describe('How many updates are hit at most; no end unless given.'),
});

/** An image that can't be pulled. */
export const imageFaultRuleSchema = z.strictObject({
  image: z.string().min(1).describe('Image, with `*` for any characters.'),
});

/** Pods whose containers run and never become ready. */
export const podFaultRuleSchema = z.strictObject({
  namespace: z.string().min(1).optional().describe('Namespace; every one unless given.'),
  name: z
    .string()
    .min(1)
    .optional()
    .describe('Name, with `*` for any characters (`web-*`); every one unless given.'),
  nodeGroup: z
    .string()
    .min(1)
    .optional()
    .describe('Only on nodes of this managed node group, e.g. of one that is made later.'),
  kind: z.enum(['never-ready']).describe('Its containers run, and it is never Ready.'),
  count: z.int().min(1).optional().describe('How many Pods are hit at most; no end unless given.'),
});

/** A time in which credentials are refused. */
export const credentialsFaultSchema = z.strictObject({
  fromSeconds: seconds.describe('When it begins, in simulated seconds after the start.'),
  toSeconds: seconds.optional().describe('When it ends; never unless given.'),
});

export const faultsSchema = z.strictObject({
  calls: z
    .array(callFaultRuleSchema)
    .default([])
    .describe('Faults of calls to the EKS and the Kubernetes API.'),
  nodes: z.array(nodeFaultRuleSchema).default([]).describe('Faults of nodes that are launched.'),
  updates: z.array(updateFaultRuleSchema).default([]).describe('Updates of EKS that fail.'),
  images: z.array(imageFaultRuleSchema).default([]).describe('Images that can never be pulled.'),
  pods: z
    .array(podFaultRuleSchema)
    .default([])
    .describe('Pods that start from then on and never become Ready.'),
  credentials: z
    .array(credentialsFaultSchema)
    .default([])
    .describe('Times in which all credentials are refused.'),
  apiServerDowntimeSeconds: seconds
    .default(0)
    .describe(
      'How long the Kubernetes API does not answer in each control plane upgrade, in simulated seconds.',
    ),
});

export type FaultSettings = z.infer<typeof faultsSchema>;
export type FaultSettingsInput = z.input<typeof faultsSchema>;
export type CallFaultRule = z.infer<typeof callFaultRuleSchema>;
export type NodeFaultRule = z.infer<typeof nodeFaultRuleSchema>;
export type UpdateFaultRule = z.infer<typeof updateFaultRuleSchema>;
export type PodFaultRule = z.infer<typeof podFaultRuleSchema>;
