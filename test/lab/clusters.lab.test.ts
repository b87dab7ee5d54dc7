import {
  AssociateAccessPolicyCommand,
  CreateAccessEntryCommand,
  CreateAddonCommand,
  CreateClusterCommand,
  CreateNodegroupCommand,
  DeleteClusterCommand,
  DeleteNodegroupCommand,
  DescribeAddonCommand,
  DescribeClusterCommand,
  DescribeNodegroupCommand,
  EKSClient,
  ListClustersCommand,
  ListNodegroupsCommand,
} from '@aws-sdk/client-eks';
import type { Cluster } from '@aws-sdk/client-eks';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { KubernetesClient } from '../../lab/cluster/kubernetesClient.ts';
import type { KubernetesObject } from '../../lab/cluster/kubernetesClient.ts';
import type { RunningLab } from '../../lab/start.ts';
import { startTemporaryLab } from '../../lab/temporaryLab.ts';
import { parseScenario } from '../../scenario/scenario.ts';
import { makeEksToken } from '../../src/platform/eks/token.ts';

const region = 'ap-northeast-1';
const roleArn = 'arn:aws:iam::111122223333:role/any';
const group = { clusterName: 'green', nodegroupName: 'general' };
const coredns = { clusterName: 'green', addonName: 'coredns' };
const scenario = parseScenario({
  cluster: { name: 'blue', version: '1.31', region },
  speed: 30,
  // A node group's last node is not held up by a budget that can't give way.
  timings: { clusterCreation: 30, clusterDeletion: 30, podEvictionTimeout: 3 },
  nodeGroups: [{ name: 'general', size: 1 }],
});

describe('a second cluster of real programs, of another minor version', () => {
  const cleanups: (() => Promise<unknown>)[] = [];
  let lab: RunningLab;
  let eks: EKSClient;
  let green: KubernetesClient;

  beforeAll(async () => {
    lab = await startTemporaryLab(scenario);
    cleanups.push(() => lab.close());
    eks = new EKSClient({ endpoint: lab.eksUrl, region, credentials: credentials() });
    cleanups.push(async () => eks.destroy());
  });

  afterAll(async () => {
    for (const clean of cleanups.reverse()) await clean();
  });

  it('is created with an address, a certificate and access of its own', async () => {
    const { resourcesVpcConfig } = await described('blue');
    await eks.send(
      new CreateClusterCommand({
        name: 'green',
        version: '1.33',
        roleArn,
        resourcesVpcConfig: { subnetIds: resourcesVpcConfig?.subnetIds },
        accessConfig: { authenticationMode: 'API' },
      }),
    );
    await vi.waitFor(async () => {
      // With the reason why it is not.
      expect(await described('green')).toMatchObject({ status: 'ACTIVE', health: { issues: [] } });
    }, waiting);
    const cluster = await described('green');
    expect(cluster.endpoint).not.toBe((await described('blue')).endpoint);
    green = await clientOf(cluster);
    cleanups.push(() => green.close());
    expect(await green.get('/version')).toMatchObject({ major: '1', minor: '33' });
    expect(await green.list('/api/v1/nodes')).toEqual([]);
    expect(new Set(lab.components().map(({ version }) => version.split('.').slice(0, 2).join('.')))).toEqual(
      new Set(['1.31', '1.33', '3.6', '0.7']),
    );
  });

  it('runs nodes and add-ons', async () => {
    await eks.send(new CreateAddonCommand({ ...coredns, resolveConflicts: 'OVERWRITE' }));
    const { resourcesVpcConfig } = await described('green');
    await eks.send(
      new CreateNodegroupCommand({
        ...group,
        subnets: resourcesVpcConfig?.subnetIds,
        nodeRole: roleArn,
        scalingConfig: { desiredSize: 1, minSize: 1, maxSize: 1 },
      }),
    );
    await vi.waitFor(async () => {
      const { nodegroup } = await eks.send(new DescribeNodegroupCommand(group));
      expect(nodegroup?.status).toBe('ACTIVE');
    }, waiting);
    await vi.waitFor(async () => {
      const { addon } = await eks.send(new DescribeAddonCommand(coredns));
      expect(addon).toMatchObject({ status: 'ACTIVE', health: { issues: [] } });
    }, waiting);
    const [node] = await green.list<KubernetesObject>('/api/v1/nodes');
    expect(node?.metadata.labels).toMatchObject({ 'eks.amazonaws.com/nodegroup': 'general' });
  });

  it('lets in whom an access entry names, and nobody else', async () => {
    const key = { accessKeyId: 'AKIAOTHER', secretAccessKey: 'other' };
    const principalArn = 'arn:aws:iam::111122223333:role/other';
    lab.accessKeys.add({ ...key, principalArn });
    const other = await clientOf(await described('green'), key);
    cleanups.push(() => other.close());
    await expect(other.get('/api/v1/namespaces')).rejects.toMatchObject({ code: 401 });
    const entry = { clusterName: 'green', principalArn };
    await eks.send(new CreateAccessEntryCommand(entry));
    await eks.send(
      new AssociateAccessPolicyCommand({
        ...entry,
        policyArn: 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy',
        accessScope: { type: 'cluster' },
      }),
    );
    // What was refused is remembered for a moment.
    await vi.waitFor(() => other.get('/api/v1/namespaces'), waiting);
  });

  it('goes, with all its programs, and leaves the first as it was', async () => {
    await eks.send(new DeleteNodegroupCommand(group));
    await vi.waitFor(async () => {
      const { nodegroups } = await eks.send(new ListNodegroupsCommand({ clusterName: 'green' }));
      expect(nodegroups).toEqual([]);
    }, waiting);
    await eks.send(new DeleteClusterCommand({ name: 'green' }));
    await vi.waitFor(async () => {
      expect((await eks.send(new ListClustersCommand())).clusters).toEqual(['blue']);
    }, waiting);
    expect(
      lab
        .components()
        .map(({ name }) => name)
        .sort(),
    ).toEqual([
      'etcd',
      'kube-apiserver',
      'kube-apiserver',
      'kube-controller-manager',
      'kube-scheduler',
      'kwok',
    ]);
    expect(lab.components().some(({ version }) => version.startsWith('1.33'))).toBe(false);
    const blue = await clientOf(await described('blue'));
    cleanups.push(() => blue.close());
    expect(await blue.list('/api/v1/nodes')).toHaveLength(1);
  });

  const waiting = { timeout: 180_000, interval: 100 };

  function credentials(): { accessKeyId: string; secretAccessKey: string } {
    const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } =
      lab.environment;
    return { accessKeyId, secretAccessKey };
  }

  async function described(name: string): Promise<Cluster> {
    const { cluster } = await eks.send(new DescribeClusterCommand({ name }));
    if (cluster === undefined) throw new Error(`${name} is not described`);
    return cluster;
  }

  async function clientOf(cluster: Cluster, key = credentials()): Promise<KubernetesClient> {
    const { token } = await makeEksToken({ clusterName: cluster.name ?? '', region, credentials: key });
    return new KubernetesClient({
      url: cluster.endpoint ?? '',
      certificateAuthorityPem: Buffer.from(cluster.certificateAuthority?.data ?? '', 'base64').toString(),
      token,
    });
  }
});
