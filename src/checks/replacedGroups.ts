import type { Finding } from '../contract/finding.ts';
import type { ReplacedWorkersStage } from '../contract/plan.ts';
import { waveSizes, parallelNodes } from '../plan/waves/index.ts';
import { absent } from './absent.ts';
import { listNames, seenBy, type Check, type CheckInput } from './check.ts';
import { describeOwner, movedPods } from './movedPods.ts';

/** By which EKS labels the nodes of a managed node group with its name. */
const groupLabel = 'eks.amazonaws.com/nodegroup';

/** What stands against putting another group in a group's place: `surge` and `in-place`. */
export const replacedGroups: Check = (input) => {
  const stages = new Map<string, ReplacedWorkersStage>();
  for (const { stages: all } of input.plan.hops) {
    for (const stage of all) {
      if (stage.stage !== 'workers' || stage.strategy === 'managed') continue;
      if (input.observation.nodeGroups.some(({ name }) => name === stage.nodeGroup)) {
        stages.set(stage.nodeGroup, stage);
      }
    }
  }
  if (stages.size === 0) return [];
  return [...boundByName(input, stages), ...lostCapacity(input, [...stages.values()])];
};

/** Pods that ask for the group by its name find no node once it has another. */
function boundByName(input: CheckInput, stages: ReadonlyMap<string, ReplacedWorkersStage>): Finding[] {
  const { observation } = input;
  if (observation.workloads === undefined) {
    return [absent(input, 'workloads', 'group-names', 'whether Pods ask for a node group by its name')];
  }
  const bound = new Map<string, Set<string>>();
  for (const moved of movedPods(input, observation.workloads)) {
    const { nodeSelector = {}, nodeAffinity = [] } = moved.kind.placement;
    const asks =
      groupLabel in nodeSelector ||
      nodeAffinity.some(({ labels = [] }) => labels.some(({ key }) => key === groupLabel));
    if (!asks || !stages.has(moved.nodeGroup)) continue;
    const owners = bound.get(moved.nodeGroup) ?? new Set<string>();
    bound.set(moved.nodeGroup, owners.add(`${describeOwner(moved)} in namespace ${moved.pod.namespace}`));
  }
  return [...bound].map(([nodeGroup, owners]) => ({
    check: 'group-names',
    severity: 'blocker',
    subject: { kind: 'NodeGroup', name: nodeGroup },
    message: `Pods on node group ${nodeGroup} ask for it by the label ${groupLabel}, and the group that takes its place is called ${stages.get(nodeGroup)?.newNodeGroup ?? 'otherwise'}: ${listNames([...owners].sort())}.`,
    remedy: `Let them ask for a label of your own, which the new group gets too, or roll the group with {"workers": {"groups": {"${nodeGroup}": {"strategy": "managed"}}}}.`,
    evidence: seenBy(observation, 'Kubernetes: Pods and what they need'),
  }));
}

/** In place, nodes end before others start: that wants a yes of its own, which the plan's approval alone is not. */
function lostCapacity({ observation, request }: CheckInput, stages: ReplacedWorkersStage[]): Finding[] {
  return stages.flatMap((stage) => {
    const group = observation.nodeGroups.find(({ name }) => name === stage.nodeGroup);
    if (stage.strategy !== 'in-place' || group === undefined) return [];
    const nodes = group.size.desired;
    const { maxParallel, canary } = stage.waves;
    const missing = Math.max(0, ...waveSizes(nodes, canary, parallelNodes(maxParallel, nodes)));
    if (missing === 0) return [];
    const share = Math.round((missing / nodes) * 100);
    const accepted = request.workers.acceptLostCapacity;
    return [
      {
        check: 'lost-capacity',
        severity: accepted ? ('info' as const) : ('blocker' as const),
        subject: { kind: 'NodeGroup', name: group.name },
        message: `Rolled in place, node group ${group.name} has up to ${missing} of its ${nodes} nodes (${share}%) fewer while a wave is replaced${missing === nodes ? ', so its Pods are down until new nodes are there' : ''}.`,
        remedy: accepted
          ? 'Nothing: the request accepts it.'
          : 'Say yes to it with {"workers": {"acceptLostCapacity": true}}, make waves smaller with workers.maxParallel, or choose surge, which costs nodes instead.',
        evidence: seenBy(observation, `EKS: DescribeNodegroup ${group.name}`),
      },
    ];
  });
}
