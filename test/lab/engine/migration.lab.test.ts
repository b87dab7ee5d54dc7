import { join } from 'node:path';
import { DescribeClusterCommand, EKSClient, ListClustersCommand } from '@aws-sdk/client-eks';
import {
  DescribeListenersCommand,
  DescribeRulesCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { startLoad } from '../../../elb-api/index.ts';
import type { Load } from '../../../elb-api/index.ts';
import { KubernetesClient } from '../../../lab/cluster/kubernetesClient.ts';
import type { KubernetesObject } from '../../../lab/cluster/kubernetesClient.ts';
import { loadBalancerArns } from '../../../scenario/loadBalancers.ts';
import { loadScenario } from '../../../scenario/scenario.ts';
import type { UpgradeStatus } from '../../../src/contract/status.ts';
import { makeEksToken } from '../../../src/platform/eks/token.ts';
import { findTemporalBinary } from '../../../src/temporal/binary.ts';
import type { Upgrade } from '../../processes/upgrade.ts';
import { setLabStage } from './labStage.ts';
import type { LabStage } from './labStage.ts';

const blue = 'shop-blue';
const green = 'shop-green';
const scenarioFile = join(import.meta.dirname, 'migration.yaml');
const scenario = loadScenario(scenarioFile);
const { region } = scenario.cluster;

/** Waits as much shorter as the scenario is faster; the limits leave room for a busy machine. */
const timing = {
  scale: 1 / 60,
  pollInterval: '30s',
  reconnectInterval: '60s',
  settleTimeout: '5h',
  controlPlaneTimeout: '10h',
  addonTimeout: '10h',
  nodesTimeout: '10h',
  observationMaxAge: '10h',
} as const;

interface CronJob extends KubernetesObject {
  spec: { suspend?: boolean };
}

describe('a migration of a real control plane of 1.31 to one of 1.33', () => {
  const cleanups: (() => Promise<unknown>)[] = [];
  let stage: LabStage;
  let upgrade: Upgrade;
  let load: Load;
  let elb: ElasticLoadBalancingV2Client;
  let eks: EKSClient;

  beforeAll(async () => {
    stage = await setLabStage(scenarioFile, (clear) => cleanups.push(clear));
    const credentials = credentialsOf(stage);
    elb = new ElasticLoadBalancingV2Client({
      endpoint: stage.environment['AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2'] ?? '',
      region,
      credentials,
    });
    eks = new EKSClient({ endpoint: stage.environment['AWS_ENDPOINT_URL_EKS'] ?? '', region, credentials });
    load = startLoad({ url: await listener(), users: 2, pauseMs: 20 });
    cleanups.push(() => load.stop());
    await stage.startWorker();
    upgrade = await stage.start(migrationRequest(), 'upgradeCluster');
  }, 300_000);

  afterAll(async () => {
    for (const clear of cleanups.reverse()) await clear();
  }, 120_000);

  it('brings all resources there, and nobody, before the cutover is approved', async () => {
    await upgrade.approve('plan');
    await upgrade.gate('cutover');
    const { migration } = await upgrade.status();
    expect(migration?.compared).toMatchObject({ unexplainedCount: 0 });
    expect(migration?.copied).toMatchObject({ refusedCount: 0 });
    const [old, fresh] = await clients();
    expect(await fresh.get('/version')).toMatchObject({ minor: '33' });
    expect(await namesOn(fresh)).toEqual(await namesOn(old));
    expect(await suspended(old)).toBe(false);
    expect(await suspended(fresh)).toBe(true);
    expect(await replicas(fresh, 'scheduler')).toBe(0);
    expect(await greenWeight()).toBe(0);
  }, 300_000);

  it('goes over when the Temporal CLI approves it, with what must not work twice', async () => {
    await signal('approve', await answer('cutover'));
    await upgrade.until('blue is kept', keepsBlue);
    expect(await greenWeight()).toBe(100);
    const [old, fresh] = await clients();
    expect([await suspended(old), await suspended(fresh)]).toEqual([true, false]);
    expect([await replicas(old, 'scheduler'), await replicas(fresh, 'scheduler')]).toEqual([0, 1]);
  }, 300_000);

  it('goes back by rollback, and asks again', async () => {
    await signal('rollback', { by: 'on-call' });
    const { currentVersion } = await upgrade.until(
      'the second opening',
      ({ gates }) => gates.at(-1)?.gate === 'cutover' && gates.at(-1)?.opening === 2,
    );
    expect(currentVersion).toBe('1.31');
    expect(await greenWeight()).toBe(0);
    const [old, fresh] = await clients();
    expect([await suspended(old), await suspended(fresh)]).toEqual([false, true]);
    expect([await replicas(old, 'scheduler'), await replicas(fresh, 'scheduler')]).toEqual([1, 0]);
  }, 300_000);

  it('goes over once more, and the old cluster goes when that is approved', async () => {
    await signal('approve', await answer('cutover'));
    await signal('approve', await answer('retire'));
    expect(await upgrade.completed()).toMatchObject({ outcome: 'completed', version: '1.33' });
    expect((await eks.send(new ListClustersCommand())).clusters).toEqual([green]);
    expect(await greenWeight()).toBe(100);
    const versions = new Set((await stage.components()).map(({ version }) => version));
    expect([...versions].some((version) => version.startsWith('1.31'))).toBe(false);
  }, 300_000);

  it('loses no request of any user, all the while', async () => {
    const { failed, byCluster } = await load.stop();
    console.error(`[lab] users: ${JSON.stringify({ failed, byCluster })}`);
    expect(failed).toBe(0);
    expect(byCluster[blue]).toBeGreaterThan(100);
    expect(byCluster[green]).toBeGreaterThan(100);
  });

  function migrationRequest() {
    const [balancer] = loadBalancerArns(scenario);
    const arn = (name: string): string =>
      balancer?.targetGroups.find((group) => group.cluster === name)?.arn ?? '';
    return {
      cluster: { name: blue },
      targetVersion: '1.33',
      workers: { strategy: 'blue-green' as const },
      migration: {
        green: { name: green },
        routing: { alb: { rule: balancer?.rule ?? '', blue: arn(blue), green: arn(green) } },
        volumes: { '*': 'empty' as const },
        singletons: [{ kind: 'Deployment' as const, namespace: 'shop', name: 'scheduler' }],
        steps: { weights: [25, 100], soak: '2m', lookEvery: '30s' },
        healthyTimeout: '10h',
        // A rollback comes in time even when that is over: then the old cluster's end is asked for, and not given.
        keepOldFor: '10m',
      },
      gates: { timeout: '300h' },
      timing,
    };
  }

  const keepsBlue = ({ waits, gates }: UpgradeStatus) =>
    waits.some(({ kind }) => kind === 'keep-old') || gates.some(({ gate }) => gate === 'retire');

  /** As a person does it, with what the status shows. */
  async function signal(name: string, payload: object): Promise<void> {
    const { address, namespace } = inject('temporal');
    await execa(await findTemporalBinary({ log: () => undefined }), [
      ...['workflow', 'signal', '--address', address, '--namespace', namespace],
      ...['--workflow-id', upgrade.workflowId, '--name', name, '--input', JSON.stringify(payload)],
    ]);
  }

  async function answer(gate: 'cutover' | 'retire') {
    const { digest } = await upgrade.gate(gate);
    return { gate, by: 'on-call', digest: digest.slice(0, 8) };
  }

  async function greenWeight(): Promise<number> {
    const [balancer] = loadBalancerArns(scenario);
    const { Rules } = await elb.send(new DescribeRulesCommand({ RuleArns: [balancer?.rule ?? ''] }));
    const groups = Rules?.[0]?.Actions?.[0]?.ForwardConfig?.TargetGroups ?? [];
    const arn = balancer?.targetGroups.find(({ cluster }) => cluster === green)?.arn;
    return groups.find(({ TargetGroupArn }) => TargetGroupArn === arn)?.Weight ?? 0;
  }

  async function listener(): Promise<string> {
    const [balancer] = loadBalancerArns(scenario);
    const ListenerArns = [
      (balancer?.rule ?? '').replace('listener-rule', 'listener').replace(/\/[^/]+$/, ''),
    ];
    const { Listeners } = await elb.send(new DescribeListenersCommand({ ListenerArns }));
    return `http://127.0.0.1:${Listeners?.[0]?.Port ?? 0}/`;
  }

  async function clients(): Promise<[KubernetesClient, KubernetesClient]> {
    return [await clientOf(blue), await clientOf(green)];
  }

  async function clientOf(name: string): Promise<KubernetesClient> {
    const { cluster } = await eks.send(new DescribeClusterCommand({ name }));
    const { token } = await makeEksToken({ clusterName: name, region, credentials: credentialsOf(stage) });
    const client = new KubernetesClient({
      url: cluster?.endpoint ?? '',
      certificateAuthorityPem: Buffer.from(cluster?.certificateAuthority?.data ?? '', 'base64').toString(),
      token,
    });
    cleanups.push(() => client.close());
    return client;
  }
});

const kinds = [
  ...['/api/v1/configmaps', '/api/v1/secrets', '/api/v1/services', '/api/v1/serviceaccounts'],
  ...['/api/v1/persistentvolumeclaims', '/apis/apps/v1/deployments', '/apis/apps/v1/statefulsets'],
  ...['/apis/apps/v1/daemonsets', '/apis/batch/v1/cronjobs', '/apis/policy/v1/poddisruptionbudgets'],
  ...['/apis/networking.k8s.io/v1/ingresses', '/apis/rbac.authorization.k8s.io/v1/roles'],
  ...['/apis/rbac.authorization.k8s.io/v1/rolebindings', '/apis/shop.example.com/v1/promotions'],
  '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
];

/** What of each kind is in the scenario's namespaces, by a list of our own that shares nothing with the engine's. */
async function namesOn(client: KubernetesClient): Promise<string[]> {
  const lists = await Promise.all(kinds.map((path) => client.list(path)));
  return lists
    .flatMap((objects, index) =>
      objects
        .filter(({ metadata: { namespace = 'shop' } }) => ['shop', 'monitoring'].includes(namespace))
        .map(({ metadata: { namespace, name } }) => `${kinds[index] ?? ''} ${namespace ?? ''}/${name}`),
    )
    .sort();
}

async function suspended(client: KubernetesClient): Promise<boolean> {
  const { spec } = await client.get<CronJob>('/apis/batch/v1/namespaces/shop/cronjobs/invoices');
  return spec.suspend === true;
}

async function replicas(client: KubernetesClient, name: string): Promise<number> {
  const { spec } = await client.get<{ spec: { replicas: number } }>(
    `/apis/apps/v1/namespaces/shop/deployments/${name}`,
  );
  return spec.replicas;
}

function credentialsOf({ environment }: LabStage): { accessKeyId: string; secretAccessKey: string } {
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = environment;
  return { accessKeyId, secretAccessKey };
}
