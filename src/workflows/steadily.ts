import { CancellationScope, sleep } from '@temporalio/workflow';
import type { WaitKind } from '../contract/status.ts';
import { endsByWaiting, troubleOf } from './failures.ts';
import type { Trouble } from './failures.ts';

/** Whoever wants to know of waits: the root's status, or a stage, which tells its root. */
export interface WaitKeeper {
  /** True once something was changed in the cluster: from then on trouble is waited out, not failed with. */
  readonly changed: boolean;
  /** Milliseconds between two tries. */
  readonly reconnectMs: number;
  beginWait(kind: WaitKind, what: string): void;
  endWait(kind: WaitKind): void;
}

/** Before the first change, trouble in reaching an API is given this long to pass; then the upgrade says so and ends. */
const patienceBeforeChangeMs = 30_000;

const shortPauseMs = 3_000;

/**
 * Does something until it is done or fails for good: while credentials are refused, an API is out of reach or the
 * platform is busy, it waits, says so by name, and goes on by itself when that is mended.
 *
 * Before the first change there is nothing to lose, so refused credentials end the upgrade at once and an API that
 * can't be reached within half a minute does too.
 *
 * @param keeper who is told of the wait
 * @param action called for each try; it must be safe to repeat. It is told whether a wait is being shown: what takes
 * long then only finds out whether the trouble is over, so that the wait does not stand there until its end
 * @param holdOn true where leaving is worse than waiting (an update is under way): cancelling does not end the wait
 */
export async function steadily<T>(
  keeper: WaitKeeper,
  action: (isWaiting: boolean) => Promise<T>,
  holdOn = false,
): Promise<T> {
  const began = Date.now();
  let waiting: WaitKind | undefined;
  for (let failures = 1; ; failures++) {
    try {
      const result = await action(waiting !== undefined);
      if (waiting !== undefined) keeper.endWait(waiting);
      return result;
    } catch (error) {
      const trouble = troubleOf(error);
      const kind = waitFor(trouble, keeper.changed, Date.now() - began);
      if (kind === undefined) {
        if (waiting !== undefined) keeper.endWait(waiting);
        throw error;
      }
      if (waiting !== undefined && waiting !== kind) keeper.endWait(waiting);
      // A single lost connection is no news.
      const passing = kind === 'connection' && failures === 1;
      if (!passing) {
        waiting = kind;
        keeper.beginWait(kind, explain(kind, trouble));
      }
      const pauseMs =
        passing || !keeper.changed ? Math.min(shortPauseMs, keeper.reconnectMs) : keeper.reconnectMs;
      const pause = () => sleep(pauseMs, { summary: `until the next try: ${trouble.type}` });
      try {
        await (holdOn ? CancellationScope.nonCancellable(pause) : pause());
      } catch (cancelled) {
        if (waiting !== undefined) keeper.endWait(waiting);
        throw cancelled;
      }
    }
  }
}

function waitFor(trouble: Trouble, changed: boolean, elapsedMs: number): WaitKind | undefined {
  if (!endsByWaiting(trouble.type)) return undefined;
  if (trouble.type === 'UpdateInProgress') return 'update-in-progress';
  if (trouble.type === 'CredentialsRefused') return changed ? 'credentials' : undefined;
  return changed || elapsedMs < patienceBeforeChangeMs ? 'connection' : undefined;
}

function explain(kind: WaitKind, trouble: Trouble): string {
  switch (kind) {
    case 'credentials':
      return `Credentials are refused; renew them for the worker and the upgrade goes on by itself. ${trouble.message}`;
    case 'update-in-progress':
      return `EKS is busy with an update that is not ours; the upgrade goes on when that has ended. ${trouble.message}`;
    default:
      return `An API can't be reached; the upgrade goes on by itself when it can. ${trouble.message}`;
  }
}
