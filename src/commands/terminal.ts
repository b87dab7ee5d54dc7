import { createInterface } from 'node:readline/promises';

/** Where a command reads from and writes to; tests give one of their own. */
export interface Terminal {
  env: Readonly<Record<string, string | undefined>>;
  /** Data goes to standard output; a line end is added. */
  print(text: string): void;
  /** Progress, questions and complaints go to standard error. */
  note(text: string): void;
  /** Whether standard output is a screen that can be redrawn. */
  outputIsScreen: boolean;
  /** The same of standard error. */
  errorIsScreen: boolean;
  /** Whether a person can be asked: standard input and standard error are terminals. */
  interactive: boolean;
  /** Whether what is printed or noted may have colours (NO_COLOR, and not into a pipe). */
  colors: { out: boolean; err: boolean };
  columns: number;
  /** Asks a question that is answered with one line. */
  ask(question: string, signal?: AbortSignal): Promise<string>;
  standardInput(): AsyncIterable<Uint8Array>;
}

/** The terminal, pipe or file that this process was started with. */
export function processTerminal(): Terminal {
  const { stdin, stdout, stderr, env } = process;
  const wanted = !isSet(env['NO_COLOR']) && env['TERM'] !== 'dumb';
  return {
    env,
    print: (text) => void stdout.write(`${text}\n`),
    note: (text) => void stderr.write(`${text}\n`),
    outputIsScreen: isScreen(stdout),
    errorIsScreen: isScreen(stderr),
    interactive: stdin.isTTY && stderr.isTTY,
    colors: { out: stdout.isTTY && wanted, err: stderr.isTTY && wanted },
    get columns() {
      return [stdout, stderr].find(isScreen)?.columns ?? 100;
    },
    async ask(question, signal) {
      const lines = createInterface({ input: stdin, output: stderr });
      // In a question the terminal does not send Ctrl-C as a signal by itself.
      lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
      try {
        return await lines.question(question, signal === undefined ? {} : { signal });
      } finally {
        lines.close();
      }
    },
    standardInput: () => stdin,
  };
}

/** A terminal that does not know its size can't be redrawn. */
function isScreen(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY && stream.columns > 0;
}

/** NO_COLOR counts whatever its value is, but not when it is empty (no-color.org). */
function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}

/**
 * Asks until the answer is yes or no.
 *
 * @param options.orNothing whether an empty line is a no; otherwise it is asked again
 */
export async function confirm(
  terminal: Pick<Terminal, 'ask'>,
  question: string,
  { orNothing, signal }: { orNothing: boolean; signal?: AbortSignal },
): Promise<boolean> {
  for (;;) {
    const text = `${question} ${orNothing ? '[y/N]' : '[y/n]'} `;
    const answer = (await terminal.ask(text, signal)).trim().toLowerCase();
    if (['y', 'yes'].includes(answer)) return true;
    if (['n', 'no'].includes(answer) || (answer === '' && orNothing)) return false;
  }
}
