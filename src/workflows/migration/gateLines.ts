import type { Inspection } from './lookInside.ts';
import type { MigrationRun } from './migrationRun.ts';

/** What a person decides on before the users go over, Markdown lines. */
export function cutoverLines(
  run: MigrationRun,
  inspection: Inspection,
  returns: readonly string[],
): string[] {
  const { comparison, workloads, probes } = inspection;
  const green = run.sides.green.cluster.name;
  const { weights, soak } = run.stage('cutover');
  return [
    ...returns.map((why) => `- **sent back before**: ${why}`),
    `- compared: ${comparison.same} objects on both, ${comparison.unexplainedCount} differences unexplained`,
    `- workloads: ${workloads.compared} owners on ${green} as well as on ${run.blue.cluster.name}`,
    ...probes.results.map(({ name, state, why }) => `- probe ${name} ${state}: ${why}`),
    `- on approval: ${weights.map((weight) => `${weight} %`).join(', ')} of the users, each watched for ${soak}`,
    '- `rollback` sends all users back at any time',
  ];
}

/** What a person decides on before blue goes, Markdown lines. @param since when all users had gone over, milliseconds */
export function retireLines(run: MigrationRun, since: number): string[] {
  const { cluster, nodeGroups, addons } = run.stage('retirement');
  return [
    `- all users are on ${run.sides.green.cluster.name} since ${new Date(since).toISOString()}`,
    `- deleted: cluster ${cluster}, node groups ${nodeGroups.join(', ')}, add-ons ${addons.join(', ')}`,
    '- after that there is no way back',
  ];
}
