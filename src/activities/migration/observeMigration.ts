import type { MinorVersion } from '../../contract/plan.ts';
import type { MigrationRequest } from '../../contract/migrationSchema.ts';
import { resourceSourceOf } from '../../contract/resourceSourceSchema.ts';
import { greenName } from '../../plan/migration/greenName.ts';
import type { ObservedAddon } from '../../plan/observation.ts';
import type {
  ObservedBlueprint,
  ObservedMigration,
  ObservedResources,
  ObservedRouting,
  SourceProblem,
} from '../../plan/observedMigration.ts';
import { siblingCluster } from '../../platform/eks/roles/oidcProvider.ts';
import type { PlatformCluster } from '../../platform/platform.ts';
import type { KubernetesConnection } from '../../kubernetes/connection.ts';
import { connect } from '../clusters.ts';
import { findHelm } from '../../tools/helm/binary.ts';
import type { Clusters, OpenCluster } from '../clusters.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { madeByNote, madeByNoteKey } from '../madeBy.ts';
import { temporalContext } from '../scope.ts';
import { Sight } from '../sight.ts';
import type { ClusterContext } from '../types.ts';
import { besideBlue } from './besideBlue.ts';
import { observeArgoCd } from './observeArgoCd.ts';
import { observeBlueprint } from './observeBlueprint.ts';
import { observeResources } from './observeResources.ts';
import { observeRoles } from './observeRoles.ts';
import { observeRouting } from './observeRouting.ts';
import { observeSources } from './observeSources.ts';
import { readManifests } from './readManifests.ts';

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
  /** Blue's add-ons, as the observation has them. */
  addons: readonly ObservedAddon[];
  signal: AbortSignal;
  /** Where files and programs are looked for. */
  dependencies: Pick<ActivityDependencies, 'env' | 'log'>;
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
  const [blueprint, there, resources, routing, sourceProblems] = await Promise.all([
    look('blueprint', 'what the new cluster is made like', 'EKS: what the cluster has', nothing, (sight) =>
      observeBlueprint(blue, to, sight, signal),
    ),
    look('green', 'whether there is a cluster of that name', 'EKS: DescribeCluster', undefined, () =>
      input.clusters.platform(besideBlue(context, nameOfGreen(input))).findCluster(signal),
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
    problemsOfSources(input),
  ]);
  const { argoCd: source } = migration.resources.find((each) => 'argoCd' in each) ?? {};
  const argoCd =
    source === undefined
      ? undefined
      : await look('argoCd', 'what Argo CD has', 'Kubernetes: Applications', undefined, () =>
          observeArgoCd(blue.kubernetes, source, {
            ...{ blueServer: context.identity.endpoint, tools: input.tools ?? [], signal },
            green: migration.green.existing ? greenToLookAt(input, there) : undefined,
          }),
        );
  const roles = await look('roles', 'the roles that Pods assume', 'IAM: GetRole', [], () =>
    observeRoles({
      ...{ kubernetes: blue.kubernetes, access: besideBlue(context, context.cluster.name), signal },
      blue: { arn: context.identity.arn, issuer: blueprint.issuer },
      addons: input.addons,
      green: { arn: siblingCluster(context.identity.arn, nameOfGreen(input)), issuer: there?.oidcIssuer },
    }),
  );
  const green = there === undefined ? {} : { green: greenOf(there) };
  const ofArgoCd = argoCd === undefined ? {} : { argoCd };
  return { blueprint, ...green, roles, resources, ...ofArgoCd, routing, sourceProblems, unseen };
}

/** How a green that is there is reached for one look; undefined where it can't be yet. */
function greenToLookAt(
  input: MigrationSight,
  there: PlatformCluster | undefined,
): (() => Promise<KubernetesConnection>) | undefined {
  if (there?.endpoint === undefined) return undefined;
  const reference = besideBlue(input.context, nameOfGreen(input));
  return () => connect(reference, input.clusters.platform(reference), there);
}

function problemsOfSources({ migration, signal, dependencies }: MigrationSight): Promise<SourceProblem[]> {
  const { env, log } = dependencies;
  return observeSources(migration.resources.map(resourceSourceOf), {
    ...{ environment: env, signal, readManifests },
    findHelm: () => findHelm({ environment: { ...env }, log: (line) => log.warn(line) }),
  });
}

const nothing: ObservedBlueprint = {
  ...{ accessEntries: [], podIdentities: [], addons: [], addonVersions: {}, nodeGroups: [], notCopied: [] },
};
const noResources: ObservedResources = { counts: {}, volumes: [], notServed: [], notes: [] };
const noRouting: ObservedRouting = { router: 'the router of the request', addresses: [], notes: [] };

function nameOfGreen({ context, from, to, migration }: MigrationSight): string {
  return greenName({ cluster: context.cluster, migration }, from, to);
}

function greenOf({ arn, version, status, tags }: PlatformCluster): NonNullable<ObservedMigration['green']> {
  const madeBy = tags[madeByNoteKey];
  return {
    ...{ arn, version, status },
    ...(madeBy === undefined ? {} : { madeBy, ours: madeBy === ourNote() }),
  };
}

/** What this workflow marks what it makes with; undefined in a command's own process, which makes nothing. */
function ourNote(): string | undefined {
  const workflow = temporalContext()?.info.workflowExecution;
  return workflow === undefined ? undefined : madeByNote(workflow.workflowId);
}
