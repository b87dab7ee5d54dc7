import { inPath, pageInQuery } from '../call.ts';
import type { Call } from '../call.ts';
import { describeNodeGroupRecord } from '../nodeGroupRecord.ts';
import { page } from '../pagination.ts';
import type { EksService } from '../service.ts';

/** ListNodegroups: the names. */
export function listNodeGroups(service: EksService, call: Call) {
  service.findCluster(inPath(call, 'clusterName'), call.region);
  const { entries, nextToken } = page([...service.nodeGroups.keys()], 'node-groups', pageInQuery(call));
  return { nodegroups: entries, nextToken };
}

/** DescribeNodegroup. */
export function describeNodeGroup(service: EksService, call: Call) {
  const cluster = service.findCluster(inPath(call, 'clusterName'), call.region);
  const group = service.findNodeGroup(inPath(call, 'nodegroupName'));
  return { nodegroup: describeNodeGroupRecord(group, cluster.name) };
}
