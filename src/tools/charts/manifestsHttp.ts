import { setTimeout as sleep } from 'node:timers/promises';
import { EnvHttpProxyAgent, fetch } from 'undici';
import type { Dispatcher } from 'undici';
import { toolProblem } from '../problem.ts';
import { shownAddress } from './manifestsAddress.ts';

/** How manifests are fetched; tests make it faster. */
export interface HttpLimits {
  /** For one try, all of the answer included. Milliseconds. */
  timeoutMs: number;
  /** What is read at most. Bytes. */
  largest: number;
  /** Between a try that failed and the next; as many as there are. Milliseconds. */
  delaysMs: readonly number[];
}

export const httpLimits: HttpLimits = {
  timeoutMs: 30_000,
  largest: 64 * 1024 * 1024,
  delaysMs: [500, 2_000, 5_000],
};

/**
 * The text at an address. A try that fails for what passes by itself (no answer, 429, 5xx) is followed by another. A
 * proxy of the environment (HTTPS_PROXY, NO_PROXY) is used.
 *
 * @returns undefined where there is nothing at that address (404, 410)
 * @throws StepladderError `Unreachable` (`unreachable-source`), without the address' login and query
 */
export async function fetchText(
  address: string,
  limits: HttpLimits,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const proxied = new EnvHttpProxyAgent();
  try {
    for (let tries = 0; ; tries += 1) {
      signal?.throwIfAborted();
      const answer = await tryOnce(address, proxied, limits, signal);
      if (!('trouble' in answer)) return answer.text;
      const delay = answer.passes ? limits.delaysMs[tries] : undefined;
      if (delay === undefined) throw unreachable(address, answer.trouble, tries + 1);
      await sleep(delay, undefined, signal === undefined ? {} : { signal });
    }
  } finally {
    await proxied.close();
  }
}

type Answer = { text: string | undefined } | { trouble: string; passes: boolean };

async function tryOnce(
  address: string,
  dispatcher: Dispatcher,
  { timeoutMs, largest }: HttpLimits,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  const limit = AbortSignal.timeout(timeoutMs);
  try {
    const answer = await fetch(address, {
      dispatcher,
      signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
      headers: { accept: 'application/yaml, text/plain, application/json, */*' },
    });
    const { status, headers, body } = answer;
    if (!answer.ok) {
      await body?.cancel();
      if (status === 404 || status === 410) return { text: undefined };
      return { trouble: `it answers ${status}`, passes: status === 429 || status >= 500 };
    }
    if (/^text\/html\b/i.test(headers.get('content-type') ?? '')) {
      await body?.cancel();
      const trouble = 'it answers with a web page; give the address of the file itself (its raw text)';
      return { trouble, passes: false };
    }
    const text = await readAtMost(body, largest);
    if (text !== undefined) return { text };
    return { trouble: `it answers with more than ${largest / 1024 / 1024} MiB`, passes: false };
  } catch (error) {
    signal?.throwIfAborted();
    return limit.aborted
      ? { trouble: `it does not answer within ${timeoutMs / 1000} s`, passes: true }
      : { trouble: `it can't be reached (${reasonOf(error)})`, passes: true };
  }
}

async function readAtMost(
  body: AsyncIterable<Uint8Array> | null,
  largest: number,
): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let read = 0;
  for await (const chunk of body ?? []) {
    read += chunk.byteLength;
    if (read > largest) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The kind of failure only: messages of network errors may hold the address. */
function reasonOf(error: unknown): string {
  for (
    let each: unknown = error, depth = 0;
    each instanceof Error && depth < 5;
    each = each.cause, depth += 1
  ) {
    if ('code' in each && typeof each.code === 'string') return each.code;
  }
  return error instanceof Error ? error.name : 'unknown trouble';
}

function unreachable(address: string, trouble: string, tries: number): Error {
  return toolProblem(
    'unreachable-source',
    `The manifests at ${shownAddress(address)} can't be had: ${trouble}${tries > 1 ? `, after ${tries} tries` : ''}.`,
    'Check the address, and the way to it from the worker (proxy, firewall).',
  );
}
