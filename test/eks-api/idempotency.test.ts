import {
  CreateNodegroupCommand,
  DescribeNodegroupCommand,
  ListUpdatesCommand,
  UpdateAddonCommand,
  UpdateClusterVersionCommand,
  UpdateNodegroupConfigCommand,
} from '@aws-sdk/client-eks';
import { describe, expect, it } from 'vitest';
import { refusal, startTestApi } from './startTestApi.ts';

const upgrade = (version: string, clientRequestToken: string) =>
  new UpdateClusterVersionCommand({ name: 'demo', version, clientRequestToken });

describe('a clientRequestToken', () => {
  it('gives the first update again, while it runs and when it has ended', async () => {
    const { client, ended, infrastructure, journal } = await startTestApi();
    const { update } = await client.send(upgrade('1.32', 'once'));
    const repeated = await client.send(upgrade('1.32', 'once'));
    expect(repeated.update).toMatchObject({ id: update?.id, status: 'InProgress' });
    await ended(update);
    const late = await client.send(upgrade('1.32', 'once'));
    expect(late.update).toMatchObject({ id: update?.id, status: 'Successful' });
    expect(infrastructure.log).toEqual(['upgrade 1.32']);
    expect(journal.map(({ outcome, updateId }) => [outcome, updateId])).toEqual([
      ['applied', update?.id],
      ['repeated', update?.id],
      ['repeated', update?.id],
    ]);
  });

  it('gives a failed update again: another try needs another token', async () => {
    const faults = [{ code: 'IpNotAvailable', message: 'none' }];
    const { client, ended } = await startTestApi({ updateFault: () => faults.shift() });
    const { update } = await client.send(upgrade('1.32', 'try-1'));
    expect((await ended(update)).status).toBe('Failed');
    const same = await client.send(upgrade('1.32', 'try-1'));
    expect(same.update).toMatchObject({ id: update?.id, status: 'Failed' });
    const again = await client.send(upgrade('1.32', 'try-2'));
    expect(again.update?.id).not.toBe(update?.id);
    expect((await ended(again.update)).status).toBe('Successful');
  });

  it('is refused with other parameters', async () => {
    const { client, ended } = await startTestApi();
    const { update } = await client.send(upgrade('1.32', 'once'));
    await ended(update);
    expect(await refusal(client.send(upgrade('1.33', 'once')))).toEqual({
      name: 'InvalidParameterException',
      code: 400,
      message: 'The clientRequestToken once was already used in a request with different parameters.',
    });
  });

  it('is one of its operation and resource', async () => {
    const { client } = await startTestApi();
    const addon = (addonName: string, addonVersion: string) =>
      new UpdateAddonCommand({ clusterName: 'demo', addonName, addonVersion, clientRequestToken: 'same' });
    const first = await client.send(addon('coredns', 'v1.11.4-eksbuild.2'));
    const second = await client.send(addon('vpc-cni', 'v1.19.2-eksbuild.1'));
    expect(second.update?.id).not.toBe(first.update?.id);
  });

  it('is free again when its request was refused', async () => {
    const { client, ended } = await startTestApi();
    const { update } = await client.send(upgrade('1.32', 'first'));
    expect(await refusal(client.send(upgrade('1.33', 'second')))).toMatchObject({ code: 409 });
    await ended(update);
    expect((await client.send(upgrade('1.33', 'second'))).update?.status).toBe('InProgress');
  });

  it('may not be longer than EKS takes', async () => {
    const { client } = await startTestApi();
    expect(await refusal(client.send(upgrade('1.32', 'x'.repeat(65))))).toMatchObject({
      name: 'InvalidParameterException',
    });
  });

  it('creates a node group and changes one only once', async () => {
    const { client, infrastructure, ended } = await startTestApi();
    const create = new CreateNodegroupCommand({
      clusterName: 'demo',
      nodegroupName: 'green',
      subnets: ['subnet-a'],
      nodeRole: 'arn:aws:iam::111122223333:role/nodes',
      scalingConfig: { minSize: 1, maxSize: 1, desiredSize: 1 },
      clientRequestToken: 'green',
    });
    await client.send(create);
    expect((await client.send(create)).nodegroup?.nodegroupName).toBe('green');
    const change = new UpdateNodegroupConfigCommand({
      clusterName: 'demo',
      nodegroupName: 'blue',
      scalingConfig: { desiredSize: 4 },
      clientRequestToken: 'four',
    });
    const { update } = await client.send(change);
    await ended(update, { nodegroupName: 'blue' });
    expect((await client.send(change)).update).toMatchObject({ id: update?.id, status: 'Successful' });
    const asked = new DescribeNodegroupCommand({ clusterName: 'demo', nodegroupName: 'green' });
    await infrastructure.clock.until(async () => (await client.send(asked)).nodegroup?.status === 'ACTIVE');
    const { updateIds } = await client.send(new ListUpdatesCommand({ name: 'demo', nodegroupName: 'blue' }));
    expect(updateIds).toEqual([update?.id]);
    expect(infrastructure.log.filter((line) => line.startsWith('launch'))).toHaveLength(2);
  });
});
