import {
  CreateClusterCommand,
  CreateNodegroupCommand,
  DescribeClusterCommand,
  DescribeNodegroupCommand,
} from '@aws-sdk/client-eks';
import { setTimeout as wait } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { Clusters } from '../../../src/activities/clusters.ts';
import type { Sides } from '../../../src/activities/migrationTypes.ts';
import type { ResourcesStage } from '../../../src/contract/migration.ts';
import type { KubernetesConnection } from '../../../src/kubernetes/connection.ts';
import { eksClientOf } from '../../simulator/startTestSimulator.ts';
import { startSimulated } from '../simulated.ts';
import type { Simulated } from '../simulated.ts';

/** Blue as the scenario has it, and green beside it: new, with nodes, and nothing on it. */
export interface TwoClusters extends Simulated {
  sides: Sides;
  blue: KubernetesConnection;
  green: KubernetesConnection;
  stage: ResourcesStage;
}

/** A small shop: a Deployment, a StatefulSet, one that is broken, and a kind of its own. */
const shop = {
  nodeGroups: [{ name: 'general', size: 2 }],
  unmanagedNodes: [],
  addons: [],
  insights: [],
  workloads: [
    { kind: 'Deployment', namespace: 'shop', name: 'web', replicas: 3 },
    { kind: 'Deployment', namespace: 'shop', name: 'beta', broken: true },
    { kind: 'StatefulSet', namespace: 'shop', name: 'db', replicas: 2 },
    { kind: 'DaemonSet', namespace: 'shop', name: 'agent' },
  ],
  manifests: [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings', namespace: 'shop' }, data: {} },
    {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'promotions.shop.example.com' },
      spec: {
        group: 'shop.example.com',
        scope: 'Namespaced',
        names: { kind: 'Promotion', plural: 'promotions', singular: 'promotion' },
        versions: [
          { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } },
        ],
      },
    },
    { apiVersion: 'shop.example.com/v1', kind: 'Promotion', metadata: { name: 'spring', namespace: 'shop' } },
  ],
};

export async function startTwoClusters(scenario: Record<string, unknown> = {}): Promise<TwoClusters> {
  const simulated = await startSimulated({ scenario: { ...shop, ...scenario } });
  const { simulator, context, run } = simulated;
  const client = eksClientOf(simulator);
  onTestFinished(() => client.destroy());
  const { cluster } = await client.send(new DescribeClusterCommand({ name: 'demo' }));
  const subnets = cluster?.resourcesVpcConfig?.subnetIds ?? [];
  const roleArn = 'arn:aws:iam::111122223333:role/any';
  await client.send(
    new CreateClusterCommand({
      name: 'green',
      version: '1.34',
      roleArn,
      resourcesVpcConfig: { subnetIds: subnets },
      accessConfig: { authenticationMode: 'API_AND_CONFIG_MAP' },
    }),
  );
  const look = new DescribeClusterCommand({ name: 'green' });
  while ((await client.send(look)).cluster?.status !== 'ACTIVE') await wait(5);
  const group = { clusterName: 'green', nodegroupName: 'general' };
  const size = { desiredSize: 3, minSize: 3, maxSize: 3 };
  await client.send(
    new CreateNodegroupCommand({ ...group, subnets, nodeRole: roleArn, scalingConfig: size }),
  );
  const lookAtGroup = new DescribeNodegroupCommand(group);
  while ((await client.send(lookAtGroup)).nodegroup?.status !== 'ACTIVE') await wait(5);

  const { identity } = await run('identifyCluster', { cluster: { name: 'green' } });
  const sides = { blue: context, green: { ...context, cluster: { name: 'green' }, identity } };
  const clusters = new Clusters();
  onTestFinished(() => clusters.close());
  const stage: ResourcesStage = {
    ...{ stage: 'resources', cluster: 'green' },
    sources: [{ copy: { excludeNamespaces: [], excludeKinds: [] } }],
    ...{ singletons: [], volumes: [] },
  };
  return {
    ...simulated,
    sides,
    blue: (await clusters.open(sides.blue)).kubernetes,
    green: (await clusters.open(sides.green)).kubernetes,
    stage,
  };
}

/** Brings everything to green, without waiting for its Pods. */
export async function copyEverything({
  run,
  sides,
  stage,
}: Pick<TwoClusters, 'run' | 'sides' | 'stage'>): Promise<void> {
  const { refused } = await run('copyResources', { sides, stage, tools: [], madeBy: 'migrate-demo' });
  if (refused.length > 0) throw new Error(refused.join('; '));
}

/** Creates an object on one side. */
export async function post(
  connection: KubernetesConnection,
  body: { apiVersion: string; kind: string; metadata: { namespace?: string | undefined; name: string } },
  resource = `${body.kind.toLowerCase()}s`,
): Promise<void> {
  const api = body.apiVersion.includes('/') ? `/apis/${body.apiVersion}` : `/api/${body.apiVersion}`;
  const { namespace } = body.metadata;
  const place = namespace === undefined ? '' : `/namespaces/${namespace}`;
  await connection.change('POST', `${api}${place}/${resource}`, { body, what: `create ${body.kind}` });
}
