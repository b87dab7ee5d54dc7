import { setTimeout as sleep } from 'node:timers/promises';

/** Between two looks: often enough not to be what a test waits for, seldom enough not to be what slows it. */
const lookEveryMs = 200;

/**
 * Looks until there is something to be seen. What a look throws is taken for "not yet", and told in the end.
 *
 * @param what for the error: what did not come
 * @param look answers undefined or false for "not yet"
 * @param limitMs generous, because the machine may be busy; it only matters when something is wrong
 * @param describe asked for more words when the time is over
 */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined | false> | T | undefined | false,
  limitMs = 300_000,
  describe: () => unknown = () => '',
): Promise<T> {
  const deadline = Date.now() + limitMs;
  let trouble: unknown;
  for (;;) {
    try {
      const seen = await look();
      if (seen !== undefined && seen !== false) return seen;
      trouble = undefined;
    } catch (error) {
      trouble = error;
    }
    if (Date.now() > deadline) {
      const more = await describe();
      throw new Error(
        `After ${limitMs / 1000} s there was still not: ${what}${typeof more === 'string' ? more : JSON.stringify(more, null, 1)}`,
        { cause: trouble },
      );
    }
    await sleep(lookEveryMs);
  }
}
