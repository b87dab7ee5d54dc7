import { DescribeSubnetsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished, vi } from 'vitest';
import { openEksPlatform } from '../../src/platform/eks/eksPlatform.ts';
import { startTestSimulator } from '../simulator/startTestSimulator.ts';

async function simulated() {
  const { simulator, control } = await startTestSimulator();
  for (const name of ['AWS_PROFILE', 'AWS_SESSION_TOKEN']) vi.stubEnv(name, undefined);
  for (const [name, value] of Object.entries(simulator.environment)) vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
  const platform = openEksPlatform({ name: 'shop' }, { maxAttempts: 1 });
  const { subnetIds = [] } = await platform.describeCluster();
  return { platform, subnetIds, control, simulator };
}

it('tells how many addresses are free in the subnets of the cluster and its node groups', async () => {
  const { platform, subnetIds } = await simulated();
  expect(subnetIds.length).toBeGreaterThan(0);
  const subnets = await platform.describeSubnets(subnetIds);
  expect(subnets.map(({ id }) => id)).toEqual(subnetIds.toSorted());
  for (const { zone, freeAddresses } of subnets) {
    expect(zone).toMatch(/^ap-northeast-1/);
    expect(freeAddresses).toBe(4_000);
  }
  const { subnetIds: ofGroup } = await platform.describeNodeGroup('general');
  expect(subnetIds).toEqual(expect.arrayContaining(ofGroup ?? []));
  expect(await platform.describeSubnets([])).toEqual([]);
});

it('tells for which clusters a subnet is tagged', async () => {
  const { platform, simulator } = await simulated();
  const [tagged, plain] = simulator.account.subnets();
  if (tagged === undefined || plain === undefined) throw new Error('The scenario has two subnets.');
  tagged.tags = { 'kubernetes.io/cluster/shop': 'owned', 'kubernetes.io/role/elb': '1' };
  const found = await platform.describeSubnets([tagged.id, plain.id]);
  expect(found.find(({ id }) => id === tagged.id)?.clusters).toEqual(['shop']);
  expect(found.find(({ id }) => id === plain.id)).not.toHaveProperty('clusters');
});

it('answers as EC2 does where a subnet is not there', async () => {
  await simulated();
  const client = new EC2Client({});
  await expect(client.send(new DescribeSubnetsCommand({ SubnetIds: ['subnet-gone'] }))).rejects.toMatchObject(
    {
      name: 'InvalidSubnetID.NotFound',
    },
  );
  client.destroy();
});

it('says what to allow when it may not ask', async () => {
  const { platform, subnetIds, control } = await simulated();
  await control('PUT', '/denied', { operations: ['DescribeSubnets'] });
  await expect(platform.describeSubnets(subnetIds)).rejects.toMatchObject({
    type: 'PlatformRefused',
    message: expect.stringContaining('ec2:DescribeSubnets'),
  });
});

it('is refused, not thrown out, where EC2 can not be reached', async () => {
  const { platform, subnetIds } = await simulated();
  const server = createServer((socket) => socket.resetAndDestroy());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  vi.stubEnv('AWS_ENDPOINT_URL_EC2', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  await expect(platform.describeSubnets(subnetIds)).rejects.toMatchObject({ type: 'PlatformRefused' });
});
