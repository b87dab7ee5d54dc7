import type {
  GreenClusterStage,
  GreenWorkersStage,
  MigrationStage,
  RetirementStage,
} from '../../contract/migration.ts';
import type { MigrationRequest } from '../../contract/migrationSchema.ts';
import type { MinorVersion, Plan } from '../../contract/plan.ts';
import type { Request, RequestProblem } from '../../contract/request.ts';
import { resourceSourceOf } from '../../contract/resourceSourceSchema.ts';
import { groupPolicy } from '../groupPolicy.ts';
import type { Observation } from '../observation.ts';
import type { ObservedMigration } from '../observedMigration.ts';
import { compareNames } from '../order.ts';
import { nameInRequest } from '../requestNames.ts';
import { greenAddons } from './greenAddons.ts';
import { greenName } from './greenName.ts';
import { greenTool } from './greenTools.ts';
import { decidedVolumes } from './volumeDecisions.ts';

/** What the stages of a migration are made of. */
export interface MigrationInput {
  observation: Observation;
  migration: ObservedMigration;
  request: Request;
  asked: MigrationRequest;
  target: MinorVersion;
  /** The plan that was approved, if any: its choices are kept where they still hold. */
  approved: Plan | undefined;
}

/** The stages, in the order in which they are carried out, and what in the request turned out not to fit. */
export function migrationStages(input: MigrationInput): {
  stages: MigrationStage[];
  problems: RequestProblem[];
} {
  const { observation, migration, request, asked, target } = input;
  const cluster = greenName(request, observation.cluster.version, target);
  const { addons, problems } = greenAddons(input);
  const tools = (observation.tools ?? []).flatMap((observed) => greenTool(observed) ?? []);
  const stages: MigrationStage[] = [
    clusterStage(input, cluster),
    ...(asked.green.existing
      ? []
      : [{ stage: 'green-add-ons' as const, cluster, addons }, workersStage(input, cluster)]),
    ...(tools.length === 0 ? [] : [{ stage: 'green-tools' as const, cluster, tools }]),
    {
      stage: 'resources',
      cluster,
      sources: asked.resources.map(resourceSourceOf),
      singletons: asked.singletons,
      volumes: decidedVolumes(migration, asked.volumes),
    },
    { stage: 'green-verification', cluster, probes: asked.probes.map(({ name }) => name) },
    {
      stage: 'cutover',
      cluster,
      router: migration.routing.router,
      weights: asked.steps.weights,
      soak: asked.steps.soak,
    },
    retirementStage(input),
  ];
  return { stages, problems: asked.green.existing ? [] : problems };
}

/** One that is there has its own access entries and Pod identities; the roles have to trust it all the same. */
function clusterStage(
  { observation, migration, asked, target, approved }: MigrationInput,
  cluster: string,
): GreenClusterStage {
  const create = !asked.green.existing;
  const { accessEntries, podIdentities } = migration.blueprint;
  const before = approvedTrust(approved);
  const trustedBy =
    asked.roles === 'check'
      ? []
      : migration.roles.filter(
          // A role that was told meanwhile is none that nothing has to be done about.
          ({ state, arn }) => state === 'can-be-told' || (state === 'trusts-green' && before.has(arn)),
        );
  return {
    ...{ stage: 'green-cluster', cluster, from: observation.cluster.version, to: target, create },
    accessEntries: create ? accessEntries.toSorted(compareNames) : [],
    podIdentities: create ? podIdentities.toSorted(compareNames) : [],
    trustedBy: trustedBy.map(({ arn }) => arn).sort(compareNames),
  };
}

function workersStage(input: MigrationInput, cluster: string): GreenWorkersStage {
  const { observation, migration, request, target, approved } = input;
  const nodeGroups = migration.blueprint.nodeGroups
    .toSorted((left, right) => compareNames(left.name, right.name))
    .map(({ name, size }) => {
      const called = nameInRequest(name, observation.cluster.version, { observation, request });
      const { templateVersion } = groupPolicy(request.workers, called);
      return {
        name,
        size: approvedSize(approved, name, size) ?? size,
        ...(templateVersion === undefined ? {} : { templateVersion }),
      };
    });
  return { stage: 'green-workers', cluster, to: target, nodeGroups };
}

function retirementStage({ observation, migration, asked }: MigrationInput): RetirementStage {
  const names = (of: readonly { name: string }[]) => of.map(({ name }) => name).sort(compareNames);
  return {
    stage: 'retirement',
    cluster: observation.cluster.name,
    keepOldFor: asked.keepOldFor,
    nodeGroups: names(migration.blueprint.nodeGroups),
    addons: names(migration.blueprint.addons),
  };
}

type PlannedGroup = GreenWorkersStage['nodeGroups'][number];

/** An autoscaler moves the wanted number of nodes all the time: what was approved stands while the limits are the same. */
function approvedSize(
  approved: Plan | undefined,
  nodeGroup: string,
  { min, max }: PlannedGroup['size'],
): PlannedGroup['size'] | undefined {
  const size = approved?.hops
    .flatMap(({ stages }) =>
      stages.flatMap((stage) => (stage.stage === 'green-workers' ? stage.nodeGroups : [])),
    )
    .find(({ name }) => name === nodeGroup)?.size;
  return size?.min === min && size.max === max ? size : undefined;
}

function approvedTrust(approved: Plan | undefined): Set<string> {
  return new Set(
    approved?.hops.flatMap(({ stages }) =>
      stages.flatMap((stage) => (stage.stage === 'green-cluster' ? stage.trustedBy : [])),
    ),
  );
}
