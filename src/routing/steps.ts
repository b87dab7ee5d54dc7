import type { RoutingWeights } from '../contract/routing.ts';

/**
 * The steps that are still to be made, from where the users are now. A step that stands already is the first of them
 * once more, because nobody knows for how long it was watched; weights between two steps go up to the next.
 *
 * @param steps percent of the users that green gets, ascending
 */
export function remainingSteps(steps: readonly number[], now: RoutingWeights): RoutingWeights[] {
  return steps
    .filter((green) => green >= now.green && green > 0)
    .map((green) => ({ blue: 100 - green, green }));
}
