import type { MinorVersion, UpdateSettings } from '../contract/plan.ts';
import type { NodeGroupSize } from '../contract/workers.ts';
import type {
  ObservedAddon,
  ObservedInsight,
  ObservedNodeGroup,
  ObservedSubnet,
  ObservedVersion,
  OfferedAddonVersion,
} from '../plan/observation.ts';
import type { ClusterCopying } from './clusterCopy.ts';

/**
 * The few things asked of whoever runs a cluster. One value of it stands for one cluster. EKS is the first to implement
 * it.
 *
 * Every call may throw a `StepladderError` that says what went wrong: `CredentialsRefused`, `Unreachable`, `Throttled`,
 * `ServerError`, `ClusterNotFound`, and where a change was refused `PlatformRefused` or `UpdateInProgress`. Passing
 * trouble has been tried again a few times by then. An aborted signal ends a call with the signal's own error.
 */
export interface Platform extends ClusterCopying {
  /** The cluster as it is now, never from a cache. */
  describeCluster(signal?: AbortSignal): Promise<PlatformCluster>;
  /** A bearer token for the cluster's Kubernetes API, good for some minutes at least. */
  kubernetesToken(): Promise<BearerToken>;
  /** Every Kubernetes version that the platform knows, with its support. */
  listVersions(signal?: AbortSignal): Promise<ObservedVersion[]>;

  listNodeGroups(signal?: AbortSignal): Promise<string[]>;
  describeNodeGroup(name: string, signal?: AbortSignal): Promise<PlatformNodeGroup>;
  /** The same, or undefined when there is none of that name. */
  findNodeGroup(name: string, signal?: AbortSignal): Promise<PlatformNodeGroup | undefined>;
  listAddons(signal?: AbortSignal): Promise<string[]>;
  describeAddon(name: string, signal?: AbortSignal): Promise<ObservedAddon>;
  /** Versions of an add-on that the platform offers, by the Kubernetes versions that they are for. */
  offeredAddonVersions(
    name: string,
    signal?: AbortSignal,
  ): Promise<Record<MinorVersion, OfferedAddonVersion[]>>;
  /** Subnets by their IDs, with how many addresses are free. */
  describeSubnets(ids: readonly string[], signal?: AbortSignal): Promise<ObservedSubnet[]>;
  /** What the platform itself thinks about the next upgrade. */
  listInsights(signal?: AbortSignal): Promise<ObservedInsight[]>;

  /** Updates of one target that have not ended yet. */
  findUpdatesInProgress(target: UpdateTarget, signal?: AbortSignal): Promise<PlatformUpdate[]>;
  describeUpdate(target: UpdateTarget, updateId: string, signal?: AbortSignal): Promise<PlatformUpdate>;

  // Changes. `token` makes one safe to send again: the platform answers a known token with the first update.
  updateControlPlane(
    change: { to: MinorVersion; force: boolean; token: string },
    signal?: AbortSignal,
  ): Promise<PlatformUpdate>;
  updateAddon(
    change: { name: string; to: string; resolveConflicts: ConflictResolution; token: string },
    signal?: AbortSignal,
  ): Promise<PlatformUpdate>;
  updateNodeGroupVersion(change: NodeGroupVersionChange, signal?: AbortSignal): Promise<PlatformUpdate>;
  updateNodeGroupSettings(
    change: { name: string; settings: UpdateSettings; token: string },
    signal?: AbortSignal,
  ): Promise<PlatformUpdate>;

  /**
   * Creates a node group that is like another in all but its name, version and size. It is there at once, and has its
   * nodes later. Throws `PlatformRefused` with the reason `name-taken` when there is a group of that name.
   */
  createNodeGroup(copy: NodeGroupCopy, signal?: AbortSignal): Promise<void>;
  resizeNodeGroup(
    change: { name: string; size: NodeGroupSize; token: string },
    signal?: AbortSignal,
  ): Promise<PlatformUpdate>;
  /** Has a node group go, with its nodes; it is there until they are gone. One that is not there is fine. */
  deleteNodeGroup(name: string, signal?: AbortSignal): Promise<void>;
  /**
   * Ends machines of a node group by their nodes' provider IDs, and takes their places off its desired size. One that
   * is gone, or going already, is fine. Hands back how many were sent away by this call.
   * Throws `PlatformRefused` for a machine of another group, and when the group's least size forbids it.
   */
  terminateMachines(
    change: { nodeGroup: string; providerIds: string[] },
    signal?: AbortSignal,
  ): Promise<{ terminated: number }>;

  /** Leaves a note on a node group, for whoever comes after us. Replaces one of the same key. */
  noteOnNodeGroup(name: string, key: string, value: string, signal?: AbortSignal): Promise<void>;
  /** Takes a note off a node group; one that is not there is fine. */
  removeNoteFromNodeGroup(name: string, key: string, signal?: AbortSignal): Promise<void>;
}

/** The three things that are updated. */
export type UpdateTarget =
  { kind: 'control-plane' } | { kind: 'add-on'; name: string } | { kind: 'node-group'; name: string };

export type ConflictResolution = 'PRESERVE' | 'OVERWRITE' | 'NONE';

/** One thing that the platform says went wrong in an update. */
export interface UpdateError {
  /** The platform's code, e.g. `PodEvictionFailure`. */
  code: string;
  message: string;
  resourceIds: string[];
}

export interface PlatformUpdate {
  id: string;
  /** What it changes; `other` is none of ours. */
  changes: 'version' | 'settings' | 'size' | 'other';
  /** The platform's own name of its type, e.g. `VersionUpdate`. */
  type: string;
  status: 'InProgress' | 'Successful' | 'Failed' | 'Cancelled';
  /** The version that it goes to: of Kubernetes, or of the add-on. */
  to?: string;
  /** The settings that it brings, as far as the platform tells. */
  settings?: UpdateSettings;
  /** The sizes that it brings, as far as the platform tells. */
  size?: Partial<NodeGroupSize>;
  errors: UpdateError[];
}

/** What a node group is updated to. */
export interface NodeGroupVersionChange {
  name: string;
  to: MinorVersion;
  /** Version of the group's launch template. Where the template brings its own image, this decides and not `to`. */
  templateVersion?: string;
  /** Ends nodes although budgets refuse the evictions of their Pods. */
  force?: boolean;
  token: string;
}

/** A node group to be made like another. */
export interface NodeGroupCopy {
  /** The group that it is to be like. */
  like: string;
  /** The cluster of that group, of the same account and region; the same cluster unless given. */
  likeCluster?: string;
  name: string;
  to: MinorVersion;
  size: NodeGroupSize;
  /** The other group's, unless given. */
  updateSettings?: UpdateSettings;
  /** Version of the launch template; the other group's unless given. */
  templateVersion?: string;
  /** Notes to leave on it; those of the other group that begin with `stepladder/` are not taken over. */
  notes: Record<string, string>;
  token: string;
}

export interface PlatformCluster {
  name: string;
  arn: string;
  region: string;
  version: MinorVersion;
  /** `ACTIVE` when it may be changed. */
  status: string;
  platformVersion?: string;
  /** Subnets that the control plane reaches the nodes through; absent where the platform does not tell. */
  subnetIds?: string[];
  /** Absent while the cluster is being made. */
  endpoint?: string;
  certificateAuthorityPem?: string;
  /** URL of the OIDC issuer of its service accounts' tokens. */
  oidcIssuer?: string;
  tags: Record<string, string>;
  autoMode: boolean;
  /** True when it can't be deleted before somebody has taken its protection off. */
  deletionProtection?: boolean;
  healthIssues: string[];
}

/** A node group as the platform tells of it; what only its nodes can tell is filled in by the observation. */
export type PlatformNodeGroup = Omit<ObservedNodeGroup, 'version' | 'zones' | 'noted'> & {
  /** Absent where the group's launch template brings its own image and the platform does not know. */
  version?: MinorVersion;
  /** Subnets that its nodes start in. */
  subnets: number;
  /** Version of its launch template; absent for a group without one of its owner's. */
  templateVersion?: string;
};

export interface BearerToken {
  token: string;
  expiresAt: Date;
}

/** `node group blue`, for messages. */
export function describeTarget(target: UpdateTarget): string {
  switch (target.kind) {
    case 'control-plane':
      return 'the control plane';
    case 'add-on':
      return `add-on ${target.name}`;
    case 'node-group':
      return `node group ${target.name}`;
  }
}
