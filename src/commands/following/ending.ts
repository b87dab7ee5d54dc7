import { WorkflowFailedError } from '@temporalio/client';
import type { WorkflowExecutionDescription, WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure, TerminatedFailure, TimeoutFailure } from '@temporalio/common';
import type { Ending } from './sighting.ts';

/**
 * How a workflow has ended, from its history alone, so that no worker is needed. The report's key stands in the
 * result, in the failure's details or in the memo.
 *
 * @returns undefined while it runs
 */
export async function endingOf(
  handle: WorkflowHandle,
  description: WorkflowExecutionDescription,
): Promise<Ending | undefined> {
  if (description.status.name === 'RUNNING' || description.status.name === 'PAUSED') return undefined;
  const inMemo = textIn(description.memo, 'report');
  const memo = inMemo === undefined ? {} : { report: inMemo };
  try {
    const result: unknown = await handle.result();
    const version = textIn(result, 'version');
    const cluster = textIn(result, 'cluster');
    const report = textIn(result, 'report');
    return {
      state: 'completed',
      message:
        cluster === undefined
          ? 'The target was reached.'
          : `Cluster ${cluster} is at ${version ?? 'its target'}.`,
      ...memo,
      ...(report === undefined ? {} : { report }),
    };
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    return { ...memo, ...endingOfFailure(error.cause) };
  }
}

function endingOfFailure(cause: unknown): Ending {
  if (cause instanceof CancelledFailure) {
    return { state: 'aborted', message: 'The upgrade was aborted; the report says how far it came.' };
  }
  if (cause instanceof TerminatedFailure) {
    return {
      state: 'terminated',
      message:
        'The workflow was terminated, so that nothing was put back. The next start finds what was left and puts it back.',
    };
  }
  if (cause instanceof TimeoutFailure) {
    return { state: 'timed-out', message: 'The workflow ran into the time limit that it was started with.' };
  }
  if (cause instanceof ApplicationFailure) {
    const report = textIn(cause.details?.[0], 'report');
    return {
      state: 'failed',
      message: cause.message,
      ...(cause.type === null || cause.type === undefined ? {} : { type: cause.type }),
      ...(report === undefined ? {} : { report }),
    };
  }
  return { state: 'failed', message: cause instanceof Error ? cause.message : 'The workflow failed.' };
}

function textIn(value: unknown, key: string): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const found: unknown = Reflect.get(value, key);
  return typeof found === 'string' && found !== '' ? found : undefined;
}
