import {
  ActivityFailure,
  ApplicationFailure,
  ChildWorkflowFailure,
  TimeoutFailure,
  isCancellation,
} from '@temporalio/workflow';
import { errorRetry, isErrorName } from '../contract/errors.ts';
import type { ErrorName } from '../contract/errors.ts';

/** What went wrong, in our own words. */
export interface Trouble {
  type: ErrorName;
  message: string;
}

/**
 * Finds our error behind what an activity or a child workflow failed with. Anything that is not one of Temporal's
 * failures is a mistake in workflow code: it is thrown on, so that the task is tried again once the code is mended.
 */
export function troubleOf(error: unknown): Trouble {
  let cause: unknown = error;
  while (cause instanceof ActivityFailure || cause instanceof ChildWorkflowFailure) cause = cause.cause;
  if (cause instanceof ApplicationFailure) {
    return isErrorName(cause.type)
      ? { type: cause.type, message: cause.message }
      : { type: 'InternalError', message: cause.message };
  }
  if (cause instanceof TimeoutFailure) {
    const activity = error instanceof ActivityFailure ? error.activityType : 'a step';
    return { type: 'Unreachable', message: `${activity} did not answer in time (${cause.timeoutType})` };
  }
  if (isCancellation(cause)) return { type: 'UpgradeFailed', message: 'It was cancelled' };
  throw error;
}

/** Whether trouble of this kind ends by waiting. Server errors and throttling get here only after many retries. */
export function endsByWaiting(type: ErrorName): boolean {
  return errorRetry[type] !== 'final';
}

/** A failure that Temporal does not retry, with one of our names. */
export function failure(
  type: ErrorName,
  message: string,
  details: Record<string, unknown> = {},
): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, type, details);
}
