import type { MinorVersion } from '../contract/plan.ts';
import type { ObservedBlueprint } from '../plan/observedMigration.ts';
import type { PlatformCluster } from './platform.ts';

/**
 * What a migration asks of whoever runs clusters, besides all else: to make a cluster like another one of the same
 * account and region, and to remove one. Everything that is made bears the `notes` that it is made with.
 */
export interface ClusterCopying {
  /** The cluster as it is now, or undefined when there is none of that name. */
  findCluster(signal?: AbortSignal): Promise<PlatformCluster | undefined>;
  /**
   * What another cluster like this one is made by.
   *
   * @param look asks for a part that a description may lack, and keeps account of it
   */
  describeBlueprint(look: OptionalLook, signal?: AbortSignal): Promise<ClusterBlueprint>;
  /** Profiles by which Pods run without nodes of their own. */
  listFargateProfiles(signal?: AbortSignal): Promise<string[]>;
  /** What the platform itself runs for the cluster, beside add-ons: a managed Argo CD, say. */
  listCapabilities(signal?: AbortSignal): Promise<string[]>;

  /**
   * Begins to create this cluster. Throws `PlatformRefused` with the reason `name-taken` when there is one of its name.
   */
  createCluster(copy: ClusterCopy, signal?: AbortSignal): Promise<void>;
  /** Lets a principal in as it is let in to another cluster. One that is let in already keeps what it has besides. */
  letIn(copy: AccessCopy, signal?: AbortSignal): Promise<CopyOutcome>;
  /** Gives the Pods of a service account the role that they have on another cluster. */
  givePodIdentity(copy: PodIdentityCopy, signal?: AbortSignal): Promise<CopyOutcome>;
  /** Begins to create an add-on with the settings that another cluster's has. */
  createAddon(copy: AddonCopy, signal?: AbortSignal): Promise<CopyOutcome>;
  /**
   * Has the cluster go, with its add-ons; it is there until it is gone. One that is not there is fine. Throws
   * `UpdateInProgress` while something in it, or that is done to it, stands against that.
   */
  deleteCluster(signal?: AbortSignal): Promise<void>;
}

/** `missing`: the other cluster has none by now. */
export type CopyOutcome = 'made' | 'completed' | 'there-already' | 'missing';

/** A part that may be denied: what it can't see is told where it keeps account, and `otherwise` taken for it. */
export type OptionalLook = <T>(
  what: string,
  source: string,
  otherwise: T,
  look: () => Promise<T>,
) => Promise<T>;

/** What a platform can tell of a blueprint; the rest is seen in the cluster itself. */
export type ClusterBlueprint = Omit<ObservedBlueprint, 'addonVersions'> & {
  /** Absent where the platform does not tell. */
  authenticationMode?: 'API' | 'API_AND_CONFIG_MAP' | 'CONFIG_MAP';
};

interface Copy {
  /** Name of the cluster that it is to be as on. */
  like: string;
  notes: Record<string, string>;
}

export interface ClusterCopy extends Copy {
  to: MinorVersion;
  /** Whether it gets the platform's own network add-ons, which nobody manages. */
  bootstrapAddons: boolean;
  token: string;
}

export interface AccessCopy extends Copy {
  principal: string;
  /** Whether one that somebody else has let in is brought to the same as well. */
  complete: boolean;
  token: string;
}

export interface PodIdentityCopy extends Copy {
  namespace: string;
  serviceAccount: string;
  token: string;
}

export interface AddonCopy extends Copy {
  name: string;
  version: string;
  token: string;
}
