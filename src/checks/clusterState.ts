import type { Finding } from '../contract/finding.ts';
import { seenBy, type Check } from './check.ts';

/** The cluster itself: its status, its health issues as EKS reports them, and updates that are in progress. */
export const clusterState: Check = ({ observation }) => {
  const { cluster, updatesInProgress } = observation;
  const subject = { kind: 'Cluster', name: cluster.name };
  const evidence = seenBy(observation, 'EKS: DescribeCluster');
  const findings: Finding[] = [];
  if (cluster.status !== 'ACTIVE') {
    const updating = cluster.status === 'UPDATING';
    findings.push({
      check: 'cluster-state',
      severity: updating ? 'warning' : 'blocker',
      subject,
      message: `Cluster ${cluster.name} is ${cluster.status}, not ACTIVE.`,
      remedy: updating
        ? 'Nothing: the upgrade waits until what is in progress is done.'
        : 'Find out in the EKS console why, and start again when it is ACTIVE.',
      evidence,
    });
  }
  for (const issue of cluster.healthIssues) {
    findings.push({
      check: 'cluster-state',
      severity: 'blocker',
      subject,
      message: `EKS reports a health issue of cluster ${cluster.name}: ${issue}.`,
      remedy:
        'Mend it first (subnets, security groups, roles): an update of the control plane is likely to fail on it.',
      evidence,
    });
  }
  for (const update of updatesInProgress) {
    findings.push({
      check: 'cluster-state',
      severity: 'warning',
      subject: { kind: 'Update', name: update.updateId },
      message: `An update is in progress: ${update.type} of ${update.what} (${update.updateId}).`,
      remedy: 'Nothing: the upgrade waits for it. Should it not end, look at it in the EKS console.',
      evidence: seenBy(observation, 'EKS: ListUpdates, DescribeUpdate'),
    });
  }
  return findings;
};
