import type { EKSClient } from '@aws-sdk/client-eks';
import {
  CreateAddonCommand,
  CreateClusterCommand,
  CreateNodegroupCommand,
  DeleteClusterCommand,
  DeleteNodegroupCommand,
  DescribeAddonCommand,
  DescribeClusterCommand,
  DescribeNodegroupCommand,
  ListAccessEntriesCommand,
  ListAssociatedAccessPoliciesCommand,
  ListClustersCommand,
  ListPodIdentityAssociationsCommand,
} from '@aws-sdk/client-eks';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { kubernetesOf, smallShop, startTestSimulator } from './startTestSimulator.ts';

const roleArn = 'arn:aws:iam::111122223333:role/control-plane';
const lookAt = (name: string) => new DescribeClusterCommand({ name });

/** Asks for a cluster in the same subnets as the first one has. */
async function createCluster(client: EKSClient, name: string, version = '1.33'): Promise<string[]> {
  const { cluster } = await client.send(lookAt('shop'));
  const subnetIds = cluster?.resourcesVpcConfig?.subnetIds ?? [];
  await client.send(
    new CreateClusterCommand({
      name,
      version,
      roleArn,
      resourcesVpcConfig: { subnetIds },
      accessConfig: { authenticationMode: 'API_AND_CONFIG_MAP' },
    }),
  );
  return subnetIds;
}

async function becomes(client: EKSClient, name: string, status: string): Promise<void> {
  while ((await client.send(lookAt(name))).cluster?.status !== status) await wait(5);
}

describe('several simulated clusters', () => {
  it('are created with a Kubernetes API, a certificate authority and an issuer of their own', async () => {
    const { client, simulator } = await startTestSimulator();
    await createCluster(client, 'green');
    await becomes(client, 'green', 'ACTIVE');
    const [blue, green] = await Promise.all(
      ['shop', 'green'].map(async (name) => (await client.send(lookAt(name))).cluster),
    );
    expect(green?.endpoint).not.toBe(blue?.endpoint);
    expect(green?.certificateAuthority?.data).not.toBe(blue?.certificateAuthority?.data);
    expect(green?.identity?.oidc?.issuer).not.toBe(blue?.identity?.oidc?.issuer);
    const { core, version } = await kubernetesOf(client, 'green');
    expect((await version.getCode()).minor).toContain('33');
    expect((await core.listNode()).items).toEqual([]);
    const namespaces = (await core.listNamespace()).items.map(({ metadata }) => metadata?.name);
    expect(namespaces.sort()).toEqual(['default', 'kube-node-lease', 'kube-public', 'kube-system']);
    expect(simulator.clusters.find('green')?.kubernetesUrl).toBe(green?.endpoint);
    expect(simulator.clusters.find('green')?.cluster.clock.speed).toBe(3000);
  });

  it('run node groups and add-ons that are created in them, and go when they are deleted', async () => {
    const { client, simulator } = await startTestSimulator();
    const subnets = await createCluster(client, 'green');
    await becomes(client, 'green', 'ACTIVE');
    const { core } = await kubernetesOf(client, 'green');
    const coredns = { clusterName: 'green', addonName: 'coredns' };
    await client.send(new CreateAddonCommand({ ...coredns, resolveConflicts: 'OVERWRITE' }));
    const group = { clusterName: 'green', nodegroupName: 'general' };
    await client.send(
      new CreateNodegroupCommand({ ...group, subnets, nodeRole: roleArn, scalingConfig: { desiredSize: 2 } }),
    );
    while ((await client.send(new DescribeNodegroupCommand(group))).nodegroup?.status !== 'ACTIVE')
      await wait(5);
    // Its Pods have nowhere to run before there are nodes.
    while ((await client.send(new DescribeAddonCommand(coredns))).addon?.status !== 'ACTIVE') await wait(5);
    const { items } = await core.listNamespacedPod({
      namespace: 'kube-system',
      labelSelector: 'k8s-app=kube-dns',
    });
    expect(items).toHaveLength(2);
    expect(await simulator.cluster.infrastructure.listNodes('general')).toHaveLength(3);
    await client.send(new DeleteNodegroupCommand(group));
    while (await isThere(client, group)) await wait(5);
    await client.send(new DeleteClusterCommand({ name: 'green' }));
    while ((await client.send(new ListClustersCommand())).clusters?.length === 2) await wait(5);
    await expect(core.listNode()).rejects.toThrow();
    expect((await (await kubernetesOf(client)).core.listNode()).items).toHaveLength(4);
  });

  it('have faults of their own, also before they are there', async () => {
    const { client, control } = await startTestSimulator();
    await control('POST', '/faults?cluster=green', {
      nodes: [{ kind: 'never-joins' }],
      calls: [{ surface: 'kubernetes', kind: 'unavailable' }],
    });
    const subnets = await createCluster(client, 'green');
    await becomes(client, 'green', 'ACTIVE');
    const { core } = await kubernetesOf(client, 'green');
    await expect(core.listNode()).rejects.toMatchObject({ code: 503 });
    await (await kubernetesOf(client)).core.listNode();
    const group = { clusterName: 'green', nodegroupName: 'general' };
    await client.send(new CreateNodegroupCommand({ ...group, subnets, nodeRole: roleArn }));
    const look = new DescribeNodegroupCommand(group);
    while ((await client.send(look)).nodegroup?.status !== 'CREATE_FAILED') await wait(5);
    await control('DELETE', '/faults');
    expect((await core.listNode()).items).toEqual([]);
  });

  it('are not created where a fault says so', async () => {
    const { client, control } = await startTestSimulator();
    await control('POST', '/faults', {
      updates: [{ kind: 'ClusterCreation', name: 'green', code: 'Ec2SubnetNotFound' }],
    });
    await createCluster(client, 'green');
    await becomes(client, 'green', 'FAILED');
    expect((await client.send(lookAt('green'))).cluster?.health?.issues).toMatchObject([
      { code: 'Ec2SubnetNotFound' },
    ]);
  });

  it('are told apart by the control endpoint and in the journal', async () => {
    const { client, control } = await startTestSimulator();
    await createCluster(client, 'green');
    await becomes(client, 'green', 'ACTIVE');
    expect((await control('GET', '')).answer).toMatchObject({ cluster: 'shop', clusters: ['shop', 'green'] });
    expect((await control('GET', '?cluster=green')).answer).toMatchObject({
      cluster: 'green',
      version: '1.33',
    });
    await control('PUT', '/cluster-status?cluster=green', { status: 'FAILED' });
    expect((await client.send(lookAt('green'))).cluster?.status).toBe('FAILED');
    expect((await client.send(lookAt('shop'))).cluster?.status).toBe('ACTIVE');
    expect((await control('GET', '?cluster=red')).status).toBe(404);
    expect((await control('GET', '/journal?cluster=green')).answer).toMatchObject([
      { operation: 'CreateCluster', cluster: 'green' },
    ]);
    expect((await control('GET', '/journal?cluster=shop')).answer).toEqual([]);
  });
});

async function isThere(
  client: EKSClient,
  group: { clusterName: string; nodegroupName: string },
): Promise<boolean> {
  try {
    await client.send(new DescribeNodegroupCommand(group));
    return true;
  } catch {
    return false;
  }
}

describe("the scenario's cluster", () => {
  it('has the settings, access entries and Pod identities that the scenario says', async () => {
    const admin = 'arn:aws:iam::111122223333:role/admin';
    const role = 'arn:aws:iam::111122223333:role/web';
    const { client } = await startTestSimulator({
      ...smallShop,
      cluster: {
        name: 'shop',
        version: '1.31',
        authenticationMode: 'API',
        supportType: 'STANDARD',
        logs: ['audit'],
        encryptionKey: 'arn:aws:kms:ap-northeast-1:111122223333:key/one',
        securityGroups: ['sg-0abc'],
        deletionProtection: true,
      },
      accessEntries: [
        {
          principal: admin,
          groups: ['admins'],
          policies: [{ policy: 'AmazonEKSViewPolicy', namespaces: ['shop'] }],
        },
      ],
      podIdentityAssociations: [{ namespace: 'shop', serviceAccount: 'web', role }],
    });
    expect((await client.send(lookAt('shop'))).cluster).toMatchObject({
      accessConfig: { authenticationMode: 'API' },
      upgradePolicy: { supportType: 'STANDARD' },
      encryptionConfig: [{ provider: { keyArn: 'arn:aws:kms:ap-northeast-1:111122223333:key/one' } }],
      resourcesVpcConfig: { securityGroupIds: ['sg-0abc'] },
      deletionProtection: true,
      logging: { clusterLogging: [{ types: ['audit'], enabled: true }, { enabled: false }] },
    });
    const clusterName = 'shop';
    expect((await client.send(new ListAccessEntriesCommand({ clusterName }))).accessEntries).toEqual([
      admin,
      'arn:aws:iam::111122223333:role/shop-nodes',
    ]);
    const policies = new ListAssociatedAccessPoliciesCommand({ clusterName, principalArn: admin });
    expect((await client.send(policies)).associatedAccessPolicies).toMatchObject([
      {
        policyArn: 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy',
        accessScope: { type: 'namespace', namespaces: ['shop'] },
      },
    ]);
    const identities = new ListPodIdentityAssociationsCommand({ clusterName });
    expect((await client.send(identities)).associations).toMatchObject([
      { namespace: 'shop', serviceAccount: 'web' },
    ]);
  });
});
