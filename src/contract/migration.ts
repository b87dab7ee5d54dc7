import type { MinorVersion } from './plan.ts';
import type { ProbeResult } from './probe.ts';
import type { RoutingWeights } from './routing.ts';
import type { ChartSource, ToolChange } from './tools.ts';
import type { NodeGroupSize } from './workers.ts';

/**
 * The words of a blue/green migration that plan, activities, status and report share. _Blue_ is the cluster that there
 * is, _green_ the new one beside it.
 */

/** Where green's Kubernetes resources come from, in the order of the request. */
export type ResourceSource =
  /** From blue, everything but what is named. Namespaces by name, kinds as `cronjobs.batch`. */
  | { copy: { excludeNamespaces: string[]; excludeKinds: string[] } }
  /** A file or folder on the worker, with or without a kustomization. */
  | { manifests: { path: string } }
  /** A chart, as a release of its own. */
  | { chart: ChartRelease }
  /** A helmfile on the worker. */
  | { helmfile: { file: string; selector?: string | undefined } }
  /** Applications of Argo CD, synced by the one on green; all of the namespace without names and selector. */
  | { argoCd: ArgoCdSource };

/** Which Applications Argo CD on green shall bring up, with what it needs for that. */
export interface ArgoCdSource {
  /** Of Argo CD, on both clusters. */
  namespace: string;
  applications?: string[] | undefined;
  /** Labels as for kubectl. */
  selector?: string | undefined;
}

/** A release that helm makes of one version of a chart, with nothing but the values of these files on the worker. */
export interface ChartRelease {
  release: string;
  namespace: string;
  source: Exclude<ChartSource, { manifests: string }>;
  version: string;
  values: string[];
}

/** What becomes of what a volume holds: nothing of it comes along, a job of one's own restores it, or both clusters share it. */
export type VolumeDecision = 'empty' | 'restored' | 'shared';

/** A workload of which no two may work at the same time. */
export interface Singleton {
  kind: 'Deployment' | 'StatefulSet';
  namespace: string;
  name: string;
}

/** Creates green like blue at another version, or takes one that is there. */
export interface GreenClusterStage {
  stage: 'green-cluster';
  /** Green's name. */
  cluster: string;
  from: MinorVersion;
  to: MinorVersion;
  /** False for a cluster that the request names: it is neither created nor ever removed. */
  create: boolean;
  /** ARNs of the principals whose access entries green gets, and service accounts (`namespace/name`) with Pod identities. */
  accessEntries: string[];
  podIdentities: string[];
  /** ARNs of the roles that Pods assume by blue's OIDC issuer: each is told to trust green's as well. */
  trustedBy: string[];
}

/** The add-ons of green, each at a version for the target. */
export interface GreenAddonsStage {
  stage: 'green-add-ons';
  cluster: string;
  /** In the order in which they are created. */
  addons: { name: string; version: string }[];
}

/** Node groups of green, by the names that blue's have. */
export interface GreenWorkersStage {
  stage: 'green-workers';
  cluster: string;
  to: MinorVersion;
  nodeGroups: { name: string; size: NodeGroupSize; templateVersion?: string | undefined }[];
}

/** The request's tools, installed on green at their new versions. */
export interface GreenToolsStage {
  stage: 'green-tools';
  cluster: string;
  tools: ToolChange[];
}

/** All other Kubernetes resources. */
export interface ResourcesStage {
  stage: 'resources';
  cluster: string;
  sources: ResourceSource[];
  /** What must not work twice: on green it stands still until the cutover. CronJobs always do. */
  singletons: Singleton[];
  /** By claim (`namespace/name`). */
  volumes: { claim: string; decision: VolumeDecision }[];
}

/** Green is looked at from inside, before any user is sent there. */
export interface GreenVerificationStage {
  stage: 'green-verification';
  cluster: string;
  /** Names of the request's probes. */
  probes: string[];
}

/** The users go over to green, step by step. */
export interface CutoverStage {
  stage: 'cutover';
  cluster: string;
  /** What routes, for people: `listener rule … of load balancer shop`, `a person`. */
  router: string;
  /** Percent of the users on green, ascending to 100. */
  weights: number[];
  soak: string;
}

/** Blue stays for a while, and goes when a person has approved it. */
export interface RetirementStage {
  stage: 'retirement';
  /** Blue's name. */
  cluster: string;
  keepOldFor: string;
  /** Nothing else is deleted with it; whatever is there besides stands against it. */
  nodeGroups: string[];
  addons: string[];
}

export type MigrationStage =
  | GreenClusterStage
  | GreenAddonsStage
  | GreenWorkersStage
  | GreenToolsStage
  | ResourcesStage
  | GreenVerificationStage
  | CutoverStage
  | RetirementStage;

export const migrationStageNames = [
  'green-cluster',
  'green-add-ons',
  'green-workers',
  'green-tools',
  'resources',
  'green-verification',
  'cutover',
  'retirement',
] as const satisfies readonly MigrationStage['stage'][];

export function isMigrationStage<T extends { stage: string }>(
  stage: T,
): stage is Extract<T, { stage: MigrationStage['stage'] }> {
  return (migrationStageNames as readonly string[]).includes(stage.stage);
}

/** The part of the status that only a migration has. */
export interface MigrationStatus {
  green: { name: string; arn?: string };
  /** Where the users are sent now, as far as we know. */
  weights?: RoutingWeights;
  /** Percent of the users that green gets in each step of the approved plan, ascending. */
  steps?: number[];
  /** Where users' requests arrive. */
  addresses: string[];
  /** Every change of the weights, in order. Times are ISO 8601. */
  moves: { at: string; to: RoutingWeights; why: string }[];
  /** Until when blue is kept at least. ISO 8601. */
  keepUntil?: string;
  /** What has come of bringing the resources to green, in numbers of objects; the evidence has their names. */
  copied?: { applied: number; unchanged: number; leftOut: number; refusedCount: number };
  /** Blue's inventory against green's at the last comparison, in numbers of objects. */
  compared?: {
    same: number;
    explained: { reason: string; count: number }[];
    unexplainedCount: number;
    /** Objects that both have: how many were compared by what they say, and how many do not say the same. */
    contents?: { compared: number; differing: number };
  };
  /** Green's probes as they stood last before users were sent there. */
  probed?: ProbeResult[];
  /** What was deleted in the end, one line each: `cluster prod`, `node group blue`. */
  removed?: string[];
}
