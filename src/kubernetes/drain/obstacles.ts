import type { StuckPod } from '../../contract/workers.ts';
import type { WatchedPod } from '../watching/watchedPod.ts';
import type { Gates } from './gates.ts';
import { stuckPod, worstFirst } from './stuck.ts';
import type { Obstacle } from './stuck.ts';
import type { Target, Targets } from './targets.ts';

/** What stands in the way of a drain's Pods: what no waiting mends, and what they wait for. */
export class Obstacles {
  readonly #targets: Targets;
  readonly #gates: Gates;
  /** What no waiting mends, by the Pod's uid. */
  readonly #stops = new Map<string, Obstacle>();

  constructor(targets: Targets, gates: Gates) {
    this.#targets = targets;
    this.#gates = gates;
  }

  /** Whether something stands there that no waiting mends. */
  get stop(): boolean {
    return this.#stops.size > 0;
  }

  stopAt({ uid }: WatchedPod, obstacle: Obstacle): void {
    this.#stops.set(uid, obstacle);
  }

  /** The Pod is gone, and what stood in its way. */
  clear(uid: string): void {
    this.#stops.delete(uid);
  }

  /** The Pods that hold the drain up, worst first, at most 20, with how many there are. */
  holding(): { stuck: StuckPod[]; stuckCount: number } {
    // Where something stands that no waiting mends, that is what holds the drain up, not who waits behind it.
    const holding = this.stop
      ? [...this.#stops.keys()].flatMap((uid) => this.#targets.get(uid) ?? [])
      : [...this.#targets.all()];
    return {
      stuck: worstFirst(holding).flatMap((target) => this.#describe(target)),
      stuckCount: holding.length,
    };
  }

  /** Nothing for a Pod whose turn is about to come. */
  #describe(target: Target): StuckPod[] {
    const { pod, since } = target;
    const { budgets } = this.#gates.of(pod);
    const obstacle = this.#of(target);
    if (obstacle === undefined) return [];
    const owner = this.#gates.owners.ownerOf(pod)?.reference;
    return [stuckPod(pod, obstacle, { owner, budgets, since })];
  }

  #of({ pod, state }: Target): Obstacle | undefined {
    const stop = this.#stops.get(pod.uid);
    if (stop !== undefined) return stop;
    if (state === 'leaving') return { reason: 'terminating', why: '' };
    const room = this.#gates.roomFor(pod, this.#gates.of(pod));
    if (room.state === 'free') return undefined;
    return { reason: room.state === 'full' ? room.reason : 'several-budgets', why: room.why };
  }
}
