import type { WorkflowHandle } from '@temporalio/client';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Resolves when a stage was told of a pause or an abort: the root is the first to know, and tells the stage then.
 *
 * @param root the handle of the upgrade
 * @param place of the stage: `1.32/workers/blue`
 */
export async function untilStageTold(
  root: WorkflowHandle,
  place: string,
  what: 'pause' | 'abort',
): Promise<void> {
  const stage = root.client.getHandle(`${root.workflowId}/${place}`);
  for (;;) {
    const { events } = await stage.fetchHistory();
    const told = events?.some(
      ({
        workflowExecutionSignaledEventAttributes: signal,
        workflowExecutionCancelRequestedEventAttributes: cancelled,
      }) => (what === 'pause' ? signal?.signalName === 'setPaused' : cancelled != null),
    );
    if (told === true) return;
    await sleep(100);
  }
}
