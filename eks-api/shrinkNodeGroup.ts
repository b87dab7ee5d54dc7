import { drainNode } from './drainNode.ts';
import type { NodeFleet } from './nodeFleet.ts';
import type { NodeGroupRecord } from './nodeGroupRecord.ts';
import type { EksService } from './service.ts';

/**
 * Brings a group down to its desired size. Nodes that have not joined yet go first, then those that `goesFirst` says.
 * Among the others the zones are kept even, as an auto scaling group does, and in a zone the node with the fewest Pods
 * goes, the one that was launched last among equals. Pods are evicted; what can't be by the time limit goes with its
 * node.
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
  const chosen = choose(await candidates(service, fleet, goesFirst), surplus - notJoined.length);
  // All of them first, so that no Pod moves from one to the next.
  for (const name of chosen) await service.infrastructure.setUnschedulable(name, true);
  for (const name of chosen) {
    await drainNode(service, name, service.timings.podEvictionLimit, signal);
    await fleet.terminate(name);
  }
}

interface Candidate {
  name: string;
  zone: string;
  rank: number;
  /** -1 for a node that is not Ready, which is of no use to anybody. */
  pods: number;
  createdAt: number;
}

/** The nodes of a group, the first to go first. */
async function candidates(
  service: EksService,
  fleet: NodeFleet,
  goesFirst: (node: string) => boolean,
): Promise<Candidate[]> {
  const nodes: Candidate[] = [];
  for (const { name, zone, createdAt, ready } of await fleet.joined()) {
    const pods = ready ? (await service.infrastructure.podsToEvict(name)).length : -1;
    nodes.push({ name, zone, rank: goesFirst(name) ? 0 : 1, pods, createdAt: createdAt.getTime() });
  }
  return nodes.sort((a, b) => a.rank - b.rank || a.pods - b.pods || b.createdAt - a.createdAt);
}

function choose(nodes: Candidate[], count: number): string[] {
  const left = [...nodes];
  const inZone = new Map<string, number>();
  for (const { zone } of left) inZone.set(zone, (inZone.get(zone) ?? 0) + 1);
  const chosen: string[] = [];
  while (chosen.length < count) {
    const rank = left[0]?.rank;
    const ranked = left.filter((node) => node.rank === rank);
    const fullest = Math.max(...ranked.map(({ zone }) => inZone.get(zone) ?? 0));
    const next = ranked.find(({ zone }) => inZone.get(zone) === fullest);
    if (next === undefined) break;
    left.splice(left.indexOf(next), 1);
    inZone.set(next.zone, fullest - 1);
    chosen.push(next.name);
  }
  return chosen;
}
