import type { PutBack } from './plan.ts';

/** One thing that is put back, for people. */
export function describePutBack(each: PutBack): string {
  if ('settings' in each) {
    return `put back update settings that an earlier upgrade left on node group ${each.nodeGroup}`;
  }
  if ('cordonedBy' in each) {
    return `uncordon nodes of node group ${each.nodeGroup} that the upgrade ${each.cordonedBy} left cordoned`;
  }
  if ('heldOffBy' in each) {
    return `put back the annotations for autoscalers that the upgrade ${each.heldOffBy} left on nodes of node group ${each.nodeGroup}`;
  }
  if ('leastSize' in each) {
    return `put back the least size of node group ${each.nodeGroup}, ${each.leastSize}, which a roll in place had lowered`;
  }
  return `delete node group ${each.nodeGroup}, which the upgrade ${each.madeBy} left beside ${each.inPlaceOf} and on which nothing runs`;
}
