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

/** Pods of one owner on each side that are Ready. */
export interface ReadyReplicas {
  /** `deployment shop/web`. */
  owner: string;
  blue: number;
  /** Undefined where green could not be asked or has no such owner. */
  green: number | undefined;
}

export type Readiness =
  | { state: 'ready' }
  /** Green has fewer than blue; waiting may mend it. */
  | { state: 'short'; why: string[] }
  | { state: 'unknown'; why: string[] };

/** Whether green may take more users: of each owner it has at least the Ready replicas that blue has. */
export function judgeReadiness(replicas: readonly ReadyReplicas[]): Readiness {
  const unknown = replicas.filter(({ green }) => green === undefined);
  const short = replicas.filter(({ blue, green }) => green !== undefined && green < blue);
  if (short.length > 0) {
    return {
      state: 'short',
      why: short.map(
        ({ owner, blue, green = 0 }) => `${owner} has ${green} Ready on green, and ${blue} on blue.`,
      ),
    };
  }
  if (unknown.length > 0) {
    return {
      state: 'unknown',
      why: unknown.map(({ owner }) => `Nothing is known of ${owner} on green.`),
    };
  }
  if (replicas.length === 0) {
    return { state: 'unknown', why: ['Nothing is known of any workload on either cluster.'] };
  }
  return { state: 'ready' };
}
