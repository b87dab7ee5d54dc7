import type { ClusterSettings } from './clusterSettings.ts';

/**
 * What EKS knows when it starts, as plain data. Whoever runs this API (the simulator from a scenario, the lab from
 * what it has set up) gives it once; from then on EKS's own record rules.
 */
export interface EksState {
  cluster: EksClusterState;
  nodeGroups: EksNodeGroupState[];
  /** Add-ons that EKS manages. */
  addons: EksAddonState[];
  insights: EksInsightState[];
  accessEntries?: EksAccessEntryState[];
  podIdentityAssociations?: EksPodIdentityState[];
}

/** Who may come into the cluster's Kubernetes API, and as what. */
export interface EksAccessEntryState {
  principalArn: string;
  /** `STANDARD` unless given. */
  type?: string;
  kubernetesGroups?: string[];
  /** Made from the principal unless given. */
  username?: string;
  tags?: Record<string, string>;
  policies?: EksAccessPolicyState[];
}

export interface EksAccessPolicyState {
  policyArn: string;
  /** Namespaces that it is for; the whole cluster unless given. */
  namespaces?: string[];
}

/** An IAM role that the Pods of a service account get. */
export interface EksPodIdentityState {
  namespace: string;
  serviceAccount: string;
  roleArn: string;
  tags?: Record<string, string>;
  disableSessionTags?: boolean;
  targetRoleArn?: string;
}

export interface EksClusterState {
  name: string;
  region: string;
  /** AWS account, 12 digits. */
  account: string;
  /** `ACTIVE` unless given. */
  status?: 'CREATING' | 'ACTIVE' | 'DELETING' | 'FAILED' | 'UPDATING' | 'PENDING';
  createdAt: Date;
  tags: Record<string, string>;
  /** Whether EKS Auto Mode is on. */
  autoMode: boolean;
  health: EksHealthIssue[];
  /** Subnets of the cluster; node groups name those that they use. */
  subnets: EksSubnetState[];
  /** What differs from `usualSettings`. */
  settings?: Partial<ClusterSettings>;
  /** Tells two clusters of one name apart, of which the one came after the other; made from the ARN unless given. */
  identity?: string;
}

export interface EksSubnetState {
  id: string;
  zone: string;
  /** Addresses that nobody uses; enough of them unless given. */
  freeAddresses?: number;
  tags?: Record<string, string>;
}

export interface EksHealthIssue {
  code: string;
  message: string;
  resourceIds: string[];
}

export interface EksTaint {
  key: string;
  value?: string;
  effect: 'NoSchedule' | 'NoExecute' | 'PreferNoSchedule';
}

export interface EksUpdateConfig {
  maxUnavailable?: number;
  maxUnavailablePercentage?: number;
  updateStrategy?: 'DEFAULT' | 'MINIMAL';
}

export interface EksNodeGroupState {
  name: string;
  /** Kubelets' minor version, `1.31`. */
  version: string;
  /** Release of the node image, `1.31.7-20250610`; the newest of the version unless given. */
  releaseVersion?: string;
  createdAt?: Date;
  status: 'ACTIVE' | 'DEGRADED' | 'CREATE_FAILED';
  size: { min: number; max: number; desired: number };
  instanceType: string;
  amiType: string;
  capacityType?: 'ON_DEMAND' | 'SPOT';
  /** IDs of subnets of the cluster. */
  subnets: string[];
  labels: Record<string, string>;
  taints: EksTaint[];
  updateConfig: EksUpdateConfig;
  launchTemplate?: EksLaunchTemplateState;
  tags: Record<string, string>;
  health: EksHealthIssue[];
}

/** A launch template that a node group was made with. */
export interface EksLaunchTemplateState {
  id: string;
  name: string;
  /** The version that the group uses. */
  version: string;
  /**
   * Where the template brings its own image: the kubelets' minor version of each of its versions. EKS then refuses
   * `version` and `releaseVersion`.
   */
  images?: Record<string, string>;
}

export interface EksAddonState {
  name: string;
  version: string;
  /** `ACTIVE` unless given. */
  status?: 'ACTIVE' | 'DEGRADED' | 'CREATE_FAILED' | 'UPDATE_FAILED';
  createdAt?: Date;
  tags: Record<string, string>;
  serviceAccountRoleArn?: string;
  configurationValues?: string;
  /** Fields that people changed, `Deployment.apps coredns - .spec.replicas`; with NONE an update stops at them. */
  modifiedFields?: string[];
  health?: EksHealthIssue[];
}

export interface EksInsightState {
  id: string;
  name: string;
  category: 'UPGRADE_READINESS' | 'MISCONFIGURATION' | 'ROLLBACK_READINESS';
  /** Minor version that it is about. */
  kubernetesVersion?: string;
  status: 'PASSING' | 'WARNING' | 'ERROR' | 'UNKNOWN';
  reason: string;
  description: string;
  recommendation: string;
  /** Kubernetes resource URIs. */
  resources: string[];
  deprecations: {
    usage: string;
    replacedWith: string;
    startServingReplacementVersion?: string;
    stopServingVersion: string;
    clientStats: { userAgent: string; numberOfRequestsLast30Days: number; lastRequestTime: Date }[];
  }[];
  addonCompatibility?: { name: string; compatibleVersions: string[] }[];
}

/** How long EKS's own steps take, in seconds of the infrastructure's clock. */
export interface EksTimings {
  /** Setup phase of a node group's update: the new version of the launch template. */
  nodeGroupSetup: number;
  /** Creating, scaling or deleting a node group, besides its nodes. */
  nodeGroupChange: number;
  /** Creating a cluster: until it is ACTIVE. */
  clusterCreation: number;
  /** Deleting a cluster: until it is not found any more. */
  clusterDeletion: number;
  /** A node that has not joined and become Ready by then is a NodeCreationFailure. */
  nodeJoinLimit: number;
  /** How long the Pods of one node may take to be evicted before it is a PodEvictionFailure. */
  podEvictionLimit: number;
  /** Between two tries of an eviction that was refused, and between two looks at nodes that are to join. */
  retryInterval: number;
  /** Wait between a drained node and its termination. */
  drainedNodeWait: number;
  /** EKS's own share of an add-on's update. */
  addonUpdate: number;
  /** An add-on whose workload has not rolled out by then is DEGRADED and its update Failed. */
  addonRollLimit: number;
  insightsRefresh: number;
  /** How long an update of the control plane is still in progress when the cluster is ACTIVE again. */
  settle: number;
  /** After this an update that is meant to fail does so. */
  failAfter: number;
}

export const defaultTimings: EksTimings = {
  nodeGroupSetup: 30,
  nodeGroupChange: 30,
  clusterCreation: 540,
  clusterDeletion: 180,
  nodeJoinLimit: 900,
  podEvictionLimit: 900,
  retryInterval: 5,
  drainedNodeWait: 60,
  addonUpdate: 30,
  addonRollLimit: 900,
  insightsRefresh: 60,
  settle: 5,
  failAfter: 20,
};
