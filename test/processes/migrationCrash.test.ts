import { describe, it } from 'vitest';
import type { ExpectStatic } from 'vitest';
import { repetitions } from './journal.ts';
import { setMigrationStage } from './migrationStage.ts';
import type { MigrationStage } from './migrationStage.ts';
import { atWork } from './migrationState.ts';
import { eventually } from './patience.ts';
import { crawl, crawlOnceAsked, fullSpeed } from './simulated.ts';
import type { Upgrade } from './upgrade.ts';
import type { WorkerProcess } from './workerProcess.ts';

describe.concurrent('a migration whose worker is killed goes on with the next one', () => {
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
    await stage.onGreen('/faults', refusals);
    const asked = crawlOnceAsked(stage, 'CreateNodegroup', stage.green);
    clusters.setSpeed(fullSpeed);
    await asked;
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

    for (const least of [25, 50]) {
      await eventually(`${least} % of the users on green`, () => stage.weights().green >= least);
      await worker.kill();
      // What it has sent last is answered by then.
      await usersAsk(stage, 40);
      const step = stage.weights();
      await usersAsk(stage, 40);
      expect(stage.weights()).toEqual(step);
      worker = await stage.startWorker();
    }
    await upgrade.until(
      'blue being kept',
      ({ waits, gates }) =>
        // That time may be over before anybody looks.
        waits.some(({ kind }) => kind === 'keep-old') || gates.some(({ gate }) => gate === 'retire'),
    );
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
});

/** Green takes no objects. */
const refusals = {
  calls: [{ surface: 'kubernetes', operation: 'create configmaps', kind: 'unavailable' }],
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
  await upgrade.running(activity, worker);
  await worker.kill();
  const next = await stage.startWorker();
  await upgrade.running(activity, next);
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
