import type { Client } from '@temporalio/client';
import { isGrpcServiceError } from '@temporalio/client';
import { setTimeout as sleep } from 'node:timers/promises';
import { lookAt } from './look.ts';
import type { Sighting } from './sighting.ts';

export interface FollowOptions {
  runId?: string;
  /** Between two looks, milliseconds. Default one second. */
  everyMs?: number;
  signal?: AbortSignal;
  /** Told when the server does not answer, once each time. */
  onTrouble?: (message: string) => void;
}

/**
 * Looks at an upgrade again and again until it has ended; that look is the last. A worker or a server that is away for
 * a while ends nothing. A later run under the same ID is not this one.
 *
 * @throws CommandFailed when there is no such workflow
 */
export async function* follow(
  client: Client,
  workflowId: string,
  options: FollowOptions = {},
): AsyncGenerator<Sighting, void> {
  const { everyMs = 1000, signal, onTrouble } = options;
  let { runId } = options;
  let last: Sighting | undefined;
  let trouble = false;
  while (signal?.aborted !== true) {
    try {
      last = await lookAt(client, workflowId, runId, last);
      trouble = false;
      runId = last.runId;
      yield last;
      if (last.ending !== undefined) return;
    } catch (error) {
      // At the first look it tells the person something; later it passes.
      if (!isServerTrouble(error) || last === undefined) throw error;
      if (!trouble) onTrouble?.('The Temporal server does not answer; still trying.');
      trouble = true;
    }
    await sleep(everyMs, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
  }
}

function isServerTrouble(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) if (isGrpcServiceError(at)) return true;
  return false;
}
