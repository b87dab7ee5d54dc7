import { EksError } from './errors.ts';
import type { NodeGroupRecord } from './nodeGroupRecord.ts';

/**
 * A group that is being created or deleted, or never came about, can't be changed.
 *
 * @throws EksError ResourceInUseException or InvalidRequestException
 */
export function refuseUnlessSteady(clusterName: string, group: NodeGroupRecord): void {
  const subject = { clusterName, nodegroupName: group.name };
  if (['CREATING', 'UPDATING', 'DELETING'].includes(group.status)) {
    throw new EksError(
      'ResourceInUseException',
      `Nodegroup ${group.name} can't be changed while its status is ${group.status}`,
      subject,
    );
  }
  if (group.status === 'CREATE_FAILED' || group.status === 'DELETE_FAILED') {
    throw new EksError(
      'InvalidRequestException',
      `Nodegroup ${group.name} can't be updated in status ${group.status}`,
      subject,
    );
  }
}
