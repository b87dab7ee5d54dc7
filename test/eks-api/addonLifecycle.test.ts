import {
  CreateAddonCommand,
  DeleteAddonCommand,
  DescribeAddonCommand,
  ListAddonsCommand,
  ListPodIdentityAssociationsCommand,
  UpdateAddonCommand,
} from '@aws-sdk/client-eks';
import type { Addon, CreateAddonCommandInput } from '@aws-sdk/client-eks';
import { describe, expect, it } from 'vitest';
import { exampleState, refusal, startTestApi } from './startTestApi.ts';
import type { TestApi } from './startTestApi.ts';

const clusterName = 'demo';
const coredns = { clusterName, addonName: 'coredns' };
const state = () => exampleState({ addons: [] });
const create = (change: Partial<CreateAddonCommandInput> = {}) =>
  new CreateAddonCommand({ ...coredns, addonVersion: 'v1.11.4-eksbuild.2', ...change });

/** Lets time pass until the add-on has a status; resolves with the add-on. */
async function becomes({ client, infrastructure }: TestApi, status: string): Promise<Addon | undefined> {
  let addon: Addon | undefined;
  await infrastructure.clock.until(async () => {
    addon = (await client.send(new DescribeAddonCommand(coredns))).addon;
    return addon?.status === status;
  });
  return addon;
}

describe('CreateAddon', () => {
  it('is CREATING until the Pods run, then ACTIVE', async () => {
    const api = await startTestApi({ state: state() });
    const { addon } = await api.client.send(
      create({
        configurationValues: '{"replicaCount":3}',
        tags: { team: 'shop' },
        podIdentityAssociations: [
          { serviceAccount: 'coredns', roleArn: 'arn:aws:iam::111122223333:role/dns' },
        ],
      }),
    );
    expect(addon).toMatchObject({ status: 'CREATING', addonVersion: 'v1.11.4-eksbuild.2' });
    const active = await becomes(api, 'ACTIVE');
    expect(active).toMatchObject({
      configurationValues: '{"replicaCount":3}',
      tags: { team: 'shop' },
      health: { issues: [] },
    });
    expect(api.infrastructure.log).toEqual([
      'install coredns v1.11.4-eksbuild.2',
      'roll coredns v1.11.4-eksbuild.2',
    ]);
    const { associations } = await api.client.send(new ListPodIdentityAssociationsCommand({ clusterName }));
    expect(associations).toMatchObject([{ namespace: 'kube-system', ownerArn: active?.addonArn }]);
    expect(active?.podIdentityAssociations).toEqual([associations?.[0]?.associationArn]);
  });

  it("takes the default version of the cluster's", async () => {
    const api = await startTestApi({ state: state() });
    const { addon } = await api.client.send(new CreateAddonCommand(coredns));
    expect(addon?.addonVersion).toMatch(/^v1\.11\./);
  });

  it('takes over what somebody else has installed only when it is told to', async () => {
    const api = await startTestApi({ state: state() });
    api.infrastructure.addonVersions.set('coredns', 'v1.11.1');
    await api.client.send(create());
    expect((await becomes(api, 'CREATE_FAILED'))?.health?.issues).toMatchObject([
      { code: 'ConfigurationConflict' },
    ]);
    await api.client.send(new DeleteAddonCommand({ ...coredns, preserve: true }));
    await api.infrastructure.clock.until(() => api.api.service.addons.size === 0);
    await api.client.send(create({ resolveConflicts: 'OVERWRITE' }));
    await becomes(api, 'ACTIVE');
    expect(api.infrastructure.addonVersions.get('coredns')).toBe('v1.11.4-eksbuild.2');
  });

  it('is DEGRADED while the Pods do not run in time, and ACTIVE when they do after all', async () => {
    const api = await startTestApi({ state: state() });
    api.infrastructure.stuckAddons.add('coredns');
    await api.client.send(create());
    expect((await becomes(api, 'DEGRADED'))?.health?.issues).toMatchObject([
      { code: 'InsufficientNumberOfReplicas' },
    ]);
    api.infrastructure.stuckAddons.delete('coredns');
    expect((await becomes(api, 'ACTIVE'))?.health?.issues).toEqual([]);
  });

  it('refuses what is there, what is not offered, and what can not be read', async () => {
    const api = await startTestApi();
    expect(await refusal(api.client.send(create()))).toMatchObject({
      name: 'ResourceInUseException',
      code: 409,
    });
    const wrong = [
      { addonName: 'no-such-thing' },
      { addonName: 'metrics-server', addonVersion: 'v9.9.9-eksbuild.1' },
    ];
    for (const change of wrong)
      expect((await refusal(api.client.send(create(change)))).name).toBe('InvalidParameterException');
    const other = await startTestApi({ state: state() });
    expect((await refusal(other.client.send(create({ configurationValues: '[' })))).name).toBe(
      'InvalidParameterException',
    );
  });

  it('fails where a fault says so', async () => {
    const api = await startTestApi({
      state: state(),
      updateFault: (kind) => (kind === 'AddonCreation' ? { code: 'AccessDenied', message: 'no' } : undefined),
    });
    await api.client.send(create());
    expect((await becomes(api, 'CREATE_FAILED'))?.health?.issues).toMatchObject([{ code: 'AccessDenied' }]);
    expect(api.infrastructure.log).toEqual([]);
  });

  it('is not updated before it is there', async () => {
    const api = await startTestApi({ state: state() });
    await api.client.send(create());
    expect((await refusal(api.client.send(new UpdateAddonCommand(coredns)))).name).toBe(
      'ResourceInUseException',
    );
  });
});

describe('DeleteAddon', () => {
  it('takes the workload away', async () => {
    const { client, infrastructure } = await startTestApi();
    expect((await client.send(new DeleteAddonCommand(coredns))).addon?.status).toBe('DELETING');
    expect((await refusal(client.send(new DeleteAddonCommand(coredns)))).name).toBe('ResourceInUseException');
    await infrastructure.clock.until(async () => {
      const { addons } = await client.send(new ListAddonsCommand({ clusterName }));
      return addons?.includes('coredns') === false;
    });
    expect(infrastructure.log).toEqual(['remove coredns']);
  });

  it('leaves it with preserve', async () => {
    const { client, infrastructure, api } = await startTestApi();
    await client.send(new DeleteAddonCommand({ ...coredns, preserve: true }));
    await infrastructure.clock.until(() => !api.service.addons.has('coredns'));
    expect(infrastructure.log).toEqual([]);
  });
});
