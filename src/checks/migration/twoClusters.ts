import { durationMs } from '../../contract/duration.ts';
import { seenBy } from '../check.ts';
import type { MigrationCheck } from './migrationCheck.ts';

/** What it costs to keep two clusters for a time. */
export const twoClusters: MigrationCheck = ({ observation, migration, asked, blue }) => {
  const groups = migration.blueprint.nodeGroups.reduce((sum, { size }) => sum + size.desired, 0);
  const nodes = asked.green.existing ? observation.nodes.length : groups;
  const nodeHours = Math.round((nodes * durationMs(asked.keepOldFor)) / 3_600_000);
  return [
    {
      check: 'two-clusters',
      severity: 'info',
      subject: { kind: 'Cluster', name: blue },
      message: `${blue} is kept for ${asked.keepOldFor} after the cutover, so that the users can be sent back: ${nodeHours === 0 ? 'less than one' : nodeHours} node-hours (${nodes} nodes), and a second control plane for as long.`,
      remedy: 'Nothing; `keepOldFor` makes it shorter or longer.',
      evidence: seenBy(observation, 'EKS: DescribeNodegroup', 'the request'),
    },
  ];
};
