import { describe, it } from 'vitest';
import { askCluster, notAt } from './clusterState.ts';
import { setStage } from './stage.ts';
import { marks } from './nodeMarks.ts';

describe.concurrent('a roll by our own waves, on the simulator', { timeout: 400_000 }, () => {
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
      let groups = strategy === 'surge' ? stage.simulator.eks.nodeGroups.size : 0;
      for (; groups > 0; groups--) await upgrade.approve('retire');
      expect(await upgrade.completed()).toMatchObject({ outcome: 'completed', version: '1.32' });
      expect(notAt('1.32', await askCluster(stage.simulator, stage.cluster))).toEqual([]);
      expect(marks(stage)).toEqual([]);
      const { compensations } = await upgrade.status();
      expect(compensations.filter(({ state }) => state === 'open' || state === 'failed')).toEqual([]);
    },
  );
});
