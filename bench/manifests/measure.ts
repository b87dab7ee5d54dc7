import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** One run of a process, from its start to its end. */
export interface Run {
  seconds: number;
  /** The most memory that was resident, where the system tells (Linux). */
  peakMegabytes: number | undefined;
  output: string;
}

/** How often the system is asked for the peak: it remembers it as long as the process lives. */
const askEveryMilliseconds = 4;

/**
 * Runs a program and measures it as a whole process.
 *
 * @throws Error when it can't be started or is ended by a signal; what it exits with is its own affair
 */
export async function measure(program: string, args: readonly string[]): Promise<Run> {
  const started = performance.now();
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const output: Buffer[] = [];
  child.stdout.on('data', (part: Buffer) => output.push(part));
  let peak: number | undefined;
  const asking = setInterval(() => {
    if (child.pid !== undefined) peak = peakOf(child.pid) ?? peak;
  }, askEveryMilliseconds);
  try {
    await new Promise<void>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (_code, signal) => {
        if (signal === null) resolve();
        else reject(new Error(`${program} was ended by ${signal}`));
      });
    });
  } finally {
    clearInterval(asking);
  }
  return {
    seconds: (performance.now() - started) / 1000,
    peakMegabytes: peak,
    output: Buffer.concat(output).toString(),
  };
}

function peakOf(pid: number): number | undefined {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
  } catch {
    return undefined;
  }
}

/** The middle of what was measured, which one slow run does not move. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}
