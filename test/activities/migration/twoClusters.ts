import {
  CreateClusterCommand,
  CreateNodegroupCommand,
  DescribeClusterCommand,
  DescribeNodegroupCommand,
} from '@aws-sdk/client-eks';
import { setTimeout as wait } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import { Clusters } from '../../../src/activities/clusters.ts';
import type { Sides } from '../../../src/activities/migrationTypes.ts';
import type { ResourcesStage } from '../../../src/contract/migration.ts';
import type { KubernetesConnection } from '../../../src/kubernetes/connection.ts';
import { objectFactsSchema } from '../../../src/kubernetes/copying/objectFacts.ts';
import { plainSelection, selectObject } from '../../../src/kubernetes/copying/selection.ts';
import { discoverResources, listPath } from '../../../src/kubernetes/discovery.ts';
import { listObjects } from '../../../src/kubernetes/list.ts';
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

const bodySchema = z.looseObject({
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
});

/** Brings to green what goes there by the choice alone, as it is, without waiting for anything. */
export async function copyEverything({ blue, green }: Pick<TwoClusters, 'blue' | 'green'>): Promise<void> {
  const rank = ({ resource }: { resource: string }): number =>
    ['customresourcedefinitions', 'namespaces'].indexOf(resource);
  const { resources } = await discoverResources(blue);
  for (const kind of resources.sort((one, other) => rank(other) - rank(one))) {
    for (const object of await listObjects(blue, listPath(kind), bodySchema, { name: kind.resource })) {
      const facts = objectFactsSchema.parse(object);
      if (selectObject(kind, facts, plainSelection).what === 'leave') continue;
      const { namespace, name, labels, annotations } = object.metadata;
      const apiVersion = kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
      const body = {
        ...object,
        apiVersion,
        kind: kind.kind,
        metadata: { namespace, name, labels, annotations },
      };
      await post(green, body, kind.resource).catch((error: unknown) => {
        if (!String(error).includes('409')) throw error;
      });
    }
  }
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
