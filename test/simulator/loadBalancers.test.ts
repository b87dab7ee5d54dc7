import {
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { loadBalancerArns } from '../../scenario/loadBalancers.ts';
import { parseScenario } from '../../scenario/scenario.ts';
import type { ScenarioInput } from '../../scenario/scenario.ts';
import type { RunningSimulator } from '../../simulator/start.ts';
import { AlbRouting } from '../../src/routing/alb.ts';
import { AlbConnection } from '../../src/routing/albConnection.ts';
import { deployments, endpointSlices, namespaces, services } from '../../simulator/cluster/kinds.ts';
import { smallShop, startTestSimulator } from './startTestSimulator.ts';

const patiently = { timeout: 60_000 };
const service = { namespace: 'shop', service: 'web', port: 80 };
const balanced: ScenarioInput = {
  ...smallShop,
  workloads: [{ kind: 'Deployment', namespace: 'shop', name: 'web', replicas: 3, port: 80 }],
  loadBalancers: [
    {
      name: 'shop',
      targetGroups: [
        { name: 'blue', cluster: 'shop', ...service, weight: 100 },
        { name: 'green', cluster: 'shop-2', ...service },
      ],
    },
  ],
};
const [arns] = loadBalancerArns(parseScenario(balanced));
const arnOf = (name: string): string => arns?.targetGroups.find((group) => group.name === name)?.arn ?? '';

const start = () => startTestSimulator(balanced, { speed: 600 });

/** States of a target group's targets, as AWS tells them. */
async function states({ environment }: RunningSimulator, name: string): Promise<(string | undefined)[]> {
  const client = new ElasticLoadBalancingV2Client({
    endpoint: environment['AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2'] ?? '',
    region: environment['AWS_REGION'] ?? '',
    credentials: {
      accessKeyId: environment['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: environment['AWS_SECRET_ACCESS_KEY'] ?? '',
    },
  });
  try {
    const asked = new DescribeTargetHealthCommand({ TargetGroupArn: arnOf(name) });
    const { TargetHealthDescriptions = [] } = await client.send(asked);
    return TargetHealthDescriptions.map(({ TargetHealth }) => TargetHealth?.State);
  } finally {
    client.destroy();
  }
}

describe('a load balancer of a scenario', () => {
  it('has the Ready Pods of its Service for targets, healthy from the start', async () => {
    const { simulator } = await start();
    expect(await states(simulator, 'blue')).toEqual(['healthy', 'healthy', 'healthy']);
    expect(await states(simulator, 'green')).toEqual([]);
    const answer = await fetch(simulator.loadBalancers.address('shop'));
    expect(await answer.json()).toEqual({ cluster: 'shop', version: '1.31', readyPods: 3 });
  });

  it('loses no request while its Pods come and go', async () => {
    const { simulator } = await start();
    await simulator.loadBalancers.putLoad('shop', { users: 2, pauseMs: 0 });
    for (const replicas of [1, 5]) {
      scale(simulator, replicas);
      await vi.waitFor(async () => {
        expect(await states(simulator, 'blue')).toEqual(Array<string>(replicas).fill('healthy'));
      }, patiently);
    }
    expect(await simulator.loadBalancers.stopLoad()).toMatchObject({ failed: 0, failures: [] });
  });

  it('has the Pods of a cluster that is made later, and none once it has gone', async () => {
    const { simulator } = await start();
    const { clusters } = simulator;
    const { cluster } = clusters.first;
    const { region } = cluster.scenario.cluster;
    const asked = { name: 'shop-2', region, version: '1.33', tags: {}, selfManagedAddons: [] };
    const made = clusters.prepare(asked);
    await made.start(new AbortController().signal);
    // A Service that a controller looks after would need nodes first.
    const { store } = clusters.find('shop-2')?.cluster ?? cluster;
    const ports = [{ name: 'main', port: 80 }];
    store.create(namespaces, { kind: 'Namespace', metadata: { name: 'shop' } });
    store.create(services, {
      kind: 'Service',
      metadata: { namespace: 'shop', name: 'web' },
      spec: { ports },
    });
    store.create(endpointSlices, {
      kind: 'EndpointSlice',
      metadata: { namespace: 'shop', name: 'web-1', labels: { 'kubernetes.io/service-name': 'web' } },
      ports: [{ name: 'main', port: 8080 }],
      endpoints: ['one', 'two'].map((uid) => ({
        addresses: ['10.0.0.1'],
        conditions: { ready: true },
        targetRef: { name: uid, uid },
      })),
    });
    // In no rule yet, so that nobody checks them.
    await vi.waitFor(async () => {
      expect(await states(simulator, 'green')).toEqual(['unused', 'unused']);
    }, patiently);
    await made.end();
    await vi.waitFor(async () => {
      expect(await states(simulator, 'green')).toEqual([]);
    }, patiently);
    expect(await states(simulator, 'blue')).toHaveLength(3);
  });

  it('can be switched, is written down in the journal, and can refuse', async () => {
    const { simulator, control } = await start();
    for (const [name, value] of Object.entries(simulator.environment)) vi.stubEnv(name, value);
    onTestFinished(() => void vi.unstubAllEnvs());
    const connection = new AlbConnection({ region: 'ap-northeast-1' }, { maxAttempts: 1 });
    const sides = { rule: arns?.rule ?? '', blue: arnOf('blue'), green: arnOf('green') };
    const routing = new AlbRouting(connection, sides);
    const half = { to: { blue: 50, green: 50 } };

    await control('PUT', '/denied', { operations: ['ModifyRule'] });
    await expect(routing.setWeights(half)).rejects.toMatchObject({ type: 'CredentialsRefused' });
    await control('PUT', '/denied', { operations: [] });
    const owner = { 'elbv2.k8s.aws/cluster': 'shop' };
    await control('PUT', '/load-balancers/shop/tags', { tags: owner });
    await expect(routing.setWeights(half)).rejects.toMatchObject({ type: 'PlatformRefused' });
    await control('PUT', '/load-balancers/shop/tags', { tags: {} });
    await routing.setWeights(half);
    expect((await routing.describe()).weights).toEqual(half.to);
    expect(simulator.journal).toMatchObject([
      { operation: 'ModifyRule', resource: sides.rule, outcome: 'refused' },
      { operation: 'ModifyRule', resource: sides.rule, outcome: 'applied' },
    ]);
  });

  it('has users that can be sent, counted and sent home from outside', async () => {
    const { control } = await start();
    expect((await control('PUT', '/load', { loadBalancer: 'none' })).status).toBe(404);
    expect((await control('PUT', '/load', { loadBalancer: 'shop', users: 1, pauseMs: 0 })).status).toBe(200);
    await vi.waitFor(async () => {
      expect((await control('GET', '/load')).answer).toMatchObject({
        failed: 0,
        byCluster: { shop: expect.any(Number) },
      });
    }, patiently);
    await control('PUT', '/pods', { status: 500 });
    await vi.waitFor(async () => {
      expect((await control('GET', '/load')).answer).toMatchObject({
        failures: expect.arrayContaining([expect.objectContaining({ why: 'answered 500' })]),
      });
    }, patiently);
    const { answer } = await control('DELETE', '/load');
    expect((await control('GET', '/load')).answer).toEqual(answer);
  });
});

function scale({ cluster }: RunningSimulator, replicas: number): void {
  const web = cluster.store.get(deployments, 'shop', 'web');
  cluster.store.update(deployments, { ...web, spec: { ...web.spec, replicas } });
}
