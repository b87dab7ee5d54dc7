import { StepladderError } from '../contract/errors.ts';
import type { MinorVersion } from '../contract/plan.ts';
import type { RequestChecks } from '../contract/request.ts';
import type { KubernetesConnection } from '../kubernetes/connection.ts';
import { findAddonWorkloads, kubeProxyVersions } from '../kubernetes/addons.ts';
import { readKubeProxyMode } from '../kubernetes/kubeProxyMode.ts';
import { inOrder } from '../kubernetes/inOrder.ts';
import { listNodes } from '../kubernetes/nodes.ts';
import { oldClusterPermissions, probePermissions } from '../kubernetes/migrationPermissions.ts';
import { findMissingPermissions } from '../kubernetes/permissions.ts';
import type { NeededPermission } from '../kubernetes/permissions.ts';
import { describePermission } from '../plan/permission.ts';
import type { MissingPermission } from '../plan/permission.ts';
import type {
  Observation,
  ObservedAddon,
  ObservedNode,
  ObservedNodeGroup,
  OfferedAddonVersion,
} from '../plan/observation.ts';
import { compareMinors, minorOf } from '../plan/versions.ts';
import { describeTarget } from '../platform/platform.ts';
import type { Platform, PlatformNodeGroup, UpdateTarget } from '../platform/platform.ts';
import { profileOf } from '../tools/profiles/index.ts';
import { wantedTools } from '../tools/choice/wantedTools.ts';
import { toolPermissions } from '../tools/toolPermissions.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { keep } from './evidence.ts';
import { observeExtensions } from './observeExtensions.ts';
import { Sight } from './sight.ts';
import { observeTools } from './observeTools.ts';
import { observeWorkloads } from './observeWorkloads.ts';
import { observeMigration } from './migration/observeMigration.ts';
import { givenOrUnseen } from './givenForChecks.ts';
import { observeChecks } from './observeChecks.ts';
import { activityScope, heartbeating } from './scope.ts';
import type { Activities, ClusterContext } from './types.ts';
import { readNote, updateSettingsNoteKey } from './updateSettingsNote.ts';
import type { OpenCluster } from './clusters.ts';

const insightsSource = 'EKS: ListInsights';

/** Observes all that planning and the checks stand on. */
export function observeActivity({
  clusters,
  evidence,
  env,
  now,
  log,
}: Pick<ActivityDependencies, 'clusters' | 'evidence' | 'env' | 'now' | 'log'>): Pick<
  Activities,
  'observeCluster'
> {
  return {
    async observeCluster({ context, checks, targetVersion, strategies = [], tools = [], migration }) {
      const { signal } = activityScope();
      const observation = await heartbeating(async () => {
        const cluster = await clusters.open(context, signal);
        const withDrains = strategies.some((strategy) => strategy !== 'managed');
        // A migration leaves blue's tools as they are.
        const inPlace = migration === undefined ? tools.filter(({ awaitGit }) => !awaitGit) : [];
        const more = [
          ...toolPermissions(inPlace.map(({ name }) => profileOf(name))),
          ...(migration === undefined
            ? []
            : [...oldClusterPermissions, ...probePermissions(migration.probes)]),
        ];
        const seen = await observe(cluster, context, { withDrains, more }, now(), signal);
        const deep = await deeper(cluster, seen, checks, targetVersion, env, signal);
        const by = { connection: cluster.kubernetes, evidence, context, env, log, signal };
        return {
          ...deep,
          ...(tools.length === 0 ? {} : { tools: await observeTools(by, tools) }),
          ...(migration === undefined || targetVersion === undefined
            ? {}
            : {
                migration: await observeMigration({
                  ...{ clusters, blue: cluster, context, migration, signal, dependencies: { env, log } },
                  ...{ from: seen.cluster.version, to: targetVersion, addons: seen.addons },
                  tools: wantedTools(tools),
                }),
              }),
        };
      });
      const { observedAt, cluster, nodes, nodeGroups, addons } = observation;
      const count = nodes.length + nodeGroups.length + addons.length;
      return {
        evidence: await keep(evidence, context.evidencePrefix, 'observation', observation, count),
        observedAt,
        version: cluster.version,
      };
    },
  };
}

async function observe(
  { platform, kubernetes }: OpenCluster,
  { identity, cluster: reference }: ClusterContext,
  { withDrains, more }: { withDrains: boolean; more: readonly NeededPermission[] },
  at: Date,
  signal: AbortSignal,
): Promise<Observation> {
  const seen = new Sight();
  const cluster = await platform.describeCluster(signal);
  const missingPermissions = await findMissingPermissions(kubernetes, {
    withContext: reference.context !== undefined,
    withDrains,
    more,
    signal,
  });
  refuseBlindness(missingPermissions);
  const [groups, addons, nodes] = await Promise.all([
    platform
      .listNodeGroups(signal)
      .then((names) => all(names, (name) => platform.describeNodeGroup(name, signal))),
    platform.listAddons(signal).then((names) => all(names, (name) => platform.describeAddon(name, signal))),
    listNodes(kubernetes, signal),
  ]);
  const { name, region, version, status, platformVersion, tags, autoMode, healthIssues } = cluster;
  const nodeGroups = groups.map((group) => withNodes(group, nodes, version));
  return {
    observedAt: at.toISOString(),
    identity,
    cluster: {
      name,
      region,
      version,
      status,
      ...(platformVersion === undefined ? {} : { platformVersion }),
      tags,
      autoMode,
      healthIssues,
    },
    versions: await seen.optional('the Kubernetes versions of EKS', 'EKS: DescribeClusterVersions', [], () =>
      platform.listVersions(signal),
    ),
    nodeGroups,
    nodes,
    addons,
    addonVersions: await offers(platform, addons, version, seen, signal),
    selfManagedAddons: await seen.optional(
      'add-ons installed without EKS',
      'Kubernetes: images of DaemonSets and Deployments in kube-system',
      [],
      () => selfManaged(kubernetes, addons, signal),
    ),
    kubeProxies: await seen.optional(
      'the versions of kube-proxy that run',
      'Kubernetes: Pods in kube-system',
      [],
      () => kubeProxyVersions(kubernetes, signal),
    ),
    insights: await seen.optional('the upgrade insights of EKS', insightsSource, [], () =>
      platform.listInsights(signal),
    ),
    updatesInProgress: await updatesInProgress(platform, nodeGroups, addons, seen, signal),
    missingPermissions,
    ...(await seen.part(
      'workloads',
      'Pods, their owners and budgets',
      'Kubernetes: Pods and what they need',
      () => observeWorkloads(kubernetes, signal),
    )),
    ...(await seen.part(
      'extensions',
      'what is plugged into the API server',
      'Kubernetes: APIServices, webhooks, CRDs',
      () => observeExtensions(kubernetes, signal),
    )),
    ...(await seen.part('subnets', 'the free addresses of the subnets', 'EC2: DescribeSubnets', () =>
      subnets(platform, cluster.subnetIds ?? [], groups, signal),
    )),
    ...(await seen.part(
      'kubeProxyMode',
      'the mode of kube-proxy',
      'Kubernetes: ConfigMaps in kube-system',
      async () => {
        const mode = await readKubeProxyMode(kubernetes, signal);
        return mode === undefined ? {} : { mode };
      },
    )),
    unseen: seen.unseen,
  };
}

/**
 * With what APIs and metrics are in use, when the control plane is to go to another version. An upgrade that an older
 * release has begun does not ask for it.
 */
async function deeper(
  { kubernetes }: OpenCluster,
  seen: Observation,
  checks: RequestChecks | undefined,
  targetVersion: MinorVersion | undefined,
  env: ActivityDependencies['env'],
  signal: AbortSignal,
): Promise<Observation> {
  const { cluster, insights, unseen, observedAt } = seen;
  if (checks === undefined || targetVersion === undefined) return seen;
  if (compareMinors(targetVersion, cluster.version) <= 0) return seen;
  // Files of the worker may be gone by the next hop: that is unknown, and no mistake in the request.
  const { given, unseen: notRead } = await givenOrUnseen(checks, env);
  const observed = await observeChecks({
    kubernetes,
    insights: { found: insights, complete: !unseen.some(({ source }) => source === insightsSource) },
    checks,
    given,
    from: cluster.version,
    to: targetVersion,
    env,
    now: new Date(observedAt),
    signal,
  });
  return { ...seen, ...observed, unseen: [...unseen, ...notRead] };
}

/** Without the nodes there is no plan to attach findings to: all that is missing is told at once, as an error. */
function refuseBlindness(missing: readonly MissingPermission[]): void {
  const blind = missing.some(
    ({ permission, state }) =>
      state === 'denied' &&
      'resource' in permission &&
      permission.verb === 'list' &&
      permission.resource === 'nodes' &&
      permission.group === '',
  );
  if (!blind) return;
  const permissions = missing.map(({ permission }) => describePermission(permission));
  throw new StepladderError(
    'CredentialsRefused',
    `The worker's identity may not ask the Kubernetes API for what an upgrade needs: ${permissions.join(', ')}. Apply deploy/kubernetes/cluster-role.yaml and name its group in the access entry of the worker's role.`,
    { code: 403, reason: 'denied', permissions },
  );
}

/** Completes what EKS tells of a group by what its nodes tell. */
function withNodes(
  { subnets, ...group }: PlatformNodeGroup,
  nodes: readonly ObservedNode[],
  clusterVersion: string,
): ObservedNodeGroup {
  const own = nodes.filter(({ nodeGroup }) => nodeGroup === group.name);
  const zones = new Set(own.flatMap(({ zone }) => (zone === undefined ? [] : [zone])));
  const noted = readNote(group.tags[updateSettingsNoteKey]);
  return {
    ...group,
    version: group.version ?? oldestOf(own) ?? clusterVersion,
    // Subnets are in as many zones at the most.
    zones: Math.max(zones.size, zones.size === 0 ? subnets : 1, 1),
    ...(noted === undefined ? {} : { noted }),
  };
}

function oldestOf(nodes: readonly ObservedNode[]): string | undefined {
  return nodes
    .map(({ kubeletVersion }) => minorOf(kubeletVersion))
    .filter((version) => version !== undefined)
    .sort(compareMinors)[0];
}

async function offers(
  platform: Platform,
  addons: readonly ObservedAddon[],
  from: string,
  seen: Sight,
  signal: AbortSignal,
): Promise<Observation['addonVersions']> {
  const entries = await all(addons, async ({ name }) => {
    const offered = await seen.optional<Record<string, OfferedAddonVersion[]>>(
      `the versions of add-on ${name} that EKS offers`,
      'EKS: DescribeAddonVersions',
      {},
      () => platform.offeredAddonVersions(name, signal),
    );
    const later = Object.entries(offered).filter(([version]) => compareMinors(version, from) >= 0);
    return [name, Object.fromEntries(later)] as const;
  });
  return Object.fromEntries(entries);
}

async function selfManaged(
  kubernetes: KubernetesConnection,
  addons: readonly ObservedAddon[],
  signal: AbortSignal,
): Promise<Observation['selfManagedAddons']> {
  const workloads = await findAddonWorkloads(kubernetes, signal);
  return workloads
    .filter(({ name }) => !addons.some((addon) => addon.name === name))
    .map(({ name, image, tag }) => ({ name, image: withoutTag(image, tag), tag }));
}

function withoutTag(image: string, tag: string): string {
  const [reference = image] = image.split('@');
  return tag !== '' && reference.endsWith(`:${tag}`) ? reference.slice(0, -tag.length - 1) : reference;
}

async function subnets(
  platform: Platform,
  controlPlane: string[],
  groups: readonly PlatformNodeGroup[],
  signal: AbortSignal,
): Promise<NonNullable<Observation['subnets']>> {
  const ids = new Set([...controlPlane, ...groups.flatMap(({ subnetIds }) => subnetIds ?? [])]);
  return { controlPlane, all: await platform.describeSubnets([...ids].sort(), signal) };
}

/**
 * Node groups and add-ons are asked for their updates only when they say that there is one: a cluster has hundreds of
 * old ones. A control plane may have one without saying so.
 */
async function updatesInProgress(
  platform: Platform,
  nodeGroups: readonly ObservedNodeGroup[],
  addons: readonly ObservedAddon[],
  seen: Sight,
  signal: AbortSignal,
): Promise<Observation['updatesInProgress']> {
  const busy = ({ status }: { status: string }) => status === 'UPDATING';
  const targets: UpdateTarget[] = [
    { kind: 'control-plane' },
    ...nodeGroups.filter(busy).map(({ name }) => ({ kind: 'node-group' as const, name })),
    ...addons.filter(busy).map(({ name }) => ({ kind: 'add-on' as const, name })),
  ];
  const found = await all(targets, (target) => {
    const what = describeTarget(target);
    return seen.optional(
      `updates in progress of ${what}`,
      'EKS: ListUpdates and DescribeUpdate',
      [],
      async () =>
        (await platform.findUpdatesInProgress(target, signal)).map(({ id, type }) => ({
          what,
          updateId: id,
          type,
        })),
    );
  });
  return found.flat();
}

/** A few at a time: EKS throttles per account. */
async function all<T, R>(items: readonly T[], call: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for await (const result of inOrder(items, call)) results.push(result);
  return results;
}
