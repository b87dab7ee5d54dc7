import { z } from 'zod';
import { StepladderError } from '../../contract/errors.ts';
import type { MinorVersion } from '../../contract/plan.ts';
import type { MigrationRequest } from '../../contract/migrationSchema.ts';
import type { KubernetesConnection } from '../../kubernetes/connection.ts';
import { inOrder } from '../../kubernetes/inOrder.ts';
import { listObjects } from '../../kubernetes/list.ts';
import { greenName } from '../../plan/migration/greenName.ts';
import type {
  ObservedBlueprint,
  ObservedMigration,
  ObservedResources,
  ObservedRole,
  ObservedRouting,
} from '../../plan/observedMigration.ts';
import { regionOfArn } from '../../platform/eks/cluster.ts';
import type { Platform } from '../../platform/platform.ts';
import { createRouting } from '../../routing/createRouting.ts';
import type { Clusters, OpenCluster } from '../clusters.ts';
import { madeByNote, madeByNoteKey } from '../madeBy.ts';
import { temporalContext } from '../scope.ts';
import { Sight } from '../sight.ts';
import type { ClusterContext } from '../types.ts';

/** Blue, what is asked for, and where green is looked for. */
export interface MigrationSight {
  clusters: Pick<Clusters, 'platform'>;
  blue: OpenCluster;
  context: ClusterContext;
  /** Blue's version. */
  from: MinorVersion;
  to: MinorVersion;
  migration: MigrationRequest;
  signal: AbortSignal;
}

type Part = NonNullable<ObservedMigration['unseen'][number]['part']>;

/**
 * Looks at all that a migration stands on. What may not be seen, or is not offered, is told part by part; what concerns
 * everything (credentials, a line that is down) is thrown.
 *
 * @throws StepladderError `CredentialsRefused`, `Unreachable`, `Throttled`
 */
export async function observeMigration(input: MigrationSight): Promise<ObservedMigration> {
  const unseen: ObservedMigration['unseen'] = [];
  const look = async <T>(part: Part, what: string, source: string, otherwise: T, see: () => Promise<T>) => {
    const sight = new Sight();
    const seen = await sight.optional(what, source, otherwise, see);
    unseen.push(...sight.unseen.map((each) => ({ what: each.what, why: each.why, source, part })));
    return seen;
  };
  const [blueprint, green, resources, routing] = await Promise.all([
    look('blueprint', 'what the new cluster is made like', 'EKS: what the cluster has', nothing, () =>
      observeBlueprint(input),
    ),
    look('green', 'whether there is a cluster of that name', 'EKS: DescribeCluster', undefined, () =>
      observeGreen(input),
    ),
    look('resources', 'what there is to copy', 'Kubernetes: all kinds', noResources, () =>
      observeResources(input.blue.kubernetes, input.signal),
    ),
    look('routing', 'how the users are routed', 'Elastic Load Balancing', noRouting, () =>
      observeRouting(input),
    ),
  ]);
  const roles: ObservedRole[] = [];
  return { blueprint, ...(green === undefined ? {} : { green }), roles, resources, routing, unseen };
}

const nothing: ObservedBlueprint = {
  ...{ accessEntries: [], podIdentities: [], addons: [], addonVersions: {}, nodeGroups: [], notCopied: [] },
};
const noResources: ObservedResources = { counts: {}, volumes: [], notServed: [], notes: [] };
const noRouting: ObservedRouting = { router: 'the router of the request', addresses: [], notes: [] };

/** The cluster that has green's name, if there is one. */
async function observeGreen({
  clusters,
  context: { cluster, identity },
  from,
  to,
  migration,
  signal,
}: MigrationSight): Promise<ObservedMigration['green']> {
  const region = cluster.region ?? regionOfArn(identity.arn);
  const name = greenName({ cluster, migration }, from, to);
  try {
    const { arn, version, status, tags } = await clusters
      .platform({ ...cluster, name, ...(region === undefined ? {} : { region }) })
      .describeCluster(signal);
    const madeBy = tags[madeByNoteKey];
    return {
      ...{ arn, version, status },
      ...(madeBy === undefined ? {} : { madeBy, ours: madeBy === ourNote() }),
    };
  } catch (error) {
    if (error instanceof StepladderError && error.type === 'ClusterNotFound') return undefined;
    throw error;
  }
}

/** What this workflow marks what it makes with; undefined in a command's own process, which makes nothing. */
function ourNote(): string | undefined {
  const workflow = temporalContext()?.info.workflowExecution;
  return workflow === undefined ? undefined : madeByNote(workflow.workflowId);
}

async function observeBlueprint({
  blue: { platform },
  to,
  signal,
}: MigrationSight): Promise<ObservedBlueprint> {
  const addons = await each(await platform.listAddons(signal), (name) =>
    platform.describeAddon(name, signal),
  );
  return {
    ...nothing,
    addons: addons.map(({ name, version }) => ({ name, version })),
    addonVersions: await offersFor(platform, addons, to, signal),
    nodeGroups: (
      await each(await platform.listNodeGroups(signal), (name) => platform.describeNodeGroup(name, signal))
    ).map(({ name, size, ownImage, templateVersion }) => ({
      ...{ name, size, ownImage },
      ...(templateVersion === undefined ? {} : { templateVersion }),
    })),
  };
}

async function offersFor(
  platform: Platform,
  addons: readonly { name: string }[],
  to: MinorVersion,
  signal: AbortSignal,
): Promise<ObservedBlueprint['addonVersions']> {
  const offers = await each(addons, async ({ name }) => {
    const offered = await platform.offeredAddonVersions(name, signal);
    return [name, offered[to] ?? []] as const;
  });
  return Object.fromEntries(offers);
}

const claimSchema = z.object({
  metadata: z.object({ namespace: z.string(), name: z.string() }),
  spec: z.object({ volumeName: z.string().nullish(), storageClassName: z.string().nullish() }),
});

async function observeResources(
  kubernetes: KubernetesConnection,
  signal: AbortSignal,
): Promise<ObservedResources> {
  const claims = await listObjects(kubernetes, '/api/v1/persistentvolumeclaims', claimSchema, {
    name: 'persistentvolumeclaims',
    signal,
  });
  return {
    ...noResources,
    volumes: claims.flatMap(({ metadata: { namespace, name }, spec: { volumeName, storageClassName } }) =>
      volumeName == null || volumeName === ''
        ? []
        : [
            {
              claim: `${namespace}/${name}`,
              ...(storageClassName == null ? {} : { storageClass: storageClassName }),
            },
          ],
    ),
  };
}

async function observeRouting({
  context: { cluster, identity },
  migration,
  signal,
}: MigrationSight): Promise<ObservedRouting> {
  const region = cluster.region ?? regionOfArn(identity.arn);
  const access = { ...cluster, ...(region === undefined ? {} : { region }) };
  const routing = createRouting(migration.routing, access);
  const { router, weights, addresses, notes } = await routing.describe(signal);
  return { router, ...(weights === undefined ? {} : { weights }), addresses, notes };
}

async function each<T, R>(items: readonly T[], call: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for await (const result of inOrder(items, call)) results.push(result);
  return results;
}
