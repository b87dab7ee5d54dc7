import type { WavePolicy } from '../../contract/workers.ts';
import { compareNames } from '../../plan/order.ts';
import { parallelNodes, waveSizes } from '../../plan/waves/index.ts';

/**
 * The waves of a roll as they could be: as large as its policy lets them be, nodes of the request's own order first, and
 * then by name. Which nodes the roll really takes together it decides as it goes, by how things stand then.
 */
export function plannedWaves(
  nodes: readonly string[],
  { maxParallel, canary, order }: WavePolicy,
): string[][] {
  const rank = (name: string): number => (order.includes(name) ? order.indexOf(name) : order.length);
  const left = nodes.toSorted((one, other) => rank(one) - rank(other) || compareNames(one, other));
  const parallel = parallelNodes(maxParallel, nodes.length);
  return waveSizes(nodes.length, canary, parallel).map((size) => left.splice(0, size));
}
