import type { MigrationStage, ResourceSource } from './migration.ts';

const list = (names: readonly string[]): string => (names.length === 0 ? 'none' : names.join(', '));
const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

/** What a stage of a migration will do, in one line. */
export function migrationText(stage: MigrationStage): string {
  switch (stage.stage) {
    case 'green-cluster': {
      const { cluster, create, from, to, accessEntries, podIdentities, trustedBy } = stage;
      const what = create
        ? `new cluster ${cluster} at ${to}, made like the one at ${from}`
        : `cluster ${cluster} at ${to}, which is there`;
      const more = [
        ...(accessEntries.length === 0
          ? []
          : [counted(accessEntries.length, 'access entry', 'access entries')]),
        ...(podIdentities.length === 0
          ? []
          : [counted(podIdentities.length, 'Pod identity', 'Pod identities')]),
        ...(trustedBy.length === 0
          ? []
          : [`trusted by ${counted(trustedBy.length, 'role', 'roles')}: ${list(trustedBy)}`]),
      ];
      return [what, ...more].join('; ');
    }
    case 'green-add-ons':
      return `add-ons on ${stage.cluster}: ${list(stage.addons.map(({ name, version }) => `${name} ${version}`))}`;
    case 'green-workers':
      return `workers on ${stage.cluster} at ${stage.to}: ${list(stage.nodeGroups.map(({ name, size }) => `${name} (${counted(size.desired, 'node', 'nodes')})`))}`;
    case 'green-tools':
      return `tools on ${stage.cluster}: ${list(stage.tools.map(({ tool, to }) => `${tool} ${to.version}`))}`;
    case 'resources':
      return `all resources on ${stage.cluster}: ${stage.sources.map(sourceText).join(', then ')}; CronJobs${stage.singletons.map(({ namespace, name }) => `, ${namespace}/${name}`).join('')} stand still until the cutover`;
    case 'green-verification':
      return `${stage.cluster} looked at from inside: inventories, workloads, probes: ${list(stage.probes)}`;
    case 'cutover':
      return `gate, then the users to ${stage.cluster} by ${stage.router}: ${stage.weights.map((weight) => `${weight} %`).join(', ')}, each watched for ${stage.soak}`;
    case 'retirement':
      return `${stage.cluster} stays for ${stage.keepOldFor}; then gate, and it is deleted with node groups ${list(stage.nodeGroups)}`;
  }
}

function sourceText(source: ResourceSource): string {
  if ('manifests' in source) return `manifests of ${source.manifests.path}`;
  if ('helmfile' in source) return `helmfile ${source.helmfile.file}`;
  const { excludeNamespaces, excludeKinds } = source.copy;
  const left = [...excludeNamespaces, ...excludeKinds];
  return `copied${left.length === 0 ? '' : ` without ${left.join(', ')}`}`;
}
