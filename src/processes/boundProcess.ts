import { execa } from 'execa';

/** How a program that was run to its end has ended. */
export interface ProgramEnd {
  /** Absent when a signal ended it. */
  exitCode?: number;
  stdout: string;
  stderr: string;
}

export interface BoundRun {
  args: readonly string[];
  /** All of its environment variables. */
  environment: NodeJS.ProcessEnv;
  /** Asks it to stop, and after a time forces it. */
  signal: AbortSignal;
  /** Is removed when we are no longer there to do that ourselves. */
  privateFolder?: string | undefined;
}

/** More than any answer that is read; what is larger ends the program. Bytes. */
const largestOutput = 256 * 1024 * 1024;

/**
 * The shell runs the program, and beside it something that reads the pipe from us: at a line, or when that pipe closes,
 * which the kernel sees to even when we are killed, the program is asked to stop and has 30 s to put down what it was
 * doing. It stands in a process group of its own, so that Ctrl-C reaches us alone.
 *
 * Whoever is still there when the program has ended ends the group, and removes the folder himself; so what is left of the
 * group removes it only when we are gone. For as long as nobody has taken note of our death we seem to be there.
 */
const guard = `
folder=$1
shift
half_a_minute='1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30'
exec 3<&0 </dev/null
"$@" 3<&- &
program=$!
{
  read -r line <&3
  kill -TERM "$program"
  for second in $half_a_minute; do
    sleep 1
    kill -0 "$program" || break
  done
  kill -KILL "$program"
  cat <&3
  for second in $half_a_minute; do
    kill -0 "$PPID" || break
    sleep 1
  done
  if [ -n "$folder" ]; then rm -rf "$folder"; fi
} >/dev/null 2>&1 &
exec 3<&-
wait "$program"
`;

/**
 * Runs a program to its end. It does not outlive us, however we end, and resolves only once it is gone, also when it was
 * asked to stop: what it was doing is then known.
 *
 * @throws Error when it can't be started at all, or says more than 256 MiB
 */
export async function runBound(program: string, run: BoundRun): Promise<ProgramEnd> {
  const { args, environment, signal, privateFolder = '' } = run;
  const child = execa('/bin/sh', ['-c', guard, 'sh', privateFolder, program, ...args], {
    env: environment,
    extendEnv: false,
    stdin: 'pipe',
    detached: true,
    cleanup: false,
    reject: false,
    stripFinalNewline: false,
    maxBuffer: largestOutput,
  });
  const stop = () => child.stdin.write('stop\n');
  // That the reading end is gone its own end tells better.
  child.stdin.on('error', () => undefined);
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    const { exitCode, stdout, stderr, isMaxBuffer, shortMessage, code } = await child;
    if (code !== undefined || isMaxBuffer) throw new Error(shortMessage ?? `${program} could not be run`);
    return { ...(exitCode === undefined ? {} : { exitCode }), stdout, stderr };
  } finally {
    signal.removeEventListener('abort', stop);
    endGroup(child.pid);
  }
}

/** Ends whatever is left of a process group, such as what waited for the pipe to close. */
function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nothing is left of it.
  }
}
