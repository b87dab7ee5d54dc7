import type { DrainOutcome } from '../../src/activities/workerTypes.ts';

/** @throws Error that names what holds the drain up: a benchmark has nobody to ask */
export function drainedOrThrow(outcome: DrainOutcome): DrainOutcome {
  if (outcome.state === 'drained') return outcome;
  throw new Error(`Stepladder is stuck: ${outcome.stuck.map(({ message }) => message).join(' ')}`);
}
