import { perform } from '../activities.ts';
import { steadily } from '../steadily.ts';
import type { MigrationRun } from './migrationRun.ts';

/** Removes green, which we have made, and waits for its end, however long it takes. */
export async function removeGreen(run: MigrationRun): Promise<void> {
  const { cluster } = run.stage('green-cluster');
  const at = run.place('green-cluster');
  for (;;) {
    const { state, line } = await steadily(
      run.state,
      () =>
        perform('removeGreenCluster', `Remove cluster ${cluster}`, {
          blue: run.blue,
          cluster,
          madeBy: run.madeBy,
          timeoutMs: run.limit('controlPlaneTimeout'),
          pollMs: run.limit('pollInterval'),
        }),
      true,
    );
    if (state === 'gone') {
      if (line !== '') run.state.note(line, at);
      break;
    }
    run.state.beginWait(
      'slow-update',
      `Cluster ${cluster} is still being removed: ${line}. Its end is waited for.`,
      undefined,
      at,
    );
  }
  run.state.endWait('slow-update', at);
}
