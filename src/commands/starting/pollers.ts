import proto from '@temporalio/proto';
import type { TemporalClient } from '../../temporal/connection.ts';

const { TaskQueueType } = proto.temporal.api.enums.v1;

/** A worker asks again at least this often; one that was heard of longer ago is gone. Milliseconds. */
const pollerAliveMs = 75_000;

/** Whether a worker seems to take work from a task queue. Undefined when the server does not tell. */
export async function isPolled(
  { connection, settings }: Pick<TemporalClient, 'connection' | 'settings'>,
  taskQueue: string,
): Promise<boolean | undefined> {
  try {
    const { pollers } = await connection.workflowService.describeTaskQueue({
      namespace: settings.namespace,
      taskQueue: { name: taskQueue },
      taskQueueType: TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    });
    return pollers.some(({ lastAccessTime }) => {
      const seconds = Number(lastAccessTime?.seconds ?? 0);
      return Date.now() - seconds * 1000 < pollerAliveMs;
    });
  } catch {
    return undefined;
  }
}
