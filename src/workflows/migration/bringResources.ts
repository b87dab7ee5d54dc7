import type { CopyVerdict } from '../../activities/migrationTypes.ts';
import { perform } from '../activities.ts';
import { steadily } from '../steadily.ts';
import type { MigrationRun } from './migrationRun.ts';

/** Everything that runs on blue, onto green; what must not work twice stands still there. */
export async function bringResources(run: MigrationRun): Promise<void> {
  const { madeBy } = run;
  await run.inStage('green-tools', async (status) => {
    const stage = run.stage('green-tools');
    const { installed, notes = [] } = await steadily(run.state, () =>
      perform('installGreenTools', `Install tools on ${stage.cluster}`, { sides: run.sides, stage, madeBy }),
    );
    for (const text of notes) run.state.note(text, run.place('green-tools'));
    run.detail(status, installed.length === 0 ? 'all were there' : `installed: ${installed.join(', ')}`);
  });
  await run.inStage('resources', async (status) => {
    const { applied, unchanged, leftOut, refusedCount } = await bring(run, run.place('resources'));
    run.status.copied = { applied, unchanged, leftOut, refusedCount };
    run.detail(
      status,
      `${applied} brought, ${unchanged} were so, ${leftOut} stay behind, ${refusedCount} refused`,
    );
  });
}

/** What has changed on blue since, right before the users go over: days may lie between. */
export async function bringAgain(run: MigrationRun): Promise<void> {
  const { applied } = await bring(run, run.place('cutover'));
  if (applied === 0) return;
  run.state.note(
    `${applied} ${applied === 1 ? 'object' : 'objects'} had changed on ${run.blue.cluster.name} since, and ${applied === 1 ? 'was' : 'were'} brought to ${run.sides.green.cluster.name}.`,
    run.place('cutover'),
  );
}

/** Holds while green refuses something. */
async function bring(run: MigrationRun, place: string): Promise<CopyVerdict> {
  const stage = run.stage('resources');
  const look = async (): Promise<CopyVerdict> => {
    const copied = await steadily(run.state, () =>
      perform('copyResources', `Bring all resources to ${stage.cluster}`, {
        sides: run.sides,
        stage,
        tools: toolReleases(run),
        madeBy: run.madeBy,
        timeoutMs: run.duration(run.migration.healthyTimeout),
        pollMs: run.limit('pollInterval'),
      }),
    );
    run.state.evidence(copied.evidence);
    return copied;
  };
  let last: CopyVerdict | undefined;
  await run.holding.untilWell(
    {
      place,
      what: `${stage.cluster} does not take all that is on ${run.blue.cluster.name}`,
      look: async () => {
        last = await look();
        return counted(last.refused, last.refusedCount);
      },
      againMs: run.state.reconnectMs,
    },
    run.request.timing,
  );
  return last ?? look();
}

/** Releases that are on green as tools of the request: what they own is theirs. */
export function toolReleases(run: MigrationRun): { namespace: string; release: string }[] {
  return (run.find('green-tools')?.tools ?? []).map(({ namespace, release }) => ({ namespace, release }));
}

/** The lines, and how many more there are. */
export function counted(lines: readonly string[], count: number): string[] {
  return count > lines.length ? [...lines, `and ${count - lines.length} more`] : [...lines];
}
