import type { SimulatedCluster } from '../../simulator/cluster/cluster.ts';
import { customResourceDefinitions, deployments, services } from '../../simulator/cluster/kinds.ts';
import type { MigrationStage } from './migrationStage.ts';

const cronJobs = { group: 'batch', resource: 'cronjobs' };
const kept = [
  ...[deployments, services, customResourceDefinitions, cronJobs],
  { group: '', resource: 'configmaps' },
  { group: '', resource: 'namespaces' },
  { group: '', resource: 'persistentvolumeclaims' },
  { group: '', resource: 'serviceaccounts' },
];

/**
 * All that a migration may have changed, to be compared later: the clusters that there are, what people have set on blue's
 * objects, what EKS and IAM have, and the load balancer's rule.
 */
export function world(stage: MigrationStage): Record<string, unknown> {
  const { simulator, cluster } = stage;
  const service = simulator.account.peek(cluster);
  if (service === undefined) throw new Error(`There is no cluster ${cluster}.`);
  return structuredClone({
    clusters: simulator.account.clusters().map((each) => each.cluster.name),
    tags: service.cluster.tags,
    nodeGroups: [...service.nodeGroups.values()].map(({ name, tags, size }) => ({ name, tags, size })),
    addons: [...service.addons.keys()],
    objects: objectsOf(modelOf(stage, cluster)),
    roles: [...simulator.iam.roles.values()].map(({ name, trustPolicy }): unknown[] => [
      name,
      JSON.parse(trustPolicy),
    ]),
    providers: [...simulator.iam.providers.keys()],
    rule: stage.targetGroups(),
  });
}

/** By resource and name what people set, without what the control plane writes there. */
function objectsOf({ store }: SimulatedCluster): Record<string, unknown> {
  return Object.fromEntries(
    kept.flatMap((resource) =>
      store.list(resource).items.map(({ metadata, spec }) => {
        const { namespace = '', name, annotations = {}, labels = {} } = metadata;
        const { 'deployment.kubernetes.io/revision': _, ...own } = annotations;
        return [`${resource.resource} ${namespace}/${name}`, { annotations: own, labels, spec }];
      }),
    ),
  );
}

/** What must not work twice and does on this cluster: CronJobs that are not suspended, the singleton with its Pod. */
export function atWork(stage: MigrationStage, cluster: string): string[] {
  const { store } = modelOf(stage, cluster);
  const jobs = store
    .list(cronJobs)
    .items.filter(({ spec }) => !(isRecord(spec) && spec['suspend'] === true))
    .map(({ metadata }) => metadata.name);
  const singleton = store.find(deployments, 'shop', 'mailer');
  return [...jobs, ...(singleton === undefined || singleton.spec.replicas === 0 ? [] : ['mailer'])];
}

function modelOf({ simulator }: MigrationStage, cluster: string): SimulatedCluster {
  const found = simulator.clusters.find(cluster)?.cluster;
  if (found === undefined) throw new Error(`There is no cluster ${cluster}.`);
  return found;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
