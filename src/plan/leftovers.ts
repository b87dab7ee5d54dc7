import type { Plan, PutBack } from '../contract/plan.ts';
import type { Observation, ObservedNodeGroup } from './observation.ts';
import { compareNames } from './order.ts';
import { readSizeNote, sizeNoteKey } from './sizeNote.ts';

/** Notes (on EKS tags) of a group that an upgrade has made: the root's workflow ID, and the group whose place it takes. */
export const madeByNoteKey = 'stepladder/made-by';
export const inPlaceOfNoteKey = 'stepladder/in-place-of';

/** A group that an upgrade which was terminated has made and not finished: the one whose place it takes is still there. */
export interface LeftoverGroup {
  nodeGroup: string;
  madeBy: string;
  inPlaceOf: string;
  /** True when Pods that would have to move run on it, or it is not known whether: then it can't simply go. */
  inUse: boolean;
}

/**
 * Groups that earlier upgrades have left beside those whose places they were to take (rule 14).
 *
 * @param approved the plan that is being carried out, whose own groups are none
 */
export function leftoverGroups(observation: Observation, approved: Plan | undefined): LeftoverGroup[] {
  const own = new Set(
    (approved?.hops ?? []).flatMap(({ stages }) =>
      stages.flatMap((stage) =>
        stage.stage === 'workers' && stage.strategy !== 'managed' ? [stage.newNodeGroup] : [],
      ),
    ),
  );
  const names = new Set(observation.nodeGroups.map(({ name }) => name));
  // A name that the plan frees first is its own only once another has made it anew.
  const freed = (name: string, madeBy: string) =>
    approved?.putBack.some(
      (each) => 'madeBy' in each && each.nodeGroup === name && each.madeBy === madeBy,
    ) === true;
  const leftover = ({ name, tags }: ObservedNodeGroup) => {
    const madeBy = tags[madeByNoteKey];
    const inPlaceOf = tags[inPlaceOfNoteKey];
    if (madeBy === undefined || inPlaceOf === undefined || !names.has(inPlaceOf)) return [];
    if (own.has(name) && !freed(name, madeBy)) return [];
    return [{ nodeGroup: name, madeBy, inPlaceOf, inUse: isInUse(observation, name) }];
  };
  return observation.nodeGroups
    .flatMap(leftover)
    .sort((left, right) => compareNames(left.nodeGroup, right.nodeGroup));
}

function isInUse({ nodes, workloads }: Observation, nodeGroup: string): boolean {
  if (workloads === undefined) return true;
  const of = new Set(nodes.filter((node) => node.nodeGroup === nodeGroup).map(({ name }) => name));
  return workloads.pods.some(
    ({ node, staysOnNode }) => node !== undefined && of.has(node) && staysOnNode === undefined,
  );
}

/**
 * What upgrades that were terminated have left on nodes and groups, to be put back before the first hop: cordons and
 * annotations for autoscalers by group and upgrade; least sizes; groups that nobody runs on; update settings, save those
 * of `givenOthers`, which get their own back after their roll.
 *
 * @param rolledInPlace groups whose least size the plan that is being carried out lowers itself
 */
export function leftBehind(
  observation: Observation,
  groups: readonly LeftoverGroup[],
  givenOthers: ReadonlySet<string>,
  rolledInPlace: ReadonlySet<string>,
): PutBack[] {
  const byGroup = (marks: (node: Observation['nodes'][number]) => string | undefined) => {
    const found = new Map<string, { nodeGroup: string; by: string }>();
    for (const node of observation.nodes) {
      const by = marks(node);
      if (by === undefined || node.nodeGroup === undefined) continue;
      found.set(JSON.stringify([node.nodeGroup, by]), { nodeGroup: node.nodeGroup, by });
    }
    return [...found.values()].sort(
      (left, right) => compareNames(left.nodeGroup, right.nodeGroup) || compareNames(left.by, right.by),
    );
  };
  return [
    ...observation.nodeGroups
      .flatMap(({ name, noted }) =>
        noted === undefined || givenOthers.has(name) ? [] : [{ nodeGroup: name, settings: noted }],
      )
      .sort((left, right) => compareNames(left.nodeGroup, right.nodeGroup)),
    ...byGroup(({ cordonedBy }) => cordonedBy).map(({ nodeGroup, by }) => ({ nodeGroup, cordonedBy: by })),
    ...byGroup(({ heldOffBy }) => heldOffBy).map(({ nodeGroup, by }) => ({ nodeGroup, heldOffBy: by })),
    ...observation.nodeGroups
      .flatMap(({ name, tags }) => {
        const before = readSizeNote(tags[sizeNoteKey]);
        return before === undefined || rolledInPlace.has(name)
          ? []
          : [{ nodeGroup: name, leastSize: before.min }];
      })
      .sort((left, right) => compareNames(left.nodeGroup, right.nodeGroup)),
    ...groups
      .filter(({ inUse }) => !inUse)
      .map(({ nodeGroup, madeBy, inPlaceOf }) => ({ nodeGroup, madeBy, inPlaceOf })),
  ];
}
