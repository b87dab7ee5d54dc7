import { deletePod } from '../kubernetes/drain/deletePod.ts';
import { restartOwner } from '../kubernetes/drain/restart.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { activityScope, heartbeating } from './scope.ts';
import type { WorkerActivities } from './workerTypes.ts';

/** What a person can have done about Pods that hold up a drain. Nothing of it is ever done unasked (rule 15). */
export function stuckPodActivities({
  clusters,
  now,
}: Pick<ActivityDependencies, 'clusters' | 'now'>): Pick<WorkerActivities, 'deletePods' | 'restartOwners'> {
  return {
    async deletePods({ context, pods }) {
      const { signal } = activityScope();
      return heartbeating(async () => {
        const { kubernetes } = await clusters.open(context, signal);
        let deleted = 0;
        for (const pod of pods)
          if ((await deletePod(kubernetes, pod, { now: now(), signal })) === 'deleted') deleted += 1;
        return { deleted, gone: pods.length - deleted };
      });
    },

    async restartOwners({ context, owners, restartedAt }) {
      const { signal } = activityScope();
      return heartbeating(async () => {
        const { kubernetes } = await clusters.open(context, signal);
        const problems: string[] = [];
        for (const owner of owners) {
          const problem = await restartOwner(kubernetes, owner, restartedAt, signal);
          if (problem !== undefined) problems.push(problem);
        }
        return { restarted: owners.length - problems.length, problems };
      });
    },
  };
}
