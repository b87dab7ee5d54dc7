import { spawn } from 'node:child_process';
import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { down } from './down.ts';
import { isRunning } from './processIdentity.ts';
import type { LabState } from './state.ts';
import { labFiles, readState, writeState } from './state.ts';
import type { SupervisorOptions } from './supervise.ts';

export interface UpOptions {
  /** Folder of all labs. */
  labs: string;
  name: string;
  options: SupervisorOptions;
  log: (line: string) => void;
  signal: AbortSignal;
  /** Program that supervises; the lab's own unless given. */
  supervisor?: string;
}

const lookEveryMs = 100;
/** A supervisor that was just started has to say who it is by then. */
const supervisorLimitMs = 120_000;
const shownLogLines = 8;

/** A lab that can't be brought up; the message says why, and what to do. */
export class LabUpFailed extends Error {
  override readonly name = 'LabUpFailed';
}

/**
 * Brings a lab up in a process of its own and resolves when it is ready. One that is up already, asked for in the same
 * way, is left as it is; what a crash left of one is removed first. When the signal ends it, nothing is left.
 *
 * @throws LabUpFailed
 */
export async function up(request: UpOptions): Promise<{ state: LabState; already: boolean }> {
  const { labs, name, options, log } = request;
  const folder = join(labs, name);
  const asked = askedOf(options);
  const present = await readState(folder);
  if (present !== undefined) {
    if (present.supervisor !== undefined && (await isRunning(present.supervisor))) {
      if (JSON.stringify(present.asked) !== JSON.stringify(asked))
        throw new LabUpFailed(
          `The lab "${name}" is up already, with other options. Take it down first (stepladder lab down --name ${name}), or choose another --name.`,
        );
      return { state: await awaitUp(request, folder), already: true };
    }
    log(`Clearing away what was left of the lab "${name}".`);
    await down(labs, name);
  }
  await mkdir(labs, { recursive: true, mode: 0o700 });
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    throw new LabUpFailed(
      `The lab "${name}" is being brought up by another process. Wait for it, or choose another --name.`,
    );
  }
  const files = labFiles(folder);
  await writeFile(files.options, JSON.stringify(options), { mode: 0o600 });
  await writeState(folder, {
    name,
    phase: 'starting',
    cluster: options.scenario.cluster.name,
    region: options.scenario.cluster.region,
    components: [],
    startedAt: new Date().toISOString(),
    asked,
  });
  try {
    await startSupervisor(folder, request.supervisor);
    return { state: await awaitUp(request, folder), already: false };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const lines = await lastLines(files.log);
    await down(labs, name);
    if (request.signal.aborted) throw error;
    throw new LabUpFailed(
      `The lab "${name}" did not come up: ${reason}${lines === '' ? '' : `\nIts log ends with:\n${lines}`}`,
    );
  }
}

/** What tells one lab from another; the paths of programs do not. */
function askedOf({
  scenario,
  speed,
  eksPort,
  kubernetesPort,
  journalFile,
}: SupervisorOptions): Record<string, unknown> {
  return JSON.parse(JSON.stringify({ scenario, speed, eksPort, kubernetesPort, journalFile })) as Record<
    string,
    unknown
  >;
}

async function startSupervisor(folder: string, program: string | undefined): Promise<void> {
  const script = program ?? join(import.meta.dirname, `supervise${extname(import.meta.filename)}`);
  const log = await open(labFiles(folder).log, 'a', 0o600);
  try {
    const child = spawn(process.execPath, [script, folder], {
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    child.unref();
  } finally {
    await log.close();
  }
}

async function awaitUp({ signal, log }: UpOptions, folder: string): Promise<LabState> {
  const begun = Date.now();
  let told = '';
  for (;;) {
    signal.throwIfAborted();
    const state = await readState(folder);
    if (state === undefined) throw new Error('it was taken down meanwhile');
    const [line = ''] = (await lastLines(labFiles(folder).log)).split('\n').slice(-1);
    if (line !== told && state.phase === 'starting') log((told = line).replace(/^\S+Z /, ''));
    if (state.phase === 'up') return state;
    if (state.phase === 'failed') throw new Error(state.reason ?? 'it said no reason');
    const alive = state.supervisor !== undefined && (await isRunning(state.supervisor));
    if (!alive && (state.supervisor !== undefined || Date.now() - begun > supervisorLimitMs))
      throw new Error('the process that holds it has ended');
    await sleep(lookEveryMs, undefined, { signal });
  }
}

async function lastLines(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).trim().split('\n').slice(-shownLogLines).join('\n');
  } catch {
    return '';
  }
}
