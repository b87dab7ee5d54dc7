import { durationMs } from '../contract/duration.ts';
import type { Probe, ProbeResult, ProbeTarget } from '../contract/probe.ts';
import { ask } from '../http/ask.ts';
import type { Answer, Question, Trouble } from '../http/ask.ts';
import { judgeAnswer } from '../http/judgeAnswer.ts';
import type { Judgement } from '../http/judgeAnswer.ts';
import type { KubernetesConnection } from '../kubernetes/connection.ts';
import { askService } from './askService.ts';
import type { NobodyReady } from './askService.ts';

/** What a probe needs of the world. */
export interface ProbeSurroundings {
  /** The cluster that is asked. Only Services need it. */
  cluster?: Pick<KubernetesConnection, 'askThrough'>;
  /** The worker's environment variables. */
  env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds of a clock that only goes forward. */
  now: () => number;
  /** Waits; rejects with the signal's reason when that is aborted. */
  pause: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/**
 * Asks one cluster until it has answered well as often in a row as the probe wants, or its time is over.
 *
 * @param target where that cluster answers: the probe's `blue` or `green`
 * @param told after each question, for heartbeats
 * @returns what came of it, without anything of the answers. A time limit that passes gives what the last answer was
 * @throws the signal's reason when it is aborted
 */
export async function runProbe(
  probe: Probe,
  target: ProbeTarget,
  surroundings: ProbeSurroundings,
  signal: AbortSignal,
  told: (result: ProbeResult) => void = () => undefined,
): Promise<ProbeResult> {
  const { name, tokenEnv, inARow: wanted } = probe;
  const { env, now, pause } = surroundings;
  const token = tokenEnv === undefined ? undefined : env[tokenEnv];
  if (tokenEnv !== undefined && (token === undefined || token === '')) {
    const why = `${tokenEnv} is not set in the worker's environment.`;
    return { name, state: 'unknown', why, asked: 0, inARow: 0 };
  }
  const question = questionOf(probe, token);
  const askOnce = () =>
    typeof target === 'string'
      ? ask({ ...question, address: addressOf(target, probe.path) }, signal)
      : askService(target, probe.path, question, surroundings.cluster, signal);
  const endsAt = now() + durationMs(probe.timeLimit);
  let tally = { asked: 0, inARow: 0 };
  for (;;) {
    const judgement = await judgeOnce(probe, askOnce, signal);
    tally = {
      asked: tally.asked + 1,
      inARow: judgement.state === 'holds' ? tally.inARow + 1 : 0,
    };
    const result = { name, ...conclude(judgement, tally.inARow, wanted), ...tally };
    told(result);
    if (result.state === 'holds') return result;
    if (now() + durationMs(probe.every) > endsAt) return result;
    await pause(durationMs(probe.every), signal);
  }
}

async function judgeOnce(
  probe: Probe,
  askOnce: () => Promise<Answer | Trouble | NobodyReady>,
  signal: AbortSignal,
): Promise<Judgement> {
  const answer = await askOnce();
  // What was asked while everything was being stopped says nothing.
  signal.throwIfAborted();
  if ('trouble' in answer) return { state: 'unknown', why: answer.trouble };
  return 'bad' in answer ? { state: 'fails', why: answer.bad } : judgeAnswer(probe, answer);
}

/** Answered well, but not often enough, is not known to be well. */
function conclude({ state, why }: Judgement, inARow: number, wanted: number): Judgement {
  if (state !== 'holds' || inARow >= wanted) return { state, why };
  return { state: 'unknown', why: `${why} So far ${inARow} in a row of ${wanted}.` };
}

function questionOf(
  { method, headers, body, answerWithin }: Probe,
  token: string | undefined,
): Omit<Question, 'address'> {
  return {
    method,
    headers: { ...headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
    ...(body === undefined ? {} : { body }),
    answerWithinMs: durationMs(answerWithin),
  };
}

/** The path below the one that the base may have. */
function addressOf(base: string, path: string): string {
  const address = new URL(base);
  const [below = '', ...query] = path.split('?');
  address.pathname = `${address.pathname.replace(/\/+$/, '')}${below}`;
  address.search = query.join('?');
  return address.href;
}
