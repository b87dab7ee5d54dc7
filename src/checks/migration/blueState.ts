import type { Finding } from '../../contract/finding.ts';
import { clusterState } from '../clusterState.ts';
import { seenBy } from '../check.ts';
import type { MigrationCheck } from './migrationCheck.ts';

/**
 * Whether blue stays as it is while all is brought to green. Its health issues are told of by what green is made like; an
 * update that waits in an upgrade in place goes on beside a migration.
 */
export const blueState: MigrationCheck = (input) => {
  const { observation, blue } = input;
  const status = clusterState({
    ...input,
    observation: {
      ...observation,
      cluster: { ...observation.cluster, healthIssues: [] },
      updatesInProgress: [],
    },
  });
  return [
    ...status,
    ...observation.updatesInProgress.map(({ what, type, updateId }): Finding => ({
      check: 'cluster-state',
      severity: 'blocker',
      subject: { kind: 'Update', name: updateId },
      message: `Somebody changes ${blue} just now: ${type} of ${what} (${updateId}) is in progress, and a migration takes ${blue} as it is.`,
      remedy: 'Start again when it has ended.',
      evidence: seenBy(observation, 'EKS: ListUpdates, DescribeUpdate'),
    })),
  ];
};
