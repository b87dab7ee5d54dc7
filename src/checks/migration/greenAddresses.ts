import type { Finding } from '../../contract/finding.ts';
import type { ObservedSubnets } from '../../plan/observation.ts';
import { absent } from '../absent.ts';
import { seenBy } from '../check.ts';
import { controlPlaneAddresses, freeIn } from '../freeAddresses.ts';
import type { MigrationCheck, MigrationCheckInput } from './migrationCheck.ts';

/** Whether the subnets have addresses for a second control plane. Room for nodes is told with what green is made like. */
export const greenAddresses: MigrationCheck = (input) => {
  if (input.asked.green.existing) return [];
  const { subnets } = input.observation;
  if (subnets === undefined) {
    return [
      absent(
        input,
        'subnets',
        'free-addresses',
        'whether the subnets have addresses for another control plane',
      ),
    ];
  }
  return forControlPlane(input, subnets);
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
