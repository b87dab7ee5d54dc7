import {
  DescribeClusterCommand,
  DescribeClusterVersionsCommand,
  DescribeUpdateCommand,
  ListClustersCommand,
  ListUpdatesCommand,
  UpdateClusterVersionCommand,
} from '@aws-sdk/client-eks';
import { describe, expect, it } from 'vitest';
import { clusterArn, exampleGroup, exampleState, refusal, startTestApi } from './startTestApi.ts';

const upgrade = (version: string | undefined, more: object = {}) =>
  new UpdateClusterVersionCommand({ name: 'demo', version, ...more });

describe('the cluster', () => {
  it('is described with what a client needs to reach it', async () => {
    const { client } = await startTestApi();
    const { cluster } = await client.send(new DescribeClusterCommand({ name: 'demo' }));
    expect(cluster).toMatchObject({
      arn: clusterArn,
      version: '1.31',
      status: 'ACTIVE',
      endpoint: 'https://127.0.0.1:6443',
      tags: { terraform: 'true' },
      createdAt: new Date('2026-01-02T03:04:05Z'),
      computeConfig: { enabled: false },
      health: { issues: [] },
    });
    expect(Buffer.from(cluster?.certificateAuthority?.data ?? '', 'base64').toString()).toBe('a certificate');
  });

  it('is not found under another name or in another region', async () => {
    const { client, connect } = await startTestApi();
    expect(await refusal(client.send(new DescribeClusterCommand({ name: 'prod' })))).toEqual({
      name: 'ResourceNotFoundException',
      code: 404,
      message: 'No cluster found for name: prod.',
    });
    const elsewhere = connect({ region: 'us-east-1' });
    expect(await refusal(elsewhere.send(new DescribeClusterCommand({ name: 'demo' })))).toMatchObject({
      name: 'ResourceNotFoundException',
    });
    expect((await elsewhere.send(new ListClustersCommand({}))).clusters).toEqual([]);
    expect((await client.send(new ListClustersCommand({}))).clusters).toEqual(['demo']);
  });
});

describe('DescribeClusterVersions', () => {
  it('tells the supported versions with their dates, and the others on request', async () => {
    const { client } = await startTestApi();
    const supported = await client.send(new DescribeClusterVersionsCommand({}));
    const names = supported.clusterVersions?.map((known) => known.clusterVersion);
    expect(names).toContain('1.31');
    expect(names).not.toContain('1.29');
    expect(supported.clusterVersions?.find((known) => known.clusterVersion === '1.32')).toMatchObject({
      versionStatus: 'EXTENDED_SUPPORT',
      status: 'extended-support',
      endOfStandardSupportDate: new Date('2026-03-23'),
    });
    const all = await client.send(new DescribeClusterVersionsCommand({ includeAll: true }));
    expect(all.clusterVersions?.find((known) => known.clusterVersion === '1.29')?.versionStatus).toBe(
      'UNSUPPORTED',
    );
  });

  it('can be narrowed to versions, a status and the default', async () => {
    const { client } = await startTestApi();
    const list = async (input: object) =>
      (await client.send(new DescribeClusterVersionsCommand(input))).clusterVersions?.map(
        (known) => known.clusterVersion,
      );
    expect(await list({ clusterVersions: ['1.31', '1.29'] })).toEqual(['1.31', '1.29']);
    expect(await list({ versionStatus: 'UNSUPPORTED' })).toEqual(['1.29']);
    expect(await list({ defaultOnly: true })).toHaveLength(1);
  });

  it('is paged', async () => {
    const { client } = await startTestApi();
    const first = await client.send(new DescribeClusterVersionsCommand({ includeAll: true, maxResults: 5 }));
    expect(first.clusterVersions).toHaveLength(5);
    const rest = await client.send(
      new DescribeClusterVersionsCommand({ includeAll: true, maxResults: 5, nextToken: first.nextToken }),
    );
    expect(rest.clusterVersions?.at(-1)?.clusterVersion).toBe('1.29');
    expect(rest.nextToken).toBeUndefined();
    const bad = client.send(new DescribeClusterVersionsCommand({ nextToken: 'abc' }));
    expect(await refusal(bad)).toMatchObject({ name: 'InvalidParameterException', code: 400 });
  });
});

describe('UpdateClusterVersion', () => {
  it('goes up by one minor, is UPDATING meanwhile, and ends as Successful', async () => {
    const { client, ended, infrastructure } = await startTestApi();
    const { update } = await client.send(upgrade('1.32'));
    expect(update).toMatchObject({ status: 'InProgress', type: 'VersionUpdate', errors: [] });
    expect(update?.params).toContainEqual({ type: 'Version', value: '1.32' });
    const during = await client.send(new DescribeClusterCommand({ name: 'demo' }));
    expect(during.cluster).toMatchObject({ status: 'UPDATING', version: '1.31' });
    expect(await ended(update)).toMatchObject({ id: update?.id, status: 'Successful', errors: [] });
    const after = await client.send(new DescribeClusterCommand({ name: 'demo' }));
    expect(after.cluster).toMatchObject({ status: 'ACTIVE', version: '1.32' });
    expect(infrastructure.controlPlaneVersion()).toBe('1.32');
    const { updateIds } = await client.send(new ListUpdatesCommand({ name: 'demo' }));
    expect(updateIds).toEqual([update?.id]);
  });

  it.each([
    ['1.33', 'Unsupported Kubernetes minor version update from 1.31 to 1.33'],
    ['1.30', 'Unsupported Kubernetes minor version update from 1.31 to 1.30'],
    ['1.31', 'Cluster is already at the desired configuration with version 1.31'],
    ['1.99', 'unsupported Kubernetes version 1.99'],
    ['latest', 'unsupported Kubernetes version latest'],
    [undefined, 'The Kubernetes version to update to must be given.'],
  ])('refuses %s', async (version, message) => {
    const { client, infrastructure, journal } = await startTestApi();
    expect(await refusal(client.send(upgrade(version)))).toEqual({
      name: 'InvalidParameterException',
      code: 400,
      message,
    });
    expect(infrastructure.log).toEqual([]);
    expect(journal).toMatchObject([{ outcome: 'refused', error: { name: 'InvalidParameterException' } }]);
  });

  it('refuses while an update is in progress, also when the cluster says ACTIVE again', async () => {
    const { client, ended, infrastructure } = await startTestApi();
    const { update } = await client.send(upgrade('1.32'));
    const message = `Cannot VersionUpdate because cluster demo currently has update ${update?.id} in progress`;
    expect(await refusal(client.send(upgrade('1.32')))).toEqual({
      name: 'ResourceInUseException',
      code: 409,
      message,
    });
    await infrastructure.clock.until(async () => {
      const { cluster } = await client.send(new DescribeClusterCommand({ name: 'demo' }));
      return cluster?.status === 'ACTIVE';
    });
    expect(await refusal(client.send(upgrade('1.33')))).toMatchObject({ code: 409, message });
    await ended(update);
    await client.send(upgrade('1.33'));
  });

  it('refuses while insights of that version are in error, unless it is forced', async () => {
    const insight = {
      id: 'one',
      name: 'Deprecated APIs removed in Kubernetes v1.32',
      category: 'UPGRADE_READINESS',
      kubernetesVersion: '1.32',
      status: 'ERROR',
      reason: '',
      description: '',
      recommendation: '',
      resources: [],
      deprecations: [],
    } as const;
    const { client, ended } = await startTestApi({
      state: exampleState({ insights: [{ ...insight, resources: [], deprecations: [] }] }),
    });
    const refused = await refusal(client.send(upgrade('1.32')));
    expect(refused).toMatchObject({ name: 'InvalidStateException', code: 400 });
    expect(refused.message).toContain('Upgrade readiness issues detected');
    const { update } = await client.send(upgrade('1.32', { force: true }));
    expect((await ended(update)).status).toBe('Successful');
  });

  it('refuses when nodes of a group would be too far behind', async () => {
    const state = exampleState({ nodeGroups: [exampleGroup({ version: '1.30' })] });
    const { client } = await startTestApi({ state, maxKubeletLag: 1 });
    expect(await refusal(client.send(upgrade('1.32')))).toMatchObject({
      name: 'InvalidRequestException',
      code: 400,
      message: 'Nodegroups blue (1.30) must be updated before cluster demo can be updated to 1.32',
    });
  });

  it('refuses a cluster that is not ACTIVE', async () => {
    const state = exampleState();
    state.cluster.status = 'FAILED';
    const { client } = await startTestApi({ state });
    expect(await refusal(client.send(upgrade('1.32')))).toMatchObject({ name: 'InvalidRequestException' });
  });

  it('leaves the cluster ACTIVE when it fails, and says why', async () => {
    const { client, ended, infrastructure } = await startTestApi();
    infrastructure.upgradeError = Object.assign(new Error('no free IPs in subnet-a'), {
      code: 'IpNotAvailable',
    });
    const { update } = await client.send(upgrade('1.32'));
    expect(await ended(update)).toMatchObject({
      status: 'Failed',
      errors: [{ errorCode: 'IpNotAvailable', errorMessage: 'no free IPs in subnet-a' }],
    });
    const { cluster } = await client.send(new DescribeClusterCommand({ name: 'demo' }));
    expect(cluster).toMatchObject({ status: 'ACTIVE', version: '1.31' });
  });

  it('ends as a fault says, without anything being replaced', async () => {
    const faults = [
      { code: 'InsufficientFreeAddresses', message: 'too few', status: 'Failed' as const },
      { code: 'Unknown', message: 'called off', status: 'Cancelled' as const },
    ];
    const { client, ended, infrastructure } = await startTestApi({ updateFault: () => faults.shift() });
    const first = await client.send(upgrade('1.32'));
    expect(await ended(first.update)).toMatchObject({
      status: 'Failed',
      errors: [{ errorCode: 'InsufficientFreeAddresses', errorMessage: 'too few' }],
    });
    expect((await ended((await client.send(upgrade('1.32'))).update)).status).toBe('Cancelled');
    expect(infrastructure.log).toEqual([]);
  });
});

describe('DescribeUpdate', () => {
  it('finds an update only with what it is of', async () => {
    const { client } = await startTestApi();
    const { update } = await client.send(upgrade('1.32'));
    const asked = { name: 'demo', updateId: update?.id };
    expect((await client.send(new DescribeUpdateCommand(asked))).update?.id).toBe(update?.id);
    for (const selector of [{ nodegroupName: 'blue' }, { addonName: 'coredns' }]) {
      expect(await refusal(client.send(new DescribeUpdateCommand({ ...asked, ...selector })))).toMatchObject({
        name: 'ResourceNotFoundException',
        message: `No update found for ID: ${update?.id}`,
      });
    }
    const unknown = new ListUpdatesCommand({ name: 'demo', nodegroupName: 'red' });
    expect(await refusal(client.send(unknown))).toMatchObject({ code: 404 });
  });
});
