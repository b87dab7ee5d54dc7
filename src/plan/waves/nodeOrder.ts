import { compareNames } from '../order.ts';
import type { Standing } from './standing.ts';

/**
 * The nodes in the order in which their turn comes: those of the request in its order; then nodes without stateful Pods,
 * the tightest limits first; then nodes with some, the tightest first again. By name where nothing else decides, so that
 * the order is one whatever the order in which things were observed.
 */
export function inTurn(standings: readonly Standing[], requested: readonly string[]): Standing[] {
  const place = new Map<string, number>();
  for (const name of requested) if (!place.has(name)) place.set(name, place.size);
  const placeOf = ({ node }: Standing) => place.get(node.name) ?? Infinity;
  return standings.toSorted(
    (left, right) =>
      compareNumbers(placeOf(left), placeOf(right)) ||
      Number(left.stateful > 0) - Number(right.stateful > 0) ||
      compareNumbers(right.rounds, left.rounds) ||
      right.pods - left.pods ||
      compareNames(left.node.name, right.node.name),
  );
}

/** Like a difference, but Infinity equals itself. */
function compareNumbers(left: number, right: number): number {
  return left === right ? 0 : left < right ? -1 : 1;
}
