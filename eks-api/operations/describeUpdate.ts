import { inPath, inQuery, pageInQuery } from '../call.ts';
import type { Call } from '../call.ts';
import { invalidParameter } from '../errors.ts';
import { page } from '../pagination.ts';
import type { EksService } from '../service.ts';
import type { UpdateTarget } from '../updates.ts';

/** DescribeUpdate: of the cluster, or of the node group or add-on that is named. */
export function describeUpdate(service: EksService, call: Call) {
  return { update: service.updates.describe(targetOf(service, call), inPath(call, 'updateId')) };
}

/** ListUpdates, oldest first. */
export function listUpdates(service: EksService, call: Call) {
  const target = targetOf(service, call);
  const of = target.kind === 'cluster' ? 'updates' : `updates/${target.kind}/${target.name}`;
  const { entries, nextToken } = page(service.updates.list(target), of, pageInQuery(call));
  return { updateIds: entries, nextToken };
}

function targetOf(service: EksService, call: Call): UpdateTarget {
  service.findCluster(inPath(call, 'name'), call.region);
  const nodeGroup = inQuery(call, 'nodegroupName');
  const addon = inQuery(call, 'addonName');
  if (nodeGroup !== undefined && addon !== undefined) {
    throw invalidParameter('Only one of nodegroupName and addonName can be given.');
  }
  if (nodeGroup !== undefined) return { kind: 'node-group', name: service.findNodeGroup(nodeGroup).name };
  if (addon !== undefined) return { kind: 'add-on', name: service.findAddon(addon).name };
  return { kind: 'cluster' };
}
