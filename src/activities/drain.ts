import type { ActivityDependencies } from './dependencies.ts';
import { drainWaveActivity } from './drainWave.ts';
import { nodeMarkActivities } from './nodeMarks.ts';
import { stuckPodActivities } from './stuckPods.ts';
import type { WorkerActivities } from './workerTypes.ts';

export type DrainActivities = Pick<
  WorkerActivities,
  | 'cordonNodes'
  | 'uncordonNodes'
  | 'holdOffAutoscalers'
  | 'releaseAutoscalers'
  | 'excludeFromLoadBalancers'
  | 'drainWave'
  | 'deletePods'
  | 'deletePodsOnceReplaced'
  | 'restartOwners'
>;

/** All that is done to nodes and their Pods when a group is replaced. */
export function drainActivities(
  dependencies: Pick<ActivityDependencies, 'clusters' | 'evidence' | 'now'>,
): DrainActivities {
  return {
    ...nodeMarkActivities(dependencies),
    ...drainWaveActivity(dependencies),
    ...stuckPodActivities(dependencies),
  };
}
