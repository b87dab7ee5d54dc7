import {
  CreateNodegroupCommand,
  DeleteNodegroupCommand,
  DescribeNodegroupCommand,
  ListNodegroupsCommand,
  UpdateClusterVersionCommand,
  UpdateNodegroupConfigCommand,
  UpdateNodegroupVersionCommand,
} from '@aws-sdk/client-eks';
import type { CreateNodegroupCommandInput, UpdateNodegroupConfigCommandInput } from '@aws-sdk/client-eks';
import { describe, expect, it } from 'vitest';
import { exampleGroup, exampleState, refusal, startTestApi } from './startTestApi.ts';
import type { TestApi } from './startTestApi.ts';

const look = (nodegroupName = 'blue') => new DescribeNodegroupCommand({ clusterName: 'demo', nodegroupName });
const change = (input: Partial<UpdateNodegroupConfigCommandInput>) =>
  new UpdateNodegroupConfigCommand({ clusterName: 'demo', nodegroupName: 'blue', ...input });
const create = (input: Partial<CreateNodegroupCommandInput> = {}) =>
  new CreateNodegroupCommand({
    clusterName: 'demo',
    nodegroupName: 'green',
    subnets: ['subnet-a', 'subnet-c'],
    nodeRole: 'arn:aws:iam::111122223333:role/nodes',
    scalingConfig: { minSize: 1, maxSize: 4, desiredSize: 2 },
    ...input,
  });
const blue = { nodegroupName: 'blue' };

/** Lets time pass until a node group has a status. */
async function status({ client, infrastructure }: TestApi, name: string, wanted: string): Promise<void> {
  await infrastructure.clock.until(async () => (await client.send(look(name))).nodegroup?.status === wanted);
}

describe('node groups', () => {
  it('are listed page by page, and described', async () => {
    const state = exampleState({ nodeGroups: [exampleGroup(), exampleGroup({ name: 'red' })] });
    const { client } = await startTestApi({ state });
    const first = await client.send(new ListNodegroupsCommand({ clusterName: 'demo', maxResults: 1 }));
    expect(first.nodegroups).toEqual(['blue']);
    const rest = new ListNodegroupsCommand({ clusterName: 'demo', nextToken: first.nextToken });
    expect((await client.send(rest)).nodegroups).toEqual(['red']);
    expect((await client.send(look())).nodegroup).toMatchObject({
      nodegroupName: 'blue',
      version: '1.31',
      releaseVersion: '1.31.13-20251103',
      status: 'ACTIVE',
      scalingConfig: { minSize: 1, maxSize: 5, desiredSize: 3 },
      subnets: ['subnet-a', 'subnet-c', 'subnet-d'],
      amiType: 'AL2023_x86_64_STANDARD',
      updateConfig: { maxUnavailable: 1 },
      labels: { workload: 'general' },
      health: { issues: [] },
    });
    expect(await refusal(client.send(look('none')))).toEqual({
      name: 'ResourceNotFoundException',
      code: 404,
      message: 'No node group found for name: none.',
    });
  });

  it('tell health issues and an image of their own', async () => {
    const health = [{ code: 'AutoScalingGroupNotFound', message: 'gone', resourceIds: ['asg'] }];
    const launchTemplate = { id: 'lt-1', name: 'own', version: '1', images: { '1': '1.31' } };
    const state = exampleState({
      nodeGroups: [exampleGroup({ status: 'DEGRADED', health, launchTemplate })],
    });
    const { client } = await startTestApi({ state });
    expect((await client.send(look())).nodegroup).toMatchObject({
      status: 'DEGRADED',
      amiType: 'CUSTOM',
      releaseVersion: expect.stringMatching(/^ami-/),
      launchTemplate: { id: 'lt-1', name: 'own', version: '1' },
      health: { issues: health },
    });
  });
});

describe('UpdateNodegroupConfig', () => {
  it('changes sizes, labels, taints and how the group is updated', async () => {
    const { client, ended } = await startTestApi();
    const { update } = await client.send(
      change({
        labels: { addOrUpdateLabels: { tier: 'web' }, removeLabels: ['workload'] },
        taints: { addOrUpdateTaints: [{ key: 'web', value: 'only', effect: 'NO_SCHEDULE' }] },
        updateConfig: { maxUnavailablePercentage: 50, updateStrategy: 'MINIMAL' },
      }),
    );
    expect(update).toMatchObject({ type: 'ConfigUpdate', status: 'InProgress' });
    expect(update?.params).toContainEqual({ type: 'UpdateStrategy', value: 'MINIMAL' });
    expect((await client.send(look())).nodegroup?.status).toBe('UPDATING');
    expect((await ended(update, blue)).status).toBe('Successful');
    expect((await client.send(look())).nodegroup).toMatchObject({
      status: 'ACTIVE',
      labels: { tier: 'web' },
      taints: [{ key: 'web', value: 'only', effect: 'NO_SCHEDULE' }],
      updateConfig: { maxUnavailablePercentage: 50, updateStrategy: 'MINIMAL' },
    });
    await ended((await client.send(change({ updateConfig: { maxUnavailable: 2 } }))).update, blue);
    expect((await client.send(look())).nodegroup?.updateConfig).toEqual({
      maxUnavailable: 2,
      updateStrategy: 'MINIMAL',
    });
  });

  it('launches and ends nodes', async () => {
    const { client, ended, infrastructure } = await startTestApi();
    await ended((await client.send(change({ scalingConfig: { desiredSize: 5 } }))).update, blue);
    expect(infrastructure.nodes.size).toBe(5);
    await ended((await client.send(change({ scalingConfig: { desiredSize: 2 } }))).update, blue);
    expect(infrastructure.nodes.size).toBe(2);
    expect(infrastructure.pods.size).toBe(6);
  });

  it('keeps the zones even when it ends nodes, even if one zone has the least to do', async () => {
    const state = exampleState({ nodeGroups: [exampleGroup({ size: { min: 1, max: 6, desired: 6 } })] });
    const { client, ended, infrastructure } = await startTestApi({ state });
    for (const pod of infrastructure.pods.values())
      if (infrastructure.nodes.get(pod.node)?.zone === 'ap-northeast-1a') infrastructure.pods.delete(pod.uid);
    await ended((await client.send(change({ scalingConfig: { desiredSize: 3 } }))).update, blue);
    expect([...infrastructure.nodes.values()].map(({ zone }) => zone).sort()).toEqual([
      'ap-northeast-1a',
      'ap-northeast-1c',
      'ap-northeast-1d',
    ]);
  });

  it('is DEGRADED when a new node never joins', async () => {
    const { client, ended, infrastructure } = await startTestApi();
    infrastructure.neverJoining.add('blue');
    const { update } = await client.send(change({ scalingConfig: { desiredSize: 4 } }));
    expect(await ended(update, blue)).toMatchObject({
      status: 'Failed',
      errors: [{ errorCode: 'NodeCreationFailure' }],
    });
    expect((await client.send(look())).nodegroup).toMatchObject({
      status: 'DEGRADED',
      health: { issues: [{ code: 'NodeCreationFailure' }] },
    });
  });

  it.each([
    [{}, 'No changes were given'],
    [{ scalingConfig: { desiredSize: 6 } }, "can't be greater than max size 5"],
    [{ scalingConfig: { minSize: 4 } }, "can't be greater than desired size 3"],
    [{ updateConfig: { maxUnavailable: 101 } }, 'must be between 1 and 100'],
    [{ updateConfig: { maxUnavailable: 1, maxUnavailablePercentage: 1 } }, 'only one of'],
    [{ updateConfig: { updateStrategy: 'FAST' as 'DEFAULT' } }, "Value at 'updateConfig.updateStrategy'"],
  ])('refuses %o', async (input, message) => {
    const { client } = await startTestApi();
    const refused = await refusal(client.send(change(input)));
    expect(refused).toMatchObject({ name: 'InvalidParameterException', code: 400 });
    expect(refused.message).toContain(message);
  });

  it('refuses while the group is being updated', async () => {
    const { client } = await startTestApi();
    const { update } = await client.send(change({ updateConfig: { maxUnavailable: 2 } }));
    expect(await refusal(client.send(change({ updateConfig: { maxUnavailable: 3 } })))).toMatchObject({
      name: 'ResourceInUseException',
      code: 409,
      message: `Cannot ConfigUpdate because nodegroup blue currently has update ${update?.id} in progress`,
    });
  });
});

describe('CreateNodegroup and DeleteNodegroup', () => {
  it('launch nodes and end them', async () => {
    const test = await startTestApi();
    const { client, infrastructure } = test;
    const { nodegroup } = await client.send(
      create({ taints: [{ key: 'gpu', effect: 'NO_EXECUTE' }], labels: { tier: 'gpu' } }),
    );
    expect(nodegroup).toMatchObject({ status: 'CREATING', version: '1.31' });
    await status(test, 'green', 'ACTIVE');
    const nodes = (await infrastructure.listNodes('green')).map(({ name }) => infrastructure.nodes.get(name));
    expect(nodes.map((node) => node?.zone).sort()).toEqual(['ap-northeast-1a', 'ap-northeast-1c']);
    expect(nodes[0]?.launch).toMatchObject({
      taints: [{ key: 'gpu', effect: 'NoExecute' }],
      labels: { tier: 'gpu', 'eks.amazonaws.com/nodegroup': 'green' },
    });
    const gone = new DeleteNodegroupCommand({ clusterName: 'demo', nodegroupName: 'green' });
    expect((await client.send(gone)).nodegroup?.status).toBe('DELETING');
    expect(await refusal(client.send(gone))).toMatchObject({ name: 'ResourceInUseException' });
    await infrastructure.clock.until(async () => {
      const { nodegroups } = await client.send(new ListNodegroupsCommand({ clusterName: 'demo' }));
      return nodegroups?.length === 1;
    });
    expect(await infrastructure.listNodes('green')).toEqual([]);
    expect(await refusal(client.send(gone))).toMatchObject({ code: 404 });
  });

  it('end as CREATE_FAILED when nodes do not join', async () => {
    const test = await startTestApi();
    const { client, infrastructure } = test;
    infrastructure.neverJoining.add('green');
    await client.send(create());
    await status(test, 'green', 'CREATE_FAILED');
    expect((await client.send(look('green'))).nodegroup?.health?.issues).toMatchObject([
      { code: 'NodeCreationFailure' },
    ]);
  });

  it.each<[Partial<CreateNodegroupCommandInput>, string, string]>([
    [{ nodegroupName: 'blue' }, 'ResourceInUseException', 'NodeGroup already exists with name blue'],
    [{ version: '1.32' }, 'InvalidParameterException', "can't be newer than the cluster's"],
    [{ version: '1.20' }, 'InvalidParameterException', 'unsupported Kubernetes version 1.20'],
    [{ subnets: ['subnet-x'] }, 'InvalidParameterException', 'The subnet IDs subnet-x do not exist'],
    [{ nodegroupName: 'no spaces' }, 'InvalidParameterException', "Value at 'nodegroupName'"],
    [{ amiType: 'CUSTOM' }, 'InvalidParameterException', 'A launch template must be given'],
    [{ tags: { 'aws:x': '' } }, 'BadRequestException', 'cannot begin with aws:'],
    [{ scalingConfig: { minSize: 3, desiredSize: 1, maxSize: 3 } }, 'InvalidParameterException', 'Minimum'],
  ])('refuse %o', async (input, name, message) => {
    const { client, infrastructure } = await startTestApi();
    const refused = await refusal(client.send(create(input)));
    expect(refused.name).toBe(name);
    expect(refused.message).toContain(message);
    expect(infrastructure.log).toEqual([]);
  });
});

describe('UpdateNodegroupVersion refuses', () => {
  const roll = (input: object) =>
    new UpdateNodegroupVersionCommand({ clusterName: 'demo', nodegroupName: 'blue', ...input });

  it.each([
    [{ version: '1.32' }, "Nodegroup Kubernetes version 1.32 can't be newer than the cluster's"],
    [{ version: '1.30' }, "can't be downgraded from Kubernetes version 1.31 to 1.30"],
    [{ version: '1.99' }, 'unsupported Kubernetes version 1.99'],
    [{ version: '1.31' }, 'is already at version 1.31'],
    [{}, 'is already at version 1.31'],
    [
      { version: '1.31', releaseVersion: '1.31.99-20990101' },
      'Requested release version 1.31.99-20990101 is not valid for kubernetes version 1.31.',
    ],
    [{ launchTemplate: { name: 'x', version: '2' } }, 'was created without a launch template'],
  ])('%o', async (input, message) => {
    const { client, infrastructure } = await startTestApi();
    const refused = await refusal(client.send(roll(input)));
    expect(refused).toMatchObject({ name: 'InvalidParameterException', code: 400 });
    expect(refused.message).toContain(message);
    expect(infrastructure.log).toEqual([]);
  });

  it('a version or release where the launch template has its own image', async () => {
    const launchTemplate = { id: 'lt-1', name: 'own', version: '1', images: { '1': '1.31', '2': '1.31' } };
    const state = exampleState({ nodeGroups: [exampleGroup({ launchTemplate })] });
    const { client, ended, infrastructure } = await startTestApi({ state, apps: [] });
    expect(await refusal(client.send(roll({ version: '1.31' })))).toEqual({
      name: 'InvalidParameterException',
      code: 400,
      message: 'You cannot specify the field kubernetesVersion when using custom AMIs.',
    });
    expect((await refusal(client.send(roll({ releaseVersion: '1.31.7-20250610' })))).message).toContain(
      'releaseVersion when using custom AMIs',
    );
    const unknown = roll({ launchTemplate: { id: 'lt-1', version: '3' } });
    expect((await refusal(client.send(unknown))).message).toContain('version 3 was not found');
    const other = roll({ launchTemplate: { id: 'lt-2', version: '2' } });
    expect((await refusal(client.send(other))).message).toContain('only be updated with the launch template');
    const { update } = await client.send(roll({ launchTemplate: { id: 'lt-1', version: '2' } }));
    expect((await ended(update, blue)).status).toBe('Successful');
    expect((await client.send(look())).nodegroup?.launchTemplate?.version).toBe('2');
    expect(infrastructure.log.filter((line) => line.startsWith('launch')).length).toBeGreaterThan(2);
  });

  it('while the control plane or the group is being updated', async () => {
    const { client, ended } = await startTestApi({ apps: [] });
    const upgrade = await client.send(new UpdateClusterVersionCommand({ name: 'demo', version: '1.32' }));
    expect(await refusal(client.send(roll({ version: '1.31' })))).toMatchObject({
      name: 'ResourceInUseException',
      message: `Cannot VersionUpdate because cluster demo currently has update ${upgrade.update?.id} in progress`,
    });
    await ended(upgrade.update);
    const { update } = await client.send(roll({ version: '1.32' }));
    expect(await refusal(client.send(roll({ version: '1.32' })))).toMatchObject({
      name: 'ResourceInUseException',
      message: `Cannot VersionUpdate because nodegroup blue currently has update ${update?.id} in progress`,
    });
    const gone = new DeleteNodegroupCommand({ clusterName: 'demo', nodegroupName: 'blue' });
    expect(await refusal(client.send(gone))).toMatchObject({ name: 'ResourceInUseException' });
  });
});
