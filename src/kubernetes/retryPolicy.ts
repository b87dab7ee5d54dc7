import { isTransient, KubernetesStatusError } from './errors.ts';

/** How often and how long a read is tried before its failure is told. Times are milliseconds. */
export interface RetryPolicy {
  /** How often it is sent, the first time included. */
  tries: number;
  /** Longest wait after the first failure; it doubles with each further one. */
  firstDelayMs: number;
  longestDelayMs: number;
  /** No further try begins later than this after the first. */
  giveUpAfterMs: number;
}

/**
 * With one failure in ten calls, six tries fail once in a million. An answer that does not come is given up
 * early enough for one more try, on another connection: the one that was kept may lead to an API server that has been
 * replaced. All of it stays within the minute in which a person is to hear of an endpoint that nobody answers at.
 */
export const defaultRetryPolicy: RetryPolicy = {
  tries: 6,
  firstDelayMs: 100,
  longestDelayMs: 2_000,
  giveUpAfterMs: 25_000,
};

/** How to connect and wait for one answer. A list of a large cluster takes the API server seconds. Milliseconds. */
export const timeouts = { connectMs: 5_000, answerMs: 20_000 };

/**
 * How long to wait before a failed read is sent again; undefined when it is not to be.
 * A Retry-After of the server is kept to; else the wait is random up to a bound that doubles, so that many readers
 * that failed together do not come back together.
 *
 * @param state.failures how often it has failed, this time included
 * @param state.elapsedMs time since the first try
 * @param random from 0 to 1
 */
export function retryDelayMs(
  policy: RetryPolicy,
  error: unknown,
  state: { failures: number; elapsedMs: number },
  random: number = Math.random(),
): number | undefined {
  if (state.failures >= policy.tries || !isTransient(error)) return undefined;
  const bound = Math.min(policy.longestDelayMs, policy.firstDelayMs * 2 ** (state.failures - 1));
  const asked = error instanceof KubernetesStatusError ? error.retryAfterSeconds : undefined;
  const delay = asked === undefined ? bound * (0.5 + random / 2) : asked * 1_000;
  return state.elapsedMs + delay > policy.giveUpAfterMs ? undefined : delay;
}
