import type { Plan } from '../contract/plan.ts';

/**
 * The name that a node group has before a plan is carried out, by a name that it has during it: `surge` and `in-place`
 * put a group of another name in its place, hop after hop. Requests speak of the first name throughout.
 */
export function firstName(plan: Pick<Plan, 'hops'> | undefined, nodeGroup: string): string {
  const before = new Map<string, string>();
  for (const hop of plan?.hops ?? []) {
    for (const stage of hop.stages) {
      if (stage.stage === 'workers' && stage.strategy !== 'managed') {
        before.set(stage.newNodeGroup, stage.nodeGroup);
      }
    }
  }
  const seen = new Set<string>();
  let name = nodeGroup;
  for (let earlier = before.get(name); earlier !== undefined && !seen.has(name); earlier = before.get(name)) {
    seen.add(name);
    name = earlier;
  }
  return name;
}
