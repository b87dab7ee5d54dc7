import type { WavePolicy } from '../../contract/workers.ts';
import { compareNames } from '../../plan/order.ts';

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
  const parallel = Math.max(
    1,
    typeof maxParallel === 'number'
      ? maxParallel
      : Math.ceil((Number.parseInt(maxParallel, 10) * nodes.length) / 100),
  );
  const waves: string[][] = canary && left.length > 0 ? [left.splice(0, 1)] : [];
  while (left.length > 0) waves.push(left.splice(0, parallel));
  return waves;
}
