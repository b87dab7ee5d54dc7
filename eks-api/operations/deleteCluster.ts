import type { EksAccount } from '../account.ts';
import { inPath } from '../call.ts';
import type { Call } from '../call.ts';
import { EksError } from '../errors.ts';
import type { EksService } from '../service.ts';
import { UpdateFailure } from '../updates.ts';
import { describeClusterRecord } from './describeCluster.ts';

/**
 * DeleteCluster: DELETING for a while, and then the cluster is not found any more, with its add-ons, access entries and
 * Pod Identity associations.
 *
 * @throws EksError ResourceNotFoundException, ResourceInUseException (it has node groups or Fargate profiles, or something is
 * in progress),
 * InvalidRequestException (it is protected)
 */
export function deleteCluster(account: EksAccount, call: Call) {
  const service = account.find(inPath(call, 'name'), call.region);
  const { cluster } = service;
  const subject = { clusterName: cluster.name };
  if (cluster.settings.deletionProtection) {
    throw new EksError(
      'InvalidRequestException',
      `Cannot delete cluster ${cluster.name}: deletion protection is enabled`,
      subject,
    );
  }
  if (service.nodeGroups.size > 0) {
    throw new EksError('ResourceInUseException', 'Cluster has nodegroups attached', subject);
  }
  if (service.fargateProfiles.length > 0) {
    throw new EksError('ResourceInUseException', 'Cluster has fargate profiles attached', subject);
  }
  if (isBusy(service)) {
    throw new EksError(
      'ResourceInUseException',
      `Cannot delete because cluster ${cluster.name} currently has an update in progress`,
      subject,
    );
  }
  cluster.status = 'DELETING';
  account.work.run((signal) => takeAway(account, service, signal));
  return () => ({ cluster: describeClusterRecord(service) });
}

const isBusy = ({ cluster, updates }: EksService): boolean =>
  cluster.status === 'CREATING' ||
  cluster.status === 'DELETING' ||
  updates.inProgress({ kind: 'cluster' }) !== undefined;

async function takeAway(account: EksAccount, service: EksService, signal: AbortSignal): Promise<void> {
  const { cluster } = service;
  try {
    await service.failIfMeantTo('ClusterDeletion', cluster.name, signal);
  } catch (error) {
    if (!(error instanceof UpdateFailure)) throw error;
    cluster.status = 'FAILED';
    cluster.health = [error.problem];
    return;
  }
  await account.clock.sleep(service.timings.clusterDeletion * 1000, signal);
  await service.end();
  account.forget(cluster.name);
}
