import type { Finding } from '../../contract/finding.ts';
import { seenBy } from '../check.ts';
import { migrationSetting } from './migrationCheck.ts';
import type { MigrationCheck } from './migrationCheck.ts';

/**
 * Whether the name is free for a cluster that is to be made, and the cluster well that is there already. A cluster of
 * somebody else is never taken over, and never removed.
 */
export const greenNameTaken: MigrationCheck = ({ observation, migration, asked, green }) => {
  const found = migration.green;
  if (found === undefined) return [];
  const say = (severity: Finding['severity'], message: string, remedy: string): Finding[] => [
    {
      check: 'green-name',
      severity,
      subject: { kind: 'Cluster', name: green },
      message,
      remedy,
      evidence: seenBy(observation, `EKS: DescribeCluster ${green}`),
    },
  ];
  if (asked.green.existing) {
    return found.status === 'ACTIVE'
      ? []
      : say(
          'blocker',
          `Cluster ${green}, which the request names as the new one, is ${found.status}, not ACTIVE.`,
          'Find out in the EKS console why, and start again when it is ACTIVE.',
        );
  }
  if (found.ours === true) {
    return say(
      'warning',
      `An earlier run of this very migration has made cluster ${green} (${found.version}, ${found.status}): it is gone on with.`,
      'Nothing, if that is meant; otherwise delete it first.',
    );
  }
  const others = `another name (${migrationSetting({ green: { name: '…' } })})`;
  const use = `use it as it is, with its nodes and add-ons (${migrationSetting({ green: { name: green, existing: true } })})`;
  return found.madeBy === undefined
    ? say(
        'blocker',
        `There is a cluster ${green} already (${found.version}, ${found.status}), which Stepladder has not made.`,
        `Give the new one ${others}; or ${use}.`,
      )
    : say(
        'blocker',
        `Cluster ${green} (${found.version}, ${found.status}) was made by the migration ${found.madeBy}, and is still there.`,
        `If nothing needs it any more, delete it (node groups and add-ons first); otherwise ${use}, or give the new one ${others}.`,
      );
};
