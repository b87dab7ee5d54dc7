import { CancellationScope } from '@temporalio/workflow';
import { perform } from '../activities.ts';
import { troubleOf } from '../failures.ts';
import { steadily } from '../steadily.ts';
import type { MigrationRun } from './migrationRun.ts';
import { removeGreen } from './removeGreen.ts';
import { allOnBlue, insistOnBlue, workBackToBlue } from './weights.ts';

/**
 * Does the work of a migration, and where it fails or is aborted leads back: the users and what must not work twice to blue,
 * then green removed, or kept as the request says.
 */
export async function orPutBack<T>(run: MigrationRun, work: () => Promise<T>): Promise<T> {
  try {
    const result = await work();
    run.noWayBack();
    for (const undo of ['removeGreenCluster', 'distrustGreen', 'restoreRouting', 'releaseWork'] as const) {
      run.settle(undo, 'kept');
    }
    return result;
  } catch (error) {
    run.noWayBack();
    await CancellationScope.nonCancellable(() => putBack(run));
    throw error;
  }
}

async function putBack(run: MigrationRun): Promise<void> {
  if (!(await usersAreBack(run))) {
    const green = run.stage('green-cluster').cluster;
    run.state.note(
      `Users may be on ${green}, so it is not removed. See to the routing by hand, then remove it.`,
      run.place('cutover'),
    );
    run.settle('removeGreenCluster', 'kept');
    run.settle('distrustGreen', 'kept');
    return;
  }
  await greenGoes(run);
}

/** True when no user is on green any more. */
async function usersAreBack(run: MigrationRun): Promise<boolean> {
  try {
    if (run.owes('restoreRouting')) {
      if (run.status.weights?.green !== 0) await insistOnBlue(run, 'the migration ends');
      await restored(run);
      run.settle('restoreRouting', 'put-back');
      run.state.status.currentVersion = run.hop.from;
    }
    await workBackToBlue(run);
    return true;
  } catch (error) {
    run.state.note(`Not put back, see to it by hand: ${troubleOf(error).message}`, run.place('cutover'));
    const routed = !run.owes('restoreRouting');
    run.settle('restoreRouting', 'failed');
    run.settle('releaseWork', 'failed');
    return routed;
  }
}

/** The router's rule as it was; where only a person can say, all on blue is that. */
async function restored(run: MigrationRun): Promise<void> {
  const { memento } = run;
  if (memento === undefined || memento.kind === 'manual') return;
  await steadily(
    run.state,
    () =>
      perform('restoreRouting', `Put the users' way back as it was`, {
        blue: run.blue,
        router: run.migration.routing,
        before: memento,
        ...(run.said === undefined ? {} : { said: run.said }),
      }),
    true,
  );
  run.status.weights = allOnBlue;
}

async function greenGoes(run: MigrationRun): Promise<void> {
  const stage = run.stage('green-cluster');
  const at = run.place('green-cluster');
  if (run.owes('removeGreenCluster') && run.migration.green.onFailure === 'keep') {
    run.settle('removeGreenCluster', 'kept');
    run.settle('distrustGreen', 'kept');
    run.state.note(
      `Cluster ${stage.cluster} is kept for inspection, as the request says. Remove it by hand.`,
      at,
    );
    return;
  }
  if (!stage.create && run.green !== undefined) {
    run.state.note(
      `Cluster ${stage.cluster} was there before, so it stays, with what was brought to it.`,
      at,
    );
  }
  await paid(run, 'removeGreenCluster', () => removeGreen(run));
  await paid(run, 'distrustGreen', () =>
    steadily(
      run.state,
      () =>
        perform('distrustGreen', `IAM no longer trusts ${stage.cluster}`, {
          blue: run.blue,
          stage,
          madeBy: run.madeBy,
        }),
      true,
    ),
  );
}

async function paid(
  run: MigrationRun,
  undo: 'removeGreenCluster' | 'distrustGreen',
  pay: () => Promise<void>,
): Promise<void> {
  if (!run.owes(undo)) return;
  try {
    await pay();
    run.settle(undo, 'put-back');
  } catch (error) {
    run.state.note(
      `Not put back, see to it by hand: ${troubleOf(error).message}`,
      run.place('green-cluster'),
    );
    run.settle(undo, 'failed');
  }
}
