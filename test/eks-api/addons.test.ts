import {
  DescribeAddonCommand,
  DescribeAddonVersionsCommand,
  ListAddonsCommand,
  UpdateAddonCommand,
  UpdateClusterVersionCommand,
} from '@aws-sdk/client-eks';
import type { UpdateAddonCommandInput } from '@aws-sdk/client-eks';
import { describe, expect, it } from 'vitest';
import { exampleState, refusal, startTestApi } from './startTestApi.ts';

const update = (change: Partial<UpdateAddonCommandInput> = {}) =>
  new UpdateAddonCommand({
    clusterName: 'demo',
    addonName: 'coredns',
    addonVersion: 'v1.11.4-eksbuild.2',
    ...change,
  });
const describeAddon = (addonName = 'coredns') => new DescribeAddonCommand({ clusterName: 'demo', addonName });
const coredns = { addonName: 'coredns' };

describe('add-ons', () => {
  it('are listed page by page, and described', async () => {
    const { client } = await startTestApi();
    const first = await client.send(new ListAddonsCommand({ clusterName: 'demo', maxResults: 2 }));
    expect(first.addons).toEqual(['coredns', 'kube-proxy']);
    const rest = await client.send(
      new ListAddonsCommand({ clusterName: 'demo', maxResults: 2, nextToken: first.nextToken }),
    );
    expect(rest).toMatchObject({ addons: ['vpc-cni'] });
    expect((await client.send(describeAddon())).addon).toMatchObject({
      addonName: 'coredns',
      addonVersion: 'v1.11.3-eksbuild.1',
      status: 'ACTIVE',
      owner: 'aws',
      health: { issues: [] },
    });
    expect(await refusal(client.send(describeAddon('gpu')))).toEqual({
      name: 'ResourceNotFoundException',
      code: 404,
      message: 'No addon: gpu found in cluster: demo',
    });
  });

  it('tell their health', async () => {
    const health = [{ code: 'AccessDenied', message: 'no permission', resourceIds: [] }];
    const state = exampleState({
      addons: [{ name: 'coredns', version: 'v1.11.3-eksbuild.1', status: 'DEGRADED', tags: {}, health }],
    });
    const { client } = await startTestApi({ state });
    expect((await client.send(describeAddon())).addon).toMatchObject({
      status: 'DEGRADED',
      health: { issues: health },
    });
  });
});

describe('DescribeAddonVersions', () => {
  it('has one default for each Kubernetes version from 1.29 to 1.35, for each add-on', async () => {
    const { client } = await startTestApi();
    const { addons } = await client.send(new DescribeAddonVersionsCommand({}));
    const names = addons?.map((addon) => addon.addonName);
    for (const name of ['coredns', 'kube-proxy', 'vpc-cni', 'aws-ebs-csi-driver', 'metrics-server'])
      expect(names).toContain(name);
    for (const addon of addons ?? []) {
      const defaults = (addon.addonVersions ?? []).flatMap((offered) =>
        (offered.compatibilities ?? [])
          .filter((one) => one.defaultVersion === true)
          .map((one) => one.clusterVersion),
      );
      expect([addon.addonName, defaults.sort()]).toEqual([
        addon.addonName,
        ['1.29', '1.30', '1.31', '1.32', '1.33', '1.34', '1.35'],
      ]);
    }
  });

  it('can be narrowed to an add-on and a Kubernetes version', async () => {
    const { client } = await startTestApi();
    const { addons } = await client.send(
      new DescribeAddonVersionsCommand({ addonName: 'kube-proxy', kubernetesVersion: '1.32' }),
    );
    expect(addons).toHaveLength(1);
    expect(addons?.[0]?.addonVersions?.map((offered) => offered.addonVersion)).toEqual([
      'v1.32.6-eksbuild.2',
      'v1.32.3-eksbuild.2',
      'v1.32.0-eksbuild.2',
    ]);
    expect((await client.send(new DescribeAddonVersionsCommand({ addonName: 'none' }))).addons).toEqual([]);
  });
});

describe('UpdateAddon', () => {
  it('rolls the workload and is UPDATING meanwhile', async () => {
    const { client, ended, infrastructure } = await startTestApi();
    const started = await client.send(update({ resolveConflicts: 'PRESERVE' }));
    expect(started.update).toMatchObject({ type: 'AddonUpdate', status: 'InProgress' });
    expect(started.update?.params).toContainEqual({ type: 'AddonVersion', value: 'v1.11.4-eksbuild.2' });
    expect((await client.send(describeAddon())).addon?.status).toBe('UPDATING');
    expect((await ended(started.update, coredns)).status).toBe('Successful');
    expect((await client.send(describeAddon())).addon).toMatchObject({
      status: 'ACTIVE',
      addonVersion: 'v1.11.4-eksbuild.2',
    });
    expect(infrastructure.log).toEqual(['roll coredns v1.11.4-eksbuild.2']);
  });

  it.each([
    [{ addonVersion: 'v9.9.9-eksbuild.1' }, 'Addon version specified is not supported'],
    [{ addonVersion: 'v1.13.1-eksbuild.1' }, 'Addon version specified is not supported'],
    [{ configurationValues: 'not a mapping' }, 'ConfigurationValue provided in request is not supported'],
    [{ resolveConflicts: 'MAYBE' as 'NONE' }, "Value at 'resolveConflicts' failed to satisfy constraint"],
  ])('refuses %o', async (change, message) => {
    const { client } = await startTestApi();
    const refused = await refusal(client.send(update(change)));
    expect(refused).toMatchObject({ name: 'InvalidParameterException', code: 400 });
    expect(refused.message).toContain(message);
  });

  it('refuses while it or the control plane is being updated', async () => {
    const { client, ended } = await startTestApi();
    const first = await client.send(update());
    expect(await refusal(client.send(update({ addonVersion: 'v1.11.4-eksbuild.14' })))).toMatchObject({
      name: 'ResourceInUseException',
      code: 409,
      message: `Cannot AddonUpdate because addon coredns currently has update ${first.update?.id} in progress`,
    });
    await ended(first.update, coredns);
    await client.send(new UpdateClusterVersionCommand({ name: 'demo', version: '1.32' }));
    expect(await refusal(client.send(update({ addonVersion: 'v1.11.4-eksbuild.14' })))).toMatchObject({
      code: 409,
    });
  });

  it('stops at what people changed with NONE, keeps it with PRESERVE, resets it with OVERWRITE', async () => {
    const modifiedFields = ['Deployment.apps coredns - .spec.replicas'];
    const state = exampleState({
      addons: [{ name: 'coredns', version: 'v1.11.3-eksbuild.1', tags: {}, modifiedFields }],
    });
    const { client, ended, infrastructure } = await startTestApi({ state });
    const run = async (addonVersion: string, resolveConflicts: 'NONE' | 'OVERWRITE' | 'PRESERVE') =>
      ended((await client.send(update({ addonVersion, resolveConflicts }))).update, coredns);

    const stopped = await run('v1.11.4-eksbuild.2', 'NONE');
    expect(stopped).toMatchObject({ status: 'Failed', errors: [{ errorCode: 'ConfigurationConflict' }] });
    expect(stopped.errors?.[0]?.errorMessage).toContain('.spec.replicas');
    expect((await client.send(describeAddon())).addon).toMatchObject({
      status: 'UPDATE_FAILED',
      addonVersion: 'v1.11.3-eksbuild.1',
    });
    expect(infrastructure.log).toEqual([]);

    expect((await run('v1.11.4-eksbuild.2', 'PRESERVE')).status).toBe('Successful');
    expect((await run('v1.11.4-eksbuild.14', 'NONE')).status).toBe('Failed');
    expect((await run('v1.11.4-eksbuild.14', 'OVERWRITE')).status).toBe('Successful');
    expect((await run('v1.11.4-eksbuild.2', 'NONE')).status).toBe('Successful');
  });

  it('is DEGRADED when its Pods are not Ready in time, and can be tried again', async () => {
    const { client, ended, infrastructure } = await startTestApi();
    infrastructure.stuckAddons.add('coredns');
    const failed = await ended((await client.send(update())).update, coredns);
    expect(failed).toMatchObject({
      status: 'Failed',
      errors: [{ errorCode: 'InsufficientNumberOfReplicas' }],
    });
    expect((await client.send(describeAddon())).addon).toMatchObject({
      status: 'DEGRADED',
      health: { issues: [{ code: 'InsufficientNumberOfReplicas' }] },
    });
    infrastructure.stuckAddons.clear();
    await ended((await client.send(update())).update, coredns);
    expect((await client.send(describeAddon())).addon).toMatchObject({
      status: 'ACTIVE',
      health: { issues: [] },
    });
  });

  it('falls back to the role of the node where none is given', async () => {
    const role = 'arn:aws:iam::111122223333:role/dns';
    const state = exampleState({
      addons: [{ name: 'coredns', version: 'v1.11.3-eksbuild.1', tags: {}, serviceAccountRoleArn: role }],
    });
    const { client, ended } = await startTestApi({ state });
    expect((await client.send(describeAddon())).addon?.serviceAccountRoleArn).toBe(role);
    await ended((await client.send(update())).update, coredns);
    expect((await client.send(describeAddon())).addon?.serviceAccountRoleArn).toBeUndefined();
  });
});
