import { inPath } from '../call.ts';
import type { Call } from '../call.ts';
import { EksError } from '../errors.ts';
import { NodeFleet } from '../nodeFleet.ts';
import { describeNodeGroupRecord } from '../nodeGroupRecord.ts';
import type { NodeGroupRecord } from '../nodeGroupRecord.ts';
import type { EksService } from '../service.ts';
import { shrinkNodeGroup } from '../shrinkNodeGroup.ts';
import { refuseWhileUpdating } from '../updateInProgress.ts';

/**
 * DeleteNodegroup: drains and ends its nodes, and then the group is not found any more.
 *
 * @throws EksError ResourceNotFoundException, ResourceInUseException (it is being changed)
 */
export function deleteNodeGroup(service: EksService, call: Call) {
  const cluster = service.findCluster(inPath(call, 'clusterName'), call.region);
  const group = service.findNodeGroup(inPath(call, 'nodegroupName'));
  refuseWhileUpdating(service, 'DeleteNodegroup', { kind: 'node-group', name: group.name });
  if (group.status === 'CREATING' || group.status === 'DELETING') {
    throw new EksError(
      'ResourceInUseException',
      `Nodegroup ${group.name} can't be deleted while its status is ${group.status}`,
      { clusterName: cluster.name, nodegroupName: group.name },
    );
  }
  group.status = 'DELETING';
  service.updates.background((signal) => endGroup(service, group, signal));
  return () => ({ nodegroup: describeNodeGroupRecord(group, cluster.name) });
}

async function endGroup(service: EksService, group: NodeGroupRecord, signal: AbortSignal): Promise<void> {
  group.size = { min: 0, max: group.size.max, desired: 0 };
  await service.pause(service.timings.nodeGroupChange, signal);
  await shrinkNodeGroup(service, group, new NodeFleet(service, group), signal);
  service.nodeGroups.delete(group.name);
}
