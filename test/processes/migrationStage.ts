import type { LoadCount } from '../../elb-api/index.ts';
import { loadBalancerArns } from '../../scenario/loadBalancers.ts';
import { parseScenario } from '../../scenario/scenario.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import type { RequestInput } from '../../src/contract/request.ts';
import type { RoutingWeights } from '../../src/contract/routing.ts';
import { quickTiming, setStage } from './stage.ts';
import type { Stage } from './stage.ts';
import type { Upgrade } from './upgrade.ts';

type MigrationInput = NonNullable<RequestInput['migration']>;

/** A shop with a load balancer before it, and what migrates it. */
export interface MigrationStage extends Stage {
  /** Name that the new cluster gets. */
  green: string;
  /** What the load balancer's rule says now: percent of the users by cluster. */
  weights(): RoutingWeights;
  /** The rule's target groups, in its order. */
  targetGroups(): { group: 'blue' | 'green'; weight: number }[];
  /** What users have seen so far. */
  load(): LoadCount;
  /** Posts to the control endpoint about the new cluster, which need not be there yet. */
  onGreen(path: string, body: unknown): Promise<unknown>;
  /** Starts a migration to 1.34; `change` is laid over what it is asked with. */
  migrate(change?: Partial<MigrationInput>, more?: Partial<RequestInput>): Promise<Upgrade>;
}

const balancer = 'shop';
const service = { namespace: 'shop', service: 'web', port: 8080 };

/** Two node groups, a shop that users ask, what must not work twice, and a volume. */
function shop(cluster: string): Scenario {
  return parseScenario({
    cluster: { name: cluster, version: '1.31' },
    nodeGroups: [
      { name: 'general', size: 2 },
      { name: 'platform', size: 1, labels: { workload: 'platform' } },
    ],
    addons: [
      { name: 'coredns', version: 'v1.11.4-eksbuild.2' },
      { name: 'kube-proxy', version: 'v1.31.3-eksbuild.2' },
      { name: 'vpc-cni', version: 'v1.19.2-eksbuild.1' },
    ],
    workloads: [
      { kind: 'Deployment', namespace: 'shop', name: 'web', replicas: 2, port: 8080 },
      { kind: 'Deployment', namespace: 'shop', name: 'mailer' },
      {
        ...{ kind: 'Deployment', namespace: 'shop', name: 'search' },
        nodeSelector: { workload: 'platform' },
      },
    ],
    manifests: [
      {
        apiVersion: 'batch/v1',
        kind: 'CronJob',
        metadata: { name: 'report', namespace: 'shop' },
        spec: {
          schedule: '0 3 * * *',
          suspend: false,
          jobTemplate: {
            spec: {
              template: {
                spec: {
                  restartPolicy: 'Never',
                  containers: [{ name: 'report', image: 'registry.example.com/report:1' }],
                },
              },
            },
          },
        },
      },
      {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name: 'cache', namespace: 'shop' },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
      },
      {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: {
          ...{ name: 'mailer', namespace: 'shop' },
          annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::111122223333:role/shop-mailer' },
        },
      },
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'settings', namespace: 'shop' },
        data: { currency: 'JPY' },
      },
    ],
    loadBalancers: [
      {
        name: balancer,
        targetGroups: [
          { name: 'blue', cluster, ...service, weight: 100 },
          { name: 'green', cluster: greenOf(cluster), ...service },
        ],
      },
    ],
  });
}

const greenOf = (cluster: string): string => `${cluster}-1-34`;

/** Sets a stage with users who ask the shop all the time. */
export async function setMigrationStage(
  onEnd: (clear: () => Promise<void>) => void,
): Promise<MigrationStage> {
  let scenario: Scenario | undefined;
  const stage = await setStage(onEnd, { scenario: (cluster) => (scenario = shop(cluster)) });
  const [arns] = scenario === undefined ? [] : loadBalancerArns(scenario);
  if (arns === undefined) throw new Error('The scenario has no load balancer.');
  const groupOf = (name: string): string => arns.targetGroups.find((group) => group.name === name)?.arn ?? '';
  const [blue, green] = [groupOf('blue'), groupOf('green')];
  const { loadBalancers } = stage.simulator;
  await loadBalancers.putLoad(balancer, { users: 2, pauseMs: 20 });

  const targetGroups = () => {
    const { actions } = loadBalancers.api.store.findRule(arns.rule);
    const forward = actions.find(({ Type }) => Type === 'forward');
    return forward?.Type === 'forward'
      ? forward.ForwardConfig.TargetGroups.map(({ TargetGroupArn, Weight }) => ({
          group: TargetGroupArn === blue ? ('blue' as const) : ('green' as const),
          weight: Weight,
        }))
      : [];
  };

  return {
    ...stage,
    green: greenOf(stage.cluster),
    targetGroups,
    weights() {
      const weightOf = (name: 'blue' | 'green') =>
        targetGroups().find(({ group }) => group === name)?.weight ?? 0;
      return { blue: weightOf('blue'), green: weightOf('green') };
    },
    load() {
      const count = loadBalancers.load();
      if (count === undefined) throw new Error('Nobody asks the shop.');
      return count;
    },
    onGreen: (path, body) => stage.control('POST', `${path}?cluster=${greenOf(stage.cluster)}`, body),
    migrate: (change = {}, more = {}) =>
      stage.start(
        {
          targetVersion: '1.34',
          workers: { strategy: 'blue-green' },
          migration: {
            routing: { alb: { rule: arns.rule, blue, green } },
            singletons: [{ kind: 'Deployment', namespace: 'shop', name: 'mailer' }],
            volumes: { '*': 'empty' },
            probes: [
              {
                name: 'web',
                green: { service: { namespace: 'shop', name: 'web', port: 8080 } },
                ...{ inARow: 1, every: '100ms', timeLimit: '30s', answerWithin: '30s' },
              },
            ],
            steps: { weights: [25, 50, 100], soak: '1m', lookEvery: '20s' },
            healthyTimeout: '10h',
            keepOldFor: '1m',
            ...change,
          },
          timing: quickTiming,
          ...more,
        },
        { workflowType: 'migrateCluster' },
      ),
  };
}
