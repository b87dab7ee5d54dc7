/** The load balancers of a scenario: a listener each, with one rule that splits requests between clusters. */
import { z } from 'zod';
import { ElbStore } from '../elb-api/index.ts';
import type { ElbSetup, LoadBalancerSetup } from '../elb-api/index.ts';
import { objectName, stringMap } from './scenarioFields.ts';

const elbName = z
  .string()
  .regex(/^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,30}[a-zA-Z0-9])?$/, 'expected up to 32 letters, digits and hyphens');

const targetGroupSchema = z.strictObject({
  name: elbName.describe('Name of the target group.'),
  cluster: z
    .string()
    .min(1)
    .describe('Name of the cluster whose Pods are its targets; it need not be there yet.'),
  namespace: objectName.describe('Namespace of the Service.'),
  service: objectName.describe('Service whose Ready Pods are the targets, as by a TargetGroupBinding.'),
  port: z
    .union([z.int().min(1).max(65_535), objectName])
    .describe('Port of the Service, by its number or its name.'),
  weight: z
    .int()
    .min(0)
    .max(999)
    .optional()
    .describe('Its weight in the rule; without it the rule does not forward to it.'),
});

export const loadBalancerSchema = z
  .strictObject({
    name: elbName.describe('Name of the Application Load Balancer.'),
    port: z
      .int()
      .min(1)
      .max(65_535)
      .optional()
      .describe('Port of 127.0.0.1 that its listener really listens on; any free one unless given.'),
    path: z
      .string()
      .regex(/^\//, 'expected a path that begins with "/"')
      .default('/*')
      .describe('Path that the rule of its listener is for; any other is answered with 404.'),
    tags: stringMap
      .default({})
      .describe('Tags of the rule: `elbv2.k8s.aws/cluster` where a controller of a cluster owns it.'),
    targetGroups: z.array(targetGroupSchema).min(1).describe('Target groups, for one cluster each.'),
  })
  .refine(({ targetGroups }) => targetGroups.some(({ weight }) => weight !== undefined), {
    path: ['targetGroups'],
    error: 'the rule needs a target group with a weight',
  });

export type ScenarioLoadBalancer = z.infer<typeof loadBalancerSchema>;
export type ScenarioTargetGroup = ScenarioLoadBalancer['targetGroups'][number];

/** What of a scenario the load balancers are made of. */
export interface BalancedScenario {
  cluster: { account: string; region: string };
  loadBalancers: readonly ScenarioLoadBalancer[];
}

/** What the API of Elastic Load Balancing has from the start. */
export function elbSetupOf({ cluster, loadBalancers }: BalancedScenario): ElbSetup {
  const { account, region } = cluster;
  return {
    account,
    region,
    loadBalancers: loadBalancers.map(setupOf),
    targetGroups: loadBalancers.flatMap(({ targetGroups }) => targetGroups.map(({ name }) => ({ name }))),
  };
}

function setupOf({ name, port, path, tags, targetGroups }: ScenarioLoadBalancer): LoadBalancerSetup {
  const to = targetGroups.flatMap(({ name: targetGroup, weight }) =>
    weight === undefined ? [] : [{ targetGroup, weight }],
  );
  return {
    name,
    listeners: [
      {
        ...(port === undefined ? {} : { port }),
        defaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
        rules: [{ priority: 10, paths: [path], actions: [{ Type: 'forward', to }], tags }],
      },
    ],
  };
}

/** The ARNs by which a load balancer's parts are known; they follow from the names, wherever and whenever it is started. */
export interface LoadBalancerArns {
  name: string;
  rule: string;
  /** With the ARN of each. */
  targetGroups: (ScenarioTargetGroup & { arn: string })[];
}

/** The ARNs of a scenario's load balancers, in their order. */
export function loadBalancerArns(scenario: BalancedScenario): LoadBalancerArns[] {
  const store = new ElbStore(elbSetupOf(scenario));
  return scenario.loadBalancers.map(({ name, targetGroups }) => ({
    name,
    rule: ruleOf(store, name).arn,
    targetGroups: targetGroups.map((group) => ({ ...group, arn: store.targetGroupArn(group.name) })),
  }));
}

/** The one rule of a scenario's load balancer, besides the default one. */
export function ruleOf(store: ElbStore, loadBalancer: string): ReturnType<ElbStore['findRule']> {
  const { arn } = [...store.loadBalancers.values()].find(({ name }) => name === loadBalancer) ?? {};
  const listener = [...store.listeners.values()].find(({ loadBalancerArn }) => loadBalancerArn === arn);
  const [rule] = listener === undefined ? [] : store.rulesOf(listener.arn);
  if (rule === undefined) throw new Error(`There is no load balancer ${loadBalancer}.`);
  return rule;
}
