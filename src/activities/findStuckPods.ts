import type { StuckPod } from '../contract/workers.ts';
import { Gates } from '../kubernetes/drain/gates.ts';
import { readOwners } from '../kubernetes/drain/owners.ts';
import { clearsByWaiting, shownStuckPods, stuckPod } from '../kubernetes/drain/stuck.ts';
import { listNodes } from '../kubernetes/nodes.ts';
import { ClusterWatches } from '../kubernetes/watching/clusterWatches.ts';
import { minorOf } from '../plan/versions.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { activityScope, heartbeating } from './scope.ts';
import type { WorkerActivities } from './workerTypes.ts';

/** Names the Pods whose budgets keep a group's old nodes from being emptied, where the platform only says that some do. */
export function findStuckPodsActivity({
  clusters,
  now,
}: Pick<ActivityDependencies, 'clusters' | 'now'>): Pick<WorkerActivities, 'findStuckPods'> {
  const watches = new ClusterWatches();
  return {
    async findStuckPods({ context, nodeGroup, to }) {
      const { signal } = activityScope();
      return heartbeating(async () => {
        const { kubernetes } = await clusters.open(context, signal);
        const nodes = (await listNodes(kubernetes, signal)).filter(
          (node) => node.nodeGroup === nodeGroup && minorOf(node.kubeletVersion) !== to,
        );
        const owners = await readOwners(kubernetes, signal);
        const cluster = await watches.watch(kubernetes, signal);
        try {
          const gates = new Gates(cluster, owners);
          const since = now().toISOString();
          const stuck: StuckPod[] = [];
          const waiting: StuckPod[] = [];
          for (const pod of nodes.flatMap(({ name }) => cluster.view.podsOn(name))) {
            const gate = gates.of(pod);
            const room = gates.roomFor(pod, gate);
            // The eviction API knows no implied budget, and the platform's own roll asks it.
            if (room.state === 'free' || gate.budgets.length === 0) continue;
            const reason = room.state === 'full' ? room.reason : room.state;
            const owner = owners.ownerOf(pod)?.reference;
            const { budgets } = gate;
            (clearsByWaiting(room, budgets) ? waiting : stuck).push(
              stuckPod(pod, { reason, why: room.why }, { owner, budgets, since }),
            );
          }
          return {
            stuck: stuck.slice(0, shownStuckPods),
            stuckCount: stuck.length,
            waiting: waiting.slice(0, shownStuckPods),
            waitingCount: waiting.length,
          };
        } finally {
          await cluster.release();
        }
      });
    },
  };
}
