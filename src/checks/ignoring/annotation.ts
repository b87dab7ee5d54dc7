import type { IgnoredBecause } from '../../contract/finding.ts';
import { isDay } from './day.ts';

/** The annotation by which an object says that a finding about it does not count. */
export const ignoreAnnotation = 'stepladder/ignore';

/**
 * Reads `stepladder/ignore: "removed-apis; the team moves in May; 2027-01-31"`: the check, the reason, the last day.
 * Several are separated by line breaks.
 *
 * @param annotations of the object
 * @param check whose findings are asked about
 * @returns undefined when there is none for that check, or it is not written as it must be: what can't be read ignores
 * nothing
 */
export function readIgnoreAnnotation(
  annotations: Readonly<Record<string, unknown>>,
  check: string,
): IgnoredBecause | undefined {
  const text = annotations[ignoreAnnotation];
  if (typeof text !== 'string') return undefined;
  for (const line of text.split('\n')) {
    const parts = line.split(';').map((part) => part.trim());
    const named = parts[0];
    const until = parts.at(-1) ?? '';
    // A reason may have semicolons of its own.
    const reason = parts.slice(1, -1).join('; ');
    if (named === check && reason !== '' && isDay(until)) return { reason, until };
  }
  return undefined;
}
