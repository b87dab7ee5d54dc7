import { findAll } from '../../../lab/binaries/index.ts';
import { testedMinors } from '../../../lab/releases.ts';
import type { LabBuildOptions } from '../lab.ts';
import { styleOf } from '../rendering/style.ts';
import { table } from '../rendering/table.ts';
import type { Terminal } from '../terminal.ts';
import { untilTold } from '../untilTold.ts';

/** Has the programs of a lab at hand and prints where each came from. */
export async function labBuild({ minor, output }: LabBuildOptions, terminal: Terminal): Promise<void> {
  const told = untilTold();
  try {
    const all = await findAll(minor.length > 0 ? minor : testedMinors, {
      log: (line) => terminal.note(line),
      signal: told.signal,
    });
    const rows = all.map(({ package: { programs, release }, found }) => ({
      programs: [...programs],
      release,
      ...found,
    }));
    terminal.print(
      output === 'json'
        ? JSON.stringify(rows)
        : table(
            ['RELEASE', 'PROGRAMS', 'FROM', 'FOLDER'],
            rows.map(({ release, programs, from, folder }) => [release, programs.join(', '), from, folder]),
            styleOf(terminal.colors.out),
          ),
    );
  } finally {
    told.release();
  }
}
