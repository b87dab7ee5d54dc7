import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { onTestFinished } from 'vitest';
import { startElbApi, startPodStandIns } from '../../elb-api/index.ts';
import type { ElbApi, ElbApiOptions, ElbSetup, PodStandIns } from '../../elb-api/index.ts';
import type { MutationRecord } from '../../eks-api/index.ts';

export const region = 'ap-northeast-1';
export const accessKey = {
  accessKeyId: 'AKIAEXAMPLE',
  secretAccessKey: 'secret',
  principalArn: 'arn:aws:iam::111122223333:user/tester',
};

/** What stands for the Pods of a cluster, and what can be done to them. */
export interface TestPods extends PodStandIns {
  ready: number;
  /** Status that they answer with. */
  status: number;
  /** Waited for before each answer. */
  beforeAnswer: (() => Promise<void>) | undefined;
}

/** Starts Pods' stand-ins of a cluster for one test, with two Pods Ready. */
export async function testPods(cluster: string): Promise<TestPods> {
  const state: Pick<TestPods, 'ready' | 'status' | 'beforeAnswer'> = {
    ready: 2,
    status: 200,
    beforeAnswer: undefined,
  };
  const pods = await startPodStandIns({
    cluster,
    version: () => '1.31',
    readyPods: () => state.ready,
    status: () => state.status,
    beforeAnswer: async () => state.beforeAnswer?.(),
  });
  onTestFinished(() => pods.close());
  return Object.assign(state, pods);
}

export interface TestElb {
  api: ElbApi;
  client: ElasticLoadBalancingV2Client;
  journal: MutationRecord[];
  /** Of the one listener of load balancer `shop`. */
  listenerArn: string;
  /** The listener's rule of priority 10; of the default one where there is none. */
  ruleArn: string;
  /** Where the listener listens. */
  address: string;
  /** The ARN of a target group by its name. */
  group: (name: string) => string;
  /** Another client, with other settings. */
  connect: (
    settings: ConstructorParameters<typeof ElasticLoadBalancingV2Client>[0],
  ) => ElasticLoadBalancingV2Client;
}

/** A load balancer with one listener whose rule forwards everything to blue; green is in no rule yet. */
export function exampleSetup(change: Partial<ElbSetup> = {}): ElbSetup {
  const actions = [{ Type: 'forward' as const, to: [{ targetGroup: 'blue', weight: 1 }] }];
  return {
    account: '111122223333',
    region,
    loadBalancers: [
      {
        name: 'shop',
        tags: { team: 'shop' },
        listeners: [
          {
            defaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
            rules: [{ priority: 10, paths: ['/*'], actions, tags: { owner: 'terraform' } }],
          },
        ],
      },
    ],
    targetGroups: [{ name: 'blue' }, { name: 'green' }],
    ...change,
  };
}

/** Starts the API for one test, with the AWS SDK's own client to talk to it. */
export async function startTestElb(options: Partial<ElbApiOptions> = {}): Promise<TestElb> {
  const journal: MutationRecord[] = [];
  const api = await startElbApi({
    setup: exampleSetup(),
    accessKeys: [accessKey],
    onMutation: (record) => journal.push(record),
    ...options,
  });
  const clients: ElasticLoadBalancingV2Client[] = [];
  const connect: TestElb['connect'] = (settings) => {
    const client = new ElasticLoadBalancingV2Client({
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
  const [listener] = [...api.store.listeners.values()];
  if (listener === undefined) throw new Error('the setup has no listener');
  const [rule] = api.store.rulesOf(listener.arn);
  return {
    api,
    client: connect({}),
    journal,
    listenerArn: listener.arn,
    ruleArn: rule?.arn ?? '',
    address: `http://127.0.0.1:${listener.port}`,
    group: (name) => api.store.targetGroupArn(name),
    connect,
  };
}
