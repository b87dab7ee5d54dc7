/**
 * The process that holds a lab: started by `lab up`, told to stop by `lab down`. It writes down what runs, so that
 * `lab down` can end that also when this process can't any more.
 *
 * Argument: the lab's folder, with the options in it.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { findControlPlaneBinaries } from '../binaries/index.ts';
import type { Component } from '../controlPlane/component.ts';
import { kubeconfigText } from '../controlPlane/credentials.ts';
import { startLab } from '../start.ts';
import type { LabOptions, RunningLab } from '../start.ts';
import { identityOf } from './processIdentity.ts';
import type { ComponentState, LabState } from './state.ts';
import { labFiles, readState, writeState } from './state.ts';

/** What `lab up` hands over; the rest of a lab's options are functions, and made here. */
export type SupervisorOptions = Pick<
  LabOptions,
  'scenario' | 'speed' | 'eksPort' | 'kubernetesPort' | 'journalFile'
> & { etcd: string; kwok: string };

const log = (line: string): void => console.error(`${new Date().toISOString()} ${line}`);

/** Writes the newest state, one write after the other. */
class StateFile {
  readonly #folder: string;
  #state: LabState;
  #writing: Promise<void> = Promise.resolve();

  constructor(folder: string, state: LabState) {
    this.#folder = folder;
    this.#state = state;
  }

  change(changes: Partial<LabState>): Promise<void> {
    this.#state = { ...this.#state, ...changes };
    this.#writing = this.#writing.then(() => writeState(this.#folder, this.#state));
    return this.#writing;
  }
}

const told = new Promise<void>((resolve) => {
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(name, () => resolve());
});

async function supervise(folder: string): Promise<number> {
  const files = labFiles(folder);
  const options = JSON.parse(await readFile(files.options, 'utf8')) as SupervisorOptions;
  const present = await readState(folder);
  const self = await identityOf(process.pid);
  if (present === undefined || self === undefined)
    throw new Error(`${folder} holds no lab that was asked for`);
  const state = new StateFile(folder, present);
  await state.change({ supervisor: self });
  let noted: Promise<void> = Promise.resolve();
  try {
    const starting = startLab({
      ...options,
      folder: files.run,
      binaries: {
        controlPlane: (minor) => findControlPlaneBinaries(minor, { log }),
        etcd: options.etcd,
        kwok: options.kwok,
      },
      onComponents: (components) => {
        // In their order: what was told first is not to be written last.
        noted = noted.then(async () => state.change({ components: await statesOf(components) }));
      },
      log,
    });
    const lab = await Promise.race([starting, told.then(() => undefined)]);
    // What has been started already ends with this process.
    if (lab === undefined) return 1;
    await writeKubeconfig(files.kubeconfig, lab);
    // Whoever is told that it is up may ask at once what runs.
    await noted;
    await state.change({
      phase: 'up',
      eksUrl: lab.eksUrl,
      kubernetesUrl: lab.kubernetesUrl,
      kubeconfig: files.kubeconfig,
      environment: lab.environment,
    });
    log('The lab is up.');
    const reason = await Promise.race([lab.failed, told.then(() => undefined)]);
    if (reason !== undefined) await state.change({ phase: 'failed', reason });
    log(reason ?? 'Told to stop.');
    await lab.close();
    return reason === undefined ? 0 : 1;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    await state.change({ phase: 'failed', reason });
    log(reason);
    return 1;
  }
}

async function statesOf(components: readonly Component[]): Promise<ComponentState[]> {
  const states = await Promise.all(
    components.map(async ({ name, version, pid, port }) => {
      const identity = await identityOf(pid);
      return identity === undefined
        ? []
        : [{ name, version, ...identity, ...(port === undefined ? {} : { port }) }];
    }),
  );
  return states.flat();
}

async function writeKubeconfig(path: string, lab: RunningLab): Promise<void> {
  const { kubernetesUrl, certificateAuthorityPem, adminToken } = lab;
  await writeFile(
    path,
    kubeconfigText({ server: kubernetesUrl, certificateAuthorityPem, token: adminToken }),
    {
      mode: 0o600,
    },
  );
}

process.exitCode = await supervise(process.argv[2] ?? '');
process.exit();
