import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { endProcess, isRunning } from './processIdentity.ts';
import { readState } from './state.ts';

/** The supervisor ends what it has started in this time. */
const supervisorGraceMs = 20_000;
const componentGraceMs = 2_000;

/**
 * Takes a lab down: its processes, ports and files, also when the process that held it has crashed. Can be run again.
 *
 * @returns what was done, one line each; nothing when there was no such lab
 */
export async function down(labs: string, name: string): Promise<string[]> {
  const folder = join(labs, name);
  const done: string[] = [];
  const state = await readState(folder);
  if (state?.supervisor !== undefined) {
    const held = await isRunning(state.supervisor);
    if (held) {
      await endProcess(state.supervisor, supervisorGraceMs);
      done.push(`The lab "${name}" was told to stop and has ended.`);
    } else {
      done.push(`The process that held the lab "${name}" had ended already.`);
    }
    // Read again: what was started last stands in the newest state only.
    const components = (await readState(folder))?.components ?? [];
    const left = await Promise.all(
      components.map(async (component) => ({
        component,
        ended: await endProcess(component, componentGraceMs),
      })),
    );
    for (const { component, ended } of left)
      if (ended)
        done.push(`Ended ${component.name} ${component.version} (process ${component.pid}), which was left.`);
  }
  if (state !== undefined) done.push(`Removed ${folder}.`);
  await rm(folder, { recursive: true, force: true });
  return done;
}
