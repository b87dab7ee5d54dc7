import { fetch } from 'undici';

/** For a whole answer. Milliseconds. */
const answerWithinMs = 10_000;
/** What is read of an answer at most. Bytes. */
const readAtMost = 1024 * 1024;

export interface Answer {
  status: number;
  /** The beginning of the answer, at most a mebibyte. It may hold anything and must stand in no message. */
  body: string;
}

/**
 * Asks an address once: GET, or POST where there is a form. Redirects are not followed, because they would carry the
 * token to somebody who was not named.
 *
 * @returns the answer; or the trouble with getting one, as a sentence without the address, which may hold secrets
 */
export async function ask(
  question: { address: string; token?: string; form?: Record<string, string> },
  signal: AbortSignal,
): Promise<Answer | { trouble: string }> {
  const { address, token, form } = question;
  try {
    const answer = await fetch(address, {
      method: form === undefined ? 'GET' : 'POST',
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
      },
      ...(form === undefined ? {} : { body: new URLSearchParams(form).toString() }),
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(answerWithinMs)]),
    });
    return { status: answer.status, body: await beginning(answer.body) };
  } catch (error) {
    return { trouble: `No answer: ${reasonOf(error)}.` };
  }
}

async function beginning(body: AsyncIterable<Uint8Array> | null): Promise<string> {
  const chunks: Uint8Array[] = [];
  let read = 0;
  for await (const chunk of body ?? []) {
    chunks.push(chunk);
    read += chunk.byteLength;
    if (read >= readAtMost) break;
  }
  return Buffer.concat(chunks).subarray(0, readAtMost).toString('utf8');
}

/** The kind of failure only: messages of network errors may hold the address. */
function reasonOf(error: unknown): string {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    if (at.name === 'TimeoutError') return `none within ${answerWithinMs / 1000} s`;
    if ('code' in at && typeof at.code === 'string') return at.code;
  }
  return error instanceof Error ? error.name : 'unknown trouble';
}
