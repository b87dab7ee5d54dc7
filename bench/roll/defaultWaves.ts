import type { createActivities } from '../../src/activities/createActivities.ts';
import type { ClusterContext } from '../../src/activities/types.ts';
import { durationMs } from '../../src/contract/duration.ts';
import type { EvidenceReference } from '../../src/contract/evidence.ts';
import type { ReplacedWorkersStage } from '../../src/contract/plan.ts';
import { readRequest } from '../../src/contract/request.ts';
import { groupPolicy } from '../../src/plan/groupPolicy.ts';
import type { Contestant } from './contestants.ts';
import { drainedOrThrow } from './drained.ts';

type Used = 'takeBaseline' | 'nextWave' | 'drainWave' | 'verifyOwners';

/**
 * Stepladder's activities as a surge roll calls them when the request says nothing of waves: a canary, growing waves up
 * to the default `maxParallel`, and after each the owners of its Pods as well as before, looked at as often as by default.
 */
export function defaultWaves(
  activities: Pick<ReturnType<typeof createActivities>, Used>,
  context: ClusterContext,
): Contestant {
  const request = readRequest('upgradeCluster', { cluster: context.cluster, targetVersion: '1.33' });
  const [settleMs, pollMs, timeoutMs] = (['settleTimeout', 'pollInterval', 'drainTimeout'] as const).map(
    (name) => durationMs(request.timing[name]),
  ) as [number, number, number];
  let baseline: EvidenceReference | undefined;

  return {
    name: 'Stepladder, default waves',
    async prepare() {
      baseline = await activities.takeBaseline({ context });
    },
    async drain(nodeGroup, nodes) {
      if (baseline === undefined) throw new Error('no baseline was taken');
      const { waves, drain } = groupPolicy(request.workers, nodeGroup);
      const stage: ReplacedWorkersStage = {
        stage: 'workers',
        strategy: 'surge',
        nodeGroup,
        newNodeGroup: `${nodeGroup}-new`,
        from: '1.33',
        to: '1.33',
        waves,
        drain,
      };
      const drained: string[] = [];
      for (let before = 0; ;) {
        const wave = await activities.nextWave({
          context,
          stage,
          waves: before,
          drained,
          skipped: [],
          groupNodes: nodes.length,
        });
        if (wave.nodes.length === 0) return;
        const outcome = drainedOrThrow(
          await activities.drainWave({ context, nodeGroup, nodes: wave.nodes, policy: drain, timeoutMs }),
        );
        drained.push(...outcome.drained);
        before = wave.number;
        if (outcome.owners.count === 0) continue;
        const verdict = await activities.verifyOwners({
          context,
          baseline,
          owners: outcome.owners,
          settleMs,
          pollMs,
        });
        if (!verdict.well)
          throw new Error(`broken after wave ${wave.number}: ${verdict.newlyBroken.join('; ')}`);
      }
    },
  };
}
