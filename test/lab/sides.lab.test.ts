import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateClusterCommand,
  CreateNodegroupCommand,
  DescribeClusterCommand,
  DescribeNodegroupCommand,
  EKSClient,
} from '@aws-sdk/client-eks';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { RunningLab } from '../../lab/start.ts';
import { startTemporaryLab } from '../../lab/temporaryLab.ts';
import { parseScenario } from '../../scenario/scenario.ts';
import { Clusters } from '../../src/activities/clusters.ts';
import { createActivities } from '../../src/activities/createActivities.ts';
import type { Sides } from '../../src/activities/migrationTypes.ts';
import type { ResourcesStage } from '../../src/contract/migration.ts';
import { openFolderStore } from '../../src/evidence/folderStore.ts';
import { connectKubernetes } from '../../src/kubernetes/connection.ts';
import type { KubernetesConnection } from '../../src/kubernetes/connection.ts';
import { post } from '../activities/migration/twoClusters.ts';
import {
  application,
  applicationDefinition,
  cronJob,
  paths,
  read,
} from '../kubernetes/holding/workFixture.ts';
import { servedByEach } from './apiServers.ts';

const region = 'ap-northeast-1';
const roleArn = 'arn:aws:iam::111122223333:role/any';
const scenario = parseScenario({
  cluster: { name: 'blue', version: '1.31', region },
  speed: 30,
  timings: { clusterCreation: 30, clusterDeletion: 30 },
  nodeGroups: [{ name: 'general', size: 2 }],
  workloads: [
    { kind: 'Deployment', namespace: 'shop', name: 'web', replicas: 3 },
    {
      kind: 'Deployment',
      namespace: 'shop',
      name: 'external-dns',
      image: 'registry.example.com/external-dns:v0.15.1',
    },
    { kind: 'StatefulSet', namespace: 'shop', name: 'orders-db', replicas: 2 },
    { kind: 'DaemonSet', namespace: 'shop', name: 'agent' },
  ],
});

describe('two clusters of real programs, of 1.31 and 1.33, with the permissions that are deployed', () => {
  const cleanups: (() => Promise<unknown>)[] = [];
  let lab: RunningLab;
  let activities: ReturnType<typeof createActivities>;
  let sides: Sides;
  let blue: KubernetesConnection;
  let green: KubernetesConnection;
  let addLate: () => Promise<void>;
  const singletons = [{ kind: 'StatefulSet' as const, namespace: 'shop', name: 'orders-db' }];
  const madeBy = 'migrate-blue';
  const stage: ResourcesStage = {
    ...{ stage: 'resources', cluster: 'green', singletons, volumes: [] },
    sources: [{ copy: { excludeNamespaces: [], excludeKinds: [] } }],
  };
  const limits = { timeoutMs: 180_000, pollMs: 200 };
  const waiting = { timeout: 180_000, interval: 100 };

  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'stepladder-sides-'));
    cleanups.push(() => rm(folder, { recursive: true, force: true }));
    lab = await startTemporaryLab(scenario);
    cleanups.push(() => lab.close());
    for (const name of ['AWS_PROFILE', 'AWS_SESSION_TOKEN']) vi.stubEnv(name, undefined);
    for (const [name, value] of Object.entries(lab.environment)) vi.stubEnv(name, value);
    await prepareBlue();
    await createGreen();
    const clusters = new Clusters();
    cleanups.push(() => clusters.close());
    activities = createActivities({ evidence: openFolderStore(join(folder, 'evidence')), clusters });
    const contextOf = async (name: string) => {
      const { identity } = await activities.identifyCluster({ cluster: { name } });
      return { cluster: { name }, identity, evidencePrefix: 'blue/migrate/run' };
    };
    sides = { blue: await contextOf('blue'), green: await contextOf('green') };
    blue = (await clusters.open(sides.blue)).kubernetes;
    green = (await clusters.open(sides.green)).kubernetes;
  }, 600_000);
  afterAll(async () => {
    vi.unstubAllEnvs();
    for (const clean of cleanups.reverse()) await clean();
  });

  it('have the same once everything is copied, and what differs has a reason', async () => {
    const { refused } = await activities.copyResources({ sides, stage, tools: [], madeBy });
    expect(refused).toEqual([]);
    const verdict = await activities.compareSides({ sides, stage, tools: [] });
    expect(verdict).toMatchObject({ unexplained: [], unexplainedCount: 0 });
    // Defaults of two minor versions among it.
    expect(verdict.contents).toMatchObject({ differing: 0, lines: [] });
    expect(verdict.contents?.compared).toBeGreaterThan(10);
  });

  it('have workloads that do as well, but for what stands still', async () => {
    const verdict = await activities.verifyGreenWorkloads({ sides, stage, ...limits });
    expect(verdict).toMatchObject({ well: true, behind: [] });
  });

  it('do nothing twice: what stops on one side starts on the other, and back', async () => {
    const work = { singletons, madeBy, ...limits };
    const replicas = async (connection: KubernetesConnection): Promise<unknown> =>
      (await read(connection, paths.ordersDb)).spec['replicas'];
    const policy = async (connection: KubernetesConnection): Promise<unknown> =>
      (await read(connection, paths.application('synced'))).spec['syncPolicy'];
    const automated = { automated: { prune: true } };
    for (const [from, to] of [
      ['blue', 'green'],
      ['green', 'blue'],
    ] as const) {
      const [stopped, started] = from === 'blue' ? [blue, green] : [green, blue];
      const held = await activities.holdWork({ context: sides[from], side: from, ...work });
      expect(held).toEqual({ cronJobs: 1, singletons: 1, others: 2, problems: [] });
      expect([await replicas(stopped), await replicas(started)]).toEqual([0, 0]);
      expect(await activities.holdWork({ context: sides[from], side: from, ...work })).toEqual(held);
      expect(await activities.releaseWork({ context: sides[to], side: to, ...work })).toEqual(held);
      expect([await replicas(stopped), await replicas(started)]).toEqual([0, 2]);
      expect([await policy(stopped), await policy(started)]).toEqual([{}, automated]);
      const suspended = [stopped, started].map(async (side) => [
        (await read(side, paths.cronJob('nightly'))).spec['suspend'],
        (await read(side, paths.cronJob('paused'))).spec['suspend'],
      ]);
      expect(await Promise.all(suspended)).toEqual([
        [true, true],
        [false, true],
      ]);
      expect(await activities.compareSides({ sides, stage, tools: [] })).toMatchObject({
        ...{ unexplained: [], contents: { lines: [] } },
      });
      expect(await activities.verifyGreenWorkloads({ sides, stage, ...limits })).toMatchObject({
        well: true,
      });
    }
  });

  it('are no longer the same when one has more', async () => {
    await addLate();
    const { unexplained } = await activities.compareSides({ sides, stage, tools: [] });
    expect(unexplained).toEqual(['ConfigMap shop/late is not on the new cluster']);
  });

  /** What a person has on blue, which the worker itself may not make. */
  async function prepareBlue(): Promise<void> {
    const admin = await connectKubernetes({
      endpoint: lab.kubernetesUrl,
      certificateAuthorityPem: lab.certificateAuthorityPem,
      token: async () => lab.adminToken,
    });
    cleanups.push(() => admin.close());
    await post(admin, applicationDefinition);
    await post(admin, cronJob('nightly'));
    await post(admin, cronJob('paused', true));
    await servedByEach(
      { ...lab, components: lab.controlPlane.components(), token: lab.adminToken },
      '/apis/argoproj.io/v1alpha1/applications',
    );
    await post(admin, application('synced', { automated: { prune: true } }));
    await post(admin, application('by-hand'));
    await post(admin, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { namespace: 'shop', name: 'settings' },
    });
    addLate = () =>
      post(admin, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'shop', name: 'late' } });
  }

  async function createGreen(): Promise<void> {
    const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } =
      lab.environment;
    const eks = new EKSClient({
      endpoint: lab.eksUrl,
      region,
      credentials: { accessKeyId, secretAccessKey },
    });
    cleanups.push(async () => eks.destroy());
    const { cluster } = await eks.send(new DescribeClusterCommand({ name: 'blue' }));
    const subnetIds = cluster?.resourcesVpcConfig?.subnetIds ?? [];
    await eks.send(
      new CreateClusterCommand({
        ...{ name: 'green', version: '1.33', roleArn, resourcesVpcConfig: { subnetIds } },
        accessConfig: { authenticationMode: 'API' },
      }),
    );
    await vi.waitFor(async () => {
      const seen = await eks.send(new DescribeClusterCommand({ name: 'green' }));
      expect(seen.cluster?.status).toBe('ACTIVE');
    }, waiting);
    const group = { clusterName: 'green', nodegroupName: 'general' };
    await eks.send(
      new CreateNodegroupCommand({
        ...{ ...group, subnets: subnetIds, nodeRole: roleArn },
        scalingConfig: { desiredSize: 2, minSize: 2, maxSize: 2 },
      }),
    );
    await vi.waitFor(async () => {
      const { nodegroup } = await eks.send(new DescribeNodegroupCommand(group));
      expect(nodegroup?.status).toBe('ACTIVE');
    }, waiting);
  }
});
