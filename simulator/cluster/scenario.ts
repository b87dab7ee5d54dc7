/** A scenario file: the starting state of a simulated cluster, how fast its time runs, and what goes wrong in it. */
import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { faultsSchema } from './faults-schema.ts';
import { allocatableOf } from './instance-types.ts';

const minorVersion = z
  .string()
  .regex(/^1\.\d+$/, 'expected a minor version such as "1.31" (in quotes, or YAML reads a number)');
const objectName = z
  .string()
  .regex(
    /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/,
    'expected a Kubernetes name: lower case letters, digits, - and .',
  );
const cpuQuantity = z
  .string()
  .regex(/^\d+(\.\d+)?m?$/, 'expected a quantity of CPU such as "250m" or "2" (in quotes)');
const memoryQuantity = z
  .string()
  .regex(/^\d+(\.\d+)?(Ki|Mi|Gi|Ti|k|M|G|T)?$/, 'expected a quantity of memory such as "256Mi"');
const seconds = z.number().min(0);
const stringMap = z.record(z.string(), z.string());
const countOrPercentage = z.union([
  z.int().min(0),
  z.string().regex(/^\d+%$/, 'expected a number or a percentage such as "50%"'),
]);

const clusterSchema = z.strictObject({
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
  autoMode: z.boolean().default(false).describe('Whether EKS Auto Mode is on.'),
});

const timingsSchema = z.strictObject({
  controlPlaneUpgrade: seconds.default(600).describe('Replacing both API servers by the next minor.'),
  nodeBoot: seconds.default(60).describe('From ordering a node to its kubelet being Ready.'),
  nodeGroupSetup: seconds
    .default(30)
    .describe('Setup phase of a managed node group update (new launch template).'),
  nodeTermination: seconds
    .default(60)
    .describe('Wait between a drained node and its termination in a managed node group update.'),
  nodeGroupChange: seconds
    .default(30)
    .describe('Creating, scaling or deleting a managed node group, besides its nodes.'),
  podEvictionTimeout: seconds
    .default(900)
    .describe(
      'How long a managed node group update tries to evict the Pods of a node before PodEvictionFailure.',
    ),
  podStart: seconds
    .default(10)
    .describe('From being bound to a node to Ready, for Pods that say nothing else.'),
  podStop: seconds
    .default(3)
    .describe('From deletion to gone, for Pods that say nothing else; never longer than the grace period.'),
  addonUpdate: seconds
    .default(30)
    .describe("EKS's own share of an add-on's update, besides the roll-out of its Pods."),
  insightsRefresh: seconds.default(60).describe('How long StartInsightsRefresh takes.'),
  nodeMonitorGracePeriod: seconds
    .default(50)
    .describe('How long a silent kubelet is believed before its node turns NotReady.'),
  unreachableToleration: seconds
    .default(300)
    .describe('How long Pods stay on a node that is NotReady or unreachable before they are evicted.'),
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

const nodeGroupSchema = z.strictObject({
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

const unmanagedNodesSchema = z.strictObject({
  provider: z
    .enum(['self-managed', 'karpenter', 'fargate', 'hybrid', 'auto-mode'])
    .describe('Who runs the nodes; it sets their names, labels and provider IDs.'),
  count: z.int().min(1).describe('How many nodes.'),
  version: minorVersion.optional().describe("Kubelets' minor version; the control plane's unless given."),
  instanceType: z.string().default('m6i.large').describe('EC2 instance type; see `instanceTypes`.'),
  labels: stringMap.default({}).describe('Labels of the nodes, besides those that the provider sets.'),
  taints: z.array(taintSchema).default([]).describe('Taints of the nodes.'),
});

const addonSchema = z.strictObject({
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

const insightSchema = z.strictObject({
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

const workloadSchema = z.strictObject({
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

const manifestSchema = z
  .looseObject({
    apiVersion: z.string().min(1),
    kind: z.string().min(1),
    metadata: z.looseObject({ name: z.string().min(1), namespace: z.string().optional() }),
  })
  .describe(
    'Any Kubernetes object, as in a manifest; a CustomResourceDefinition before its custom resources.',
  );

/** What a scenario file may say. docs/scenario.md describes each field in the same words. */
export const scenarioSchema = z
  .strictObject({
    cluster: clusterSchema.describe('The EKS cluster.'),
    speed: z.number().gt(0).max(100_000).default(60).describe('Simulated seconds that pass in a real one.'),
    timings: timingsSchema
      .default(() => timingsSchema.parse({}))
      .describe('How long things take, in simulated seconds.'),
    instanceTypes: z
      .record(
        z.string(),
        z.strictObject({
          cpu: cpuQuantity.describe('Allocatable CPU.'),
          memory: memoryQuantity.describe('Allocatable memory.'),
          pods: z.int().min(1).describe('Pods that fit on a node.'),
        }),
      )
      .default({})
      .describe('Instance types besides the well-known ones, or instead of them.'),
    nodeGroups: z.array(nodeGroupSchema).default([]).describe('EKS managed node groups.'),
    unmanagedNodes: z.array(unmanagedNodesSchema).default([]).describe('Nodes outside managed node groups.'),
    addons: z.array(addonSchema).default([]).describe('Add-ons that are installed.'),
    insights: z.array(insightSchema).default([]).describe('EKS upgrade insights.'),
    workloads: z.array(workloadSchema).default([]).describe('Workloads in their compact form.'),
    manifests: z.array(manifestSchema).default([]).describe('Other objects, in full.'),
    tokens: z
      .array(z.string().min(1))
      .default([])
      .describe('Bearer tokens that the Kubernetes API accepts besides EKS tokens.'),
    faults: faultsSchema.default(() => faultsSchema.parse({})).describe('What goes wrong.'),
  })
  .superRefine((scenario, context) => {
    const duplicates = (path: string, names: string[]): void =>
      names.forEach((name, index) => {
        if (names.indexOf(name) !== index)
          context.addIssue({ code: 'custom', path: [path, index], message: `"${name}" is there twice` });
      });
    duplicates(
      'nodeGroups',
      scenario.nodeGroups.map((group) => group.name),
    );
    duplicates(
      'addons',
      scenario.addons.map((addon) => addon.name),
    );
    duplicates(
      'workloads',
      scenario.workloads.map((workload) => `${workload.kind} ${workload.namespace}/${workload.name}`),
    );
    const instanceType = (path: 'nodeGroups' | 'unmanagedNodes', index: number, name: string): void => {
      try {
        allocatableOf(name, scenario.instanceTypes);
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        context.addIssue({ code: 'custom', path: [path, index, 'instanceType'], message });
      }
    };
    scenario.unmanagedNodes.forEach((set, index) => instanceType('unmanagedNodes', index, set.instanceType));
    scenario.nodeGroups.forEach((group, index) => {
      instanceType('nodeGroups', index, group.instanceType);
      if ((group.minSize ?? 0) > group.size)
        context.addIssue({
          code: 'custom',
          path: ['nodeGroups', index, 'minSize'],
          message: 'is greater than size',
        });
      if ((group.maxSize ?? Infinity) < group.size)
        context.addIssue({
          code: 'custom',
          path: ['nodeGroups', index, 'maxSize'],
          message: 'is less than size',
        });
    });
  });

/** A scenario with every default filled in. */
export type Scenario = z.infer<typeof scenarioSchema>;
/** A scenario as one may write it, defaults left out; for tests. */
export type ScenarioInput = z.input<typeof scenarioSchema>;
export type ScenarioNodeGroup = Scenario['nodeGroups'][number];
export type ScenarioUnmanagedNodes = Scenario['unmanagedNodes'][number];
export type ScenarioAddon = Scenario['addons'][number];
export type ScenarioInsight = Scenario['insights'][number];
export type ScenarioWorkload = Scenario['workloads'][number];
export type ScenarioTimings = Scenario['timings'];

/** A scenario that can't be used; the message lists every problem by its path. */
export class InvalidScenario extends Error {
  readonly problems: string[];
  constructor(source: string, problems: string[]) {
    super(`${source} is not a scenario:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.name = 'InvalidScenario';
    this.problems = problems;
  }
}

/** Checks a scenario and fills in the defaults. Throws InvalidScenario. `source` names it in the error. */
export function parseScenario(value: unknown, source = 'the value given'): Scenario {
  const result = scenarioSchema.safeParse(value);
  if (result.success) return result.data;
  throw new InvalidScenario(
    source,
    result.error.issues.map((issue) => `${z.core.toDotPath(issue.path) || '(whole file)'}: ${issue.message}`),
  );
}

/** Reads a scenario file (YAML or JSON). Throws InvalidScenario, also when the file can't be read or parsed. */
export function loadScenario(path: string): Scenario {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new InvalidScenario(path, [error instanceof Error ? error.message : String(error)]);
  }
  const document = parseDocument(text);
  if (document.errors.length > 0)
    throw new InvalidScenario(
      path,
      document.errors.map((error) => error.message.split('\n')[0] ?? error.message),
    );
  return parseScenario(document.toJS(), path);
}
