import type { Observation, ObservedNodeGroup } from '../observation.ts';
import { paceOf } from '../waves/index.ts';

/** What an estimate stands on: one node group, and what its Pods are bound by. */
export interface GroupFacts {
  nodes: number;
  zones: number;
  /** Pods that a roll moves; undefined where nobody looked. */
  pods: number | undefined;
  /** Pods under limits that let none go. */
  stuckPods: number;
  /**
   * The most replacements one after another that a limit needs for the group's Pods: the largest Pods ÷ allowed. Limits
   * that let none go are left out: how long a person takes is not known.
   */
  rounds: number;
}

/** The facts of each node group, by its name. */
export function groupFacts(observation: Observation): Map<string, GroupFacts> {
  const groupOf = new Map(observation.nodes.map(({ name, nodeGroup }) => [name, nodeGroup]));
  const facts = new Map(
    observation.nodeGroups.map((group) => [
      group.name,
      emptyFacts(group, observation.workloads !== undefined),
    ]),
  );
  if (observation.workloads === undefined) return facts;
  const { pods, limits } = paceOf(observation.workloads);
  const bound = new Map<GroupFacts, Map<number, number>>();
  for (const pod of pods) {
    const of = facts.get(groupOf.get(pod.node) ?? '');
    if (of === undefined) continue;
    of.pods = (of.pods ?? 0) + 1;
    const counts = bound.get(of) ?? new Map<number, number>();
    bound.set(of, counts);
    for (const index of pod.limits) counts.set(index, (counts.get(index) ?? 0) + 1);
  }
  for (const [of, counts] of bound) {
    for (const [index, count] of counts) {
      const allowed = limits[index]?.allowed ?? 0;
      if (allowed <= 0) of.stuckPods += count;
      else of.rounds = Math.max(of.rounds, count / allowed);
    }
  }
  return facts;
}

function emptyFacts({ size, zones }: ObservedNodeGroup, seen: boolean): GroupFacts {
  return { nodes: size.desired, zones, pods: seen ? 0 : undefined, stuckPods: 0, rounds: 0 };
}
