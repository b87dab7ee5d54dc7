import { setTimeout as sleep } from 'node:timers/promises';
import { fetch } from 'undici';
import type { ActivityDependencies } from './dependencies.ts';
import { activityScope } from './scope.ts';
import type { Activities } from './types.ts';
import { webhookMessage } from './webhookMessage.ts';

/** For one answer. Milliseconds. */
const answerWithinMs = 5_000;
/** Pauses between tries, and with them how many there are. Milliseconds. */
const pausesMs = [500, 1_500];

/**
 * Tells people by webhook. Whoever can't be reached is counted and logged by the name of the variable that holds the
 * address; the address itself is a secret and stands nowhere.
 */
export function notifyActivity({
  env,
  log,
}: Pick<ActivityDependencies, 'env' | 'log'>): Pick<Activities, 'notify'> {
  return {
    async notify({ targets, status, notification }) {
      const body = JSON.stringify(webhookMessage(status, notification));
      const results = await Promise.all(
        targets.map(async ({ webhookEnv }) => {
          const trouble = await tell(env[webhookEnv], body);
          if (trouble === undefined) return true;
          log.warn(`A webhook could not be reached: ${webhookEnv}: ${trouble}`, { webhookEnv });
          return false;
        }),
      );
      const reached = results.filter(Boolean).length;
      return { reached, failed: results.length - reached };
    },
  };
}

/** Sends with a few tries; returns what went wrong in the end, without the address. */
async function tell(address: string | undefined, body: string): Promise<string | undefined> {
  if (address === undefined || address === '') return "the variable is not set in the worker's environment";
  if (!URL.canParse(address) || !/^https?:/i.test(address))
    return 'the variable holds no http or https address';
  for (let attempt = 0; ; attempt += 1) {
    const { trouble, final } = await post(address, body);
    const pause = pausesMs[attempt];
    if (trouble === undefined || final || pause === undefined) return trouble;
    await sleep(pause);
  }
}

async function post(address: string, body: string): Promise<{ trouble?: string; final: boolean }> {
  try {
    const answer = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      // A redirect would carry the message to somebody who was not named.
      redirect: 'manual',
      signal: AbortSignal.any([activityScope().signal, AbortSignal.timeout(answerWithinMs)]),
    });
    await answer.body?.cancel();
    if (answer.ok) return { final: true };
    const passing = answer.status === 429 || answer.status >= 500;
    return { trouble: `it answered ${answer.status}`, final: !passing };
  } catch (error) {
    return { trouble: reasonOf(error), final: activityScope().signal.aborted };
  }
}

/** The kind of failure only: messages of network errors may hold the address. */
function reasonOf(error: unknown): string {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    if (at.name === 'TimeoutError') return `no answer within ${answerWithinMs / 1000} s`;
    if ('code' in at && typeof at.code === 'string') return at.code;
  }
  return error instanceof Error ? error.name : 'unknown trouble';
}
