import type { MigrationActivities } from '../../src/activities/migrationTypes.ts';
import type { MigrationStage } from '../../src/contract/migration.ts';
import type { EvidenceReference } from '../../src/contract/evidence.ts';
import type { Plan } from '../../src/contract/plan.ts';
import type { RoutingWeights } from '../../src/contract/routing.ts';
import { judgeSoak } from '../../src/routing/judgeStep.ts';
import type { StepVerdict } from '../../src/routing/judgeStep.ts';
import type { ToolChange } from '../../src/contract/tools.ts';
import { failWith } from './failWith.ts';
import { toolsStage } from './fakeTool.ts';

/** Two clusters in memory, which the activities of a migration change as EKS and a load balancer would. */
export interface FakeMigration {
  activities: MigrationActivities;
  /** Clusters that are there. */
  clusters: Set<string>;
  weights: RoutingWeights;
  /** Every change of the weights: percent on green. */
  moves: number[];
  /** On which clusters what must not work twice works. */
  working: Set<string>;
  trusted: boolean;
  /** What changed, in order. */
  log: string[];
  /** How green serves at so many percent. */
  look: (green: number) => StepVerdict;
}

export const blue = 'prod';
export const green = 'prod-1-34';

const group = { name: 'general', size: { min: 1, max: 3, desired: 2 } };

export const stages: MigrationStage[] = [
  {
    stage: 'green-cluster',
    cluster: green,
    from: '1.31',
    to: '1.34',
    create: true,
    accessEntries: ['arn:aws:iam::111122223333:role/admin'],
    podIdentities: [],
    trustedBy: ['arn:aws:iam::111122223333:role/shop'],
  },
  { stage: 'green-add-ons', cluster: green, addons: [{ name: 'vpc-cni', version: 'v1.20.4-eksbuild.2' }] },
  { stage: 'green-workers', cluster: green, to: '1.34', nodeGroups: [group] },
  {
    stage: 'resources',
    cluster: green,
    sources: [{ copy: { excludeNamespaces: [], excludeKinds: [] } }],
    singletons: [{ kind: 'Deployment', namespace: 'shop', name: 'scheduler' }],
    volumes: [],
  },
  { stage: 'green-verification', cluster: green, probes: ['shop'] },
  { stage: 'cutover', cluster: green, router: 'listener rule', weights: [5, 25, 50, 100], soak: '5m' },
  {
    stage: 'retirement',
    cluster: blue,
    keepOldFor: '72h',
    nodeGroups: ['general'],
    addons: ['vpc-cni'],
  },
];

export const migrationPlan: Plan = {
  cluster: { name: blue, arn: `arn:aws:eks:ap-northeast-1:111122223333:cluster/${blue}` },
  target: '1.34',
  putBack: [],
  overrides: [],
  hops: [{ from: '1.31', to: '1.34', stages }],
};

/** The same with a tool on green, so that every stage which a migration may have is there. */
export const planWithTools: Plan = {
  ...migrationPlan,
  hops: migrationPlan.hops.map((hop) => ({
    ...hop,
    stages: stages.flatMap((stage): MigrationStage[] =>
      stage.stage === 'resources'
        ? [{ stage: 'green-tools', cluster: green, tools: [greenTool()] }, stage]
        : [stage],
    ),
  })),
};

function greenTool(): ToolChange {
  const { stage: _, from: __, ...change } = toolsStage();
  return change;
}

const part = 'arn:aws:elasticloadbalancing:ap-northeast-1:111122223333';

/** The request's `migration`, with whatever a test is about. */
export const migration = (more: Record<string, unknown> = {}) => ({
  routing: {
    alb: {
      rule: `${part}:listener-rule/app/shop/1/2/3`,
      blue: `${part}:targetgroup/blue/1`,
      green: `${part}:targetgroup/green/2`,
    },
  },
  probes: [{ name: 'shop', green: 'http://127.0.0.1:1/' }],
  ...more,
});

const evidence = (name: string): EvidenceReference => ({ name, key: name, sha256: name, count: 1 });

/** @param overrides the activities that a test is about */
export function fakeMigration(overrides: Partial<MigrationActivities> = {}): FakeMigration {
  const work = (side: string, runs: boolean) => {
    if (runs) fake.working.add(side);
    else fake.working.delete(side);
    fake.log.push(`${runs ? 'release' : 'hold'} ${side}`);
    return { cronJobs: 1, singletons: 1, others: 0, problems: [] };
  };
  const fake: FakeMigration = {
    clusters: new Set([blue]),
    weights: { blue: 100, green: 0 },
    moves: [],
    working: new Set([blue]),
    trusted: false,
    log: [],
    look: () => ({ verdict: 'go on', why: ['shop holds on green.'] }),
    activities: {
      createGreenCluster: async ({ stage }) => {
        fake.clusters.add(stage.cluster);
        fake.log.push(`create ${stage.cluster}`);
        return { state: 'created' };
      },
      awaitGreenCluster: async ({ cluster }) => ({
        state: 'active',
        reference: { name: cluster, region: 'ap-northeast-1' },
        identity: {
          // A cluster of its own for each test, because a cluster is held by one workflow.
          arn: `arn:aws:eks:ap-northeast-1:111122223333:cluster/${cluster}-${Math.random()}`,
          endpoint: 'https://127.0.0.1:7443',
          certificateAuthoritySha256: 'beef',
        },
      }),
      grantGreenAccess: async () => ({ made: 1 }),
      trustGreen: async () => {
        fake.trusted = true;
        return { changed: ['role shop'] };
      },
      distrustGreen: async () => {
        fake.trusted = false;
      },
      createGreenAddons: async () => ({ made: 1 }),
      awaitGreenAddons: async () => ({ state: 'active', problems: [] }),
      createGreenNodeGroups: async () => ({ made: 1 }),
      installGreenTools: async () => ({ installed: [] }),
      copyResources: async () => ({
        applied: 40,
        unchanged: 0,
        leftOut: 12,
        refused: [],
        refusedCount: 0,
        evidence: evidence('copied'),
      }),
      compareSides: async () => ({
        same: 40,
        explained: [],
        unexplained: [],
        unexplainedCount: 0,
        evidence: evidence('compared'),
      }),
      verifyGreenWorkloads: async () => ({
        well: true,
        behind: [],
        behindCount: 0,
        compared: 7,
        evidence: evidence('green-workloads'),
      }),
      holdWork: async ({ context }) => work(context.cluster.name === green ? green : blue, false),
      releaseWork: async ({ context }) => work(context.cluster.name === green ? green : blue, true),
      readRouting: async () => ({
        weights: fake.weights,
        memento: { kind: 'alb', of: 'rule', targetGroups: [{ arn: 'blue', weight: 1 }] },
        addresses: ['shop.example.com'],
        router: 'listener rule',
      }),
      setRoutingWeights: async ({ wish }) => {
        const before = fake.weights;
        if (before.green === wish.to.green) {
          return { outcome: 'set', changed: false, before: { kind: 'manual', weights: before } };
        }
        if (wish.from?.some(({ green: percent }) => percent === before.green) === false) {
          failWith('PlatformRefused', 'The weights are not as they were.');
        }
        fake.weights = wish.to;
        fake.moves.push(wish.to.green);
        fake.log.push(`weights ${wish.to.green}`);
        return { outcome: 'set', changed: true, before: { kind: 'manual', weights: before } };
      },
      restoreRouting: async () => {
        fake.log.push('restore routing');
        return { outcome: 'set', changed: true, before: { kind: 'manual', weights: fake.weights } };
      },
      probeGreen: async ({ probes }) => ({
        hold: true,
        results: probes.map(({ name }) => ({ name, state: 'holds', why: '200.', asked: 3, inARow: 3 })),
      }),
      lookAtStep: async ({ looks, badLooks, isOver }) => {
        const look = fake.look(fake.weights.green);
        return { look, soak: judgeSoak([...looks, look], { badLooks, isOver }), line: look.why.join(' ') };
      },
      removeGreenCluster: async ({ cluster }) => {
        fake.clusters.delete(cluster);
        fake.log.push(`remove ${cluster}`);
        return { state: 'gone', line: '' };
      },
      deleteBlueCluster: async ({ stage }) => {
        fake.clusters.delete(stage.cluster);
        fake.log.push(`delete ${stage.cluster}`);
        return { state: 'gone', line: '' };
      },
      ...overrides,
    },
  };
  return fake;
}
