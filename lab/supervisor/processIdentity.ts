import { execa } from 'execa';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process that can be told from a later one with the same number. */
export interface ProcessIdentity {
  pid: number;
  /** When it was started, as the system says it. */
  startedAt: string;
}

const lookEveryMs = 50;

/** The identity of a process that runs; undefined when there is none with that number. */
export async function identityOf(pid: number): Promise<ProcessIdentity | undefined> {
  const startedAt = await (process.platform === 'linux' ? startInProc(pid) : startByPs(pid));
  return startedAt === undefined ? undefined : { pid, startedAt };
}

/** Clock ticks from the machine's start to the process's. */
async function startInProc(pid: number): Promise<string | undefined> {
  let stat: string;
  try {
    stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The second field is the program's name in parentheses, which may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return isOver(fields[0]) ? undefined : fields[19];
}

async function startByPs(pid: number): Promise<string | undefined> {
  const { stdout, failed } = await execa('ps', ['-o', 'lstart=,stat=', '-p', String(pid)], {
    env: { LC_ALL: 'C' },
    reject: false,
  });
  const [, startedAt, state] = /^\s*(.*\d{4})\s+(\S+)\s*$/.exec(stdout) ?? [];
  return failed || isOver(state) ? undefined : startedAt;
}

/** What has ended and was not waited for yet does nothing more. */
const isOver = (state = ''): boolean => state.startsWith('Z') || state.startsWith('X');

/** Whether that very process runs. */
export async function isRunning(identity: ProcessIdentity): Promise<boolean> {
  return (await identityOf(identity.pid))?.startedAt === identity.startedAt;
}

/**
 * Ends that very process: asks it, and forces it after a time. Resolves when it is gone, with whether there was anything
 * to end.
 */
export async function endProcess(identity: ProcessIdentity, graceMs: number): Promise<boolean> {
  if (!(await isRunning(identity))) return false;
  signal(identity.pid, 'SIGTERM');
  const force = Date.now() + graceMs;
  let forced = false;
  while (await isRunning(identity)) {
    if (!forced && Date.now() >= force) {
      forced = true;
      signal(identity.pid, 'SIGKILL');
    }
    await sleep(lookEveryMs);
  }
  return true;
}

function signal(pid: number, name: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended in this moment.
  }
}
