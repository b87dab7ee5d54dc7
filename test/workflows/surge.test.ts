import { describe, it } from 'vitest';
import { fakeWorkers, planOf, replacedStage } from './fakeWorkers.ts';
import { useWorkbench } from './server.ts';

const workbench = useWorkbench();

describe.concurrent('a surge roll', () => {
  it('stands new nodes beside the old ones, moves Pods in waves, and retires the old group when told', async ({
    expect,
  }) => {
    const workers = fakeWorkers(5);
    const upgrade = await workbench().start({
      plan: planOf(replacedStage('surge')),
      activities: workers.activities,
    });
    await upgrade.approve('plan');
    const asked = await upgrade.gate('retire');
    expect(asked.gates.at(-1)).toMatchObject({ gate: 'retire', nodeGroup: 'blue', hop: '1.32' });
    expect(workers.nodes).toHaveLength(10);
    expect(upgrade.changes()).not.toContain('deleteNodeGroup blue');
    await upgrade.approve('retire');
    expect(await upgrade.handle.result()).toMatchObject({ outcome: 'completed' });

    expect([...workers.groups.keys()]).toEqual(['blue-1-32']);
    expect(workers.traces()).toEqual([]);
    // Every Pod was evicted once.
    expect(workers.evictions.toSorted()).toEqual(workers.pods.map(({ name }) => name).toSorted());
    expect(upgrade.changes()).toEqual([
      'holdOffAutoscalers',
      'createNodeGroup blue-1-32 1.32 1',
      'holdOffAutoscalers',
      'cordonNodes blue',
      'drainWave blue',
      'drainWave blue',
      'drainWave blue',
      'excludeFromLoadBalancers',
      'deleteNodeGroup blue',
      'releaseAutoscalers',
    ]);
    const status = await upgrade.status();
    expect(status.compensations.map(({ undo, state }) => [undo, state])).toEqual([
      ['releaseAutoscalers', 'put-back'],
      ['deleteNodeGroup', 'kept'],
      ['uncordonNodes', 'put-back'],
    ]);
    expect(status.waits).toEqual([]);
  });
});
