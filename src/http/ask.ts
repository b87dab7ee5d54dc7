import { request } from 'undici';
import type { Dispatcher } from 'undici';

/** For a whole answer, unless the question says otherwise. Milliseconds. */
const answerWithinByDefaultMs = 10_000;
/** What is read of an answer at most. Bytes. */
const readAtMost = 1024 * 1024;

export interface Question {
  address: string;
  method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';
  /** By their names in small letters; `host` may be another than the address's. */
  headers?: Readonly<Record<string, string>>;
  body?: string;
  answerWithinMs?: number;
}

export interface Answer {
  status: number;
  /** The beginning of the answer, at most a mebibyte. It may hold anything and must stand in no message. */
  body: string;
}

/** Why there is no answer, as a sentence. */
export interface Trouble {
  trouble: string;
}

/**
 * Asks an address once, on a connection of its own. Redirects are not followed, because they would carry the token to
 * somebody who was not named.
 *
 * @param dispatcher over which it goes out, for another's TLS; undici's own unless given
 * @returns the answer; or the trouble with getting one, as a sentence without the address, which may hold secrets
 */
export async function ask(
  question: Question,
  signal: AbortSignal,
  dispatcher?: Dispatcher,
): Promise<Answer | Trouble> {
  const { address, method = 'GET', headers = {}, body, answerWithinMs = answerWithinByDefaultMs } = question;
  try {
    const answer = await request(address, {
      method,
      headers: { accept: '*/*', 'user-agent': 'stepladder', ...headers },
      ...(body === undefined ? {} : { body }),
      reset: true,
      ...(dispatcher === undefined ? {} : { dispatcher }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(answerWithinMs)]),
    });
    return { status: answer.statusCode, body: await beginning(answer.body) };
  } catch (error) {
    return { trouble: `No answer: ${reasonOf(error, answerWithinMs)}.` };
  }
}

async function beginning(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let read = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    read += chunk.byteLength;
    if (read >= readAtMost) break;
  }
  return Buffer.concat(chunks).subarray(0, readAtMost).toString('utf8');
}

/** The kind of failure only: messages of network errors may hold the address. */
function reasonOf(error: unknown, answerWithinMs: number): string {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    if (at.name === 'TimeoutError') return `none within ${answerWithinMs / 1000} s`;
    if ('code' in at && typeof at.code === 'string') return at.code;
  }
  return error instanceof Error ? error.name : 'unknown trouble';
}
