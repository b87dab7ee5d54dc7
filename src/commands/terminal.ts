import { createInterface } from 'node:readline/promises';

/** Where a command reads from and writes to; tests give one of their own. */
export interface Terminal {
  env: Readonly<Record<string, string | undefined>>;
  /** Data goes to standard output; a line end is added. */
  print(text: string): void;
  /** Progress, questions and complaints go to standard error. */
  note(text: string): void;
  /** Whether standard output is a terminal, so that it can be redrawn. */
  outputIsTerminal: boolean;
  /** Whether a person can be asked: standard input and standard error are terminals. */
  interactive: boolean;
  /** Whether what is printed may have colours (NO_COLOR, and not into a pipe). */
  colors: boolean;
  columns: number;
  /** Asks a question that is answered with one line. */
  ask(question: string, signal?: AbortSignal): Promise<string>;
  standardInput(): AsyncIterable<Uint8Array>;
}

/** The terminal, pipe or file that this process was started with. */
export function processTerminal(): Terminal {
  const { stdin, stdout, stderr, env } = process;
  return {
    env,
    print: (text) => void stdout.write(`${text}\n`),
    note: (text) => void stderr.write(`${text}\n`),
    outputIsTerminal: stdout.isTTY,
    interactive: stdin.isTTY && stderr.isTTY,
    colors: stdout.isTTY && !isSet(env['NO_COLOR']) && env['TERM'] !== 'dumb',
    get columns() {
      return stdout.isTTY ? stdout.columns : 100;
    },
    async ask(question, signal) {
      const lines = createInterface({ input: stdin, output: stderr });
      try {
        return await lines.question(question, signal === undefined ? {} : { signal });
      } finally {
        lines.close();
      }
    },
    standardInput: () => stdin,
  };
}

/** NO_COLOR counts whatever its value is, but not when it is empty (no-color.org). */
function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}

/** Asks until the answer is yes or no. Nothing at all is no. */
export async function confirm(terminal: Terminal, question: string, signal?: AbortSignal): Promise<boolean> {
  for (;;) {
    const answer = (await terminal.ask(`${question} [y/N] `, signal)).trim().toLowerCase();
    if (['y', 'yes'].includes(answer)) return true;
    if (['', 'n', 'no'].includes(answer)) return false;
  }
}
