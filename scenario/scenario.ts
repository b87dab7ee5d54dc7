/** A scenario file: the starting state of a simulated cluster, how fast its time runs, and what goes wrong in it. */
import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { faultsSchema } from './faultsSchema.ts';
import { allocatableOf } from './instanceTypes.ts';
import {
  addonSchema,
  clusterSchema,
  insightSchema,
  nodeGroupSchema,
  unmanagedNodesSchema,
} from './scenarioEks.ts';
import { accessEntrySchema, podIdentitySchema } from './scenarioAccess.ts';
import { loadBalancerSchema } from './loadBalancers.ts';
import { cpuQuantity, memoryQuantity, seconds } from './scenarioFields.ts';
import { roleSchema } from './scenarioRoles.ts';
import { manifestSchema, workloadSchema } from './scenarioWorkloads.ts';

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
  clusterCreation: seconds.default(540).describe('Creating a cluster, until it is ACTIVE.'),
  clusterDeletion: seconds.default(180).describe('Deleting a cluster, until it is not found any more.'),
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
    accessEntries: z
      .array(accessEntrySchema)
      .default([])
      .describe('Access entries, besides the one for the nodes of managed node groups.'),
    podIdentityAssociations: z
      .array(podIdentitySchema)
      .default([])
      .describe('IAM roles that the Pods of service accounts get.'),
    roles: z
      .array(roleSchema)
      .default([])
      .describe(
        'IAM roles whose trust policies are of interest; those of the account that service accounts name are there anyhow.',
      ),
    addons: z.array(addonSchema).default([]).describe('Add-ons that are installed.'),
    insights: z
      .array(insightSchema)
      .optional()
      .describe(
        'EKS upgrade insights. Without them: those of a cluster in which nothing deprecated is in use.',
      ),
    workloads: z.array(workloadSchema).default([]).describe('Workloads in their compact form.'),
    manifests: z.array(manifestSchema).default([]).describe('Other objects, in full.'),
    loadBalancers: z
      .array(loadBalancerSchema)
      .default([])
      .describe('Application Load Balancers, which really split HTTP requests between clusters.'),
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
      'accessEntries',
      scenario.accessEntries.map(({ principal }) => principal),
    );
    duplicates(
      'podIdentityAssociations',
      scenario.podIdentityAssociations.map((each) => `${each.namespace}/${each.serviceAccount}`),
    );
    duplicates(
      'roles',
      scenario.roles.map(({ arn }) => arn),
    );
    duplicates(
      'workloads',
      scenario.workloads.map((workload) => `${workload.kind} ${workload.namespace}/${workload.name}`),
    );
    duplicates(
      'loadBalancers',
      scenario.loadBalancers.map(({ name }) => name),
    );
    duplicates(
      'loadBalancers',
      scenario.loadBalancers.flatMap(({ targetGroups }) => targetGroups.map(({ name }) => name)),
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
export type ScenarioInsight = NonNullable<Scenario['insights']>[number];
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
