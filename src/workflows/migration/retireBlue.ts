import { CancellationScope } from '@temporalio/workflow';
import { perform } from '../activities.ts';
import { troubleOf } from '../failures.ts';
import { steadily } from '../steadily.ts';
import type { MigrationRun } from './migrationRun.ts';

/**
 * Deletes blue: what the plan has listed, and nothing else. It can't be called back, so nothing breaks it off; where the
 * platform refuses, blue stays and people are told, for the users are where they shall be.
 */
export async function retireBlue(run: MigrationRun): Promise<void> {
  const stage = run.stage('retirement');
  const place = run.place('retirement');
  const index = run.hop.stages.indexOf(stage);
  const status = run.state.beginStage(0, index);
  await CancellationScope.nonCancellable(async () => {
    try {
      for (;;) {
        const { state, line } = await steadily(
          run.state,
          () =>
            perform('deleteBlueCluster', `Delete cluster ${stage.cluster}`, {
              blue: run.blue,
              stage,
              timeoutMs: run.limit('controlPlaneTimeout'),
              pollMs: run.limit('pollInterval'),
            }),
          true,
        );
        if (state === 'gone') {
          if (line !== '') run.state.note(line, place);
          break;
        }
        run.state.beginWait(
          'slow-update',
          `Cluster ${stage.cluster} is still being deleted: ${line}. Its end is waited for.`,
          undefined,
          place,
        );
      }
      run.status.removed = [
        ...stage.nodeGroups.map((name) => `node group ${name}`),
        ...stage.addons.map((name) => `add-on ${name}`),
        `cluster ${stage.cluster}`,
      ];
      run.detail(status, `${stage.cluster} is deleted`);
      run.state.endStage(status, 'done');
    } catch (error) {
      run.state.note(
        `${stage.cluster} was not deleted: ${troubleOf(error).message} The users are on ${run.sides.green.cluster.name}; delete it by hand.`,
        place,
      );
      run.state.endStage(status, 'skipped');
    } finally {
      run.state.endWait('slow-update', place);
    }
  });
}
