import { readFile, writeFile } from 'node:fs/promises';

/** Resident memory of a process in MB, as Linux counts it. */
export interface Resident {
  now: number;
  /** The most since the process began, or since `forgetMost`. */
  most: number;
}

/** @param pid of a process of ours that runs */
export async function residentMegabytes(pid: number): Promise<Resident> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return { now: megabytes(status, 'VmRSS'), most: megabytes(status, 'VmHWM') };
}

/** Lets the most be counted from now on: a worker that bundles its workflows first needs more for that than later. */
export async function forgetMost(pid: number): Promise<void> {
  await writeFile(`/proc/${pid}/clear_refs`, '5');
}

function megabytes(status: string, field: string): number {
  const kilobytes = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1];
  if (kilobytes === undefined) throw new Error(`Linux does not tell ${field}`);
  return Math.round(Number(kilobytes) / 1024);
}
