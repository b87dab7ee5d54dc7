import { cutoverShown, retireShown } from '../../contract/migrationShown.ts';
import type { Inspection } from './lookInside.ts';
import type { MigrationRun } from './migrationRun.ts';

/** What a person decides on before the users go over, Markdown lines. */
export function cutoverLines(
  run: MigrationRun,
  inspection: Inspection,
  returns: readonly string[],
): string[] {
  const { copied, weights, addresses } = run.status;
  const { from, to, stages } = run.hop;
  return cutoverShown({
    ...inspection,
    ...namesOf(run),
    ...{ from, to, stages, weights, addresses, returns },
    region: run.state.status.cluster.region,
    ...(copied === undefined ? {} : { copied: { ...copied, refused: [] } }),
    asked: run.migration.probes,
    badLooks: run.migration.steps.badLooks,
  });
}

/** What a person decides on before blue goes, Markdown lines. @param since when all users had gone over, milliseconds */
export function retireLines(run: MigrationRun, since: number): string[] {
  const nodeGroups = run.find('green-workers')?.nodeGroups;
  return retireShown({
    ...namesOf(run),
    stages: run.hop.stages,
    stage: run.stage('retirement'),
    servedMs: Date.now() - since,
    weights: run.status.weights,
    // Green's were made as many.
    ...(nodeGroups === undefined
      ? {}
      : { nodes: nodeGroups.reduce((sum, { size }) => sum + size.desired, 0) }),
  });
}

function namesOf(run: MigrationRun): { blue: string; green: string } {
  return { blue: run.blue.cluster.name, green: run.sides.green.cluster.name };
}
