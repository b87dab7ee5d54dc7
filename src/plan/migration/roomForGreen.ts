import type { ObservedSubnet } from '../observation.ts';
import type { ObservedBlueprint } from '../observedMigration.ts';

/** Node groups with the subnets that their nodes start in. */
export interface NodeSubnets {
  nodeGroup: string;
  subnetIds: string[];
  nodes: number;
}

/**
 * Whether the subnets have addresses for a second set of nodes with their Pods, beside the first. An estimate: each Pod
 * is taken to have an address of its own, and all nodes to run as many.
 *
 * @param running Pods that run on the first cluster
 */
export function roomForGreen(
  groups: readonly NodeSubnets[],
  subnets: readonly ObservedSubnet[],
  running: number,
): ObservedBlueprint['notCopied'] {
  const nodes = groups.reduce((sum, group) => sum + group.nodes, 0);
  if (nodes === 0) return [];
  const perNode = 1 + Math.ceil(running / nodes);
  // Groups that share a subnet share its addresses as well.
  const sets = new Map<string, { ids: string[]; names: string[]; nodes: number }>();
  for (const { nodeGroup, subnetIds, nodes: count } of groups) {
    const key = [...subnetIds].sort().join(' ');
    const set = sets.get(key) ?? { ids: subnetIds, names: [], nodes: 0 };
    sets.set(key, { ids: set.ids, names: [...set.names, nodeGroup], nodes: set.nodes + count });
  }
  return [...sets.values()].flatMap(({ ids, names, nodes: count }) => {
    const found = subnets.filter(({ id }) => ids.includes(id));
    const free = found.reduce((sum, { freeAddresses }) => sum + freeAddresses, 0);
    const needed = count * perNode;
    if (found.length > 0 && free >= needed) return [];
    const of = `node ${names.length === 1 ? 'group' : 'groups'} ${names.join(', ')}`;
    return [
      {
        severity: 'warning' as const,
        what: `room for a second ${of}`,
        why:
          found.length === 0
            ? `EC2 knows none of the subnets ${ids.join(', ')}`
            : `its subnets have ${free} free addresses, and ${count} more nodes need about ${needed} with their Pods`,
        remedy: 'Free addresses in the subnets, or add larger ones to the group, before the migration.',
      },
    ];
  });
}
