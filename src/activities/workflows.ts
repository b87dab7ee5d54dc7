import { WorkflowNotFoundError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import { StepladderError } from '../contract/errors.ts';
import type { ActivityDependencies } from './dependencies.ts';
import type { Activities } from './types.ts';

/** What is asked of Temporal about other workflows, or what a workflow can't ask for itself. */
export function workflowActivities({
  temporal,
}: Pick<ActivityDependencies, 'temporal'>): Pick<Activities, 'describeLockHolder' | 'requestCancellation'> {
  return {
    async describeLockHolder({ lockId }) {
      try {
        const lock = await client(temporal).getHandle(lockId).describe();
        if (lock.status.name !== 'RUNNING') return undefined;
        const { workflowId, runId } = lock.parentExecution ?? {};
        return typeof workflowId === 'string' && typeof runId === 'string'
          ? { workflowId, runId }
          : undefined;
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return undefined;
        throw asOurs(error, `Who holds ${lockId} could not be asked of Temporal`);
      }
    },

    async requestCancellation({ workflowId, runId }) {
      try {
        await client(temporal).getHandle(workflowId, runId).cancel();
      } catch (error) {
        // It has ended, which is fine.
        if (error instanceof WorkflowNotFoundError) return;
        throw asOurs(error, `The cancellation of ${workflowId} could not be asked of Temporal`);
      }
    },
  };
}

function client(temporal: Pick<Client, 'workflow'> | undefined): Client['workflow'] {
  if (temporal !== undefined) return temporal.workflow;
  throw new StepladderError('InternalError', 'This worker was made without a Temporal client.');
}

/** Temporal has just given us this very task, so that its not answering now passes by itself. */
function asOurs(error: unknown, what: string): unknown {
  if (!(error instanceof Error) || error instanceof StepladderError) return error;
  return new StepladderError('ServerError', `${what}: ${error.name}. It is tried again.`);
}
