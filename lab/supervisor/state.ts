import envPaths from 'env-paths';
import { readFile, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ComponentName } from '../controlPlane/component.ts';
import type { ProcessIdentity } from './processIdentity.ts';

export interface ComponentState extends ProcessIdentity {
  name: ComponentName;
  version: string;
  port?: number;
}

/** What is written down of a lab, for the commands that are called later. */
export interface LabState {
  name: string;
  phase: 'starting' | 'up' | 'failed';
  cluster: string;
  region: string;
  /** The process that holds it all. */
  supervisor?: ProcessIdentity;
  components: ComponentState[];
  startedAt: string;
  /** How it was asked for, to tell whether a second `up` means the same. */
  asked: Record<string, unknown>;
  /** Once it is up. */
  eksUrl?: string;
  kubernetesUrl?: string;
  /** File of the administrator's kubeconfig. */
  kubeconfig?: string;
  /** What a worker's environment must hold. */
  environment?: Record<string, string>;
  /** Why it failed. */
  reason?: string;
}

/** Folder of all labs of this user. */
export function labsFolder(): string {
  return join(envPaths('stepladder', { suffix: '' }).data, 'labs');
}

/** What lies in a lab's own folder. */
export const labFiles = (folder: string) => ({
  state: join(folder, 'state.json'),
  options: join(folder, 'options.json'),
  log: join(folder, 'supervisor.log'),
  kubeconfig: join(folder, 'kubeconfig'),
  /** Of the programs; removed when the lab ends. */
  run: join(folder, 'run'),
});

/** The state of a lab; undefined when there is none, or nothing was written yet. */
export async function readState(folder: string): Promise<LabState | undefined> {
  try {
    return JSON.parse(await readFile(labFiles(folder).state, 'utf8')) as LabState;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Replaces the state in one step: who reads never sees half of it. It holds credentials, so nobody else may read it. */
export async function writeState(folder: string, state: LabState): Promise<void> {
  const { state: path } = labFiles(folder);
  await writeFile(`${path}.new`, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  await rename(`${path}.new`, path);
}

/** Names of the labs that have a folder. */
export async function listLabs(labs: string): Promise<string[]> {
  try {
    return (await readdir(labs, { withFileTypes: true }))
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .sort();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
