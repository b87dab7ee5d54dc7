import { join } from 'node:path';
import { isRunning } from './processIdentity.ts';
import type { ComponentState, LabState } from './state.ts';
import { listLabs, readState } from './state.ts';

export interface LabStatus extends Omit<LabState, 'phase' | 'asked'> {
  /** `crashed`: the process that held it is gone and nobody has taken the rest down. */
  phase: LabState['phase'] | 'crashed';
  folder: string;
}

/** How a lab is; undefined when there is none of that name. */
export async function statusOf(labs: string, name: string): Promise<LabStatus | undefined> {
  const folder = join(labs, name);
  const state = await readState(folder);
  if (state === undefined) return undefined;
  const { asked: _asked, ...rest } = state;
  const components = await running(state.components);
  const held = state.supervisor !== undefined && (await isRunning(state.supervisor));
  const crashed = !held && state.phase !== 'failed' && state.supervisor !== undefined;
  return { ...rest, components, phase: crashed ? 'crashed' : state.phase, folder };
}

/** How all labs are. */
export async function statusOfAll(labs: string): Promise<LabStatus[]> {
  const all = await Promise.all((await listLabs(labs)).map((name) => statusOf(labs, name)));
  return all.filter((status) => status !== undefined);
}

async function running(components: readonly ComponentState[]): Promise<ComponentState[]> {
  const answers = await Promise.all(components.map(isRunning));
  return components.filter((_component, index) => answers[index]);
}
