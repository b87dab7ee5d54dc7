import {
  DescribeAddonCommand,
  DescribeClusterCommand,
  ListInsightsCommand,
  StartInsightsRefreshCommand,
  TagResourceCommand,
  UpdateAddonCommand,
  UpdateClusterVersionCommand,
} from '@aws-sdk/client-eks';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { pods } from '../../simulator/cluster/kinds.ts';
import { conditionOf } from '../../simulator/cluster/pods.ts';
import { eksClientOf, kubernetesOf, smallShop, startTestSimulator } from './startTestSimulator.ts';

const patiently = { timeout: 60_000 };
const look = new DescribeClusterCommand({ name: 'shop' });
const upgrade = new UpdateClusterVersionCommand({ name: 'shop', version: '1.32' });

describe('the control endpoint', () => {
  it('tells how the cluster stands and hands out the journal', async () => {
    // So slowly that the upgrade is not done before it is looked.
    const { client, control } = await startTestSimulator(smallShop, { speed: 1 });
    await client.send(upgrade);
    expect((await control('GET', '')).answer).toMatchObject({
      cluster: 'shop',
      version: '1.31',
      speed: 1,
    });
    expect((await control('GET', '/journal')).answer).toMatchObject([
      { operation: 'UpdateClusterVersion', outcome: 'applied' },
    ]);
  });

  it('turns faults on, and off again one by one or all', async () => {
    const { simulator, control } = await startTestSimulator();
    const impatient = eksClientOf(simulator, 1);
    const throttle = { calls: [{ surface: 'eks', kind: 'throttle' }] };
    const first = await control('POST', '/faults', throttle);
    expect(first.answer).toEqual({ id: 'fault-1' });
    await expect(impatient.send(look)).rejects.toMatchObject({ name: 'ThrottlingException' });
    await control('DELETE', '/faults/fault-1');
    await impatient.send(look);
    expect((await control('DELETE', '/faults/fault-1')).status).toBe(404);
    await control('POST', '/faults', throttle);
    await control('DELETE', '/faults');
    await impatient.send(look);
    impatient.destroy();
  });

  it('lets a share of all calls go wrong, and nothing is applied twice', async () => {
    const { client, control, simulator } = await startTestSimulator();
    await control('POST', '/faults', {
      calls: ['throttle', 'server-error', 'unavailable', 'reset'].map((kind) => ({
        surface: 'eks',
        kind,
        rate: 0.08,
      })),
    });
    const resourceArn = (await client.send(look)).cluster?.arn;
    for (let index = 0; index < 20; index += 1)
      await client.send(new TagResourceCommand({ resourceArn, tags: { [`tag-${index}`]: 'x' } }));
    const { update } = await client.send(upgrade);
    const addon = new UpdateAddonCommand({
      clusterName: 'shop',
      addonName: 'coredns',
      addonVersion: 'v1.11.4-eksbuild.2',
    });
    await client.send(addon).catch(() => undefined);
    const applied = simulator.journal.filter(({ outcome }) => outcome === 'applied');
    expect(applied.filter(({ operation }) => operation === 'UpdateClusterVersion')).toMatchObject([
      { updateId: update?.id },
    ]);
    expect(simulator.journal.some(({ outcome }) => outcome === 'refused')).toBe(true);
  });

  it('makes an update fail', async () => {
    const { client, control, ended } = await startTestSimulator();
    await control('POST', '/faults', {
      updates: [{ kind: 'VersionUpdate', code: 'IpNotAvailable', message: 'no IPs', count: 1 }],
    });
    expect(await ended((await client.send(upgrade)).update)).toMatchObject({
      status: 'Failed',
      errors: [{ errorCode: 'IpNotAvailable', errorMessage: 'no IPs' }],
    });
    expect((await ended((await client.send(upgrade)).update)).status).toBe('Successful');
  });

  it('lets credentials expire for both APIs, and takes them again', async () => {
    const { client, control } = await startTestSimulator();
    const { core } = await kubernetesOf(client);
    await control('PUT', '/credentials', { refused: true });
    await expect(client.send(look)).rejects.toMatchObject({ name: 'ExpiredTokenException' });
    await expect(core.listNode()).rejects.toMatchObject({ code: 401 });
    await control('PUT', '/credentials', { refused: false });
    await client.send(look);
    await core.listNode();
  });

  it('denies operations', async () => {
    const { client, control } = await startTestSimulator();
    await control('PUT', '/denied', { operations: ['UpdateClusterVersion'] });
    await client.send(look);
    await expect(client.send(upgrade)).rejects.toMatchObject({ name: 'AccessDeniedException' });
    await control('PUT', '/denied', { operations: [] });
    await client.send(upgrade);
  });

  it('starts an update that somebody else made', async () => {
    const { client, control, ended } = await startTestSimulator(smallShop, { speed: 1 });
    const { answer } = await control('POST', '/updates', { type: 'LoggingUpdate', seconds: 600 });
    expect((await client.send(look)).cluster?.status).toBe('ACTIVE');
    await expect(client.send(upgrade)).rejects.toMatchObject({ name: 'ResourceInUseException' });
    await control('PUT', '/speed', { speed: 6000 });
    await ended({ id: (answer as { updateId: string }).updateId });
    await client.send(upgrade);
  });

  it('sets the status of the cluster, what people changed in an add-on, and the speed', async () => {
    const { client, control, ended } = await startTestSimulator();
    await control('PUT', '/cluster-status', { status: 'FAILED' });
    expect((await client.send(look)).cluster?.status).toBe('FAILED');
    await control('PUT', '/speed', { speed: 6000 });
    expect((await control('GET', '')).answer).toMatchObject({ speed: 6000 });
    const modifiedFields = ['Deployment.apps coredns - .spec.replicas'];
    await control('PUT', '/addons/coredns/modified-fields', { modifiedFields });
    const coredns = { addonName: 'coredns' };
    const { update } = await client.send(
      new UpdateAddonCommand({ clusterName: 'shop', ...coredns, addonVersion: 'v1.11.4-eksbuild.2' }),
    );
    expect((await ended(update, coredns)).errors).toMatchObject([{ errorCode: 'ConfigurationConflict' }]);
    const { addon } = await client.send(new DescribeAddonCommand({ clusterName: 'shop', ...coredns }));
    expect(addon?.status).toBe('UPDATE_FAILED');
    expect((await control('PUT', '/addons/none/modified-fields', { modifiedFields })).status).toBe(404);
  });

  it('sets what the next refresh of the insights finds', async () => {
    const { client, control } = await startTestSimulator();
    await control('PUT', '/insights', {
      insights: [{ name: 'Deprecated APIs', status: 'ERROR', kubernetesVersion: '1.32' }],
    });
    const status = async () =>
      (await client.send(new ListInsightsCommand({ clusterName: 'shop' }))).insights?.[0]?.insightStatus
        ?.status;
    expect(await status()).toBe('PASSING');
    await client.send(new StartInsightsRefreshCommand({ clusterName: 'shop' }));
    while ((await status()) !== 'ERROR') await wait(5);
    await expect(client.send(upgrade)).rejects.toMatchObject({ name: 'InvalidStateException' });
  });

  it('refuses a body that it can not use, with every problem', async () => {
    const { control } = await startTestSimulator();
    expect(await control('POST', '/faults', { calls: [{ kind: 'none' }], nodes: 1 })).toMatchObject({
      status: 400,
      answer: {
        problems: [expect.stringContaining('calls.0.kind'), expect.stringContaining('nodes')],
      },
    });
    expect((await control('PUT', '/speed')).status).toBe(400);
  });

  it('ends a node, whose group starts another unless that is not wanted', async () => {
    const { simulator, control } = await startTestSimulator();
    const nodesOf = async () =>
      (await simulator.cluster.infrastructure.listNodes('general')).map(({ name }) => name);
    const before = await nodesOf();
    const [first = '', second = ''] = before;
    expect((await control('DELETE', `/nodes/${first}`)).status).toBe(200);
    expect(await nodesOf()).not.toContain(first);
    await vi.waitFor(async () => expect(await nodesOf()).toHaveLength(before.length), patiently);
    await control('DELETE', `/nodes/${second}?replaced=false`);
    expect(await nodesOf()).toHaveLength(before.length - 1);
    expect((await control('DELETE', `/nodes/${second}`)).status).toBe(404);
  });

  it('lets a node fall silent and answer again', async () => {
    const { simulator, control } = await startTestSimulator();
    const [node] = await simulator.cluster.infrastructure.listNodes('general');
    const ready = async () =>
      (await simulator.cluster.infrastructure.listNodes('general')).find(({ name }) => name === node?.name)
        ?.ready;
    await control('PUT', `/nodes/${node?.name ?? ''}`, { answers: false });
    await vi.waitFor(async () => expect(await ready()).toBe(false), patiently);
    await control('PUT', `/nodes/${node?.name ?? ''}`, { answers: true });
    expect(await ready()).toBe(true);
    expect((await control('PUT', '/nodes/none', { answers: false })).status).toBe(404);
  });

  it('keeps Pods on a node from becoming Ready until it lets them', async () => {
    const { simulator, control } = await startTestSimulator();
    const { answer } = await control('POST', '/faults', {
      pods: [{ kind: 'never-ready', namespace: 'shop', name: 'web-*', nodeGroup: 'general', count: 1 }],
    });
    const { store } = simulator.cluster;
    const web = () =>
      store.list(pods, 'shop').items.filter(({ metadata }) => metadata.name.startsWith('web-'));
    const [victim] = web();
    store.remove(pods, 'shop', victim?.metadata.name ?? '', {});
    const unready = () =>
      web().filter((pod) => pod.status?.phase === 'Running' && conditionOf(pod, 'Ready')?.status === 'False');
    await vi.waitFor(() => expect(unready()).toHaveLength(1), patiently);
    await control('DELETE', `/faults/${(answer as { id: string }).id}`);
    await vi.waitFor(() => expect(unready()).toHaveLength(0), patiently);
  });
});
