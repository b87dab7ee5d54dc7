import type { Finding } from '../contract/finding.ts';
import { admits, findUnplaceablePods, replacementNodes } from '../plan/fit/index.ts';
import type { FitNode, FitPod, Obstacle, UnplaceablePod } from '../plan/fit/index.ts';
import { compareNames } from '../plan/order.ts';
import type { ObservedWorkloads } from '../plan/observedWorkloads.ts';
import { absent } from './absent.ts';
import { listNames, rolledNodeGroups, seenBy, type Check, type CheckInput } from './check.ts';

/** Obstacles that no autoscaler gets out of the way: a node of the same kind more has them too. */
const lasting: ReadonlySet<Obstacle> = new Set(['node-affinity', 'taint', 'volume']);

/**
 * Pods that would not fit on the new nodes of their group, nor anywhere else: those that want what single nodes have
 * been given by hand, a node by its name, or a volume that is on one.
 */
export const fit: Check = (input) => {
  const { workloads } = input.observation;
  if (workloads === undefined) {
    return [absent(input, 'workloads', 'fit', 'whether Pods fit on the new nodes')];
  }
  return [...rolledNodeGroups(input.plan)]
    .sort(compareNames)
    .flatMap((group) => judgeGroup(input, group, workloads));
};

function judgeGroup(input: CheckInput, group: string, workloads: ObservedWorkloads): Finding[] {
  const { observation } = input;
  const ofGroup = new Set(
    observation.nodes.flatMap(({ name, nodeGroup }) => (nodeGroup === group ? [name] : [])),
  );
  const notReady = new Set(observation.nodes.flatMap(({ name, ready }) => (ready ? [] : [name])));
  const old = workloads.nodes.filter(({ name }) => ofGroup.has(name));
  if (old.length === 0) return [];
  const replacements = replacementNodes(old);
  const { homeless, settled, uncertain } = sortPods(workloads, ofGroup, replacements);
  const others = workloads.nodes.filter(({ name }) => !ofGroup.has(name) && !notReady.has(name));
  const left = findUnplaceablePods({
    pods: homeless,
    nodes: [...replacements.values(), ...others],
    running: settled,
  });
  return [...findings(input, group, left), ...uncertainClaims(input, group, uncertain)];
}

interface SortedPods {
  /** The new node in place of their own would not take them. */
  homeless: FitPod[];
  /** They go to the new node in place of their own, or stay where they are: that they fit there is seen now. */
  settled: FitPod[];
  /** Where their volumes are is not known. */
  uncertain: { pod: string; claims: string[] }[];
}

function sortPods(
  { pods, kinds }: ObservedWorkloads,
  ofGroup: ReadonlySet<string>,
  replacements: ReadonlyMap<string, FitNode>,
): SortedPods {
  const sorted: SortedPods = { homeless: [], settled: [], uncertain: [] };
  for (const { namespace, name, node, kind, staysOnNode } of pods) {
    const placement = kinds[kind]?.placement;
    if (node === undefined || placement === undefined) continue;
    const pod: FitPod = { namespace, name, node, placement };
    const replacement = replacements.get(node);
    if (!ofGroup.has(node) || replacement === undefined) {
      sorted.settled.push(pod);
    } else if (staysOnNode !== undefined || admits(placement, replacement)) {
      sorted.settled.push({ ...pod, node: replacement.name });
      if (staysOnNode === undefined && placement.unknownClaims !== undefined)
        sorted.uncertain.push({ pod: `${namespace}/${name}`, claims: placement.unknownClaims });
    } else {
      sorted.homeless.push(pod);
    }
  }
  return sorted;
}

function findings({ observation }: CheckInput, group: string, left: readonly UnplaceablePod[]): Finding[] {
  const byReason = Map.groupBy(left, ({ namespace, reason }) => `${namespace} ${reason}`);
  return [...byReason.values()].map((pods): Finding => {
    const { namespace = '', obstacle = 'resources', reason = '' } = pods[0] ?? {};
    const names = pods.map(({ name }) => name).sort(compareNames);
    return {
      check: 'fit',
      severity: lasting.has(obstacle) ? 'blocker' : 'warning',
      subject: { apiVersion: 'v1', kind: 'Pod', namespace, name: names[0] ?? '' },
      message: `When node group ${group} is rolled, ${names.length === 1 ? 'a Pod finds' : `${names.length} Pods find`} no place in namespace ${namespace}: ${listNames(names)}: ${reason}.`,
      remedy: remedies[obstacle],
      evidence: seenBy(observation, 'Kubernetes: Pods, nodes and PersistentVolumes'),
    };
  });
}

const remedies: Readonly<Record<Obstacle, string>> = {
  'node-affinity':
    'Give the labels to the whole node group (its labels in EKS), or take what asks for them out of the Pod; a node of that name will not come back.',
  taint: 'Let the Pod tolerate the taint, or take it off the node group.',
  volume:
    'Move the data to a volume that the new nodes reach, or have the group start nodes in its zone; what lies on a node itself goes with it.',
  'host-port': 'Free the port on some node, or run fewer of these Pods.',
  'pod-affinity': 'Loosen the affinity or the spreading (preferred instead of required), or add nodes.',
  resources: 'Add a node, or ask for less.',
};

function uncertainClaims(
  { observation }: CheckInput,
  group: string,
  uncertain: SortedPods['uncertain'],
): Finding[] {
  if (uncertain.length === 0) return [];
  const claims = new Set(uncertain.flatMap(({ claims: of }) => of));
  return [
    {
      check: 'fit',
      severity: 'unknown',
      subject: { kind: 'NodeGroup', name: group },
      message: `Where Pods of node group ${group} may go is not known, because their claims or the volumes behind them were not found: ${listNames([...claims].sort(compareNames))}.`,
      remedy: 'Look at these PersistentVolumeClaims: a Pod that is started anew would not get past them.',
      evidence: seenBy(observation, 'Kubernetes: PersistentVolumeClaims and PersistentVolumes'),
    },
  ];
}
