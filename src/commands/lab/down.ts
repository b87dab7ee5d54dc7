import { down } from '../../../lab/supervisor/down.ts';
import { labsFolder, listLabs } from '../../../lab/supervisor/state.ts';
import type { LabDownOptions } from '../lab.ts';
import type { Terminal } from '../terminal.ts';

/** Takes one lab, or all, down and says what was done. */
export async function labDown({ name, all }: LabDownOptions, terminal: Terminal): Promise<void> {
  const labs = labsFolder();
  const names = all === true ? await listLabs(labs) : [name];
  const done = (await Promise.all(names.map((each) => down(labs, each)))).flat();
  terminal.note(done.length === 0 ? nothing(name, all) : done.join('\n'));
}

const nothing = (name: string, all: boolean | undefined): string =>
  all === true ? 'There is no lab to take down.' : `There is no lab "${name}"; nothing to do.`;
