import type { ClusterIdentity } from '../contract/cluster.ts';
import type { MinorVersion, UpdateSettings } from '../contract/plan.ts';
import type { UnmanagedNodes } from '../contract/report.ts';
import type { ObservedMonitoring } from '../checks/monitoring/types.ts';
import type { IgnoreRule } from '../checks/ignoring/types.ts';
import type { ObservedApiUses } from '../checks/removedApis/types.ts';
import type { ObservedTool } from '../tools/types.ts';
import type { ObservedExtensions } from './observedExtensions.ts';
import type { ObservedMigration } from './observedMigration.ts';
import type { ObservedWorkloads } from './observedWorkloads.ts';
import type { MissingPermission } from './permission.ts';

/** Everything that planning and the checks stand on, as seen at one time. Kept in the evidence store as JSON. */
export interface Observation {
  /** ISO 8601. */
  observedAt: string;
  identity: ClusterIdentity;
  cluster: {
    name: string;
    region: string;
    version: MinorVersion;
    status: string;
    platformVersion?: string;
    tags: Record<string, string>;
    autoMode: boolean;
    healthIssues: string[];
  };
  /** What EKS says about each version that it knows. */
  versions: ObservedVersion[];
  nodeGroups: ObservedNodeGroup[];
  nodes: ObservedNode[];
  /** Add-ons that EKS manages. */
  addons: ObservedAddon[];
  /** For each installed add-on and each minor version from the current one up: what EKS offers. */
  addonVersions: Record<string, Record<MinorVersion, OfferedAddonVersion[]>>;
  /** coredns, kube-proxy or vpc-cni that run in the cluster without being EKS add-ons, found by their images. */
  selfManagedAddons: { name: string; image: string; tag: string }[];
  /** Minor versions of kube-proxy that run, with the nodes that run them. */
  kubeProxies: { version: MinorVersion; nodes: string[] }[];
  insights: ObservedInsight[];
  /** An update of the cluster, a node group or an add-on that is in progress, ours or not. */
  updatesInProgress: { what: string; updateId: string; type: string }[];
  /** What the worker's identity may not ask of the Kubernetes API; absent in observations of older releases. */
  missingPermissions?: MissingPermission[];
  /** Versions of APIs that are in use, and where; absent where nobody looked. */
  apiUses?: ObservedApiUses;
  /** Metrics that rules, dashboards and autoscalers stand on; absent where nobody looked. */
  monitoring?: ObservedMonitoring;
  /** Pods, their owners and budgets, and the nodes as the scheduler sees them; absent where nobody looked. */
  workloads?: ObservedWorkloads;
  /** Aggregated APIs, webhooks and kinds of one's own; absent where nobody looked. */
  extensions?: ObservedExtensions;
  /** Where the control plane and the node groups get their addresses from; absent where nobody looked. */
  subnets?: ObservedSubnets;
  /** How kube-proxy is told to run; `mode` is absent when no ConfigMap says. Absent where nobody looked. */
  kubeProxyMode?: { mode?: string };
  /** The tools that the request names; absent where it names none, or nobody looked. */
  tools?: ObservedTool[];
  /** What a migration to a new cluster stands on; absent for upgrades in place. */
  migration?: ObservedMigration;
  /** Findings that people do not want counted, as the request's file of ignore rules has them. */
  ignoreRules?: IgnoreRule[];
  /** What could not be seen, and why: each becomes an `unknown`, never a pass. */
  unseen: UnseenPart[];
}

export interface UnseenPart {
  what: string;
  why: string;
  source: string;
  /** The part of the observation that is absent for it; the checks that stand on it tell of it then. */
  part?: ObservedPart;
}

/** Parts that an observation may lack. */
export type ObservedPart = 'workloads' | 'extensions' | 'subnets' | 'kubeProxyMode';

export interface ObservedSubnets {
  /** IDs of those that the control plane uses. */
  controlPlane: string[];
  all: ObservedSubnet[];
}

export interface ObservedSubnet {
  id: string;
  zone?: string;
  freeAddresses: number;
  /** Clusters whose tag it bears; absent where it bears none. */
  clusters?: string[];
}

export interface ObservedVersion {
  version: MinorVersion;
  status: 'STANDARD_SUPPORT' | 'EXTENDED_SUPPORT' | 'UNSUPPORTED';
  endOfStandardSupport?: string;
  endOfExtendedSupport?: string;
}

export interface ObservedNodeGroup {
  name: string;
  version: MinorVersion;
  releaseVersion?: string;
  status: string;
  amiType?: string;
  /** True when its launch template brings its own image: EKS can't change its version. */
  ownImage: boolean;
  size: { min: number; max: number; desired: number };
  /** Subnets that its nodes start in; absent in observations of older releases. */
  subnetIds?: string[];
  zones: number;
  updateSettings: UpdateSettings;
  /** Settings that a terminated upgrade has noted on the group: what it had before. */
  noted?: UpdateSettings;
  tags: Record<string, string>;
  healthIssues: string[];
}

export interface ObservedNode {
  name: string;
  /** As the kubelet says it, `v1.31.4-eks-aeac579`. */
  kubeletVersion: string;
  ready: boolean;
  unschedulable: boolean;
  provider: 'managed' | UnmanagedNodes['provider'];
  nodeGroup?: string;
  zone?: string;
  /** The upgrade (its workflow ID) that has cordoned it, and the one that holds autoscalers off it, by their notes. */
  cordonedBy?: string;
  heldOffBy?: string;
  /** What it runs on, as its kubelet says; absent in observations of older releases. */
  system?: ObservedNodeSystem;
}

export interface ObservedNodeSystem {
  /** `containerd://1.7.25`. */
  containerRuntime: string;
  /** `Amazon Linux 2`. */
  osImage: string;
  /** `6.1.127-135.201.amzn2023.x86_64`. */
  kernel: string;
}

export interface ObservedAddon {
  name: string;
  version: string;
  status: string;
  /** The IAM role of its service account; absent where it has none, and in observations of older releases. */
  roleArn?: string;
  tags: Record<string, string>;
  healthIssues: string[];
}

export interface OfferedAddonVersion {
  version: string;
  /** True for the one that EKS installs by default for that Kubernetes version. */
  isDefault: boolean;
}

export interface ObservedInsight {
  id: string;
  name: string;
  category: string;
  /** The version that it is about. */
  kubernetesVersion?: MinorVersion;
  status: 'PASSING' | 'WARNING' | 'ERROR' | 'UNKNOWN';
  reason: string;
  recommendation: string;
  /** Deprecated API usages, one line each with client and last request. */
  usages: string[];
  /** The same in parts, as EKS tells them; absent in observations of older releases. */
  deprecations?: ObservedDeprecation[];
  refreshedAt?: string;
}

/** A deprecated version of an API that EKS has seen in use within its last 30 days of audit log. */
export interface ObservedDeprecation {
  /** Path of the API, `/apis/flowcontrol.apiserver.k8s.io/v1beta3/flowschemas`. */
  usage: string;
  replacedWith?: string;
  /** The first minor version that does not serve it. */
  stopServingVersion?: MinorVersion;
  clients: {
    userAgent: string;
    requestsLast30Days?: number;
    /** ISO 8601. */
    lastRequestAt?: string;
  }[];
}
