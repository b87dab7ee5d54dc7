import { describe, it } from 'vitest';
import type { ExpectStatic } from 'vitest';
import { askCluster, notAt } from './clusterState.ts';
import { answersOf501 } from './unsupportedRequests.ts';
import { applied, hopTo132, repetitions } from './journal.ts';
import { crawl, crawlOnceCordoned, fullSpeed, setSpeed, underWay } from './simulated.ts';
import { setStage } from './stage.ts';
import type { Stage } from './stage.ts';
import { swallowAnswer } from './swallowAnswer.ts';

const toNextMinor = { targetVersion: '1.32' } as const;

describe.concurrent('a worker that is killed and started again finishes the upgrade', () => {
  it('when it dies during the update of the control plane', async ({ expect, onTestFinished }) => {
    const stage = await setStage(onTestFinished);
    const worker = await stage.startWorker();
    const upgrade = await stage.start(toNextMinor);
    await upgrade.gate('plan');
    setSpeed(stage, crawl);
    await upgrade.approve('plan');
    await upgrade.awaiting('1.32/control-plane', worker);
    expect(underWay(stage)).toEqual(['cluster']);
    await worker.kill();

    await upgrade.awaiting('1.32/control-plane', await stage.startWorker());
    expect(underWay(stage)).toEqual(['cluster']);
    setSpeed(stage, fullSpeed);
    expect(await upgrade.completed()).toMatchObject({ outcome: 'completed', version: '1.32' });
    await expectWholeHop(stage, expect);

    const { hops } = await upgrade.status();
    // Nobody was probing while there was no worker: the report says so instead of counting it as well.
    expect(hops[0]?.stages[0]?.probe?.unobservedSeconds).toBeGreaterThan(0);
  });

  it('when it dies during the update of an add-on', async ({ expect, onTestFinished }) => {
    const stage = await setStage(onTestFinished);
    const worker = await stage.startWorker();
    const upgrade = await stage.start(toNextMinor);
    await upgrade.gate('plan');
    setSpeed(stage, crawl);
    await upgrade.approve('plan');
    // A pause lets the control plane finish and holds the upgrade before the add-ons.
    await upgrade.awaiting('1.32/control-plane');
    await upgrade.handle.signal('pause', { by: 'on-call' });
    await upgrade.until('the pause taken', ({ paused }) => paused);
    setSpeed(stage, fullSpeed);
    await upgrade.until('the upgrade paused after the control plane', ({ waits }) =>
      waits.some(({ kind }) => kind === 'pause'),
    );
    setSpeed(stage, crawl);
    await upgrade.handle.signal('resume', { by: 'on-call' });
    await upgrade.awaiting('1.32/add-ons', worker);
    expect(underWay(stage)).toEqual(['add-on/kube-proxy']);
    await worker.kill();

    await upgrade.awaiting('1.32/add-ons', await stage.startWorker());
    expect(underWay(stage)).toEqual(['add-on/kube-proxy']);
    setSpeed(stage, fullSpeed);
    expect(await upgrade.completed()).toMatchObject({ outcome: 'completed', version: '1.32' });
    await expectWholeHop(stage, expect);
  });

  it('when it dies during the roll of a node group', async ({ expect, onTestFinished }) => {
    const stage = await setStage(onTestFinished);
    const worker = await stage.startWorker();
    const upgrade = await stage.start({ ...toNextMinor, gates: { workers: true } });
    await upgrade.approve('plan');
    await upgrade.gate('workers');
    const begun = crawlOnceCordoned(stage, 'general');
    await upgrade.approve('workers');
    await begun;
    await upgrade.awaiting('1.32/workers/general', worker);
    expect(underWay(stage)).toEqual(['node-group/general']);
    await worker.kill();

    await upgrade.awaiting('1.32/workers/general', await stage.startWorker());
    expect(underWay(stage)).toEqual(['node-group/general']);
    setSpeed(stage, fullSpeed);
    expect(await upgrade.completed()).toMatchObject({ outcome: 'completed', version: '1.32' });
    await expectWholeHop(stage, expect);
  });

  it('when it dies while gates are open, and one is answered meanwhile', async ({
    expect,
    onTestFinished,
  }) => {
    const stage = await setStage(onTestFinished);
    const first = await stage.startWorker();
    const upgrade = await stage.start({ ...toNextMinor, gates: { workers: true } });
    const { digest } = await upgrade.gate('plan');
    await first.kill();
    // An update would wait for a worker: this is what the signal of the same name is for.
    await upgrade.handle.signal('approve', { gate: 'plan', by: 'on-call', digest });

    const second = await stage.startWorker();
    await upgrade.gate('workers');
    await second.kill();
    expect(underWay(stage)).toEqual([]);

    await stage.startWorker();
    await upgrade.approve('workers');
    expect(await upgrade.completed()).toMatchObject({ outcome: 'completed', version: '1.32' });
    const { gates } = await upgrade.status();
    expect(gates.map(({ gate, opening, outcome }) => [gate, opening, outcome])).toEqual([
      ['plan', 1, 'approved'],
      ['workers', 1, 'approved'],
    ]);
    await expectWholeHop(stage, expect);
  });

  it('when it dies before it hears that EKS has begun its change', async ({ expect, onTestFinished }) => {
    const stage = await setStage(onTestFinished);
    setSpeed(stage, crawl);
    const between = await swallowAnswer(stage.simulator.eksUrl, () => worker.kill());
    onTestFinished(() => between.close());
    const worker = await stage.startWorker({ AWS_ENDPOINT_URL_EKS: between.url });
    const upgrade = await stage.start(toNextMinor);
    await upgrade.approve('plan');
    await between.swallowed;
    expect(applied(await stage.journal())).toEqual(hopTo132(stage.cluster).slice(0, 1));

    // EKS may say ACTIVE while an update is under way: whoever believes it sends the change again.
    await stage.control('PUT', '/cluster-status', { status: 'ACTIVE' });
    await stage.startWorker();
    await upgrade.awaiting('1.32/control-plane');
    const [sent, ...again] = (await stage.journal()).map(({ outcome }) => outcome);
    expect(sent).toBe('applied');
    expect(new Set(again)).toEqual(new Set(['repeated']));
    setSpeed(stage, fullSpeed);
    expect(await upgrade.completed()).toMatchObject({ outcome: 'completed', version: '1.32' });
    await expectWholeHop(stage, expect);
  });
});

/** The cluster is really there, and every change was applied once. */
async function expectWholeHop(stage: Stage, expect: ExpectStatic): Promise<void> {
  expect(notAt('1.32', await askCluster(stage.simulator, stage.cluster))).toEqual([]);
  expect(await answersOf501(stage.simulator)).toEqual([]);
  const journal = await stage.journal();
  expect(repetitions(journal)).toEqual([]);
  expect(applied(journal)).toEqual(hopTo132(stage.cluster));
}
