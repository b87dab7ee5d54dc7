import type { Context } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { StepladderError, errorRetry } from '../contract/errors.ts';
import { inScope, temporalContext } from './scope.ts';

/**
 * An activity gives up this long before Temporal would: a named error says what was slow, a time-out of Temporal's
 * does not, and it would be tried again at once. Milliseconds.
 */
const reserveMs = 1_500;

/**
 * From this attempt on, what nobody foresaw is taken for a mistake of ours and not tried again. Before that it is: a
 * mistake that shows only now and then shall not end an upgrade at night, and one that always shows shall not loop.
 */
const lastUnexpectedAttempt = 6;

/**
 * Puts the boundary between our code and Temporal around every activity: each gets its scope, our errors become
 * failures of their own type with the retry decision of `errorRetry`, and a cancellation stays one. Outside Temporal,
 * in a command's own process, errors are left as they are.
 */
export function withBoundary<T extends object>(activities: T): T {
  return Object.fromEntries(
    Object.entries(activities).map(([name, activity]: [string, (input: never) => Promise<unknown>]) => [
      name,
      async (input: never) => {
        const context = temporalContext();
        return context === undefined ? activity(input) : runInTemporal(name, context, () => activity(input));
      },
    ]),
    // Every member is replaced by a function of its own type, which Object.fromEntries can't tell.
  ) as unknown as T;
}

async function runInTemporal(name: string, context: Context, run: () => Promise<unknown>): Promise<unknown> {
  const { info, cancellationSignal } = context;
  const limitMs = info.startToCloseTimeoutMs - reserveMs;
  const deadline = limitMs > reserveMs ? AbortSignal.timeout(limitMs) : undefined;
  const signal =
    deadline === undefined ? cancellationSignal : AbortSignal.any([cancellationSignal, deadline]);
  try {
    return await inScope(
      {
        signal,
        heartbeat: (details) => context.heartbeat(details),
        lastHeartbeat: info.heartbeatDetails,
        attempt: info.attempt,
        scheduledAt: new Date(info.scheduledTimestampMs),
      },
      run,
    );
  } catch (error) {
    if (cancellationSignal.aborted && isAbort(error)) throw await cancellation(context);
    if (deadline?.aborted === true && isAbort(error)) {
      throw asFailure(
        new StepladderError(
          'Unreachable',
          `${name} was not done within ${Math.round(info.startToCloseTimeoutMs / 1000)} s: AWS or the cluster's API answers too slowly. Check both from the worker.`,
        ),
        info.attempt,
      );
    }
    throw asFailure(error, info.attempt);
  }
}

/**
 * The failure that Temporal records. It holds our message and details and nothing else: causes may hold what was sent
 * or answered.
 *
 * @param attempt which attempt of the activity has failed
 */
export function asFailure(error: unknown, attempt: number): Error {
  if (error instanceof ApplicationFailure || error instanceof CancelledFailure) return error;
  if (error instanceof StepladderError) {
    return ApplicationFailure.create({
      type: error.type,
      message: error.message,
      nonRetryable: errorRetry[error.type] !== 'retry',
      details: [error.details],
    });
  }
  const name = error instanceof Error ? error.name : typeof error;
  const message = `Something unexpected happened (${name}: ${firstLine(error)}). This is a mistake in Stepladder; the worker's log has more.`;
  const again = attempt < lastUnexpectedAttempt;
  const failure = ApplicationFailure.create({
    // InternalError is final wherever it is seen, so what is tried again has another name.
    type: again ? 'Unexpected' : 'InternalError',
    message,
    nonRetryable: !again,
  });
  // Where it happened, without the message, which may hold more than its first line.
  if (error instanceof Error && error.stack !== undefined) {
    failure.stack = `${failure.name}: ${message}\n${error.stack
      .split('\n')
      .filter((line) => /^\s+at /.test(line))
      .join('\n')}`;
  }
  return failure;
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return (text.split('\n', 1)[0] ?? '').slice(0, 300);
}

function isAbort(error: unknown): boolean {
  return (
    error instanceof CancelledFailure ||
    (error instanceof Error && ['AbortError', 'TimeoutError'].includes(error.name))
  );
}

/** What Temporal itself says of the cancellation. */
async function cancellation(context: Context): Promise<unknown> {
  return context.cancelled.then(
    () => undefined,
    (reason: unknown) => reason,
  );
}
