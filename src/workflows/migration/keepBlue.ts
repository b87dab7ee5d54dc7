import { isCancellation, sleep } from '@temporalio/workflow';
import { troubleOf } from '../failures.ts';
import { retireLines } from './gateLines.ts';
import type { MigrationRun } from './migrationRun.ts';
import { backBy } from './soak.ts';
import { returnToBlue } from './weights.ts';

/** What becomes of blue after its time: deleted, or kept for good; or the users are back on it. */
export type Kept = 'retire' | 'keep' | { back: string };

/** Keeps blue as it was, so that `rollback` is a matter of one step, and then asks whether it may go. */
export async function keepBlue(run: MigrationRun): Promise<Kept> {
  const { keepOldFor } = run.migration;
  const blue = run.blue.cluster.name;
  const index = run.hop.stages.findIndex(({ stage }) => stage === 'retirement');
  const status = run.state.beginStage(0, index);
  const place = run.place('retirement');
  const since = Date.now();
  const keepUntil = new Date(since + run.duration(keepOldFor)).toISOString();
  run.status.keepUntil = keepUntil;
  const kept = await run.orRollback(async (): Promise<'retire' | 'keep'> => {
    run.state.beginWait(
      'keep-old',
      `All users are on ${run.sides.green.cluster.name}. ${blue} is kept as it was for ${keepOldFor}; \`rollback\` sends the users back to it.`,
      keepUntil,
      place,
    );
    try {
      await sleep(run.duration(keepOldFor), { summary: `${blue} is kept until ${keepUntil}` });
    } finally {
      run.state.endWait('keep-old', place);
    }
    await run.checkpoint();
    try {
      await run.gates.ask('retire', run.planDigest, retireLines(run, since), run.request);
      return 'retire';
    } catch (error) {
      if (isCancellation(error)) throw error;
      const { type, message } = troubleOf(error);
      if (type !== 'Rejected') throw error;
      run.state.note(`${message} ${blue} stays, and is nobody's but yours from now on.`, place);
      return 'keep';
    }
  });
  if ('rollback' in kept) {
    const { why, by } = backBy(kept.rollback);
    // What was asked is answered by that, and by nobody's abort.
    const asked = run.state.status.gates.findLast(({ gate }) => gate === 'retire');
    if (asked?.outcome === 'aborted') asked.outcome = 'void';
    await returnToBlue(run, why, by);
    status.state = 'pending';
    return { back: why };
  }
  if (kept.done === 'keep') run.state.endStage(status, 'skipped');
  return kept.done;
}
