import type { Finding } from '../../contract/finding.ts';
import type { ObservedSubnets } from '../../plan/observation.ts';
import { absent } from '../absent.ts';
import { seenBy } from '../check.ts';
import { controlPlaneAddresses, freeIn } from '../freeAddresses.ts';
import type { MigrationCheck, MigrationCheckInput } from './migrationCheck.ts';

/** Whether the subnets have addresses for a second control plane and a second set of nodes with their Pods. */
export const greenAddresses: MigrationCheck = (input) => {
  if (input.asked.green.existing) return [];
  const { subnets } = input.observation;
  if (subnets === undefined) {
    return [
      absent(
        input,
        'subnets',
        'free-addresses',
        'whether the subnets have addresses for the new cluster and its nodes',
      ),
    ];
  }
  return [...forControlPlane(input, subnets), ...forNodes(input, subnets)];
};

function forControlPlane(input: MigrationCheckInput, subnets: ObservedSubnets): Finding[] {
  const free = freeIn(subnets, subnets.controlPlane);
  if (free === undefined) {
    return [
      finding(
        input,
        'unknown',
        'EC2 does not tell how many addresses are free in the subnets that the new control plane gets.',
        'Look at the subnets of the cluster in the VPC console; mend or replace those that are gone.',
      ),
    ];
  }
  if (free >= controlPlaneAddresses) return [];
  return [
    finding(
      input,
      'blocker',
      `The control plane's subnets have ${free} free ${free === 1 ? 'address' : 'addresses'} in all; EKS needs up to ${controlPlaneAddresses} for a second one.`,
      'Free addresses in them, or give the cluster other subnets of the same zones.',
    ),
  ];
}

/** As many nodes as there are, each with as many Pods. All groups at once, because they all start at once. */
function forNodes(input: MigrationCheckInput, subnets: ObservedSubnets): Finding[] {
  const { observation } = input;
  const groups = observation.nodeGroups.filter(({ subnetIds }) => subnetIds !== undefined);
  const nodes = groups.reduce((sum, { size }) => sum + size.desired, 0);
  if (nodes === 0) return [];
  const ids = [...new Set(groups.flatMap(({ subnetIds = [] }) => subnetIds))];
  const free = freeIn(subnets, ids);
  const { pods = [] } = observation.workloads ?? {};
  const perNode = observation.nodes.length === 0 ? 0 : Math.ceil(pods.length / observation.nodes.length);
  const needed = nodes * (1 + perNode);
  if (free !== undefined && free >= needed) return [];
  return [
    free === undefined
      ? finding(
          input,
          'unknown',
          "EC2 does not tell how many addresses are free in the node groups' subnets.",
          'Look at them in the VPC console; mend or replace those that are gone.',
        )
      : finding(
          input,
          free < nodes ? 'blocker' : 'warning',
          `The node groups' subnets have ${free} free addresses; ${nodes} nodes more need about ${needed} with their Pods.`,
          'Free addresses in them, make the groups smaller, or give them larger subnets.',
        ),
  ];
}

function finding(
  { observation, green }: MigrationCheckInput,
  severity: Finding['severity'],
  message: string,
  remedy: string,
): Finding {
  return {
    check: 'free-addresses',
    severity,
    subject: { kind: 'Cluster', name: green },
    message,
    remedy,
    evidence: seenBy(observation, 'EC2: DescribeSubnets'),
  };
}
