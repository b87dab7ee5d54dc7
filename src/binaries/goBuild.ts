import { execa } from 'execa';
import which from 'which';
import { elapsed } from './elapsed.ts';

const progressIntervalMs = 15_000;
const timeoutMs = 60 * 60_000;

export interface GoRun {
  /** What is being built, as people are told: `the Temporal CLI 1.5.1`. */
  what: string;
  /** How long that takes, as people are told: `about 4 minutes`. */
  usually: string;
  /** Arguments of `go`. */
  args: readonly string[];
  /** Working folder. */
  folder: string;
  environment: NodeJS.ProcessEnv;
  /** Variables on top of the environment. */
  variables?: Record<string, string>;
  log: (line: string) => void;
  signal?: AbortSignal | undefined;
}

/**
 * Runs Go and says every 15 seconds that it still does. When the signal ends it, or this process ends, Go ends too.
 *
 * @throws Error with Go's last words, or that there is no Go on the PATH
 */
export async function runGo(run: GoRun): Promise<void> {
  const { what, usually, args, folder, environment, variables, log, signal } = run;
  const go = await which('go', { nothrow: true, path: environment['PATH'] ?? '' });
  if (go === null) throw new Error('`go` is not on PATH');
  log(`Building ${what} with Go; ${usually}, once on this machine.`);
  const started = Date.now();
  const progress = setInterval(() => {
    log(`Still building ${what}: ${elapsed(Date.now() - started)} so far.`);
  }, progressIntervalMs);
  try {
    const result = await execa(go, [...args], {
      cwd: folder,
      // No workspace has a say in what is built.
      env: { ...environment, GOWORK: 'off', ...variables },
      extendEnv: false,
      stdin: 'ignore',
      reject: false,
      timeout: timeoutMs,
      ...(signal === undefined ? {} : { cancelSignal: signal }),
    });
    signal?.throwIfAborted();
    if (result.failed)
      throw new Error(
        `go ${args[0] ?? ''} failed: ${lastLines(result.stderr) || (result.shortMessage ?? '')}`,
      );
  } finally {
    clearInterval(progress);
  }
  log(`Built ${what} in ${elapsed(Date.now() - started)}.`);
}

function lastLines(text: string): string {
  return text.trim().split('\n').slice(-3).join(' | ').slice(-500);
}
