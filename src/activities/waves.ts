import { listNodes } from '../kubernetes/nodes.ts';
import { findUnplaceablePods } from '../plan/fit/index.ts';
import type { FitPod } from '../plan/fit/index.ts';
import type { ObservedWorkloads } from '../plan/observedWorkloads.ts';
import { chooseWave, paceOf, shrinkToFit } from '../plan/waves/index.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { observeWorkloads } from './observeWorkloads.ts';
import { activityScope, heartbeating } from './scope.ts';
import type { WorkerActivities } from './workerTypes.ts';

/** Pods that are named at most where a wave does not fit. */
const shownPods = 20;

/** Chooses the next nodes to drain, from the cluster as it is now. Changes nothing. */
export function wavesActivity({
  clusters,
}: Pick<ActivityDependencies, 'clusters'>): Pick<WorkerActivities, 'nextWave'> {
  return {
    async nextWave({ context, stage, waves, drained, skipped, groupNodes }) {
      const { signal } = activityScope();
      return heartbeating(async () => {
        const { kubernetes } = await clusters.open(context, signal);
        const nodes = await listNodes(kubernetes, signal);
        const workloads = await observeWorkloads(kubernetes, signal);
        const {
          left,
          nodes: chosen,
          ...wave
        } = chooseWave({
          nodes: nodes.filter(({ nodeGroup }) => nodeGroup === stage.nodeGroup),
          ...paceOf(workloads),
          policy: stage.waves,
          drained,
          skipped,
          waves,
          groupNodes,
        });
        if (stage.strategy !== 'in-place') return { ...wave, nodes: chosen, left, unplaceable: [] };
        const fitting = shrinkToFit(chosen, (some) => unplaceable(workloads, some));
        const smaller = chosen.length - fitting.nodes.length;
        return {
          ...wave,
          nodes: fitting.nodes,
          left: left + smaller,
          why: `${wave.why}${smaller === 0 ? '' : ` ${chosen.length} were its turn; the Pods of the others would not fit on the nodes that are left.`}`,
          unplaceable: fitting.unplaceable.slice(0, shownPods),
        };
      });
    },
  };
}

/** The Pods of these nodes that would find no other, one line each. */
function unplaceable({ pods, kinds, nodes }: ObservedWorkloads, wave: readonly string[]): string[] {
  const leaving = new Set(wave);
  const placed = pods.flatMap(({ kind, staysOnNode, ...pod }): (FitPod & { stays: boolean })[] => {
    const placement = kinds[kind]?.placement;
    return placement === undefined ? [] : [{ ...pod, placement, stays: staysOnNode !== undefined }];
  });
  return findUnplaceablePods({
    pods: placed.filter(({ node, stays }) => node !== undefined && leaving.has(node) && !stays),
    nodes: nodes.filter(({ name }) => !leaving.has(name)),
    running: placed,
  }).map(({ namespace, name, reason }) => `${namespace}/${name}: ${reason}`);
}
