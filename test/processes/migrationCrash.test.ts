import { describe, it } from 'vitest';
import type { ExpectStatic } from 'vitest';
import type { RoutingWeights } from '../../src/contract/routing.ts';
import type { UpgradeStatus, WaitKind } from '../../src/contract/status.ts';
import { repetitions } from './journal.ts';
import { setMigrationStage } from './migrationStage.ts';
import type { MigrationStage } from './migrationStage.ts';
import { atWork } from './migrationState.ts';
import { eventually } from './patience.ts';
import { crawl, fullSpeed, rolling } from './simulated.ts';
import type { Upgrade } from './upgrade.ts';
import type { WorkerProcess } from './workerProcess.ts';

const waitsFor = (wanted: WaitKind) => (status: UpgradeStatus) =>
  status.waits.some(({ kind }) => kind === wanted);

describe.concurrent(
  'a migration whose worker is killed goes on with the next one',
  { timeout: 300_000 },
  () => {
    it('while green is made, gets its nodes, is filled and is looked at', async ({
      expect,
      onTestFinished,
    }) => {
      const stage = await setMigrationStage(onTestFinished);
      const { clusters } = stage.simulator;
      let worker = await stage.startWorker();
      const upgrade = await stage.migrate();
      await upgrade.gate('plan');

      // EKS makes the cluster and does not get on with it.
      clusters.setSpeed(crawl);
      await upgrade.approve('plan');
      worker = await killed(stage, upgrade, worker, 'awaitGreenCluster');
      expect(stage.simulator.account.peek(stage.green)?.cluster.status).toBe('CREATING');
      await stage.onGreen('/faults', { nodes: [{ kind: 'slow', bootSeconds: 600 }] });
      await stage.onGreen('/faults', refusals);
      clusters.setSpeed(rolling);

      worker = await killed(stage, upgrade, worker, 'awaitNodeGroupNodes');
      clusters.setSpeed(fullSpeed);
      worker = await killed(stage, upgrade, worker, 'copyResources');
      // What is copied now does not start.
      clusters.setSpeed(crawl);
      await stage.control('DELETE', '/faults');
      await killed(stage, upgrade, worker, 'verifyGreenWorkloads');
      clusters.setSpeed(fullSpeed);

      await upgrade.approve('cutover');
      await upgrade.approve('retire');
      await expectMigrated(stage, upgrade, expect);
    });

    it('while the gate is open, at steps, while blue is kept and while it is deleted', async ({
      expect,
      onTestFinished,
    }) => {
      const stage = await setMigrationStage(onTestFinished);
      let worker = await stage.startWorker();
      const upgrade = await stage.migrate({
        steps: { weights: [25, 50, 100], soak: '10m', lookEvery: '1m' },
        keepOldFor: '10m',
      });
      await upgrade.approve('plan');
      const { digest } = await upgrade.gate('cutover');
      await worker.kill();
      expect(stage.weights()).toEqual({ blue: 100, green: 0 });
      // An update would wait for a worker: this is what the signal of the same name is for.
      await upgrade.handle.signal('approve', { gate: 'cutover', by: 'on-call', digest });
      worker = await stage.startWorker();

      for (const green of [25, 50]) {
        const step = { blue: 100 - green, green };
        await eventually(`${green} % of the users on green`, () => isAt(stage, step));
        await worker.kill();
        await usersAsk(stage, 40);
        expect(stage.weights()).toEqual(step);
        worker = await stage.startWorker();
      }
      await upgrade.until('blue being kept', waitsFor('keep-old'));
      await worker.kill();
      expect(stage.weights()).toEqual({ blue: 0, green: 100 });
      worker = await stage.startWorker();

      await upgrade.gate('retire');
      stage.simulator.clusters.setSpeed(crawl);
      await upgrade.approve('retire');
      await killed(stage, upgrade, worker, 'deleteBlueCluster');
      stage.simulator.clusters.setSpeed(fullSpeed);
      await expectMigrated(stage, upgrade, expect);
    });
  },
);

/** Green takes no objects. */
const refusals = {
  calls: [{ surface: 'kubernetes', operation: 'create configmaps', kind: 'unavailable' }],
};

const isAt = (stage: MigrationStage, { blue, green }: RoutingWeights): boolean => {
  const now = stage.weights();
  return now.blue === blue && now.green === green;
};

/** Resolves when users have asked so often again. */
async function usersAsk(stage: MigrationStage, times: number): Promise<void> {
  const asked = () => stage.load().answered + stage.load().failed;
  const before = asked();
  await eventually('users asking on', () => asked() >= before + times);
}

/** Kills the worker while it is at something, and resolves with another one that has taken it up. */
async function killed(
  stage: MigrationStage,
  upgrade: Upgrade,
  worker: WorkerProcess,
  activity: string,
): Promise<WorkerProcess> {
  const attempt = await upgrade.running(activity);
  await worker.kill();
  const next = await stage.startWorker();
  await eventually(`${activity} in the new worker`, async () => (await upgrade.running(activity)) > attempt);
  return next;
}

/** Everything and everybody is on green, blue is gone, nothing was made twice, and no user has noticed anything. */
async function expectMigrated(stage: MigrationStage, upgrade: Upgrade, expect: ExpectStatic): Promise<void> {
  expect(await upgrade.completed()).toMatchObject({ outcome: 'completed', cluster: stage.green });
  expect(stage.simulator.account.clusters().map((service) => service.cluster.name)).toEqual([stage.green]);
  expect(stage.weights()).toEqual({ blue: 0, green: 100 });
  expect(atWork(stage, stage.green)).toEqual(['report', 'mailer']);
  const made = (await stage.journal()).filter(({ operation }) => /^(Create|Delete)/.test(operation));
  expect(repetitions(made)).toEqual([]);
  const { migration } = await upgrade.status();
  expect(migration?.moves.map(({ to }) => to.green)).toEqual([25, 50, 100]);
  const { byCluster, ...count } = stage.load();
  expect(count).toMatchObject({ failed: 0, failures: [] });
  expect(Object.keys(byCluster).sort()).toEqual([stage.cluster, stage.green]);
}
