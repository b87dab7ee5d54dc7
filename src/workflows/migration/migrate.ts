import { cutOver } from './cutOver.ts';
import { makeGreen } from './makeGreen.ts';
import type { MigrationRun } from './migrationRun.ts';
import { bringResources } from './bringResources.ts';
import { lookInside } from './lookInside.ts';
import { retireBlue } from './retireBlue.ts';
import { orPutBack } from './wayOut.ts';

/**
 * The runbook of a migration: a new cluster beside the old one, everything on it, a look from inside, the users over to it
 * step by step when a person has approved that, the old one kept for a while, and gone when a person has approved that.
 * Until blue is being deleted every way out leads back to it.
 */
export async function migrate(run: MigrationRun): Promise<void> {
  const retires = await orPutBack(run, async () => {
    await makeGreen(run);
    await bringResources(run);
    return cutOver(run, await lookInside(run));
  });
  if (retires) await retireBlue(run);
  run.state.endHop(0);
}
