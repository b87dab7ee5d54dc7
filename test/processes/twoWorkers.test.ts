import { describe, it } from 'vitest';
import type { ExpectStatic } from 'vitest';
import { askCluster, notAt } from './clusterState.ts';
import { applied, hopTo132, repetitions, wholeUpgrade } from './journal.ts';
import { eventually } from './patience.ts';
import { cordoned, crawl, fullSpeed, rolling, setSpeed } from './simulated.ts';
import { setStage } from './stage.ts';
import type { Stage } from './stage.ts';

describe.concurrent('two workers on one task queue', { timeout: 300_000 }, () => {
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
    setSpeed(stage, rolling);
    await upgrade.approve('workers');
    // The roll is waited for in the only worker that there is before the other one comes.
    expect(await upgrade.awaiting('1.32/workers/general')).toBe(1);
    await eventually('a node of the group is drained', () => cordoned(stage, 'general') > 0);
    setSpeed(stage, crawl);
    await stage.startWorker();
    await first.kill();
    await eventually('the other waits', async () => (await upgrade.awaiting('1.32/workers/general')) > 1);
    setSpeed(stage, fullSpeed);
    expect(await upgrade.completed()).toMatchObject({ outcome: 'completed', version: '1.32' });
    await expectOnce(stage, expect, '1.32', hopTo132(stage.cluster));
  });
});

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
