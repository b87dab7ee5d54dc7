import { describe, it } from 'vitest';
import { askCluster, notAt } from './clusterState.ts';
import { crawl, crawlOnceAPodLeaves, fullSpeed, setSpeed } from './simulated.ts';
import { setStage } from './stage.ts';
import type { Stage } from './stage.ts';
import { marks } from './nodeMarks.ts';
import { untilStageTold } from '../workflows/untilStageTold.ts';

describe.concurrent('a roll by our own waves, on the simulator', () => {
  it.for(['surge', 'in-place'] as const)(
    'replaces every node and leaves no trace of itself (%s)',
    async (strategy, { expect, onTestFinished }) => {
      const stage = await setStage(onTestFinished);
      await stage.startWorker();
      const upgrade = await stage.start({
        targetVersion: '1.32',
        workers: {
          strategy,
          acceptLostCapacity: strategy === 'in-place',
          stuck: { byDefault: 'restart', timeout: '10m' },
        },
      });
      await upgrade.approve('plan');
      // Each group has an end of its own to be asked for.
      let groups = strategy === 'surge' ? oldGroups(stage) : 0;
      for (; groups > 0; groups--) await upgrade.approve('retire');
      expect(await upgrade.completed()).toMatchObject({ outcome: 'completed', version: '1.32' });
      expect(notAt('1.32', await askCluster(stage.simulator, stage.cluster))).toEqual([]);
      expect(marks(stage)).toEqual([]);
      const { compensations } = await upgrade.status();
      expect(compensations.filter(({ state }) => state === 'open' || state === 'failed')).toEqual([]);
    },
  );

  it('goes on where it was when its worker dies amid a drain', async ({ expect, onTestFinished }) => {
    const stage = await setStage(onTestFinished);
    const worker = await stage.startWorker();
    const upgrade = await stage.start({ targetVersion: '1.32', workers: surge });
    const leaving = crawlOnceAPodLeaves(stage, 'general');
    await upgrade.approve('plan');
    await leaving;
    await worker.kill();
    await stage.startWorker();
    setSpeed(stage, fullSpeed);
    let groups = oldGroups(stage);
    for (; groups > 0; groups--) await upgrade.approve('retire');
    expect(await upgrade.completed()).toMatchObject({ outcome: 'completed' });
    expect(notAt('1.32', await askCluster(stage.simulator, stage.cluster))).toEqual([]);
    expect(marks(stage)).toEqual([]);
  });

  it('leaves no trace when it is aborted before the first eviction', async ({ expect, onTestFinished }) => {
    const stage = await setStage(onTestFinished);
    await stage.startWorker();
    const before = [...stage.simulator.eks.nodeGroups.keys()];
    const upgrade = await stage.start({ targetVersion: '1.32', workers: surge, gates: { workers: true } });
    await upgrade.approve('plan');
    await upgrade.gate('workers');
    setSpeed(stage, crawl);
    await upgrade.approve('workers');
    const { waits } = await upgrade.until('the wait for new nodes', (status) =>
      status.waits.some(({ kind }) => kind === 'nodes'),
    );
    const place = waits.find(({ kind }) => kind === 'nodes')?.at ?? '';
    await upgrade.handle.signal('abort', { by: 'on-call' });
    await untilStageTold(upgrade.handle, place, 'abort');
    setSpeed(stage, fullSpeed);
    await upgrade.handle.result().catch(() => undefined);
    expect((await upgrade.status()).phase).toBe('aborted');
    expect([...stage.simulator.eks.nodeGroups.keys()]).toEqual(before);
    expect(marks(stage)).toEqual([]);
  });
});

const surge = { strategy: 'surge', stuck: { byDefault: 'restart', timeout: '10m' } } as const;

/** How many groups there are before any is replaced. */
function oldGroups({ simulator }: Stage): number {
  return [...simulator.eks.nodeGroups.values()].filter(({ version }) => version.startsWith('1.31')).length;
}
