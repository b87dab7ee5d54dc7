import { describe, it } from 'vitest';
import type { ExpectStatic } from 'vitest';
import { askCluster, notAt } from './clusterState.ts';
import { applied, hopTo132, repetitions, wholeUpgrade } from './journal.ts';
import { beforeTheRoll, expectReplaced, expectSettled } from './rollStage.ts';
import { crawlOnceAPodLeaves, crawlOnceCordoned, fullSpeed, setSpeed, watchLeaving } from './simulated.ts';
import { setStage } from './stage.ts';
import type { Stage } from './stage.ts';

describe.concurrent('two workers on one task queue', () => {
  it('carry an upgrade together, and no change is made twice', async ({ expect, onTestFinished }) => {
    const stage = await setStage(onTestFinished);
    await Promise.all([stage.startWorker(), stage.startWorker()]);
    const upgrade = await stage.start();
    await upgrade.approve('plan');
    expect(await upgrade.completed()).toMatchObject({ outcome: 'completed', version: '1.33' });
    await expectOnce(stage, expect, '1.33', wholeUpgrade(stage.cluster));
  });

  it('lose one of them during a roll, and the other goes on with it', async ({ expect, onTestFinished }) => {
    const stage = await setStage(onTestFinished);
    const first = await stage.startWorker();
    const upgrade = await stage.start({ targetVersion: '1.32', gates: { workers: true } });
    await upgrade.approve('plan');
    await upgrade.gate('workers');
    const begun = crawlOnceCordoned(stage, 'general');
    await upgrade.approve('workers');
    await begun;
    // The roll is waited for in the only worker that there is before the other one comes.
    await upgrade.awaiting('1.32/workers/general', first);
    const other = await stage.startWorker();
    await first.kill();
    await upgrade.awaiting('1.32/workers/general', other);
    setSpeed(stage, fullSpeed);
    expect(await upgrade.completed()).toMatchObject({ outcome: 'completed', version: '1.32' });
    await expectOnce(stage, expect, '1.32', hopTo132(stage.cluster));
  });

  it('lose one of them amid the drain of a surge roll, and the other drains on', async ({
    expect,
    onTestFinished,
  }) => {
    const { stage, upgrade, worker } = await beforeTheRoll(onTestFinished, 'surge');
    const evictions = evictionsOf(stage, 'general');
    // From that moment on the drain does not end before the worker that carries it.
    const leaving = crawlOnceAPodLeaves(stage, 'general');
    await upgrade.approve('workers');
    await leaving;
    const place = '1.32/workers/general';
    await upgrade.running('drainWave', worker, place);
    const other = await stage.startWorker();
    await worker.kill();
    await upgrade.running('drainWave', other, place);
    setSpeed(stage, fullSpeed);
    await upgrade.approve('retire');
    expect(await upgrade.completed()).toMatchObject({ outcome: 'completed', version: '1.32' });
    await expectReplaced(stage, expect);
    await expectSettled(upgrade, expect);
    expect(repetitions(await stage.journal())).toEqual([]);
    // None was evicted twice: what has left an old node has not come to another one.
    const names = evictions();
    expect(new Set(names).size).toBe(names.length);
  });
});

/** The Pods of owners that were asked to leave nodes of a group since, by name. */
function evictionsOf(stage: Stage, nodeGroup: string): () => string[] {
  const leaving = new Map<string, string>();
  watchLeaving(stage, nodeGroup, ({ metadata: { uid, name } }) => leaving.set(uid, name));
  return () => [...leaving.values()];
}

/** The cluster is really there, and every change was applied once. */
async function expectOnce(
  stage: Stage,
  expect: ExpectStatic,
  version: string,
  changes: string[],
): Promise<void> {
  expect(notAt(version, await askCluster(stage.simulator, stage.cluster))).toEqual([]);
  const journal = await stage.journal();
  expect(repetitions(journal)).toEqual([]);
  expect(applied(journal)).toEqual(changes);
}
