import type { NodeFleet } from './nodeFleet.ts';
import type { NodeGroupRecord } from './nodeGroupRecord.ts';
import type { EksService } from './service.ts';

/** What EKS says of a group while nodes are missing. */
const aboutNodes = ['NodeCreationFailure', 'AsgInstanceLaunchFailures'];

/** After a change: ACTIVE where every wanted node is Ready, DEGRADED with the reason where one is not. */
export async function settleNodeGroup(
  service: EksService,
  group: NodeGroupRecord,
  fleet: NodeFleet,
): Promise<void> {
  const ready = (await fleet.joined()).filter((node) => node.ready).length;
  const complete = ready >= group.size.desired;
  const issues = group.issues.filter(
    ({ code }) => !(complete ? aboutNodes : ['NodeCreationFailure']).includes(code),
  );
  if (!complete) {
    issues.push({
      code: 'NodeCreationFailure',
      message: `Instances failed to join the kubernetes cluster: ${ready} of ${group.size.desired} nodes are Ready`,
      resourceIds: await fleet.pending(),
    });
  }
  group.issues = issues;
  group.status = issues.length === 0 ? 'ACTIVE' : 'DEGRADED';
  group.modifiedAt = service.infrastructure.clock.now();
}
