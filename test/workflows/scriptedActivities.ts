import { Context } from '@temporalio/activity';
import { createHash } from 'node:crypto';
import type {
  Activities as ClusterActivities,
  PlanSummary,
  UpdateOutcome,
} from '../../src/activities/types.ts';
import type { MigrationActivities } from '../../src/activities/migrationTypes.ts';
import type { ToolActivities } from '../../src/activities/toolTypes.ts';
import type { WorkerActivities } from '../../src/activities/workerTypes.ts';
import { StepladderError } from '../../src/contract/errors.ts';
import type { EvidenceReference } from '../../src/contract/evidence.ts';
import type { Plan } from '../../src/contract/plan.ts';
import { readRequest } from '../../src/contract/request.ts';
import { failWith } from './failWith.ts';
import { fakeMigration } from './fakeMigration.ts';
import { fakeTool } from './fakeTool.ts';
import { fakeWorkers } from './fakeWorkers.ts';

export type Activities = ClusterActivities & WorkerActivities & ToolActivities & MigrationActivities;

/** One call that a workflow made, in the order in which they came. */
export interface Call {
  activity: keyof Activities;
  input: unknown;
}

/** Activities without a cluster: each answers as if all were well, and a test replaces those that it is about. */
export interface ScriptedActivities {
  activities: Activities;
  calls: Call[];
  /** The activities that were called and change something, as `activity subject`. */
  changes: () => string[];
  /** Resolves when an activity is called (again). */
  called: (activity: keyof Activities, subject?: string) => Promise<unknown>;
}

const changing: readonly (keyof Activities)[] = [
  'startControlPlaneUpdate',
  'startAddonUpdate',
  'startNodeGroupUpdate',
  'changeUpdateSettings',
  'restoreUpdateSettings',
  'createNodeGroup',
  'deleteNodeGroup',
  'cordonNodes',
  'uncordonNodes',
  'holdOffAutoscalers',
  'releaseAutoscalers',
  'drainWave',
  'deletePods',
  'deletePodsOnceReplaced',
  'restartOwners',
  'excludeFromLoadBalancers',
  'terminateNodes',
  'resizeNodeGroup',
  'applyToolCrds',
  'upgradeTool',
  'rollBackTool',
];

const never = { downtimeSeconds: 0, failures: 0, longestOutageSeconds: 0, probes: 12, unobservedSeconds: 0 };

/** Two hops, 1.31 → 1.33, one node group whose update settings are changed for the roll. */
export const twoHops: Plan = {
  cluster: { name: 'shop', arn: 'arn:aws:eks:ap-northeast-1:111122223333:cluster/shop' },
  target: '1.33',
  putBack: [],
  overrides: [],
  hops: ['1.32', '1.33'].map((to, index) => ({
    from: `1.${31 + index}`,
    to,
    stages: [
      { stage: 'control-plane', from: `1.${31 + index}`, to, force: false },
      {
        stage: 'add-ons',
        addons: [{ name: 'coredns', from: `v1-${31 + index}`, to: `v1-${to}`, resolveConflicts: 'PRESERVE' }],
      },
      {
        stage: 'workers',
        strategy: 'managed',
        nodeGroup: 'blue',
        from: `1.${31 + index}`,
        to,
        updateSettings: { maxUnavailable: 2 },
      },
      { stage: 'verification' },
    ],
  })),
};

/** The first of them alone, 1.31 → 1.32: enough for most. */
export const oneHop: Plan = { ...twoHops, target: '1.32', hops: twoHops.hops.slice(0, 1) };

/** @param overrides the activities that this test is about */
export function scriptActivities(
  cluster: string,
  plan: Plan,
  overrides: Partial<Activities> = {},
): ScriptedActivities {
  const calls: Call[] = [];
  const listeners = new Set<() => void>();
  const identity = {
    arn: `arn:aws:eks:ap-northeast-1:111122223333:cluster/${cluster}`,
    endpoint: 'https://127.0.0.1:6443',
    certificateAuthoritySha256: 'c0ffee',
  };
  const evidence = (name: string, count = 1): EvidenceReference => ({
    name,
    key: `${cluster}/${name}`,
    sha256: digest(name),
    count,
  });
  let updates = 0;
  const started = (): { state: 'started'; updateId: string } => ({
    state: 'started',
    updateId: `update-${String(++updates)}`,
  });

  const well: Activities = {
    ...fakeWorkers().activities,
    ...fakeTool().activities,
    ...fakeMigration().activities,
    readRequest: async ({ workflowType, request }) => {
      try {
        return readRequest(workflowType, request);
      } catch (error) {
        if (error instanceof StepladderError) failWith(error.type, error.message);
        throw error;
      }
    },
    identifyCluster: async () => ({ identity, version: '1.31', region: 'ap-northeast-1' }),
    describeLockHolder: async () => undefined,
    requestCancellation: async () => undefined,
    observeCluster: async () => ({
      evidence: evidence('observation'),
      observedAt: '2026-11-23T00:00:00Z',
      version: '1.31',
    }),
    makePlan: async ({ approved }) => {
      const done = approved === undefined ? 0 : approved.hops.length - plan.hops.length;
      return summarize(done > 0 ? { ...plan, hops: plan.hops.slice(done) } : plan);
    },
    digestOpening: async (opening) => ({ digest: digest(JSON.stringify(opening)) }),
    nextWindow: async ({ at }) => ({ waitMs: 0, opensAt: at, closesAt: at }),
    takeBaseline: async () => evidence('baseline', 12),
    verifyWorkloads: async () => ({
      well: true,
      newlyBroken: [],
      newlyBrokenCount: 0,
      alreadyBrokenCount: 1,
      recoveredCount: 0,
      evidence: evidence('workloads', 12),
    }),
    verifyOwners: async () => ({
      well: true,
      newlyBroken: [],
      newlyBrokenCount: 0,
      alreadyBrokenCount: 0,
      recoveredCount: 0,
      evidence: evidence('workloads', 3),
    }),
    nextWave: async ({ waves }) => ({
      number: waves + 1,
      nodes: [],
      canary: false,
      left: 0,
      why: 'No node is left to drain.',
      unplaceable: [],
    }),
    uncordonNodes: async () => ({ uncordoned: 2 }),
    releaseAutoscalers: async () => ({ restored: 2 }),
    deleteNodeGroup: async () => ({ state: 'gone', problems: [] }),
    checkGuards: async ({ guards }) => ({
      results: guards.map(({ name }) => ({ name, state: 'holds', why: 'It answers 200.' })),
    }),
    takeInventory: async ({ name }) => evidence(name, 140),
    compareInventories: async () => ({
      missing: [],
      missingCount: 0,
      exceptedCount: 2,
      comparedCount: 138,
      evidence: evidence('inventory-difference', 0),
    }),
    startControlPlaneUpdate: async () => started(),
    startAddonUpdate: async () => started(),
    startNodeGroupUpdate: async () => started(),
    awaitUpdate: async ({ target }): Promise<UpdateOutcome> => ({
      status: 'Successful',
      errors: [],
      ...(target.kind === 'control-plane' ? { probe: never } : {}),
    }),
    readUpdateSettings: async () => ({ maxUnavailable: 1 }),
    changeUpdateSettings: async () => started(),
    restoreUpdateSettings: async () => undefined,
    verifyVersions: async () => ({ problems: [] }),
    notify: async () => ({ reached: 1, failed: 0 }),
    writeReport: async () => evidence('report'),
  };

  const record = <Name extends keyof Activities>(
    name: Name,
    activity: Activities[Name],
  ): Activities[Name] => {
    const recorded = async (input: unknown) => {
      // One whose worker was too busy to be heard of is tried again: that is the same call of the workflow's.
      if (Context.current().info.attempt === 1) calls.push({ activity: name, input });
      for (const listener of listeners) listener();
      return (activity as (input: unknown) => Promise<unknown>)(input);
    };
    return recorded as Activities[Name];
  };
  const all = { ...well, ...overrides };
  const activities = Object.fromEntries(
    (Object.keys(all) as (keyof Activities)[]).map((name) => [name, record(name, all[name])]),
  ) as unknown as Activities;

  return {
    activities,
    calls,
    changes: () =>
      calls
        .filter(({ activity }) => changing.includes(activity))
        .map(({ activity, input }) => `${activity} ${subject(input)}`.trimEnd()),
    called: (activity, wanted) =>
      new Promise((resolve) => {
        const look = () => {
          const found = calls.find(
            (call) =>
              call.activity === activity && (wanted === undefined || subject(call.input).includes(wanted)),
          );
          if (found === undefined) return;
          listeners.delete(look);
          resolve(found.input);
        };
        listeners.add(look);
        look();
      }),
  };
}

/** A plan as `makePlan` summarizes it. */
export function summarize(plan: Plan, blocking: string[] = []): PlanSummary {
  return {
    plan,
    digest: digest(JSON.stringify(plan)),
    hopDigests: plan.hops.map((hop) => digest(JSON.stringify(hop))),
    estimates: [{ hop: '1.32', stage: 'control-plane', seconds: 600 }],
    windows: [],
    summary: { blocker: blocking.length, unknown: 0, warning: 1, info: 0 },
    shownFindings: ['warning nodes: node ip-10-0-1-5 is not Ready'],
    blocking,
    blockingCount: blocking.length,
    evidence: { name: 'plan', key: 'plan', sha256: digest('plan'), count: 1 },
  };
}

function subject(input: unknown): string {
  const { to, name, nodeGroup, attempt, target, settings, change } = input as Record<string, unknown>;
  const { kind, name: targetName } = (target ?? {}) as Record<string, unknown>;
  return [
    kind,
    targetName,
    (change as { tool?: string } | undefined)?.tool,
    nodeGroup,
    name,
    to,
    settings === undefined ? undefined : JSON.stringify(settings),
    attempt,
  ]
    .filter((part) => part !== undefined)
    .map(String)
    .join(' ');
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
