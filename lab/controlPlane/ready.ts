import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import type { Dispatcher } from 'undici';
import type { Component } from './component.ts';

const lookEveryMs = 100;
/** A program that has just begun may take so long to answer on a busy machine. */
const answerLimitMs = 10_000;

export interface ReadinessQuestion {
  url: string;
  headers?: Record<string, string>;
  dispatcher?: Dispatcher;
}

/**
 * Asks a program until it answers 200.
 *
 * @throws Error with the program's last lines, when it ends before that or the time is over
 */
export async function awaitReady(
  component: Component,
  question: ReadinessQuestion,
  limitMs: number,
  signal: AbortSignal,
): Promise<void> {
  const deadline = Date.now() + limitMs;
  const told = async (what: string): Promise<Error> =>
    new Error(
      `${component.name} ${component.version} ${what}. Its last lines:\n${await component.lastLines()}`,
    );
  let last: string;
  for (;;) {
    signal.throwIfAborted();
    if (!component.isRunning()) throw await told(await component.ended);
    try {
      const { statusCode, body } = await request(question.url, {
        headers: question.headers ?? {},
        headersTimeout: answerLimitMs,
        signal,
        ...(question.dispatcher === undefined ? {} : { dispatcher: question.dispatcher }),
      });
      await body.dump();
      if (statusCode === 200) return;
      last = `its answer was ${statusCode}`;
    } catch (error) {
      signal.throwIfAborted();
      last = error instanceof Error ? error.message : String(error);
    }
    if (Date.now() > deadline) throw await told(`was not ready after ${limitMs / 1000} s (${last})`);
    await sleep(lookEveryMs, undefined, { signal });
  }
}
