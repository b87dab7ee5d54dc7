import type { MinorVersion } from '../../contract/plan.ts';
import type { MigrationRequest } from '../../contract/migrationSchema.ts';
import { inOrder } from '../../kubernetes/inOrder.ts';
import type { ObservedAddon } from '../../plan/observation.ts';
import { greenName } from '../../plan/migration/greenName.ts';
import type {
  ObservedBlueprint,
  ObservedMigration,
  ObservedResources,
  ObservedRole,
  ObservedRouting,
} from '../../plan/observedMigration.ts';
import { siblingCluster } from '../../platform/eks/roles/oidcProvider.ts';
import type { Clusters, OpenCluster } from '../clusters.ts';
import { madeByNote, madeByNoteKey } from '../madeBy.ts';
import { temporalContext } from '../scope.ts';
import { Sight } from '../sight.ts';
import type { ClusterContext } from '../types.ts';
import { besideBlue } from './besideBlue.ts';
import { observeBlueprint } from './observeBlueprint.ts';
import { observeResources } from './observeResources.ts';
import { observeRoles } from './observeRoles.ts';
import { observeRouting } from './observeRouting.ts';

/** Blue, what is asked for, and where green is looked for. */
export interface MigrationSight {
  clusters: Pick<Clusters, 'platform'>;
  blue: OpenCluster;
  context: ClusterContext;
  /** Blue's version. */
  from: MinorVersion;
  to: MinorVersion;
  migration: MigrationRequest;
  /** Releases that green gets as tools: what is of them is not copied. */
  tools?: { namespace: string; release: string }[];
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
  const look = async <T>(
    part: Part,
    what: string,
    source: string,
    otherwise: T,
    see: (sight: Sight) => Promise<T>,
  ) => {
    const sight = new Sight();
    const seen = await sight.optional(what, source, otherwise, () => see(sight));
    unseen.push(
      ...sight.unseen.map((each) => ({ what: each.what, why: each.why, source: each.source, part })),
    );
    return seen;
  };
  const { blue, context, to, migration, signal } = input;
  const [blueprint, green, resources, routing] = await Promise.all([
    look('blueprint', 'what the new cluster is made like', 'EKS: what the cluster has', nothing, (sight) =>
      observeBlueprint(blue, to, sight, signal),
    ),
    look('green', 'whether there is a cluster of that name', 'EKS: DescribeCluster', undefined, () =>
      observeGreen(input),
    ),
    look('resources', 'what there is to copy', 'Kubernetes: all kinds', noResources, () =>
      observeResources(blue.kubernetes, input),
    ),
    look('routing', 'how the users are routed', 'Elastic Load Balancing', noRouting, () =>
      observeRouting(
        { access: besideBlue(context, context.cluster.name), router: migration.routing },
        signal,
      ),
    ),
  ]);
  // Whether they trust green is a question only once green is known.
  const roles = await look<ObservedRole[]>(
    'roles',
    'the roles that Pods assume',
    'Kubernetes: service accounts; IAM: GetRole',
    [],
    () => rolesSeen(input, blueprint, green),
  );
  return { blueprint, ...(green === undefined ? {} : { green }), roles, resources, routing, unseen };
}

const nothing: ObservedBlueprint = {
  ...{ accessEntries: [], podIdentities: [], addons: [], addonVersions: {}, nodeGroups: [], notCopied: [] },
};
const noResources: ObservedResources = { counts: {}, volumes: [], notServed: [], notes: [] };
const noRouting: ObservedRouting = { router: 'the router of the request', addresses: [], notes: [] };

async function rolesSeen(
  { blue: { platform, kubernetes }, context, from, to, migration, signal }: MigrationSight,
  { issuer, addons }: ObservedBlueprint,
  green: ObservedMigration['green'],
): Promise<ObservedRole[]> {
  const { arn } = context.identity;
  const name = greenName({ cluster: context.cluster, migration }, from, to);
  const described: ObservedAddon[] = [];
  for await (const addon of inOrder(addons, (each) => platform.describeAddon(each.name, signal))) {
    described.push(addon);
  }
  return observeRoles({
    ...{ kubernetes, signal, addons: described },
    access: besideBlue(context, context.cluster.name),
    blue: { arn, issuer },
    green: { arn: siblingCluster(arn, name), issuer: green?.issuer },
  });
}

/** The cluster that has green's name, if there is one. */
async function observeGreen({
  clusters,
  context,
  from,
  to,
  migration,
  signal,
}: MigrationSight): Promise<ObservedMigration['green']> {
  const name = greenName({ cluster: context.cluster, migration }, from, to);
  const found = await clusters.platform(besideBlue(context, name)).findCluster(signal);
  if (found === undefined) return undefined;
  const { arn, version, status, tags, oidcIssuer: issuer } = found;
  const madeBy = tags[madeByNoteKey];
  return {
    ...{ arn, version, status },
    ...(issuer === undefined ? {} : { issuer }),
    ...(madeBy === undefined ? {} : { madeBy, ours: madeBy === ourNote() }),
  };
}

/** What this workflow marks what it makes with; undefined in a command's own process, which makes nothing. */
function ourNote(): string | undefined {
  const workflow = temporalContext()?.info.workflowExecution;
  return workflow === undefined ? undefined : madeByNote(workflow.workflowId);
}
