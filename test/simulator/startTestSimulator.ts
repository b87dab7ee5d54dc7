import { CoreV1Api, KubeConfig, VersionApi } from '@kubernetes/client-node';
import { DescribeClusterCommand, DescribeUpdateCommand, EKSClient } from '@aws-sdk/client-eks';
import type { Update } from '@aws-sdk/client-eks';
import { setTimeout as wait } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { parseScenario } from '../../scenario/scenario.ts';
import type { ScenarioInput } from '../../scenario/scenario.ts';
import { startSimulator } from '../../simulator/start.ts';
import type { RunningSimulator, SimulatorOptions } from '../../simulator/start.ts';
import { makeEksToken } from '../../src/platform/eks/token.ts';

/** A small shop: two node groups, the three usual add-ons, and a Deployment under a budget. */
export const smallShop: ScenarioInput = {
  cluster: { name: 'shop', version: '1.31', tags: { team: 'shop' } },
  nodeGroups: [
    { name: 'general', size: 3, updateConfig: { maxUnavailable: 1 } },
    { name: 'gpu', size: 1, taints: [{ key: 'gpu', effect: 'NoSchedule' }] },
  ],
  addons: [
    { name: 'coredns', version: 'v1.11.3-eksbuild.1' },
    { name: 'kube-proxy', version: 'v1.31.3-eksbuild.2' },
    { name: 'vpc-cni', version: 'v1.19.0-eksbuild.1' },
    { name: 'metrics-server', version: 'v0.7.2-eksbuild.1', managed: false },
  ],
  insights: [{ name: 'Deprecated APIs', status: 'PASSING', kubernetesVersion: '1.32' }],
  workloads: [
    { kind: 'Deployment', namespace: 'shop', name: 'web', replicas: 4, budget: { maxUnavailable: 1 } },
  ],
};

export interface TestSimulator {
  simulator: RunningSimulator;
  client: EKSClient;
  /** Sends to the control endpoint; resolves with its answer. */
  control: (method: string, path: string, body?: unknown) => Promise<{ status: number; answer: unknown }>;
  ended: (
    update: Update | undefined,
    selector?: { nodegroupName?: string; addonName?: string },
  ) => Promise<Update>;
}

/** Starts a simulator for one test, an hour in 1.2 s unless another speed is given. */
export async function startTestSimulator(
  scenario: ScenarioInput = smallShop,
  options: Partial<SimulatorOptions> = {},
): Promise<TestSimulator> {
  const simulator = await startSimulator({ speed: 3000, ...options, scenario: parseScenario(scenario) });
  const client = eksClientOf(simulator);
  onTestFinished(async () => {
    client.destroy();
    await simulator.close();
  });
  return {
    simulator,
    client,
    async control(method, path, body) {
      const response = await fetch(`${simulator.eksUrl}/_simulator${path}`, {
        method,
        ...(body === undefined
          ? {}
          : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      });
      return { status: response.status, answer: await response.json() };
    },
    async ended(update, selector = {}) {
      for (;;) {
        const asked = new DescribeUpdateCommand({ name: 'shop', updateId: update?.id, ...selector });
        const answer = await client.send(asked);
        if (answer.update !== undefined && answer.update.status !== 'InProgress') return answer.update;
        await wait(5);
      }
    },
  };
}

/** A client that has only what the environment says. */
export function eksClientOf({ environment }: RunningSimulator, maxAttempts = 10): EKSClient {
  return new EKSClient({
    endpoint: environment['AWS_ENDPOINT_URL_EKS'] ?? '',
    region: environment['AWS_REGION'] ?? '',
    credentials: {
      accessKeyId: environment['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: environment['AWS_SECRET_ACCESS_KEY'] ?? '',
    },
    maxAttempts,
  });
}

/** The Kubernetes client library, from what DescribeCluster says and a token of these credentials. */
export async function kubernetesOf(
  client: EKSClient,
  clusterName = 'shop',
): Promise<{ core: CoreV1Api; version: VersionApi }> {
  const { cluster } = await client.send(new DescribeClusterCommand({ name: clusterName }));
  const { token } = await makeEksToken({
    clusterName,
    region: await client.config.region(),
    credentials: await client.config.credentials(),
  });
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [
      { name: 'shop', server: cluster?.endpoint ?? '', caData: cluster?.certificateAuthority?.data ?? '' },
    ],
    users: [{ name: 'me', token }],
    contexts: [{ name: 'shop', cluster: 'shop', user: 'me' }],
    currentContext: 'shop',
  });
  return { core: config.makeApiClient(CoreV1Api), version: config.makeApiClient(VersionApi) };
}
