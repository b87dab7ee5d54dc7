import {
  CreateClusterCommand,
  CreateNodegroupCommand,
  DeleteClusterCommand,
  DeleteNodegroupCommand,
  DescribeClusterCommand,
  DescribeNodegroupCommand,
  DescribeUpdateCommand,
  ListClustersCommand,
  ListNodegroupsCommand,
  ListTagsForResourceCommand,
  TagResourceCommand,
  UpdateClusterVersionCommand,
} from '@aws-sdk/client-eks';
import type { CreateClusterCommandInput, EKSClient } from '@aws-sdk/client-eks';
import { DescribeSubnetsCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  AutoScalingClient,
  DescribeAutoScalingInstancesCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { describe, expect, it, onTestFinished } from 'vitest';
import { MemoryFactory } from './memoryFactory.ts';
import { MemoryInfrastructure } from './memoryInfrastructure.ts';
import { accessKey, clusterArn, exampleState, refusal, region, startTestApi } from './startTestApi.ts';
import type { TestApi } from './startTestApi.ts';

const green: CreateClusterCommandInput = {
  name: 'green',
  version: '1.33',
  roleArn: 'arn:aws:iam::111122223333:role/control-plane',
  resourcesVpcConfig: {
    subnetIds: ['subnet-a', 'subnet-c'],
    securityGroupIds: ['sg-1'],
    endpointPublicAccess: false,
    endpointPrivateAccess: true,
    publicAccessCidrs: ['203.0.113.0/24'],
  },
  kubernetesNetworkConfig: { serviceIpv4Cidr: '172.20.0.0/16', ipFamily: 'ipv4' },
  logging: { clusterLogging: [{ types: ['audit', 'api'], enabled: true }] },
  encryptionConfig: [{ provider: { keyArn: 'arn:aws:kms:x:1:key/one' } }],
  accessConfig: { authenticationMode: 'API', bootstrapClusterCreatorAdminPermissions: true },
  upgradePolicy: { supportType: 'STANDARD' },
  zonalShiftConfig: { enabled: true },
  deletionProtection: false,
  tags: { team: 'shop' },
  clientRequestToken: 'create-green',
};
const create = (change: Partial<CreateClusterCommandInput> = {}) =>
  new CreateClusterCommand({ ...green, ...change });
const look = (name = 'green') => new DescribeClusterCommand({ name });
const list = new ListClustersCommand();
const remove = (name = 'green') => new DeleteClusterCommand({ name });

async function startWithFactory(): Promise<TestApi & { factory: MemoryFactory }> {
  const machines = new MemoryInfrastructure();
  const factory = new MemoryFactory(machines.clock);
  return { ...(await startTestApi({ machines, factory })), factory };
}

/** Lets time pass until the cluster is ACTIVE. */
async function created(api: TestApi, change: Partial<CreateClusterCommandInput> = {}): Promise<void> {
  await api.client.send(create(change));
  await becomes(api, change.name ?? 'green', 'ACTIVE');
}

const becomes = ({ client, infrastructure }: TestApi, name: string, status: string): Promise<void> =>
  infrastructure.clock.until(async () => (await client.send(look(name))).cluster?.status === status);

describe('CreateCluster', () => {
  it('is CREATING without an address, then ACTIVE with one, and tells all that it was given', async () => {
    const api = await startWithFactory();
    const { client, factory } = api;
    const { cluster: begun } = await client.send(create());
    expect(begun).toMatchObject({ name: 'green', status: 'CREATING', version: '1.33' });
    expect(begun?.endpoint).toBeUndefined();
    expect(begun?.identity).toBeUndefined();
    expect(factory.log).toEqual([]);
    await becomes(api, 'green', 'ACTIVE');
    expect(factory.log).toEqual(['start green']);
    const { cluster } = await client.send(look());
    expect(cluster).toMatchObject({
      arn: clusterArn.replace('demo', 'green'),
      endpoint: 'https://127.0.0.1:7001',
      roleArn: green.roleArn,
      resourcesVpcConfig: green.resourcesVpcConfig,
      kubernetesNetworkConfig: green.kubernetesNetworkConfig,
      logging: {
        clusterLogging: [
          { types: ['api', 'audit'], enabled: true },
          { types: ['authenticator', 'controllerManager', 'scheduler'], enabled: false },
        ],
      },
      encryptionConfig: green.encryptionConfig,
      accessConfig: green.accessConfig,
      upgradePolicy: green.upgradePolicy,
      zonalShiftConfig: { enabled: true },
      deletionProtection: false,
      tags: green.tags,
    });
    const { cluster: blue } = await client.send(look('demo'));
    // The same network, and an OIDC issuer of its own.
    expect(cluster?.resourcesVpcConfig?.vpcId).toBe(blue?.resourcesVpcConfig?.vpcId);
    expect(cluster?.identity?.oidc?.issuer).toMatch(/\/id\/[0-9A-F]{32}$/);
    expect(cluster?.identity?.oidc?.issuer).not.toBe(blue?.identity?.oidc?.issuer);
    expect((await client.send(list)).clusters).toEqual(['demo', 'green']);
  });

  it("takes EKS's defaults where nothing is said", async () => {
    const api = await startWithFactory();
    const { roleArn } = green;
    await api.client.send(
      new CreateClusterCommand({
        name: 'plain',
        roleArn,
        resourcesVpcConfig: { subnetIds: ['subnet-a', 'subnet-d'] },
      }),
    );
    await becomes(api, 'plain', 'ACTIVE');
    expect((await api.client.send(look('plain'))).cluster).toMatchObject({
      version: '1.36',
      resourcesVpcConfig: { endpointPublicAccess: true, endpointPrivateAccess: false },
      accessConfig: { authenticationMode: 'CONFIG_MAP' },
      upgradePolicy: { supportType: 'EXTENDED' },
    });
  });

  it('brings the usual add-ons, which EKS does not manage, unless it is told not to', async () => {
    const { client, factory } = await startWithFactory();
    await client.send(create());
    await client.send(
      create({ name: 'bare', clientRequestToken: 'bare', bootstrapSelfManagedAddons: false }),
    );
    expect(factory.asked.map(({ selfManagedAddons }) => selfManagedAddons.map(({ name }) => name))).toEqual([
      ['vpc-cni', 'kube-proxy', 'coredns'],
      [],
    ]);
  });

  it('makes one cluster of a request that is sent twice', async () => {
    const { client, factory, journal } = await startWithFactory();
    await client.send(create());
    const again = await client.send(create());
    expect(again.cluster).toMatchObject({ name: 'green', status: 'CREATING' });
    expect(factory.asked).toHaveLength(1);
    expect(journal).toMatchObject([
      { operation: 'CreateCluster', resource: 'cluster/green', cluster: 'green', outcome: 'applied' },
      { outcome: 'repeated' },
    ]);
    expect(await refusal(client.send(create({ version: '1.34' })))).toMatchObject({
      name: 'InvalidParameterException',
    });
  });

  it.each<[string, Partial<CreateClusterCommandInput>, string, string]>([
    ['a name that is taken', { name: 'demo' }, 'ResourceInUseException', 'already exists with name: demo'],
    ['an unknown version', { version: '1.99' }, 'InvalidParameterException', 'version 1.99'],
    ['a version that is no longer supported', { version: '1.29' }, 'InvalidParameterException', '1.29'],
    ['a version out of standard support', { version: '1.31' }, 'InvalidParameterException', 'EXTENDED'],
    [
      'an unknown subnet',
      { resourcesVpcConfig: { subnetIds: ['subnet-a', 'subnet-x'] } },
      'InvalidParameterException',
      "'subnet-x' does not exist",
    ],
    [
      'subnets of one zone',
      { resourcesVpcConfig: { subnetIds: ['subnet-a'] } },
      'InvalidParameterException',
      'two different AZs',
    ],
    ['what it has not', { computeConfig: { enabled: true } }, 'InvalidParameterException', 'computeConfig'],
    ['a bad name', { name: '-green' }, 'InvalidParameterException', "'name'"],
    ['bad tags', { tags: { 'aws:x': 'y' } }, 'BadRequestException', 'aws:'],
  ])('refuses %s', async (_what, change, name, message) => {
    const { client, factory } = await startWithFactory();
    const refused = await refusal(client.send(create(change)));
    expect(refused).toMatchObject({ name });
    expect(refused.message).toContain(message);
    expect(factory.asked).toEqual([]);
  });

  it('says so where no cluster can be made, or none of that version', async () => {
    const without = await startTestApi();
    expect((await refusal(without.client.send(create()))).message).toContain('can not create clusters');
    const { client, factory } = await startWithFactory();
    factory.unknownVersions.add('1.33');
    expect(await refusal(client.send(create()))).toEqual({
      name: 'InvalidParameterException',
      code: 400,
      message: 'There is no 1.33 here.',
    });
    expect((await client.send(list)).clusters).toEqual(['demo']);
  });

  it('ends as FAILED with the reason, and can be deleted then', async () => {
    const api = await startWithFactory();
    api.factory.failing.set('green', { code: 'Ec2SubnetNotFound', message: 'the subnet is gone' });
    await api.client.send(create());
    await becomes(api, 'green', 'FAILED');
    const { cluster } = await api.client.send(look());
    expect(cluster?.health?.issues).toMatchObject([
      { code: 'Ec2SubnetNotFound', message: 'the subnet is gone' },
    ]);
    expect(cluster?.endpoint).toBeUndefined();
    await api.client.send(remove());
    await api.infrastructure.clock.until(async () => (await api.client.send(list)).clusters?.length === 1);
    expect(api.factory.log).toEqual(['end green']);
  });
});

describe('DeleteCluster', () => {
  it('is DELETING for a while and then not found, and its name is free again', async () => {
    const api = await startWithFactory();
    const { client, factory, infrastructure } = api;
    await created(api);
    const issuer = (await client.send(look())).cluster?.identity?.oidc?.issuer;
    expect((await client.send(remove())).cluster).toMatchObject({ name: 'green', status: 'DELETING' });
    expect((await refusal(client.send(remove()))).name).toBe('ResourceInUseException');
    await infrastructure.clock.until(async () => (await client.send(list)).clusters?.length === 1);
    expect(factory.log).toEqual(['start green', 'end green']);
    expect(await refusal(client.send(look()))).toMatchObject({
      name: 'ResourceNotFoundException',
      code: 404,
    });
    // Also with the same token: the cluster that it made is gone.
    await created(api);
    expect((await client.send(look())).cluster?.identity?.oidc?.issuer).not.toBe(issuer);
  });

  it('is refused while there are node groups, while it is being created, and where it is protected', async () => {
    const api = await startWithFactory();
    const { client } = api;
    expect(await refusal(client.send(remove('demo')))).toEqual({
      name: 'ResourceInUseException',
      code: 409,
      message: 'Cluster has nodegroups attached',
    });
    await client.send(create());
    expect((await refusal(client.send(remove()))).message).toContain('in progress');
    await created(api, { name: 'safe', clientRequestToken: 'safe', deletionProtection: true });
    expect((await refusal(client.send(remove('safe')))).message).toContain('deletion protection');
    expect((await refusal(client.send(remove('nobody')))).name).toBe('ResourceNotFoundException');
  });

  it('takes the first cluster away like any other', async () => {
    const machines = new MemoryInfrastructure();
    let ended = 0;
    const { client, infrastructure } = await startTestApi({
      machines,
      state: exampleState({ nodeGroups: [] }),
      end: async () => void (ended += 1),
    });
    await client.send(remove('demo'));
    await infrastructure.clock.until(async () => (await client.send(list)).clusters?.length === 0);
    expect(ended).toBe(1);
  });
});

describe('several clusters', () => {
  it('have node groups, updates and tags of their own', async () => {
    const api = await startWithFactory();
    const { client, factory, infrastructure } = api;
    await created(api);
    expect((await client.send(new ListNodegroupsCommand({ clusterName: 'green' }))).nodegroups).toEqual([]);
    await client.send(groupOf('green'));
    const group = new DescribeNodegroupCommand({ clusterName: 'green', nodegroupName: 'workers' });
    await infrastructure.clock.until(async () => (await client.send(group)).nodegroup?.status === 'ACTIVE');
    expect((await client.send(group)).nodegroup?.version).toBe('1.33');
    expect(factory.made.get('green')?.log.filter((line) => line.startsWith('launch'))).toHaveLength(2);
    expect(infrastructure.log).toEqual([]);
    const { update } = await client.send(new UpdateClusterVersionCommand({ name: 'green', version: '1.34' }));
    expect(update?.type).toBe('VersionUpdate');
    const ended = new DescribeUpdateCommand({ name: 'green', updateId: update?.id });
    await infrastructure.clock.until(async () => (await client.send(ended)).update?.status === 'Successful');
    expect((await client.send(look())).cluster?.version).toBe('1.34');
    expect((await client.send(look('demo'))).cluster?.version).toBe('1.31');
    const resourceArn = clusterArn.replace('demo', 'green');
    await client.send(new TagResourceCommand({ resourceArn, tags: { color: 'green' } }));
    expect((await client.send(new ListTagsForResourceCommand({ resourceArn }))).tags).toMatchObject({
      color: 'green',
      team: 'shop',
    });
    expect((await client.send(look('demo'))).cluster?.tags).toEqual({ terraform: 'true' });
    await client.send(new DeleteNodegroupCommand({ clusterName: 'green', nodegroupName: 'workers' }));
    await infrastructure.clock.until(async () => (await groupsOf(client, 'green')).length === 0);
    await client.send(remove());
  });

  it('can have nothing before they are there', async () => {
    const { client } = await startWithFactory();
    await client.send(create());
    expect(await refusal(client.send(groupOf('green')))).toMatchObject({
      name: 'InvalidRequestException',
      message: expect.stringContaining('CREATING'),
    });
  });

  it('have faults by their names', async () => {
    const machines = new MemoryInfrastructure();
    const asked: (string | undefined)[] = [];
    const { client } = await startTestApi({
      machines,
      factory: new MemoryFactory(machines.clock),
      onCall: (_operation, cluster) => {
        asked.push(cluster);
        return cluster === 'green'
          ? { kind: 'status', code: 503, reason: 'x', message: 'not now' }
          : undefined;
      },
    });
    await client.send(create());
    expect((await refusal(client.send(look()))).name).toBe('ServiceUnavailableException');
    await client.send(look('demo'));
    await client.send(list);
    expect(asked).toEqual([undefined, 'green', 'demo', undefined]);
  });

  it('find the machines of either, and the subnets of both', async () => {
    const api = await startWithFactory();
    const { client, factory, infrastructure, journal } = api;
    await created(api);
    await client.send(groupOf('green'));
    const machines = factory.made.get('green');
    await infrastructure.clock.until(() => (machines?.nodes.size ?? 0) === 2);
    const settings = { endpoint: api.api.url, region, credentials: accessKey };
    const scaling = new AutoScalingClient(settings);
    const ec2 = new EC2Client(settings);
    onTestFinished(() => {
      scaling.destroy();
      ec2.destroy();
    });
    const InstanceId = `i-${[...(machines?.nodes.keys() ?? [])][0] ?? ''}`;
    const described = await scaling.send(
      new DescribeAutoScalingInstancesCommand({ InstanceIds: [InstanceId] }),
    );
    expect(described.AutoScalingInstances).toMatchObject([{ InstanceId, LifecycleState: 'InService' }]);
    await scaling.send(
      new TerminateInstanceInAutoScalingGroupCommand({ InstanceId, ShouldDecrementDesiredCapacity: true }),
    );
    expect(journal.at(-1)).toMatchObject({ resource: `instance/${InstanceId}`, cluster: 'green' });
    const { Subnets } = await ec2.send(new DescribeSubnetsCommand({ SubnetIds: ['subnet-a'] }));
    expect(Subnets).toMatchObject([{ SubnetId: 'subnet-a' }]);
  });
});

const groupOf = (clusterName: string) =>
  new CreateNodegroupCommand({
    clusterName,
    nodegroupName: 'workers',
    subnets: ['subnet-a', 'subnet-c'],
    nodeRole: 'arn:aws:iam::111122223333:role/nodes',
    scalingConfig: { minSize: 1, maxSize: 3, desiredSize: 2 },
  });

const groupsOf = async (client: EKSClient, clusterName: string): Promise<string[]> =>
  (await client.send(new ListNodegroupsCommand({ clusterName }))).nodegroups ?? [];
