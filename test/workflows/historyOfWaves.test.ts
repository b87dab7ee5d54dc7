import proto from '@temporalio/proto';
import { describe, it } from 'vitest';
import { fakeWorkers, planOf, replacedStage } from './fakeWorkers.ts';
import { useWorkbench } from './server.ts';

const workbench = useWorkbench();

const { EventType } = proto.temporal.api.enums.v1;
const tasks = new Set([
  EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED,
  EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED,
  EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED,
  EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT,
  EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED,
]);

/**
 * How many events the history of a surge roll has, without those of the workflow's tasks, which come together or apart as the
 * machine is quick or slow; and how many waves and evictions it took.
 */
async function rolled(nodes: number, maxParallel: number) {
  const workers = fakeWorkers(nodes);
  const upgrade = await workbench().start({
    plan: planOf(replacedStage('surge', maxParallel)),
    activities: workers.activities,
  });
  await upgrade.approve('plan');
  await upgrade.approve('retire');
  await upgrade.handle.result();
  const stage = workbench().client.workflow.getHandle(`${upgrade.handle.workflowId}/1.32/workers/blue`);
  const { events } = await stage.fetchHistory();
  const counted =
    events?.filter(({ eventType }) => !tasks.has(eventType ?? EventType.EVENT_TYPE_UNSPECIFIED)) ?? [];
  const waves = upgrade.calls.filter(({ activity }) => activity === 'drainWave').length;
  return { events: counted.length, waves, evictions: workers.evictions.length };
}

describe.concurrent('the history of a surge roll', () => {
  it('grows by the same few events with every wave, however many Pods that moves', async ({ expect }) => {
    const [few, more, large] = await Promise.all([rolled(5, 2), rolled(11, 2), rolled(13, 6)]);
    expect([few.waves, more.waves, large.waves]).toEqual([3, 6, 3]);
    expect(large.evictions).toBe(26);
    const perWave = (more.events - few.events) / (more.waves - few.waves);
    expect(perWave).toBeGreaterThan(0);
    expect(perWave).toBeLessThanOrEqual(60);
    // As many waves with more than twice as many Pods: not an event for each of them.
    expect(Math.abs(large.events - few.events)).toBeLessThan(large.evictions - few.evictions);
  });
});
