import type { Finding } from '../../contract/finding.ts';
import type { ReplacedWorkersStage } from '../../contract/plan.ts';
import { replacementNodes } from '../../plan/fit/index.ts';
import type { ObservedWorkloads } from '../../plan/observedWorkloads.ts';
import { listNames, seenBy, type Check, type CheckInput } from '../check.ts';
import { judgeBudget } from './judgeBudget.ts';
import { plannedWaves } from './plannedWaves.ts';
import { simulateDrains } from './simulateDrains.ts';
import type { StuckWave } from './simulateDrains.ts';

/**
 * Rolls in place that would stop half way: with a wave's nodes gone its Pods find no room, and their budget lets no
 * more of them be missing. Where new nodes stand ready beside the old ones there is room, and `fit` and `budgets` say
 * all. What these say already is not said again.
 */
export const stalledWaves: Check = (input) => {
  const { workloads } = input.observation;
  // That nobody looked is told by `budgets`, which asks the same of it.
  if (workloads === undefined) return [];
  const seen = new Set<string>();
  return input.plan.hops
    .flatMap(({ stages }) => stages)
    .flatMap((stage) => {
      if (stage.stage !== 'workers' || stage.strategy !== 'in-place' || seen.has(stage.nodeGroup)) return [];
      seen.add(stage.nodeGroup);
      return judge(input, stage, workloads);
    });
};

function judge(input: CheckInput, stage: ReplacedWorkersStage, workloads: ObservedWorkloads): Finding[] {
  const { observation } = input;
  const members = new Set(
    observation.nodes.flatMap(({ name, nodeGroup }) => (nodeGroup === stage.nodeGroup ? [name] : [])),
  );
  const waves = plannedWaves([...members], stage.waves);
  const stuck = simulateDrains({
    workloads,
    waves,
    replacements: replacementNodes(workloads.nodes.filter(({ name }) => members.has(name))),
    unusable: new Set(observation.nodes.flatMap(({ name, ready }) => (ready ? [] : [name]))),
  });
  return stuck
    .filter(({ budget }) => judgeBudget(budget).state === 'gives-way')
    .map((each) => finding(input, stage, waves.length, each));
}

function finding(
  { observation }: CheckInput,
  { nodeGroup }: ReplacedWorkersStage,
  waveCount: number,
  { wave, budget, pods, homeless }: StuckWave,
): Finding {
  const { namespace, name } = budget;
  const [first] = homeless;
  return {
    check: 'stalled-waves',
    severity: 'blocker',
    subject: { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', namespace, name },
    message: `Wave ${wave} of ${waveCount} of node group ${nodeGroup} can't end: budget ${namespace}/${name} lets no more Pods be missing, so ${listNames(pods)} can't be evicted, and ${listNames(homeless.map((each) => each.name))} would find no place while the wave's nodes are away${first === undefined ? '' : ` (${first.reason})`}.`,
    remedy:
      'Drain fewer nodes at a time (workers.waves.maxParallel), add a node first, or let new nodes stand beside the old ones (strategy surge).',
    evidence: seenBy(
      observation,
      'Kubernetes: Pods and nodes',
      `Kubernetes: PodDisruptionBudget ${namespace}/${name}`,
    ),
  };
}
