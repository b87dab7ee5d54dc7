import type { Finding } from '../contract/finding.ts';
import type { ObservedNodeGroup, ObservedSubnets } from '../plan/observation.ts';
import { absent } from './absent.ts';
import { controlPlaneSteps, rolledNodeGroups, seenBy, type Check, type CheckInput } from './check.ts';

/**
 * Addresses that EKS wants free in the cluster's subnets for making or replacing a control plane.
 * https://docs.aws.amazon.com/eks/latest/userguide/update-cluster.html
 */
export const controlPlaneAddresses = 5;

/**
 * Whether the subnets have addresses for what the plan starts: the new control plane, and the nodes that stand beside
 * the old ones while a group is rolled, with their Pods.
 */
export const freeAddresses: Check = (input) => {
  const rolled = rolledNodeGroups(input.plan);
  const groups = input.observation.nodeGroups.filter(({ name }) => rolled.has(name));
  const steps = controlPlaneSteps(input.plan);
  if (steps.length === 0 && groups.length === 0) return [];
  const { subnets } = input.observation;
  if (subnets === undefined) {
    return [absent(input, 'subnets', 'free-addresses', 'whether the subnets have free addresses enough')];
  }
  return [
    ...(steps.length === 0 ? [] : judgeControlPlane(input, subnets)),
    ...groups.flatMap((group) => judgeGroup(input, group, subnets)),
  ];
};

function judgeControlPlane({ observation }: CheckInput, subnets: ObservedSubnets): Finding[] {
  const free = freeIn(subnets, subnets.controlPlane);
  const base = {
    check: 'free-addresses',
    subject: { kind: 'Cluster', name: observation.cluster.name },
    evidence: seenBy(observation, 'EC2: DescribeSubnets', 'EKS: DescribeCluster'),
  };
  if (free === undefined) {
    return [
      {
        ...base,
        severity: 'unknown',
        message: "EC2 does not tell how many addresses are free in the control plane's subnets.",
        remedy: 'Look at the subnets of the cluster in the VPC console; mend or replace those that are gone.',
      },
    ];
  }
  if (free >= controlPlaneAddresses) return [];
  return [
    {
      ...base,
      severity: 'blocker',
      message: `The control plane's subnets have ${free} free ${free === 1 ? 'address' : 'addresses'} in all; EKS needs up to ${controlPlaneAddresses} to replace it.`,
      remedy:
        'Free addresses in them, or give the cluster other subnets of the same zones (aws eks update-cluster-config --resources-vpc-config subnetIds=…).',
    },
  ];
}

/** Nodes that EKS starts beside the old ones: the larger of two for each zone and what may be replaced at a time. */
function surgeOf({ zones, size, updateSettings }: ObservedNodeGroup): number {
  if (updateSettings.updateStrategy === 'MINIMAL') return 0;
  const atATime =
    updateSettings.maxUnavailablePercentage === undefined
      ? (updateSettings.maxUnavailable ?? 1)
      : Math.ceil((size.desired * updateSettings.maxUnavailablePercentage) / 100);
  return Math.max(2 * zones, atATime);
}

function judgeGroup(
  { observation }: CheckInput,
  group: ObservedNodeGroup,
  subnets: ObservedSubnets,
): Finding[] {
  // Without their names nothing can be said of them; observations of this release have them.
  if (group.subnetIds === undefined) return [];
  const free = freeIn(subnets, group.subnetIds);
  const surge = surgeOf(group);
  if (surge === 0) return [];
  const nodes = new Set(
    observation.nodes.flatMap(({ name, nodeGroup }) => (nodeGroup === group.name ? [name] : [])),
  );
  const running = (observation.workloads?.pods ?? []).filter(({ node }) => nodes.has(node ?? '')).length;
  const needed = surge * (1 + (nodes.size === 0 ? 0 : Math.ceil(running / nodes.size)));
  if (free !== undefined && free >= needed) return [];
  return [
    {
      check: 'free-addresses',
      severity: free === undefined ? 'unknown' : 'warning',
      subject: { kind: 'NodeGroup', name: group.name },
      message:
        free === undefined
          ? `EC2 does not tell how many addresses are free in the subnets of node group ${group.name}.`
          : `The subnets of node group ${group.name} have ${free} free addresses; the ${surge} nodes that EKS starts beside the old ones need about ${needed} with their Pods.`,
      remedy:
        free === undefined
          ? 'Look at the subnets of the group in the VPC console; mend or replace those that are gone.'
          : 'Free addresses in them, roll fewer nodes at a time (maxUnavailable), or move the group to larger subnets.',
      evidence: seenBy(observation, 'EC2: DescribeSubnets', `EKS: DescribeNodegroup ${group.name}`),
    },
  ];
}

/** Free addresses of some subnets, by their IDs; undefined when not one of them was found. */
export function freeIn({ all }: ObservedSubnets, ids: readonly string[]): number | undefined {
  const found = all.filter(({ id }) => ids.includes(id));
  return found.length === 0 ? undefined : found.reduce((sum, { freeAddresses: free }) => sum + free, 0);
}
