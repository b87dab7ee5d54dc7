import { WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import { ApplicationFailure, WorkflowNotFoundError } from '@temporalio/common';
import type { GateAnswer } from '../../contract/messages.ts';
import type { DecisionAnswer } from '../../contract/workers.ts';
import { CommandFailed } from '../exitCodes.ts';

export type Verdict = 'approve' | 'reject';

/** `stored`: no worker took it; the signal waits in the workflow's history for one. */
export interface Sent {
  how: 'accepted' | 'stored';
  message: string;
}

/** How long is waited for a worker before the signal is sent instead. Milliseconds. */
const updateTimeoutMs = 10_000;

/**
 * Answers a gate or a question: by update, which is accepted or refused at once; where no worker is there to take it, by the signal
 * of the same name, whose refusal would stand in the status.
 *
 * @throws CommandFailed when it is refused, with the reason
 */
export async function sendAnswer(
  client: Client,
  workflowId: string,
  message: Verdict | 'decide',
  answer: GateAnswer | DecisionAnswer,
  timeoutMs: number = updateTimeoutMs,
): Promise<Sent> {
  const handle = client.workflow.getHandle(workflowId);
  try {
    const accepted = await client.connection.withDeadline(Date.now() + timeoutMs, () =>
      handle.executeUpdate<string, [GateAnswer | DecisionAnswer]>(message, { args: [answer] }),
    );
    return { how: 'accepted', message: accepted };
  } catch (error) {
    if (!(error instanceof WorkflowUpdateRPCTimeoutOrCancelledError))
      throw refusal(workflowId, error, message);
  }
  try {
    await handle.signal(message, answer);
  } catch (error) {
    throw refusal(workflowId, error);
  }
  return {
    how: 'stored',
    message: `No worker answered within ${timeoutMs / 1000} s, so it was sent as a signal: the server keeps it for the next worker. Should it be refused then, stepladder status ${workflowId} says why.`,
  };
}

/**
 * A message for people, where the other side has said no.
 *
 * @param message the answer that was refused; the command that shows what is asked is then named
 */
export function refusal(workflowId: string, error: unknown, message?: Verdict | 'decide'): unknown {
  if (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure) {
    const look = message === undefined ? '' : `\nSee what is asked now: stepladder ${message} ${workflowId}`;
    return new CommandFailed(`${error.cause.message}${look}`, { cause: error });
  }
  if (error instanceof WorkflowNotFoundError) {
    return new CommandFailed(
      `No workflow "${workflowId}" is running: it has ended, or its ID is another. stepladder status ${workflowId} tells.`,
      { cause: error },
    );
  }
  return error;
}
