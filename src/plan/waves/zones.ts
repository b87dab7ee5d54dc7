import type { Standing } from './standing.ts';

/**
 * Takes so many nodes that no zone loses a larger share of its nodes than it must, each zone's in their turn: always
 * from the zone of whose nodes the smallest share has been taken. Nodes without a zone are one of their own.
 *
 * @param inTurn nodes in the order in which their turn comes
 */
export function takeBalanced(inTurn: readonly Standing[], count: number): Standing[] {
  if (count >= inTurn.length) return [...inTurn];
  const zones = new Map<string, Standing[]>();
  for (const standing of inTurn) {
    const zone = standing.node.zone ?? '';
    const known = zones.get(zone);
    if (known === undefined) zones.set(zone, [standing]);
    else known.push(standing);
  }
  // A Map keeps its order: of zones that stand alike, that of the node whose turn comes first.
  const queues = [...zones.values()].map((nodes) => ({ nodes, taken: 0 }));
  const wave: Standing[] = [];
  while (wave.length < count) {
    let next: (typeof queues)[number] | undefined;
    for (const queue of queues) {
      if (queue.taken === queue.nodes.length) continue;
      if (next === undefined || shareOf(queue) < shareOf(next)) next = queue;
    }
    const standing = next?.nodes[next.taken];
    if (next === undefined || standing === undefined) break;
    wave.push(standing);
    next.taken += 1;
  }
  return wave;
}

function shareOf({ nodes, taken }: { nodes: readonly unknown[]; taken: number }): number {
  return taken / nodes.length;
}
