import type { Client } from '@temporalio/client';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { WorkflowType } from '../../contract/workflowTypes.ts';
import { CommandFailed } from '../exitCodes.ts';
import type { GivenRequest } from '../requestInput.ts';

/** A workflow that runs. */
export interface StartedUpgrade {
  workflowId: string;
  runId: string;
}

/** The ID under which the command line starts an upgrade, so that the same one is not started twice. */
export function upgradeWorkflowId(cluster: string, target: string): string {
  return `upgrade-${cluster}-${target}`;
}

/**
 * Starts an upgrade.
 *
 * @throws CommandFailed when one of the same cluster and target is running, with its ID
 */
export async function startUpgrade(
  client: Client,
  { written, checked }: GivenRequest,
  taskQueue: string,
): Promise<StartedUpgrade> {
  const { cluster, targetVersion } = checked;
  const workflowId = upgradeWorkflowId(cluster.name, targetVersion);
  const type: WorkflowType = 'upgradeCluster';
  try {
    const { firstExecutionRunId } = await client.workflow.start(type, {
      workflowId,
      taskQueue,
      args: [written],
      staticSummary: `${cluster.name} to ${targetVersion}`,
    });
    return { workflowId, runId: firstExecutionRunId };
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    throw new CommandFailed(
      `An upgrade of cluster ${cluster.name} to ${targetVersion} is running already: ${workflowId}. Nothing was started.\n` +
        `Follow it with stepladder watch ${workflowId}, or end it first with stepladder abort ${workflowId}.`,
      { cause: error },
    );
  }
}
