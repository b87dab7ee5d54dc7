import { setTimeout as sleep } from 'node:timers/promises';

/** Many activities that wait at the same time shall not all ask at the same time: part of the pause that varies. */
const jitter = 0.2;

/** Waits about that long between two looks. Rejects with the signal's reason when that is aborted. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  try {
    await sleep(milliseconds * (1 - jitter / 2 + Math.random() * jitter), undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}

/** Of the longest pause: the first one. */
const firstShare = 1 / 16;

/**
 * Pauses between looks at what is mostly there within seconds, and sometimes takes long: each twice as long as the one
 * before, up to the longest. Milliseconds.
 */
export function* growingPauses(longestMs: number): Generator<number, never> {
  for (let next = longestMs * firstShare; ; next = Math.min(longestMs, next * 2)) yield next;
}
