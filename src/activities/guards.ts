import type { Guard } from '../contract/guard.ts';
import type { GuardResult } from '../contract/workers.ts';
import { ask } from '../http/ask.ts';
import type { Question } from '../http/ask.ts';
import { judgeAnswer } from '../http/judgeAnswer.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { judgePromql } from './guards/judgePromql.ts';
import { activityScope } from './scope.ts';
import type { WorkerActivities } from './workerTypes.ts';

/** Looks at the request's guards. One that can't be asked is unknown, which is not a pass (rule 11). */
export function guardsActivity({
  env,
}: Pick<ActivityDependencies, 'env'>): Pick<WorkerActivities, 'checkGuards'> {
  return {
    async checkGuards({ guards }) {
      const { signal } = activityScope();
      const results = await Promise.all(guards.map((guard) => look(guard, env, signal)));
      // What was asked while the upgrade was being stopped says nothing.
      signal.throwIfAborted();
      return { results };
    },
  };
}

async function look(
  guard: Guard,
  env: ActivityDependencies['env'],
  signal: AbortSignal,
): Promise<GuardResult> {
  const { name, tokenEnv } = guard;
  const token = tokenEnv === undefined ? undefined : env[tokenEnv];
  if (tokenEnv !== undefined && (token === undefined || token === '')) {
    return { name, state: 'unknown', why: `${tokenEnv} is not set in the worker's environment.` };
  }
  const answer = await ask(questionOf(guard, token), signal);
  if ('trouble' in answer) return { name, state: 'unknown', why: answer.trouble };
  return { name, ...('http' in guard ? judgeAnswer(guard, answer) : judgePromql(answer)) };
}

function questionOf(guard: Guard, token: string | undefined): Question {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  if ('http' in guard) return { address: guard.http, headers };
  const address = new URL(guard.prometheus);
  address.pathname = `${address.pathname.replace(/\/+$/, '')}/api/v1/query`;
  return {
    address: address.href,
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ query: guard.promql }).toString(),
  };
}
