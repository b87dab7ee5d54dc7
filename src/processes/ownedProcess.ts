import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A child process that does not outlive us, however we end. */
export interface OwnedProcess {
  /** Its last lines on standard output and standard error, the newest last. */
  output: readonly string[];
  /** Resolves with one sentence on how it ended, when all that it said has been read; never rejects. */
  ended: Promise<string>;
  /** False once it has ended. */
  isRunning(): boolean;
  /** Resolves with a line of its output that matches; rejects when it ends before. */
  waitForLine(pattern: RegExp): Promise<string>;
  /** Asks it to stop, after a time forces it, and waits until it is gone. Can be called again. */
  stop(): Promise<void>;
}

const keptLines = 300;
const forceAfterMs = 10_000;
/** What it said last is waited for so long, where something that it has left behind keeps its output open. */
const lastWordsWithinMs = 5_000;

/**
 * The shell starts the program, and beside it something that reads the pipe from us: when that pipe closes, which the
 * kernel sees to even when we are killed, the program is told to stop. The program stands in a process group of its
 * own, so that Ctrl-C reaches us alone and we can stop things in their order.
 */
const guard = `
folder=$1
shift
exec 3<&0
"$@" </dev/null 3<&- &
program=$!
{
  cat <&3 >/dev/null
  kill -TERM "$program" 2>/dev/null
  for second in 1 2 3 4 5 6 7 8 9 10; do
    sleep 1
    kill -0 "$program" 2>/dev/null || exit 0
  done
  kill -KILL "$program" 2>/dev/null
} &
exec 3<&-
wait "$program"
code=$?
if [ -n "$folder" ]; then rm -rf "$folder"; fi
exit "$code"
`;

/**
 * Starts a program as an owned process.
 *
 * @param environment all of its environment variables
 * @param temporaryFolder a folder of its own that is removed when it has ended, however that came
 */
export function startOwnedProcess(
  program: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  temporaryFolder = '',
): OwnedProcess {
  const child = spawn('/bin/sh', ['-c', guard, 'sh', temporaryFolder, program, ...args], {
    env: environment,
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  const output: string[] = [];
  const listeners = new Set<(line: string) => void>();
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      output.push(line);
      if (output.length > keptLines) output.shift();
      for (const listener of listeners) listener(line);
    });
  }
  // Writing nothing, we only ever notice here that the reading end is gone, which `ended` tells better.
  child.stdin.on('error', () => undefined);

  let running = true;
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => {
      running = false;
      resolve(`could not be started: ${error.message}`);
    });
    child.once('exit', (code, signal) => {
      running = false;
      killGroup(child);
      const tell = () =>
        resolve(signal === null ? `ended with exit code ${code ?? 'unknown'}` : `was ended by ${signal}`);
      const late = setTimeout(tell, lastWordsWithinMs);
      child.once('close', () => {
        clearTimeout(late);
        tell();
      });
    });
  });

  return {
    output,
    ended,
    isRunning: () => running,
    async waitForLine(pattern) {
      const seen = output.find((line) => pattern.test(line));
      if (seen !== undefined) return seen;
      return new Promise<string>((resolve, reject) => {
        const listener = (line: string) => {
          if (!pattern.test(line)) return;
          listeners.delete(listener);
          resolve(line);
        };
        listeners.add(listener);
        void ended.then((how) => {
          listeners.delete(listener);
          reject(new Error(`${program} ${how}`));
        });
      });
    },
    async stop() {
      if (!running) return;
      child.stdin.end();
      const force = setTimeout(() => killGroup(child), forceAfterMs);
      await ended;
      clearTimeout(force);
    },
  };
}

/** Ends whatever is left of the child's process group. */
function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Nothing is left of it.
  }
}
