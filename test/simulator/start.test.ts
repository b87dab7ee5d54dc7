import {
  CreateNodegroupCommand,
  DescribeAddonCommand,
  DescribeClusterCommand,
  DescribeNodegroupCommand,
  EKSClient,
  ListAddonsCommand,
  ListInsightsCommand,
  UpdateAddonCommand,
  UpdateClusterVersionCommand,
  UpdateNodegroupVersionCommand,
} from '@aws-sdk/client-eks';
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import type { CoreV1Api } from '@kubernetes/client-node';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseScenario } from '../../scenario/scenario.ts';
import { startSimulator } from '../../simulator/start.ts';
import { eksClientOf, kubernetesOf, smallShop, startTestSimulator } from './startTestSimulator.ts';

const upgrade = (version: string, clientRequestToken?: string) =>
  new UpdateClusterVersionCommand({ name: 'shop', version, clientRequestToken });
const roll = (nodegroupName: string, version: string) =>
  new UpdateNodegroupVersionCommand({ clusterName: 'shop', nodegroupName, version });

describe('the simulator', () => {
  it('serves a cluster that can be found from its environment alone', async () => {
    const { simulator } = await startTestSimulator();
    expect(Object.keys(simulator.environment).sort()).toEqual([
      'AWS_ACCESS_KEY_ID',
      'AWS_ENDPOINT_URL_AUTO_SCALING',
      'AWS_ENDPOINT_URL_EC2',
      'AWS_ENDPOINT_URL_EKS',
      'AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2',
      'AWS_ENDPOINT_URL_IAM',
      'AWS_ENDPOINT_URL_STS',
      'AWS_REGION',
      'AWS_SECRET_ACCESS_KEY',
    ]);
    const client = eksClientOf(simulator);
    const { cluster } = await client.send(new DescribeClusterCommand({ name: 'shop' }));
    expect(cluster).toMatchObject({
      arn: 'arn:aws:eks:ap-northeast-1:111122223333:cluster/shop',
      endpoint: simulator.kubernetesUrl,
      tags: { team: 'shop' },
    });
    const { core } = await kubernetesOf(client);
    expect((await core.listNode()).items).toHaveLength(4);
    // An add-on that EKS does not manage runs in the cluster, and EKS knows nothing of it.
    const { addons } = await client.send(new ListAddonsCommand({ clusterName: 'shop' }));
    expect(addons).toEqual(['coredns', 'kube-proxy', 'vpc-cni']);
    const pods = await core.listNamespacedPod({ namespace: 'kube-system' });
    expect(pods.items.some((pod) => pod.metadata?.name?.startsWith('metrics-server'))).toBe(true);
    const { insights } = await client.send(new ListInsightsCommand({ clusterName: 'shop' }));
    expect(insights).toMatchObject([{ name: 'Deprecated APIs', insightStatus: { status: 'PASSING' } }]);
    client.destroy();
  });

  it('takes the credentials and tokens of a role that was assumed', async () => {
    const { simulator } = await startTestSimulator();
    const assumed = new EKSClient({
      endpoint: simulator.eksUrl,
      region: 'ap-northeast-1',
      credentials: fromTemporaryCredentials({
        masterCredentials: simulator.credentials,
        params: { RoleArn: 'arn:aws:iam::111122223333:role/upgrader', RoleSessionName: 'test' },
        clientConfig: { endpoint: simulator.eksUrl, region: 'ap-northeast-1' },
      }),
    });
    const { core } = await kubernetesOf(assumed);
    expect((await core.listNamespace()).items.length).toBeGreaterThan(0);
    assumed.destroy();
  });

  it('upgrades control plane, add-on and nodes as the Kubernetes API shows', async () => {
    const { client, ended } = await startTestSimulator();
    const { core, version } = await kubernetesOf(client);
    expect((await version.getCode()).minor).toContain('31');

    expect((await ended((await client.send(upgrade('1.32'))).update)).status).toBe('Successful');
    expect((await version.getCode()).minor).toContain('32');
    expect(await kubelets(core)).toEqual(new Set(['v1.31']));

    const addon = new UpdateAddonCommand({
      clusterName: 'shop',
      addonName: 'kube-proxy',
      addonVersion: 'v1.32.3-eksbuild.2',
    });
    const addonUpdate = (await client.send(addon)).update;
    expect((await ended(addonUpdate, { addonName: 'kube-proxy' })).status).toBe('Successful');
    const proxies = await core.listNamespacedPod({
      namespace: 'kube-system',
      labelSelector: 'k8s-app=kube-proxy',
    });
    expect(proxies.items).toHaveLength(4);
    for (const proxy of proxies.items)
      expect(proxy.spec?.containers[0]?.image).toMatch(/:v1\.32\.3-eksbuild\.2$/);
    expect(
      (await client.send(new DescribeAddonCommand({ clusterName: 'shop', addonName: 'kube-proxy' }))).addon,
    ).toMatchObject({ status: 'ACTIVE', addonVersion: 'v1.32.3-eksbuild.2' });

    for (const nodegroupName of ['general', 'gpu']) {
      const { update } = await client.send(roll(nodegroupName, '1.32'));
      expect(await ended(update, { nodegroupName })).toMatchObject({ status: 'Successful', errors: [] });
    }
    expect(await kubelets(core)).toEqual(new Set(['v1.32']));
    const nodes = (await core.listNode()).items;
    expect(nodes).toHaveLength(4);
    expect(nodes.filter((node) => node.spec?.unschedulable === true)).toEqual([]);
    const gpu = nodes.find((node) => node.metadata?.labels?.['eks.amazonaws.com/nodegroup'] === 'gpu');
    expect(gpu?.spec?.taints).toMatchObject([{ key: 'gpu', effect: 'NoSchedule' }]);
    await podsReady(core, 'shop', 4);
    const described = new DescribeNodegroupCommand({ clusterName: 'shop', nodegroupName: 'general' });
    expect((await client.send(described)).nodegroup).toMatchObject({ version: '1.32', status: 'ACTIVE' });
  });

  it('fails a node group update at a budget that never gives way, with all Pods still there', async () => {
    const { client, ended } = await startTestSimulator({
      ...smallShop,
      cluster: { name: 'shop', version: '1.32' },
      nodeGroups: [{ name: 'general', size: 3, version: '1.31' }],
      workloads: [
        { kind: 'Deployment', namespace: 'shop', name: 'web', replicas: 3, budget: { maxUnavailable: 0 } },
      ],
      timings: { podEvictionTimeout: 120 },
    });
    const { core } = await kubernetesOf(client);
    const before = await podNames(core, 'shop');
    const { update } = await client.send(roll('general', '1.32'));
    expect(await ended(update, { nodegroupName: 'general' })).toMatchObject({
      status: 'Failed',
      errors: [{ errorCode: 'PodEvictionFailure' }],
    });
    expect(await podNames(core, 'shop')).toEqual(before);
    const nodes = (await core.listNode()).items;
    expect(nodes.map((node) => node.spec?.unschedulable === true)).toEqual([false, false, false]);
  });

  it('launches nodes for a node group that is created', async () => {
    const { client } = await startTestSimulator();
    const { core } = await kubernetesOf(client);
    const existing = new DescribeNodegroupCommand({ clusterName: 'shop', nodegroupName: 'general' });
    const { subnets } = (await client.send(existing)).nodegroup ?? {};
    await client.send(
      new CreateNodegroupCommand({
        clusterName: 'shop',
        nodegroupName: 'green',
        subnets,
        nodeRole: 'arn:aws:iam::111122223333:role/nodes',
        labels: { color: 'green' },
        scalingConfig: { minSize: 1, maxSize: 3, desiredSize: 2 },
      }),
    );
    const created = new DescribeNodegroupCommand({ clusterName: 'shop', nodegroupName: 'green' });
    while ((await client.send(created)).nodegroup?.status !== 'ACTIVE') await wait(5);
    expect((await core.listNode({ labelSelector: 'color=green' })).items).toHaveLength(2);
  });

  it('appends every mutation to a file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'journal-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const journalFile = join(folder, 'journal.jsonl');
    const { client, simulator } = await startTestSimulator(smallShop, { journalFile, speed: 1 });
    await client.send(upgrade('1.32', 'token'));
    await client.send(upgrade('1.32', 'token'));
    await client.send(upgrade('1.40')).catch(() => undefined);
    const lines = (await readFile(journalFile, 'utf8')).trimEnd().split('\n');
    const records = lines.map((line): unknown => JSON.parse(line));
    expect(records).toMatchObject([
      { operation: 'UpdateClusterVersion', resource: 'cluster/shop', outcome: 'applied' },
      { outcome: 'repeated', clientRequestToken: 'token' },
      { outcome: 'refused', error: { name: 'ResourceInUseException' } },
    ]);
    expect(records).toEqual(simulator.journal);
  });

  it.each(['eksPort', 'kubernetesPort'] as const)('names an explicit %s that is taken', async (option) => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    onTestFinished(() => void other.close());
    const { port } = other.address() as AddressInfo;
    await expect(startSimulator({ scenario: parseScenario(smallShop), [option]: port })).rejects.toThrow(
      `Port ${port} of 127.0.0.1`,
    );
  });

  it('gives the same nodes and updates for the same seed', async () => {
    const run = async (seed: number) => {
      const { client, simulator } = await startTestSimulator(smallShop, { seed });
      const { update } = await client.send(upgrade('1.32'));
      const nodes = await simulator.cluster.infrastructure.listNodes('general');
      return [update?.id, ...nodes.map(({ name }) => name)];
    };
    expect(await run(5)).toEqual(await run(5));
    expect(await run(5)).not.toEqual(await run(6));
  });
});

async function kubelets(core: CoreV1Api): Promise<Set<string | undefined>> {
  const { items } = await core.listNode();
  return new Set(items.map((node) => /^v1\.\d+/.exec(node.status?.nodeInfo?.kubeletVersion ?? '')?.[0]));
}

async function podNames(core: CoreV1Api, namespace: string): Promise<(string | undefined)[]> {
  return (await core.listNamespacedPod({ namespace })).items.map((pod) => pod.metadata?.name).sort();
}

/** Waits until that many Pods are there and all of them Ready. */
async function podsReady(core: CoreV1Api, namespace: string, count: number): Promise<void> {
  for (;;) {
    const { items } = await core.listNamespacedPod({ namespace });
    const ready = items.filter((pod) =>
      pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True'),
    );
    if (items.length === count && ready.length === count) return;
    await wait(5);
  }
}
