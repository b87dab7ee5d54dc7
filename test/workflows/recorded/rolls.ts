import { fakeWorkers, planOf, replacedStage } from '../fakeWorkers.ts';
import type { FakeWorkers } from '../fakeWorkers.ts';
import type { RunningUpgrade, Workbench } from '../harness.ts';
import { aborting, child, cluster, ended } from './scenario.ts';
import type { Keep, RecordedScenario } from './scenario.ts';

type Strategy = 'surge' | 'in-place';

const stageOfRoll = '1.32/workers/blue';

/** A roll of two nodes, begun. */
async function start(
  workbench: Workbench,
  strategy: Strategy,
  workers: FakeWorkers,
): Promise<RunningUpgrade> {
  const upgrade = await workbench.start({
    ...cluster,
    plan: planOf(replacedStage(strategy), { stage: 'verification' }),
    activities: { ...workers.activities, ...aborting(workbench) },
  });
  await upgrade.approve('plan');
  return upgrade;
}

/** A roll whose first Pod is bound by its budget, at the question what to do about it. */
async function stuck(
  workbench: Workbench,
  strategy: Strategy,
): Promise<{ upgrade: RunningUpgrade; stage: ReturnType<typeof child> }> {
  const workers = fakeWorkers(2);
  const [bound] = workers.pods;
  if (bound !== undefined) bound.bound = true;
  const upgrade = await start(workbench, strategy, workers);
  await upgrade.question();
  return { upgrade, stage: child(workbench, upgrade, stageOfRoll) };
}

/** The old group goes only when a person says so, where there is one beside the new. */
async function retired(strategy: Strategy, upgrade: RunningUpgrade): Promise<void> {
  if (strategy === 'surge') await upgrade.approve('retire');
  await ended(upgrade.handle);
}

const scenarios = (strategy: Strategy): RecordedScenario[] => [
  {
    name: `${strategy}-completed`,
    reach: async (workbench) => {
      const upgrade = await start(workbench, strategy, fakeWorkers(2));
      await retired(strategy, upgrade);
      return {
        [`${strategy}-completed`]: upgrade.handle,
        [`${strategy}-completed-stage`]: child(workbench, upgrade, stageOfRoll),
      };
    },
  },
  {
    name: `${strategy}-forced`,
    reach: async (workbench, keep) => {
      const { upgrade, stage } = await stuck(workbench, strategy);
      await keep(upgrade.handle, `${strategy}-decision-open`);
      await keep(stage, `${strategy}-decision-open-stage`);
      await upgrade.decide('force', { pods: ['shop/web-0a'] });
      await retired(strategy, upgrade);
      return { [`${strategy}-forced`]: upgrade.handle, [`${strategy}-forced-stage`]: stage };
    },
  },
  {
    name: `${strategy}-aborted`,
    reach: async (workbench) => {
      const { upgrade, stage } = await stuck(workbench, strategy);
      await upgrade.handle.signal('abort', { by: 'on-call' });
      await heldOver(upgrade);
      await upgrade.handle.signal('abort', { by: 'chief' });
      await ended(upgrade.handle);
      return { [`${strategy}-aborted`]: upgrade.handle, [`${strategy}-aborted-stage`]: stage };
    },
  },
];

/** Pods have moved, so it is asked what is to become of the roll that was broken off. */
async function heldOver(upgrade: RunningUpgrade): Promise<void> {
  await upgrade.until('the question about the hold', ({ decisions = [] }) =>
    decisions.some(({ about, outcome }) => about === 'hold' && outcome === undefined),
  );
}

async function gateRetire(workbench: Workbench, keep: Keep) {
  const upgrade = await start(workbench, 'surge', fakeWorkers(2));
  const stage = child(workbench, upgrade, stageOfRoll);
  await upgrade.gate('retire');
  await keep(upgrade.handle, 'surge-gate-retire-open');
  await keep(stage, 'surge-gate-retire-open-stage');
  await upgrade.handle.signal('rollback', { by: 'on-call', comment: 'latency' });
  await ended(upgrade.handle);
  return { 'surge-moved-back': upgrade.handle, 'surge-moved-back-stage': stage };
}

/** Rolls with nodes beside the old ones and in their place: at each question, done, forced, moved back, aborted. */
export const recordedRolls: RecordedScenario[] = [
  ...scenarios('surge'),
  { name: 'surge-moved-back', reach: gateRetire },
  ...scenarios('in-place'),
];
