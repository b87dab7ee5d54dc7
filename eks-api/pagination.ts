import { invalidParameter } from './errors.ts';

/** What a caller asks of a list: how many, and from where. */
export interface PageRequest {
  maxResults?: number | undefined;
  nextToken?: string | undefined;
}

const largestPage = 100;

/**
 * Cuts one page out of a list. The token says where the next one begins and what list it belongs to.
 *
 * @param of what is listed, for which: a token of another list is refused
 * @throws EksError InvalidParameterException for a maxResults outside 1–100 or a token that is not ours
 */
export function page<T>(
  entries: readonly T[],
  of: string,
  request: PageRequest,
): { entries: T[]; nextToken?: string } {
  const size = request.maxResults ?? largestPage;
  if (!Number.isInteger(size) || size < 1 || size > largestPage) {
    throw invalidParameter(`maxResults must be between 1 and ${largestPage}.`);
  }
  const from = request.nextToken === undefined ? 0 : positionIn(request.nextToken, of);
  const end = from + size;
  return {
    entries: entries.slice(from, end),
    ...(end < entries.length
      ? { nextToken: Buffer.from(JSON.stringify([of, end])).toString('base64url') }
      : {}),
  };
}

function positionIn(token: string, of: string): number {
  try {
    const read: unknown = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
    if (Array.isArray(read) && read[0] === of && typeof read[1] === 'number') return read[1];
  } catch {
    // Falls through to the refusal: whatever can't be read is not our token.
  }
  throw invalidParameter('Invalid pagination token.');
}
