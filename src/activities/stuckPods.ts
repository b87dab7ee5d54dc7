import { deletePod } from '../kubernetes/drain/deletePod.ts';
import { isReplaced } from '../kubernetes/drain/isReplaced.ts';
import { restartOwner } from '../kubernetes/drain/restart.ts';
import { listNodes } from '../kubernetes/nodes.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { pause } from './pause.ts';
import { activityScope, heartbeating } from './scope.ts';
import type { WorkerActivities } from './workerTypes.ts';

/** What a person can have done about Pods that hold up a drain. Nothing of it is ever done unasked (rule 15). */
export function stuckPodActivities({
  clusters,
  now,
}: Pick<ActivityDependencies, 'clusters' | 'now'>): Pick<
  WorkerActivities,
  'deletePods' | 'deletePodsOnceReplaced' | 'restartOwners'
> {
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

    async deletePodsOnceReplaced({ context, nodeGroup, pods, pollMs }) {
      const { signal } = activityScope();
      let left = pods;
      let deleted = 0;
      return heartbeating(
        async () => {
          for (;;) {
            // Opened each time: its token is renewed, and it is kept from being closed as unused.
            const { kubernetes } = await clusters.open(context, signal);
            const nodes = await listNodes(kubernetes, signal);
            const turn = left.filter(({ node }) => isReplaced(node, nodeGroup, nodes));
            for (const pod of turn)
              if ((await deletePod(kubernetes, pod, { now: now(), signal })) === 'deleted') deleted += 1;
            left = left.filter((pod) => !turn.includes(pod));
            if (left.length === 0) return { deleted, gone: pods.length - deleted };
            await pause(pollMs, signal);
          }
        },
        () => ({ line: `${left.length} of ${pods.length} Pods wait for new nodes before they are deleted` }),
      );
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
