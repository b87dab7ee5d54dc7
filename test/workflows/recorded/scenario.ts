import { WorkflowFailedError } from '@temporalio/client';
import type { WorkflowHandle } from '@temporalio/client';
import type { Activities } from '../scriptedActivities.ts';
import type { RunningUpgrade, Workbench } from '../harness.ts';

/** Records a workflow's history as it is now, under a name. */
export type Keep = (handle: WorkflowHandle, name: string) => Promise<void>;

/** A moment or an ending of an upgrade whose history is kept, so that later code is known to carry it on. */
export interface RecordedScenario {
  name: string;
  /** Brings an upgrade there. What is kept on the way is recorded at that moment, what is returned at its end. */
  reach(workbench: Workbench, keep: Keep): Promise<Record<string, WorkflowHandle>>;
}

/** One name for all, so that no history tells one from another by it. */
export const cluster = { cluster: 'recorded' };

/** Ended, however it did. */
export async function ended(handle: WorkflowHandle): Promise<void> {
  try {
    await handle.result();
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
  }
}

/** The workflow of a stage. */
export function child(workbench: Workbench, upgrade: RunningUpgrade, place: string): WorkflowHandle {
  return workbench.client.workflow.getHandle(`${upgrade.handle.workflowId}/${place}`);
}

/** An abort that reaches what runs, as the real one does. */
export function aborting(workbench: Workbench): Pick<Activities, 'requestCancellation'> {
  return {
    requestCancellation: async ({ workflowId, runId }) => {
      await workbench.client.workflow.getHandle(workflowId, runId).cancel();
    },
  };
}
