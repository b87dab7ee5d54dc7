import { untilAborted } from '../fakeWorkers.ts';
import { fakeMigration, migration, planWithTools } from '../fakeMigration.ts';
import type { FakeMigration } from '../fakeMigration.ts';
import type { RunningUpgrade, Workbench } from '../harness.ts';
import { aborting, cluster, ended } from './scenario.ts';
import type { RecordedScenario } from './scenario.ts';

/** A migration whose plan is approved. */
async function start(
  workbench: Workbench,
  fake: FakeMigration,
  more: Record<string, unknown> = {},
  request: Record<string, unknown> = {},
): Promise<RunningUpgrade> {
  const upgrade = await workbench.start({
    ...cluster,
    workflowType: 'migrateCluster',
    plan: planWithTools,
    request: {
      targetVersion: '1.34',
      workers: { strategy: 'blue-green' },
      migration: migration({ keepOldFor: '10m', steps: { soak: '30s' }, ...more }),
      ...request,
    },
    activities: {
      ...fake.activities,
      ...aborting(workbench),
      awaitNodeGroupNodes: async ({ nodes }) => ({ state: 'ready', ready: nodes, problems: [] }),
    },
  });
  await upgrade.approve('plan');
  return upgrade;
}

async function askedAgain(upgrade: RunningUpgrade): Promise<void> {
  await upgrade.until('the second opening', ({ gates }) => {
    const last = gates.at(-1);
    return last?.gate === 'cutover' && last.opening === 2 && last.outcome === undefined;
  });
}

async function aborted(upgrade: RunningUpgrade): Promise<void> {
  await upgrade.handle.signal('abort', { by: 'on-call' });
  await ended(upgrade.handle);
}

/** Users who are at that step stay there, watched, until it is broken off or `let` says that they may go on. */
function watchedAt(percent: number) {
  const fake = fakeMigration();
  const before = { ...fake.activities };
  let isHeld = true;
  let seen: () => void = () => undefined;
  const reached = new Promise<void>((resolve) => (seen = resolve));
  fake.activities.lookAtStep = async (input) => {
    if (!isHeld || fake.weights.green !== percent) return before.lookAtStep(input);
    seen();
    return untilAborted();
  };
  return { fake, reached, letGoOn: () => (isHeld = false) };
}

/** Migrations at each gate, on the way, kept, sent back, broken off, and at each end. */
export const recordedMigrations: RecordedScenario[] = [
  {
    name: 'migration-completed',
    reach: async (workbench, keep) => {
      const upgrade = await start(
        workbench,
        fakeMigration(),
        {},
        {
          notify: [{ webhookEnv: 'STEPLADDER_WEBHOOK' }],
          window: { timeZone: 'Asia/Tokyo', days: ['Sat'], from: '01:00', to: '05:00' },
        },
      );
      await upgrade.gate('cutover');
      await keep(upgrade.handle, 'migration-gate-cutover-open');
      await upgrade.approve('cutover');
      await upgrade.gate('retire');
      await keep(upgrade.handle, 'migration-gate-retire-open');
      await upgrade.approve('retire');
      await ended(upgrade.handle);
      return { 'migration-completed': upgrade.handle };
    },
  },
  {
    name: 'migration-amid-steps',
    reach: async (workbench, keep) => {
      const { fake, reached, letGoOn } = watchedAt(25);
      const upgrade = await start(workbench, fake);
      await upgrade.approve('cutover');
      await reached;
      await keep(upgrade.handle, 'migration-amid-steps');
      await upgrade.handle.signal('rollback', { by: 'on-call', comment: 'the shop is slow' });
      await askedAgain(upgrade);
      await keep(upgrade.handle, 'migration-asked-again');
      letGoOn();
      await upgrade.approve('cutover');
      await upgrade.approve('retire');
      await ended(upgrade.handle);
      return { 'migration-sent-back-and-over-again': upgrade.handle };
    },
  },
  {
    name: 'migration-soaking',
    reach: async (workbench, keep) => {
      const upgrade = await start(workbench, fakeMigration(), { steps: { soak: '300d', lookEvery: '30d' } });
      await upgrade.approve('cutover');
      await upgrade.until('the first soak', ({ waits }) => waits.some(({ kind }) => kind === 'soak'));
      await keep(upgrade.handle, 'migration-soaking');
      await aborted(upgrade);
      return { 'migration-aborted-amid-steps': upgrade.handle };
    },
  },
  {
    name: 'migration-aborted',
    reach: async (workbench) => {
      const upgrade = await start(workbench, fakeMigration());
      await upgrade.gate('cutover');
      await aborted(upgrade);
      return { 'migration-aborted': upgrade.handle };
    },
  },
  {
    name: 'migration-aborted-while-green-is-made',
    reach: async (workbench) => {
      const fake = fakeMigration();
      const before = { ...fake.activities };
      let isActive = false;
      fake.activities.awaitGreenCluster = async (input) => {
        if (isActive) return before.awaitGreenCluster(input);
        return untilAborted();
      };
      const upgrade = await start(workbench, fake);
      await upgrade.called('awaitGreenCluster');
      isActive = true;
      await aborted(upgrade);
      return { 'migration-aborted-while-green-is-made': upgrade.handle };
    },
  },
  {
    name: 'migration-failed',
    reach: async (workbench) => {
      const upgrade = await start(
        workbench,
        fakeMigration({
          verifyGreenWorkloads: async () => ({
            well: false,
            behind: ['Deployment shop/web: 0 of 3 Ready'],
            behindCount: 1,
            compared: 7,
            evidence: { name: 'green-workloads', key: 'green-workloads', sha256: 'x', count: 1 },
          }),
        }),
      );
      await ended(upgrade.handle);
      return { 'migration-failed': upgrade.handle };
    },
  },
  {
    name: 'migration-held-over-a-difference',
    reach: async (workbench, keep) => {
      const upgrade = await start(
        workbench,
        fakeMigration({
          compareSides: async () => ({
            same: 39,
            explained: [],
            unexplained: ['ConfigMap shop/prices is missing'],
            unexplainedCount: 1,
            evidence: { name: 'compared', key: 'compared', sha256: 'x', count: 1 },
          }),
        }),
        {},
        { timing: { scale: 0.001, probeInterval: '100ms', brokenTimeout: '30d', reconnectInterval: '30d' } },
      );
      await upgrade.until('it holds', ({ waits }) =>
        waits.some(({ kind, what }) => kind === 'workloads' && what.includes('shop/prices')),
      );
      await keep(upgrade.handle, 'migration-held-over-a-difference');
      await upgrade.handle.signal('resume', { by: 'on-call' });
      await upgrade.handle.executeUpdate('reject', { args: [await upgrade.answer('cutover')] });
      await ended(upgrade.handle);
      return { 'migration-rejected': upgrade.handle };
    },
  },
  {
    name: 'migration-returned',
    reach: async (workbench) => {
      const fake = fakeMigration();
      fake.look = (at) =>
        at === 25
          ? { verdict: 'return', why: ['shop holds on blue and fails on green.'] }
          : { verdict: 'go on', why: ['It holds.'] };
      const upgrade = await start(workbench, fake, { afterReturn: 'end' });
      await upgrade.approve('cutover');
      await ended(upgrade.handle);
      return { 'migration-returned-and-ended': upgrade.handle };
    },
  },
  {
    name: 'migration-kept',
    reach: async (workbench, keep) => {
      const upgrade = await start(workbench, fakeMigration(), { keepOldFor: '300d' });
      await upgrade.approve('cutover');
      await upgrade.until('blue is kept', ({ waits }) => waits.some(({ kind }) => kind === 'keep-old'));
      await keep(upgrade.handle, 'migration-blue-kept');
      await upgrade.handle.signal('rollback', { by: 'on-call', comment: 'invoices are missing' });
      await askedAgain(upgrade);
      await aborted(upgrade);
      return { 'migration-kept-and-rolled-back': upgrade.handle };
    },
  },
  {
    name: 'migration-by-hand',
    reach: async (workbench, keep) => {
      const upgrade = await start(
        workbench,
        fakeMigration({
          readRouting: async ({ said }) => ({
            ...(said === undefined ? {} : { weights: said }),
            addresses: [],
            router: 'a person',
          }),
          setRoutingWeights: async ({ wish, said }) =>
            (said?.green ?? 0) === wish.to.green
              ? { outcome: 'set', changed: false, before: { kind: 'manual' } }
              : { outcome: 'asked', instruction: `Send ${wish.to.green} % to green.` },
        }),
        { routing: { manual: {} } },
      );
      await upgrade.approve('cutover');
      for (const weight of [5, 25, 50, 100]) {
        await upgrade.until(`asked for ${weight} %`, ({ decisions = [] }) =>
          decisions.some(
            ({ shown, outcome }) => outcome === undefined && shown.join().includes(` ${weight} %`),
          ),
        );
        if (weight === 25) await keep(upgrade.handle, 'migration-asked-for-weights');
        await upgrade.decide('done');
      }
      await upgrade.handle.executeUpdate('reject', { args: [await upgrade.answer('retire')] });
      await ended(upgrade.handle);
      return { 'migration-by-hand-blue-stays': upgrade.handle };
    },
  },
];
