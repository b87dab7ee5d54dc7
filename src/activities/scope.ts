import { Context } from '@temporalio/activity';
import { AsyncLocalStorage } from 'node:async_hooks';

/** What an activity needs of whoever runs it: a Temporal worker, or a command that calls it in its own process. */
export interface ActivityScope {
  /** Aborted when the activity shall stop: it was cancelled, its worker shuts down, or its time is nearly over. */
  signal: AbortSignal;
  /** Says that the activity lives, with what a later attempt (and `watch`) may want to know. */
  heartbeat: (details?: unknown) => void;
  /** What an earlier attempt of this activity said last. */
  lastHeartbeat: unknown;
  /** 1 for the first attempt. */
  attempt: number;
  /** When the first attempt was due to begin; absent outside Temporal, where it begins at once. */
  scheduledAt?: Date;
}

const outsideTemporal: ActivityScope = {
  signal: new AbortController().signal,
  heartbeat: () => undefined,
  lastHeartbeat: undefined,
  attempt: 1,
};

const current = new AsyncLocalStorage<ActivityScope>();

/** How often an activity that works for long says so; workflows take one for dead after 15 s. Milliseconds. */
const heartbeatEveryMs = 3_000;

/** The scope of the activity that runs. */
export function activityScope(): ActivityScope {
  return current.getStore() ?? outsideTemporal;
}

/** Runs an activity in a scope. */
export function inScope<T>(scope: ActivityScope, run: () => Promise<T>): Promise<T> {
  return current.run(scope, run);
}

/** The context that a Temporal worker gave, or undefined in a command's own process. */
export function temporalContext(): Context | undefined {
  try {
    return Context.current();
  } catch {
    return undefined;
  }
}

/**
 * Does something that may take long, heartbeating all the while.
 *
 * @param details asked for at each heartbeat
 */
export async function heartbeating<T>(run: () => Promise<T>, details?: () => unknown): Promise<T> {
  const { heartbeat } = activityScope();
  const beat = () => heartbeat(details?.());
  beat();
  const timer = setInterval(beat, heartbeatEveryMs);
  try {
    return await run();
  } finally {
    clearInterval(timer);
  }
}
