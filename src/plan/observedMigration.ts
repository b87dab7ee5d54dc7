import type { MinorVersion } from '../contract/plan.ts';
import type { RoutingWeights } from '../contract/routing.ts';
import type { NodeGroupSize } from '../contract/workers.ts';
import type { RoutingNote } from '../routing/routing.ts';
import type { OfferedAddonVersion } from './observation.ts';

/** What a migration stands on besides the rest of the observation. No object bodies, no secrets. */
export interface ObservedMigration {
  /** Blue's own description, as far as green is made by it. */
  blueprint: ObservedBlueprint;
  /** The cluster that has green's name; absent where there is none. */
  green?: {
    arn: string;
    version: MinorVersion;
    status: string;
    /** URL of its OIDC issuer, once it has one. */
    issuer?: string;
    /** The workflow that has made it, by its tag. */
    madeBy?: string;
    /** True where that is the very one that looks: an earlier run of it was terminated. */
    ours?: boolean;
  };
  /** IAM roles of blue's service accounts. */
  roles: ObservedRole[];
  resources: ObservedResources;
  /** Absent where the request has no source of Argo CD. */
  argoCd?: ObservedArgoCd;
  routing: ObservedRouting;
  /** What stands against bringing what the request names as sources; absent in observations of older releases. */
  sourceProblems?: SourceProblem[];
  /** What could not be seen: each becomes an `unknown`. */
  unseen: UnseenForMigration[];
}

/** Why one of `migration.resources` can't be brought. */
export interface SourceProblem {
  /** `manifests of /srv/shop`. */
  source: string;
  severity: 'blocker' | 'unknown' | 'warning';
  message: string;
  remedy: string;
}

export interface UnseenForMigration {
  what: string;
  why: string;
  source: string;
  /** The part that is empty for it, so that nothing is concluded from its emptiness. */
  part?: 'blueprint' | 'green' | 'roles' | 'resources' | 'routing' | 'argoCd';
}

export interface ObservedBlueprint {
  accessEntries: string[];
  /** `namespace/serviceAccount`. */
  podIdentities: string[];
  addons: { name: string; version: string }[];
  /** For each of blue's add-ons: what EKS offers for the target. */
  addonVersions: Record<string, OfferedAddonVersion[]>;
  nodeGroups: { name: string; size: NodeGroupSize; ownImage: boolean; templateVersion?: string }[];
  /** URL of blue's OIDC issuer. */
  issuer?: string;
  /** What blue has and EKS does not let us make again, or that we do not copy: one each. */
  notCopied: { severity: 'blocker' | 'warning' | 'info'; what: string; why: string; remedy: string }[];
}

/** A role that service accounts of blue assume. */
export interface ObservedRole {
  arn: string;
  /** `namespace/name`, at most 20. */
  serviceAccounts: string[];
  /**
   * `trusts-green`: nothing has to be done. `can-be-told`: its policy names blue's issuer, and may be changed.
   * `foreign`: of another account, so that only its owner can. `unknown`: it could not be read.
   */
  state: 'trusts-green' | 'can-be-told' | 'foreign' | 'unknown';
  why?: string;
  /** What helps, where the state alone does not say. */
  remedy?: string;
  /** True where it is known that AWS refuses to have its policy changed as it must be: more than an `unknown`. */
  blocks?: true;
}

/** What is on blue, as far as copying it matters. */
export interface ObservedResources {
  /** By kind (`deployments.apps`), how many would be copied. */
  counts: Record<string, number>;
  /** Claims that have a volume. */
  volumes: { claim: string; storageClass?: string; capacity?: string; driver?: string }[];
  /** Kinds of which there are objects on blue and that the target does not serve, in no version. At most 50 names each. */
  notServed: { kind: string; count: number; names: string[] }[];
  /** Anything else that can't be copied as it is: `Service shop/web: its load balancer is made anew, with another address`. */
  notes: { severity: 'blocker' | 'warning' | 'info'; subject: string; what: string; remedy: string }[];
}

/** What a source of Argo CD is about, by names alone. */
export interface ObservedArgoCd {
  namespace: string;
  applications: ObservedApplication[];
  /** Names of the request that no Application has. */
  missing: string[];
  /** Secrets (`argocd/cluster-blue`) that tell Argo CD of blue under its own URL, and so stay. */
  clusterSecrets: string[];
  /** What a green that is there lacks so that Argo CD works on it; empty where it lacks nothing. */
  greenLacks?: string;
}

export interface ObservedApplication {
  /** `argocd/web`. */
  name: string;
  /**
   * Where it deploys to: `here` into the cluster that Argo CD is in, `blue` there too, but under blue's own URL or a name
   * of it, `elsewhere` into another cluster, `unknown` into one that Argo CD does not know.
   */
  place: 'here' | 'blue' | 'elsewhere' | 'unknown';
  /** The Application that keeps this one, as Git has it. */
  parent?: string;
  /** Argo CD itself is among what it keeps. */
  keepsArgoCd?: true;
}

export interface ObservedRouting {
  router: string;
  /** Undefined where it can't be known. */
  weights?: RoutingWeights;
  addresses: string[];
  notes: RoutingNote[];
}
