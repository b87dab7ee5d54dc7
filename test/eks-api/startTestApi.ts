import { DescribeUpdateCommand, EKSClient } from '@aws-sdk/client-eks';
import type { EKSServiceException, Update } from '@aws-sdk/client-eks';
import { onTestFinished } from 'vitest';
import { startEksApi } from '../../eks-api/index.ts';
import type {
  EksApi,
  EksApiOptions,
  EksNodeGroupState,
  EksState,
  MutationRecord,
} from '../../eks-api/index.ts';
import { MemoryInfrastructure } from './memoryInfrastructure.ts';
import type { MemoryInfrastructureOptions } from './memoryInfrastructure.ts';

export const region = 'ap-northeast-1';
export const accessKey = {
  accessKeyId: 'AKIAEXAMPLE',
  secretAccessKey: 'secret',
  principalArn: 'arn:aws:iam::111122223333:user/tester',
};
export const clusterArn = `arn:aws:eks:${region}:111122223333:cluster/demo`;

/** A cluster with one node group of three nodes in three zones, three add-ons and one insight. */
export function exampleState(change: Partial<EksState> = {}): EksState {
  return {
    cluster: {
      name: 'demo',
      region,
      account: '111122223333',
      createdAt: new Date('2026-01-02T03:04:05Z'),
      tags: { terraform: 'true' },
      autoMode: false,
      health: [],
      subnets: ['a', 'c', 'd'].map((letter) => ({ id: `subnet-${letter}`, zone: `${region}${letter}` })),
    },
    nodeGroups: [exampleGroup()],
    addons: [
      { name: 'coredns', version: 'v1.11.3-eksbuild.1', tags: {} },
      { name: 'kube-proxy', version: 'v1.31.3-eksbuild.2', tags: {} },
      { name: 'vpc-cni', version: 'v1.19.0-eksbuild.1', tags: {} },
    ],
    insights: [],
    ...change,
  };
}

export function exampleGroup(change: Partial<EksNodeGroupState> = {}): EksNodeGroupState {
  return {
    name: 'blue',
    version: '1.31',
    status: 'ACTIVE',
    size: { min: 1, max: 5, desired: 3 },
    instanceType: 'm6i.large',
    amiType: 'AL2023_x86_64_STANDARD',
    subnets: ['subnet-a', 'subnet-c', 'subnet-d'],
    labels: { workload: 'general' },
    taints: [],
    updateConfig: { maxUnavailable: 1 },
    tags: {},
    health: [],
    ...change,
  };
}

export interface TestApi {
  api: EksApi;
  client: EKSClient;
  infrastructure: MemoryInfrastructure;
  journal: MutationRecord[];
  /** Another client, with other settings. */
  connect: (settings: ConstructorParameters<typeof EKSClient>[0]) => EKSClient;
  /** Lets time pass until an update has ended. */
  ended: (
    update: Update | undefined,
    selector?: { nodegroupName?: string; addonName?: string },
  ) => Promise<Update>;
}

/** Starts the API over machines in memory, for one test, with the AWS SDK's own client to talk to it. */
export async function startTestApi(
  options: Partial<EksApiOptions> & {
    machines?: MemoryInfrastructureOptions | MemoryInfrastructure;
    apps?: string[];
  } = {},
): Promise<TestApi> {
  const { machines } = options;
  const infrastructure =
    machines instanceof MemoryInfrastructure ? machines : new MemoryInfrastructure(machines);
  const state = options.state ?? exampleState();
  for (const group of state.nodeGroups) {
    for (let index = 0; index < group.size.desired; index += 1) {
      const zone = `${region}${'acd'.charAt(index % 3)}`;
      infrastructure.addNode(group.name, group.version, zone, options.apps ?? ['web', 'cart']);
    }
  }
  const journal: MutationRecord[] = [];
  const api = await startEksApi({
    infrastructure,
    accessKeys: [accessKey],
    onMutation: (record) => journal.push(record),
    ...options,
    state,
  });
  const clients: EKSClient[] = [];
  const connect: TestApi['connect'] = (settings) => {
    const client = new EKSClient({
      endpoint: api.url,
      region,
      credentials: accessKey,
      maxAttempts: 1,
      ...settings,
    });
    clients.push(client);
    return client;
  };
  onTestFinished(async () => {
    for (const client of clients) client.destroy();
    await api.close();
  });
  const client = connect({});
  return {
    api,
    client,
    infrastructure,
    journal,
    connect,
    async ended(update, selector = {}) {
      const asked = new DescribeUpdateCommand({ name: 'demo', updateId: update?.id, ...selector });
      let last: Update | undefined;
      await infrastructure.clock.until(async () => {
        last = (await client.send(asked)).update;
        return last?.status !== 'InProgress';
      });
      if (last === undefined) throw new Error('the update is not described');
      return last;
    },
  };
}

/** What a refused call says: EKS's name of the error, the HTTP code and the message. */
export async function refusal(
  sending: Promise<unknown>,
): Promise<{ name: string; code: number | undefined; message: string }> {
  try {
    await sending;
  } catch (error) {
    const { name, message, $metadata } = error as EKSServiceException;
    return { name, code: $metadata.httpStatusCode, message };
  }
  throw new Error('the call was not refused');
}
