import { RE2JS } from 're2js';

const compiled = new Map<string, RE2JS | undefined>();
/** So that a worker that compares for months does not keep every pattern that it has ever met. */
const compiledAtMost = 5_000;

/**
 * Whether a text matches a schema's pattern, by Go's regular expressions as in the API server. They take linear time:
 * a chart's pattern meets values that somebody else wrote.
 *
 * @returns undefined for a pattern that can't be compiled
 */
export function matchesPattern(pattern: string, text: string): boolean | undefined {
  if (!compiled.has(pattern)) {
    if (compiled.size >= compiledAtMost) compiled.clear();
    compiled.set(pattern, compile(pattern));
  }
  return compiled.get(pattern)?.test(text);
}

function compile(pattern: string): RE2JS | undefined {
  try {
    return RE2JS.compile(pattern);
  } catch {
    return undefined;
  }
}
