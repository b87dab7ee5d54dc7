import type { Nodegroup, NodegroupStatus } from '@aws-sdk/client-eks';
import { stableHex, stableUuid } from './random.ts';
import type {
  EksClusterState,
  EksHealthIssue,
  EksLaunchTemplateState,
  EksNodeGroupState,
  EksTaint,
  EksUpdateConfig,
} from './state.ts';
import { taintToEks } from './taints.ts';
import { latestNodeRelease } from './versions.ts';

/** EKS's record of one managed node group. */
export interface NodeGroupRecord {
  name: string;
  arn: string;
  version: string;
  releaseVersion: string;
  createdAt: Date;
  modifiedAt: Date;
  status: NodegroupStatus;
  capacityType: 'ON_DEMAND' | 'SPOT';
  size: { min: number; max: number; desired: number };
  instanceTypes: string[];
  amiType: string;
  subnets: string[];
  /** Availability zones of the subnets, each once. */
  zones: string[];
  nodeRole: string;
  labels: Record<string, string>;
  taints: EksTaint[];
  updateConfig: EksUpdateConfig;
  launchTemplate: EksLaunchTemplateState | undefined;
  tags: Record<string, string>;
  issues: EksHealthIssue[];
  autoScalingGroup: string;
  /** Release of the node image of each node that this API launched; the others have the group's first. */
  releases: Map<string, string>;
  firstRelease: string;
  /** Nodes that the Auto Scaling group is taking away; their places are off the group's size already. */
  leaving: Set<string>;
  /** What CreateNodegroup was given and DescribeNodegroup tells again, and that makes no difference here. */
  kept: Pick<Nodegroup, 'diskSize' | 'remoteAccess' | 'nodeRepairConfig'>;
}

/** The record that a node group starts with. */
export function nodeGroupRecord(cluster: EksClusterState, state: EksNodeGroupState): NodeGroupRecord {
  const { name, region, account } = cluster;
  const id = stableUuid(`${name}/${state.name}`);
  const createdAt = state.createdAt ?? cluster.createdAt;
  const releaseVersion = state.releaseVersion ?? latestNodeRelease(state.version);
  return {
    name: state.name,
    arn: `arn:aws:eks:${region}:${account}:nodegroup/${name}/${state.name}/${id}`,
    version: state.version,
    releaseVersion,
    createdAt,
    modifiedAt: createdAt,
    status: state.status,
    capacityType: state.capacityType ?? 'ON_DEMAND',
    size: { ...state.size },
    instanceTypes: [state.instanceType],
    amiType: state.amiType,
    subnets: [...state.subnets],
    zones: zonesOf(cluster, state.subnets),
    nodeRole: `arn:aws:iam::${account}:role/${name}-nodes`,
    labels: { ...state.labels },
    taints: [...state.taints],
    updateConfig: { ...state.updateConfig },
    launchTemplate: state.launchTemplate,
    tags: { ...state.tags },
    issues: [...state.health],
    autoScalingGroup: `eks-${state.name}-${id}`,
    releases: new Map(),
    firstRelease: releaseVersion,
    leaving: new Set(),
    kept: {},
  };
}

/** The zones of some of the cluster's subnets, each once. */
export function zonesOf(cluster: Pick<EksClusterState, 'subnets'>, subnets: string[]): string[] {
  return [...new Set(cluster.subnets.filter(({ id }) => subnets.includes(id)).map(({ zone }) => zone))];
}

/** True when the group's launch template names its own image. */
export function hasOwnImage(record: NodeGroupRecord): boolean {
  return record.launchTemplate?.images !== undefined;
}

/** As DescribeNodegroup tells it. */
export function describeNodeGroupRecord(
  record: NodeGroupRecord,
  clusterName: string,
): Omit<Nodegroup, 'amiType' | 'health'> & { amiType: string; health: { issues: EksHealthIssue[] } } {
  const { launchTemplate } = record;
  return {
    nodegroupName: record.name,
    nodegroupArn: record.arn,
    clusterName,
    version: record.version,
    // Where the image is one's own, EKS says its ID.
    releaseVersion: hasOwnImage(record)
      ? `ami-0${stableHex(`${record.name}/${launchTemplate?.version ?? ''}`, 16)}`
      : record.releaseVersion,
    createdAt: record.createdAt,
    modifiedAt: record.modifiedAt,
    status: record.status,
    capacityType: record.capacityType,
    scalingConfig: {
      minSize: record.size.min,
      maxSize: record.size.max,
      desiredSize: record.size.desired,
    },
    instanceTypes: record.instanceTypes,
    subnets: record.subnets,
    amiType: hasOwnImage(record) ? 'CUSTOM' : record.amiType,
    nodeRole: record.nodeRole,
    labels: record.labels,
    taints: record.taints.map(taintToEks),
    resources: { autoScalingGroups: [{ name: record.autoScalingGroup }] },
    diskSize: launchTemplate === undefined ? 20 : undefined,
    ...record.kept,
    health: { issues: record.issues },
    updateConfig: record.updateConfig,
    launchTemplate:
      launchTemplate === undefined
        ? undefined
        : { id: launchTemplate.id, name: launchTemplate.name, version: launchTemplate.version },
    tags: record.tags,
  };
}
