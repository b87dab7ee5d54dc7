import { drainNode } from './drainNode.ts';
import type { NodeFleet } from './nodeFleet.ts';
import type { NodeGroupRecord } from './nodeGroupRecord.ts';
import type { EksService } from './service.ts';

/**
 * Brings a group down to its desired size. Nodes that have not joined yet go first, then those that `goesFirst` says,
 * then those with the fewest Pods, and among equals the one that was launched last. Their Pods are evicted; what can't
 * be by the time limit goes with its node.
 */
export async function shrinkNodeGroup(
  service: EksService,
  group: NodeGroupRecord,
  fleet: NodeFleet,
  signal: AbortSignal,
  goesFirst: (node: string) => boolean = () => false,
): Promise<void> {
  const pending = await fleet.pending();
  const surplus = Math.max(0, (await fleet.joined()).length + pending.length - group.size.desired);
  const notJoined = pending.slice(0, surplus);
  for (const name of notJoined) await fleet.terminate(name);
  const chosen = await leastLoaded(service, fleet, surplus - notJoined.length, goesFirst);
  // All of them first, so that no Pod moves from one to the next.
  for (const name of chosen) await service.infrastructure.setUnschedulable(name, true);
  for (const name of chosen) {
    await drainNode(service, name, service.timings.podEvictionLimit, signal);
    await fleet.terminate(name);
  }
}

async function leastLoaded(
  service: EksService,
  fleet: NodeFleet,
  count: number,
  goesFirst: (node: string) => boolean,
): Promise<string[]> {
  if (count <= 0) return [];
  const nodes: { name: string; rank: number; pods: number; createdAt: number }[] = [];
  for (const { name, createdAt, ready } of await fleet.joined()) {
    nodes.push({
      name,
      rank: goesFirst(name) ? 0 : 1,
      // A node that is not Ready is of no use to anybody.
      pods: ready ? (await service.infrastructure.podsToEvict(name)).length : -1,
      createdAt: createdAt.getTime(),
    });
  }
  nodes.sort((a, b) => a.rank - b.rank || a.pods - b.pods || b.createdAt - a.createdAt);
  return nodes.slice(0, count).map(({ name }) => name);
}
