import type { Client } from '@temporalio/client';

/** One run of one workflow, with how many events its history has. */
export interface RunHistory {
  workflowId: string;
  events: number;
}

/** Every run of an upgrade and of its stages, those that went on as a new run one by one, the longest first. */
export async function runHistories(client: Client, workflowId: string): Promise<RunHistory[]> {
  const runs: RunHistory[] = [];
  for await (const { workflowId: id, runId } of client.workflow.list({
    query: `WorkflowId = "${workflowId}" OR WorkflowId STARTS_WITH "${workflowId}/"`,
  })) {
    const { historyLength } = await client.workflow.getHandle(id, runId).describe();
    runs.push({ workflowId: id, events: historyLength });
  }
  return runs.sort((one, other) => other.events - one.events);
}
