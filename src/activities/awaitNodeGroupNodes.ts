import { listGroupNodes } from '../kubernetes/groupNodes.ts';
import type { GroupNode } from '../kubernetes/groupNodes.ts';
import { minorOf } from '../plan/versions.ts';
import type { PlatformNodeGroup } from '../platform/platform.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { pause } from './pause.ts';
import { activityScope, heartbeating } from './scope.ts';
import type { WorkerActivities } from './workerTypes.ts';

type Input = Parameters<WorkerActivities['awaitNodeGroupNodes']>[0];
type Outcome = Awaited<ReturnType<WorkerActivities['awaitNodeGroupNodes']>>;

/** A group may be DEGRADED in passing, while machines come and go: so many looks in a row are taken for its word. */
const looksUntilBelieved = 6;

/**
 * Waits for the nodes of a group. It is judged by the nodes themselves as the Kubernetes API shows them; what the
 * platform says of the group decides only that there is no more hope for them.
 */
export function awaitNodeGroupNodesActivity({
  clusters,
}: Pick<ActivityDependencies, 'clusters'>): Pick<WorkerActivities, 'awaitNodeGroupNodes'> {
  return {
    async awaitNodeGroupNodes(input) {
      const { signal, heartbeat } = activityScope();
      const until = performance.now() + input.timeoutMs;
      const progress = { line: `node group ${input.nodeGroup}: looking for its nodes` };
      let degraded = 0;
      return heartbeating(
        async () => {
          for (;;) {
            // Opened each time: it is verified again now and then, and kept from being closed as unused.
            const { platform, kubernetes } = await clusters.open(input.context, signal);
            const group = await platform.findNodeGroup(input.nodeGroup, signal);
            const nodes = await listGroupNodes(kubernetes, input.nodeGroup, signal);
            degraded = group?.status === 'DEGRADED' ? degraded + 1 : 0;
            const outcome = judgeNodeGroup(group, nodes, input, degraded >= looksUntilBelieved);
            progress.line = `node group ${input.nodeGroup}: ${outcome.ready} of ${input.nodes} nodes Ready at ${input.version}, ${group?.status ?? 'gone'}`;
            const left = until - performance.now();
            if (outcome.state !== 'waiting' || left <= 0) return outcome;
            heartbeat(progress);
            await pause(Math.min(input.pollMs, left), signal);
          }
        },
        () => progress,
      );
    },
  };
}

/**
 * Whether a group has its nodes, will have them, or will not.
 *
 * @param stays that the group is DEGRADED and has been for some time
 */
export function judgeNodeGroup(
  group: Pick<PlatformNodeGroup, 'status' | 'healthIssues'> | undefined,
  nodes: readonly GroupNode[],
  wanted: Pick<Input, 'nodeGroup' | 'nodes' | 'version'>,
  stays: boolean,
): Outcome {
  const ready = nodes.filter((node) => node.ready && minorOf(node.kubeletVersion) === wanted.version).length;
  if (group === undefined) {
    return { state: 'failed', ready, problems: [`Node group ${wanted.nodeGroup} is not there any more.`] };
  }
  const { status, healthIssues } = group;
  const enough = ready >= wanted.nodes;
  // Other trouble of a group that has all its nodes is not this wait's business.
  if (enough && (status === 'ACTIVE' || status === 'DEGRADED'))
    return { state: 'ready', ready, problems: [] };
  const problems = [
    ...(enough
      ? []
      : [
          `${ready} of ${wanted.nodes} nodes of node group ${wanted.nodeGroup} are Ready at ${wanted.version}.`,
        ]),
    ...healthIssues,
  ];
  const hopeless =
    status === 'CREATE_FAILED' ||
    status === 'DELETING' ||
    status === 'DELETE_FAILED' ||
    (status === 'DEGRADED' && stays && healthIssues.length > 0);
  return {
    state: hopeless ? 'failed' : 'waiting',
    ready,
    problems: [`Its status is ${status}.`, ...problems],
  };
}
