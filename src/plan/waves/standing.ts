import type { PaceLimit, WaveNode, WavePod } from './types.ts';

/** How a node stands among those that are left: what decides when its turn comes. */
export interface Standing {
  node: WaveNode;
  /** Pods that have to leave it. */
  pods: number;
  stateful: number;
  /**
   * The most rounds that a limit on one of its Pods needs for all Pods under it that are still on old nodes:
   * ⌈Pods ÷ allowed⌉, the number of replacements that can't be made at the same time. Infinity where none may go.
   */
  rounds: number;
  /** The limit that needs them; undefined where nothing binds its Pods. */
  tightest: PaceLimit | undefined;
}

/**
 * How each of the nodes that are left stands. What a limit still has to let go is counted over those nodes together,
 * because that decides how long the roll takes: a limit that needs many rounds has to be begun with early.
 *
 * Looks at each Pod twice, whatever the number of nodes.
 */
export function standings(
  nodes: readonly WaveNode[],
  pods: readonly WavePod[],
  limits: readonly PaceLimit[],
): Standing[] {
  const all = new Map<string, Standing>(
    nodes.map((node) => [node.name, { node, pods: 0, stateful: 0, rounds: 0, tightest: undefined }]),
  );
  const bound = limits.map(() => 0);
  for (const pod of pods) {
    if (!all.has(pod.node)) continue;
    for (const index of pod.limits) bound[index] = (bound[index] ?? 0) + 1;
  }
  const rounds = limits.map(({ allowed }, index) => roundsOf(bound[index] ?? 0, allowed));
  for (const pod of pods) {
    const standing = all.get(pod.node);
    if (standing === undefined) continue;
    standing.pods += 1;
    if (pod.stateful) standing.stateful += 1;
    for (const index of pod.limits) {
      const needed = rounds[index] ?? 0;
      if (needed <= standing.rounds) continue;
      standing.rounds = needed;
      standing.tightest = limits[index];
    }
  }
  return [...all.values()];
}

/** Replacements one after another that a limit needs for so many Pods. */
export function roundsOf(pods: number, allowed: number): number {
  if (pods === 0) return 0;
  return allowed <= 0 ? Infinity : Math.ceil(pods / allowed);
}
