import {
  AutoScalingClient,
  DescribeAutoScalingInstancesCommand,
  DescribePoliciesCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { onTestFinished, describe, expect, it } from 'vitest';
import { accessKey, exampleGroup, exampleState, refusal, region, startTestApi } from './startTestApi.ts';
import type { TestApi } from './startTestApi.ts';

function connect({ api }: TestApi, settings: object = {}): AutoScalingClient {
  const client = new AutoScalingClient({
    endpoint: api.url,
    region,
    credentials: accessKey,
    maxAttempts: 1,
    ...settings,
  });
  onTestFinished(() => client.destroy());
  return client;
}

const group = (api: TestApi) => api.api.service.findNodeGroup('blue');
const nodesOf = ({ infrastructure }: TestApi): string[] => [...infrastructure.nodes.keys()];
const end = (node: string, ShouldDecrementDesiredCapacity = true) =>
  new TerminateInstanceInAutoScalingGroupCommand({ InstanceId: `i-${node}`, ShouldDecrementDesiredCapacity });

describe('EC2 Auto Scaling', () => {
  it('describes the instances of managed node groups, and leaves out what it does not know', async () => {
    const api = await startTestApi();
    const [first = ''] = nodesOf(api);
    const asked = new DescribeAutoScalingInstancesCommand({ InstanceIds: [`i-${first}`, 'i-0123'] });
    expect((await connect(api).send(asked)).AutoScalingInstances).toEqual([
      {
        InstanceId: `i-${first}`,
        InstanceType: 'm6i.large',
        AutoScalingGroupName: group(api).autoScalingGroup,
        AvailabilityZone: `${region}a`,
        LifecycleState: 'InService',
        HealthStatus: 'HEALTHY',
        ProtectedFromScaleIn: false,
      },
    ]);
  });

  it('empties an instance, ends it and takes its place off the group', async () => {
    const api = await startTestApi();
    const client = connect(api);
    const [first = ''] = nodesOf(api);
    const { Activity } = await client.send(end(first));
    expect(Activity).toMatchObject({
      AutoScalingGroupName: group(api).autoScalingGroup,
      StatusCode: 'InProgress',
      StartTime: expect.any(Date),
    });
    const asked = new DescribeAutoScalingInstancesCommand({ InstanceIds: [`i-${first}`] });
    await api.infrastructure.clock.until(() => Promise.resolve(!api.infrastructure.nodes.has(first)));
    expect((await client.send(asked)).AutoScalingInstances).toEqual([]);
    expect(group(api).size.desired).toBe(2);
    expect(api.infrastructure.log).toEqual([
      `cordon ${first}`,
      `evict web from ${first}`,
      `evict cart from ${first}`,
      `terminate ${first}`,
    ]);
    expect(api.journal).toEqual([
      expect.objectContaining({
        operation: 'TerminateInstanceInAutoScalingGroup',
        resource: `instance/i-${first}`,
        parameters: { InstanceId: `i-${first}`, ShouldDecrementDesiredCapacity: true },
        outcome: 'applied',
      }),
    ]);
  });

  it('says that an instance is on its way while a budget holds its Pods, and ends it after the time limit', async () => {
    const api = await startTestApi();
    const client = connect(api);
    api.infrastructure.refusing.add('web');
    const [first = ''] = nodesOf(api);
    await client.send(end(first));
    const asked = new DescribeAutoScalingInstancesCommand({ InstanceIds: [`i-${first}`] });
    expect((await client.send(asked)).AutoScalingInstances?.[0]?.LifecycleState).toBe('Terminating:Wait');
    expect(await refusal(client.send(end(first)))).toMatchObject({ name: 'ValidationError' });
    expect(group(api).size.desired).toBe(2);
    await api.infrastructure.clock.until(() => Promise.resolve(!api.infrastructure.nodes.has(first)));
    expect(api.infrastructure.clock.now().getTime() / 1000).toBeGreaterThanOrEqual(900);
  });

  it('starts another in its stead where the size stays', async () => {
    const api = await startTestApi({ apps: [] });
    const [first = ''] = nodesOf(api);
    await connect(api).send(end(first, false));
    await api.infrastructure.clock.until(() => Promise.resolve(!api.infrastructure.nodes.has(first)));
    expect(api.infrastructure.log.filter((line) => line.startsWith('launch'))).toHaveLength(1);
    expect(group(api).size.desired).toBe(3);
  });

  it('does not go below the least size, and writes the refusal down', async () => {
    const state = exampleState({ nodeGroups: [exampleGroup({ size: { min: 3, max: 5, desired: 3 } })] });
    const api = await startTestApi({ state });
    const [first = ''] = nodesOf(api);
    expect(await refusal(connect(api).send(end(first)))).toEqual({
      name: 'ValidationError',
      code: 400,
      message: expect.stringContaining("will violate group's min size constraint"),
    });
    expect(api.infrastructure.log).toEqual([]);
    expect(api.journal).toEqual([expect.objectContaining({ outcome: 'refused' })]);
  });

  it('refuses an instance that it does not know, another operation, and too many instances', async () => {
    const api = await startTestApi();
    const client = connect(api);
    expect(await refusal(client.send(end('gone')))).toMatchObject({
      name: 'ValidationError',
      message: 'Instance Id not found - No managed instance found for instance ID: i-gone',
    });
    expect((await refusal(client.send(new DescribePoliciesCommand({})))).name).toBe('InvalidAction');
    const many = Array.from({ length: 51 }, (_, index) => `i-${index}`);
    const asked = new DescribeAutoScalingInstancesCommand({ InstanceIds: many });
    expect((await refusal(client.send(asked))).name).toBe('ValidationError');
  });

  it('refuses credentials that it does not know, and an operation that is not allowed', async () => {
    const api = await startTestApi({ isDenied: (operation) => operation.startsWith('Terminate') });
    const unknown = connect(api, { credentials: { accessKeyId: 'AKIAOTHER', secretAccessKey: 'x' } });
    const asked = new DescribeAutoScalingInstancesCommand({ InstanceIds: ['i-1'] });
    expect((await refusal(unknown.send(asked))).name).toBe('InvalidClientTokenId');
    const [first = ''] = nodesOf(api);
    expect(await refusal(connect(api).send(end(first)))).toMatchObject({
      name: 'AccessDenied',
      code: 403,
      message: expect.stringContaining('autoscaling:TerminateInstanceInAutoScalingGroup'),
    });
    expect(api.journal).toEqual([expect.objectContaining({ outcome: 'refused' })]);
    expect(api.infrastructure.log).toEqual([]);
  });
});
