import { CommanderError } from 'commander';
import { inspect } from 'node:util';

/**
 * An error in a person's words: its message, without a stack.
 *
 * @param debug with the stack and all causes, for whoever mends Stepladder
 * @returns undefined when the person has been told already
 */
export function errorText(error: unknown, debug: boolean): string | undefined {
  // Commander has said it, with a hint of its own.
  if (error instanceof CommanderError) return undefined;
  if (debug) return debugText(error);
  if (!(error instanceof Error)) return `error: ${String(error)}`;
  const message = error.message.trim();
  return `error: ${message === '' ? error.name : message}`;
}

function debugText(error: unknown): string {
  return `error: ${inspect(error, { depth: 4 })}`;
}
