import { WorkflowNotFoundError } from '@temporalio/common';
import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { messageNames } from '../../contract/messages.ts';
import type { UpgradeStatus } from '../../contract/status.ts';
import { CommandFailed } from '../exitCodes.ts';
import { endingOf } from './ending.ts';
import { stageProgress } from './heartbeats.ts';
import type { Sighting } from './sighting.ts';

/** A worker that lives answers a query at once; a dead one is noticed by this. Milliseconds. */
const queryTimeoutMs = 4_000;

/**
 * Looks at an upgrade once. The server alone says whether it runs and how it ended; the status is a worker's answer.
 *
 * @param runId the run that is meant; without it the newest
 * @param before an earlier look, whose status is shown on when no worker answers
 * @throws CommandFailed when there is no such workflow
 */
export async function lookAt(
  client: Client,
  workflowId: string,
  runId?: string,
  before?: Sighting,
): Promise<Sighting> {
  const handle = client.workflow.getHandle(workflowId, runId);
  const description = await describe(client, workflowId, runId);
  const exact = client.workflow.getHandle(workflowId, description.runId);
  const [asked, ending] = await Promise.all([askStatus(client, exact), endingOf(handle, description)]);
  const answered = typeof asked === 'object';
  const status = answered ? asked : before?.status;
  return {
    at: new Date().toISOString(),
    workflowId,
    runId: description.runId,
    taskQueue: description.taskQueue,
    startedAt: description.startTime.toISOString(),
    workerAnswers: answered,
    ...(typeof asked === 'string' ? { trouble: asked } : {}),
    ...(status === undefined ? {} : { status }),
    progress:
      answered && ending === undefined
        ? await stageProgress(client, asked.hops, {
            workflowId,
            pendingActivities: description.raw.pendingActivities,
          })
        : [],
    ...(ending === undefined ? {} : { ending }),
  };
}

async function describe(
  client: Client,
  workflowId: string,
  runId: string | undefined,
): Promise<WorkflowExecutionDescription> {
  try {
    return await client.workflow.getHandle(workflowId, runId).describe();
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    throw new CommandFailed(
      `There is no workflow "${workflowId}" in the namespace "${client.options.namespace}". ` +
        'Check its ID (stepladder start prints it, and the Temporal UI lists all), or leave it out to take the upgrade that runs.',
    );
  }
}

/**
 * The status; or what a worker says that can't carry the workflow on; or undefined when none answers, or the workflow
 * has not begun yet.
 */
async function askStatus(
  client: Client,
  handle: { query: <T>(name: string) => Promise<T> },
): Promise<UpgradeStatus | string | undefined> {
  try {
    return await client.connection.withDeadline(Date.now() + queryTimeoutMs, () =>
      handle.query<UpgradeStatus>(messageNames.status),
    );
  } catch (error) {
    // Whatever else the reason is, the server's description stands; a server that is gone is noticed by that.
    const message = deepestMessage(error);
    return /workflow task.*fail|nondetermini/i.test(message) ? message : undefined;
  }
}

function deepestMessage(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? deepestMessage(error.cause) : error.message;
}
