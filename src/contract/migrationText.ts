import type { ChartRelease, MigrationStage, ResourceSource, ResourcesStage } from './migration.ts';
import { routerText } from './weightsText.ts';

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
      return `workers on ${stage.cluster} at ${stage.to}: ${list(stage.nodeGroups.map(({ name, size, templateVersion }) => `${name} (${counted(size.desired, 'node', 'nodes')}${templateVersion === undefined ? '' : `, launch template version ${templateVersion}`})`))}`;
    case 'green-tools':
      return `tools on ${stage.cluster}: ${list(stage.tools.map(({ tool, to }) => `${tool} ${to.version}`))}`;
    case 'resources':
      return resourcesText(stage);
    case 'green-verification':
      return `${stage.cluster} is looked at from inside: inventories, workloads, ${stage.probes.length === 0 ? 'no probes' : `probes ${list(stage.probes)}`}`;
    case 'cutover':
      return `gate, then the users go to ${stage.cluster} by ${routerText(stage.router)}: ${stage.weights.map((weight) => `${weight} %`).join(', ')}, each watched for ${stage.soak}; back to the old one when it does worse`;
    case 'retirement':
      return `${stage.cluster} stays as it was for ${stage.keepOldFor}; then gate, and it is deleted with its node groups (${list(stage.nodeGroups)}) and add-ons (${list(stage.addons)})`;
  }
}

function resourcesText({ cluster, sources, singletons, volumes }: ResourcesStage): string {
  const still = ['CronJobs', ...singletons.map(({ namespace, name }) => `${namespace}/${name}`)];
  const data = (['empty', 'restored', 'shared'] as const).flatMap((wanted) => {
    const claims = volumes.filter(({ decision }) => decision === wanted).map(({ claim }) => claim);
    return claims.length === 0 ? [] : [`${wanted}: ${claims.join(', ')}`];
  });
  return [
    `all resources on ${cluster}: ${sources.map(resourceSourceText).join(', then ')}`,
    `${still.join(', ')} stand still there until the cutover`,
    ...(data.length === 0 ? [] : [`volumes ${data.join('; ')}`]),
  ].join('; ');
}

/** Where resources come from, for people: `manifests of /srv/shop`. */
export function resourceSourceText(source: ResourceSource): string {
  if ('manifests' in source) return `manifests of ${source.manifests.path}`;
  if ('chart' in source) {
    const { namespace, release, version, source: from, values } = source.chart;
    return `release ${namespace}/${release} of ${chartText(from)} ${version}${values.length === 0 ? '' : ` with ${values.join(', ')}`}`;
  }
  if ('helmfile' in source) {
    const { file, selector } = source.helmfile;
    return `helmfile ${file}${selector === undefined ? '' : ` (${selector})`}`;
  }
  if ('argoCd' in source) {
    const { applications, selector, namespace } = source.argoCd;
    const which = applications?.join(', ') ?? (selector === undefined ? 'all' : `those with ${selector}`);
    return `Applications of Argo CD in ${namespace} (${which}), each synced once there`;
  }
  const { excludeNamespaces, excludeKinds } = source.copy;
  const left = [...excludeNamespaces, ...excludeKinds];
  return `copied${left.length === 0 ? '' : ` without ${left.join(', ')}`}`;
}

function chartText(source: ChartRelease['source']): string {
  if ('repository' in source) return `chart ${source.chart} of ${source.repository}`;
  return `chart ${'oci' in source ? source.oci : source.path}`;
}
