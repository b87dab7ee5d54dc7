import type { MinorVersion } from '../contract/plan.ts';
import type { Request } from '../contract/request.ts';
import { baseName } from './nodeGroupNames.ts';
import type { Observation } from './observation.ts';

/**
 * The name by which a request speaks of a node group: its own; or, where the request does not name that, the one
 * without the version that an earlier upgrade has put at its end, so that a request's `blue` still means the group when
 * it is called `blue-1-33`.
 *
 * @param nodeGroup the group's name, before the plan that is being carried out
 */
export function nameInRequest(
  nodeGroup: string,
  version: MinorVersion,
  { observation, request }: { observation: Observation; request: Request },
): string {
  const { order, skip, groups } = request.workers;
  const names = (name: string) => order.includes(name) || skip.includes(name) || Object.hasOwn(groups, name);
  if (names(nodeGroup)) return nodeGroup;
  const base = baseName(nodeGroup, version);
  const another = observation.nodeGroups.some((group) => group.name === base);
  return names(base) && !another ? base : nodeGroup;
}
