/** The parts of a scenario that the EKS API knows: cluster, nodes, add-ons, insights. */
import { z } from 'zod';
import { minorVersion, objectName, seconds, stringMap } from './scenarioFields.ts';

export const clusterSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$/, 'expected 1 to 100 letters, digits, "-" or "_"')
    .describe('Name of the EKS cluster.'),
  region: z.string().default('ap-northeast-1').describe('AWS region; part of the ARN and of the node names.'),
  account: z
    .string()
    .regex(/^\d{12}$/, 'expected the 12 digits of an AWS account, in quotes')
    .default('111122223333')
    .describe('AWS account; part of the ARN.'),
  version: minorVersion.describe('Minor version of the control plane at the start.'),
  tags: stringMap
    .default({})
    .describe('Tags of the EKS cluster; Terraform, CloudFormation and eksctl leave theirs here.'),
  freeAddresses: z
    .int()
    .min(0)
    .optional()
    .describe('Free addresses in each subnet; some thousands unless given.'),
  autoMode: z.boolean().default(false).describe('Whether EKS Auto Mode is on.'),
  authenticationMode: z
    .enum(['API', 'API_AND_CONFIG_MAP', 'CONFIG_MAP'])
    .default('API_AND_CONFIG_MAP')
    .describe('Whether access entries or the ConfigMap `aws-auth` say who may come in.'),
  supportType: z.enum(['STANDARD', 'EXTENDED']).default('EXTENDED').describe("EKS's upgrade policy."),
  logs: z
    .array(z.enum(['api', 'audit', 'authenticator', 'controllerManager', 'scheduler']))
    .default([])
    .describe("The control plane's logs that are sent to CloudWatch."),
  encryptionKey: z
    .string()
    .regex(/^arn:aws[a-z-]*:kms:/, 'expected the ARN of a KMS key')
    .optional()
    .describe("ARN of the KMS key for secrets; EKS's own unless given."),
  securityGroups: z
    .array(z.string().regex(/^sg-\w+$/, 'expected the ID of a security group, sg-…'))
    .default([])
    .describe('Security groups besides the one that EKS makes.'),
  deletionProtection: z.boolean().default(false).describe('Whether EKS refuses to delete the cluster.'),
});

const taintSchema = z.strictObject({
  key: z.string().min(1).describe('Key of the taint.'),
  value: z.string().optional().describe('Value of the taint.'),
  effect: z.enum(['NoSchedule', 'NoExecute', 'PreferNoSchedule']).describe('Effect of the taint.'),
});

const healthIssueSchema = z.strictObject({
  code: z.string().describe("EKS's code, e.g. `AutoScalingGroupNotFound`."),
  message: z.string().describe('What EKS says about it.'),
  resourceIds: z.array(z.string()).default([]).describe('AWS resources concerned.'),
});

export const nodeGroupSchema = z.strictObject({
  name: objectName.describe('Name of the managed node group.'),
  version: minorVersion.optional().describe("Kubelets' minor version; the control plane's unless given."),
  size: z.int().min(0).describe('Desired number of nodes.'),
  minSize: z.int().min(0).optional().describe('Smallest size; `size` unless given.'),
  maxSize: z.int().min(1).optional().describe('Largest size; `size` + 2 unless given.'),
  instanceType: z.string().default('m6i.large').describe('EC2 instance type; see `instanceTypes`.'),
  zones: z
    .array(z.string())
    .min(1)
    .optional()
    .describe("Availability zones, nodes going round; the region's a, c and d unless given."),
  labels: stringMap.default({}).describe('Labels of the nodes, besides those that EKS sets.'),
  taints: z.array(taintSchema).default([]).describe('Taints of the nodes.'),
  amiType: z
    .string()
    .default('AL2023_x86_64_STANDARD')
    .describe("EKS's AMI type; `CUSTOM` where `ownImage` is true."),
  ownImage: z
    .boolean()
    .default(false)
    .describe(
      'Whether the launch template names its own AMI, so that EKS refuses `version` and `releaseVersion`.',
    ),
  updateConfig: z
    .strictObject({
      maxUnavailable: z.int().min(1).max(100).optional().describe('Nodes replaced at the same time.'),
      maxUnavailablePercentage: z
        .int()
        .min(1)
        .max(100)
        .optional()
        .describe('The same in percent of the group.'),
      updateStrategy: z
        .enum(['DEFAULT', 'MINIMAL'])
        .optional()
        .describe('MINIMAL terminates before it launches.'),
    })
    .refine((value) => value.maxUnavailable === undefined || value.maxUnavailablePercentage === undefined, {
      error: 'give maxUnavailable or maxUnavailablePercentage, not both',
    })
    .default({ maxUnavailable: 1 })
    .describe('How EKS updates the group.'),
  tags: stringMap.default({}).describe('Tags of the node group.'),
  status: z
    .enum(['ACTIVE', 'DEGRADED', 'CREATE_FAILED'])
    .default('ACTIVE')
    .describe("EKS's status of the group."),
  health: z.array(healthIssueSchema).default([]).describe("EKS's health issues of the group."),
});

export const unmanagedNodesSchema = z.strictObject({
  provider: z
    .enum(['self-managed', 'karpenter', 'fargate', 'hybrid', 'auto-mode'])
    .describe('Who runs the nodes; it sets their names, labels and provider IDs.'),
  count: z.int().min(1).describe('How many nodes.'),
  version: minorVersion.optional().describe("Kubelets' minor version; the control plane's unless given."),
  instanceType: z.string().default('m6i.large').describe('EC2 instance type; see `instanceTypes`.'),
  labels: stringMap.default({}).describe('Labels of the nodes, besides those that the provider sets.'),
  taints: z.array(taintSchema).default([]).describe('Taints of the nodes.'),
});

export const addonSchema = z.strictObject({
  name: z
    .enum([
      'coredns',
      'kube-proxy',
      'vpc-cni',
      'aws-ebs-csi-driver',
      'aws-efs-csi-driver',
      'eks-pod-identity-agent',
      'metrics-server',
      'snapshot-controller',
    ])
    .describe("EKS's name of the add-on; its workloads are put into kube-system."),
  version: z
    .string()
    .regex(/^v\d+\.\d+\.\d+/, 'expected an add-on version such as v1.11.4-eksbuild.2')
    .describe("The add-on's version, which is also the tag of its image."),
  managed: z.boolean().default(true).describe('False: installed by other means, and unknown to the EKS API.'),
  tags: stringMap.default({}).describe('Tags of the add-on.'),
});

const clientStatSchema = z.strictObject({
  userAgent: z.string().describe('Client that used the deprecated API.'),
  numberOfRequestsLast30Days: z.int().min(0).describe('How often it did.'),
  lastRequestSecondsAgo: seconds.default(86_400).describe('How long before the start it last did.'),
});

export const insightSchema = z.strictObject({
  id: z.string().optional().describe('Identifier; made from the name unless given.'),
  name: z.string().describe('Title of the insight.'),
  category: z
    .enum(['UPGRADE_READINESS', 'MISCONFIGURATION', 'ROLLBACK_READINESS'])
    .default('UPGRADE_READINESS')
    .describe("EKS's category."),
  kubernetesVersion: minorVersion.optional().describe('Minor version that the insight is about.'),
  status: z.enum(['PASSING', 'WARNING', 'ERROR', 'UNKNOWN']).describe("EKS's status."),
  reason: z.string().default('').describe('Why the insight has this status.'),
  description: z.string().default('').describe('What the insight looks at.'),
  recommendation: z.string().default('').describe('What EKS advises.'),
  resources: z.array(z.string()).default([]).describe('Kubernetes resource URIs concerned.'),
  deprecations: z
    .array(
      z.strictObject({
        usage: z.string().describe('Deprecated API path.'),
        replacedWith: z.string().describe('API path that replaces it.'),
        startServingReplacementVersion: minorVersion
          .optional()
          .describe('Minor that first serves the replacement.'),
        stopServingVersion: minorVersion.describe('Minor that no longer serves it.'),
        clientStats: z.array(clientStatSchema).default([]).describe('Who used it.'),
      }),
    )
    .default([])
    .describe('Deprecated APIs in use.'),
});
