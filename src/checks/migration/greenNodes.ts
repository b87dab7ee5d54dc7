import type { Finding } from '../../contract/finding.ts';
import type { UnmanagedNodes } from '../../contract/report.ts';
import { groupPolicy } from '../../plan/groupPolicy.ts';
import { nameInRequest } from '../../plan/requestNames.ts';
import { listNames, seenBy } from '../check.ts';
import { unmanagedNodes } from '../unmanagedNodes.ts';
import { isUnseen, migrationSetting } from './migrationCheck.ts';
import type { MigrationCheck, MigrationCheckInput } from './migrationCheck.ts';

/** Whether the new cluster gets nodes of the new version, and as many as the old one has. */
export const greenNodes: MigrationCheck = (input) =>
  input.asked.green.existing ? [] : [...ownImages(input), ...unmanaged(input), ...none(input)];

/** EKS does not know which version of such a template has the new image. */
function ownImages({ observation, migration, request, to }: MigrationCheckInput): Finding[] {
  return migration.blueprint.nodeGroups.flatMap(({ name, ownImage }) => {
    if (!ownImage) return [];
    const called = nameInRequest(name, observation.cluster.version, { observation, request });
    if (groupPolicy(request.workers, called).templateVersion !== undefined) return [];
    return [
      {
        check: 'green-nodes',
        severity: 'blocker' as const,
        subject: { kind: 'NodeGroup', name },
        message: `The launch template of node group ${name} brings its own image, so the new cluster's nodes would have the old version.`,
        remedy: `Make a version of its launch template with an image of ${to} that joins any cluster, and name it with {"workers": {"groups": {"${called}": {"templateVersion": "…"}}}}.`,
        evidence: seenBy(observation, `EKS: DescribeNodegroup ${name}`),
      },
    ];
  });
}

const others: Record<UnmanagedNodes['provider'], { who: string; remedy: string }> = {
  'self-managed': {
    who: 'self-managed',
    remedy: 'Give the new cluster as many, or make a managed node group larger, before its workloads come.',
  },
  karpenter: {
    who: 'Karpenter',
    remedy:
      'See that Karpenter comes to the new cluster with the other resources, and that its NodeClasses and its role name that cluster; it makes nodes as Pods need them.',
  },
  'auto-mode': { who: 'EKS Auto Mode', remedy: 'Nothing: EKS makes nodes as Pods need them.' },
  fargate: { who: 'Fargate', remedy: 'Have their Pods run on nodes: Fargate profiles are not copied.' },
  hybrid: { who: 'hybrid', remedy: 'Have machines of your own join the new cluster with nodeadm.' },
};

function unmanaged({ observation, green }: MigrationCheckInput): Finding[] {
  return unmanagedNodes(observation).map(({ provider, count, names }) => ({
    check: 'green-nodes',
    severity: provider === 'auto-mode' ? 'info' : 'warning',
    subject: { kind: 'Nodes', name: provider },
    message: `The old cluster has ${count} ${others[provider].who} ${count === 1 ? 'node' : 'nodes'}, which ${green} does not get from here: ${listNames(names)}.`,
    remedy: others[provider].remedy,
    evidence: seenBy(observation, 'Kubernetes: nodes'),
  }));
}

function none(input: MigrationCheckInput): Finding[] {
  const { observation, migration, green } = input;
  const desired = migration.blueprint.nodeGroups.reduce((sum, { size }) => sum + size.desired, 0);
  if (desired > 0 || observation.cluster.autoMode || isUnseen(input, 'blueprint')) return [];
  return [
    {
      check: 'green-nodes',
      severity: 'blocker',
      subject: { kind: 'Cluster', name: green },
      message: `${green} would have no node at all: no managed node group of the old cluster has one.`,
      remedy: `Give the old cluster a managed node group, which the new one is made like; or make the new cluster yourself and name it with ${migrationSetting({ green: { name: '…', existing: true } })}.`,
      evidence: seenBy(observation, 'EKS: DescribeNodegroup'),
    },
  ];
}
