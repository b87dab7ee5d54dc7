import { runInNewContext } from 'node:vm';

/** A pattern that takes longer would hold up all that this process does. Milliseconds. */
const limitMs = 500;

/**
 * Whether a text has what a regular expression describes. A pattern can be written so that looking for it takes longer
 * than the universe has; such a one is given up.
 */
export function matches(pattern: string, text: string): boolean | 'too slow' {
  const expression = new RegExp(pattern, 'u');
  try {
    return runInNewContext('expression.test(text)', { expression, text }, { timeout: limitMs }) === true;
  } catch (error) {
    if (isTimeout(error)) return 'too slow';
    throw error;
  }
}

/** It is an Error of the other context, which is no instance of ours. */
function isTimeout(error: unknown): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
  );
}
