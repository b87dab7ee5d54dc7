import { cordon, exclude, holdOff, release, uncordon } from '../kubernetes/drain/marks.ts';
import { changeNodes, findNodes, readNodes } from '../kubernetes/nodeMarks.ts';
import type { MarkedNode, NodePatch } from '../kubernetes/nodeMarks.ts';
import type { KubernetesConnection } from '../kubernetes/connection.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { activityScope, heartbeating } from './scope.ts';
import type { ClusterContext } from './types.ts';
import type { WorkerActivities } from './workerTypes.ts';

interface Change {
  context: ClusterContext;
  /** For messages, before `node NAME`: `cordon`. */
  what: string;
  find: (kubernetes: KubernetesConnection, signal: AbortSignal) => Promise<MarkedNode[]>;
  decide: (node: MarkedNode) => NodePatch | undefined;
}

/** What is set on nodes for an upgrade's sake, and put back: each noted on the node itself (rule 14). */
export function nodeMarkActivities({
  clusters,
}: Pick<ActivityDependencies, 'clusters'>): Pick<
  WorkerActivities,
  'cordonNodes' | 'uncordonNodes' | 'holdOffAutoscalers' | 'releaseAutoscalers' | 'excludeFromLoadBalancers'
> {
  /** Of how many nodes how many had to be changed. */
  const change = async ({ context, what, find, decide }: Change) => {
    const { signal } = activityScope();
    let line = `looking for the nodes to ${what}`;
    return heartbeating(
      async () => {
        const { kubernetes } = await clusters.open(context, signal);
        const nodes = await find(kubernetes, signal);
        let done = 0;
        const onNode = (): void => {
          done += 1;
          line = `${what}: ${done} of ${nodes.length} nodes`;
        };
        return {
          nodes: nodes.length,
          changed: await changeNodes(kubernetes, nodes, decide, { signal, what, onNode }),
        };
      },
      () => ({ line }),
    );
  };
  const ofGroups =
    (nodeGroups: readonly string[], names?: readonly string[]): Change['find'] =>
    (kubernetes, signal) =>
      findNodes(kubernetes, { nodeGroups, names, signal });

  return {
    async cordonNodes({ context, nodeGroup, nodes: names, madeBy }) {
      const { nodes, changed } = await change({
        context,
        what: 'cordon',
        find: ofGroups([nodeGroup], names),
        decide: (node) => cordon(node, madeBy),
      });
      return { cordoned: changed, already: nodes - changed };
    },

    async uncordonNodes({ context, nodeGroup, nodes, madeBy }) {
      const { changed } = await change({
        context,
        what: 'uncordon',
        find: ofGroups([nodeGroup], nodes),
        decide: (node) => uncordon(node, madeBy),
      });
      return { uncordoned: changed };
    },

    async holdOffAutoscalers({ context, nodeGroups, madeBy }) {
      const { changed } = await change({
        context,
        what: 'hold autoscalers off',
        find: ofGroups(nodeGroups),
        decide: (node) => holdOff(node, madeBy),
      });
      return { annotated: changed };
    },

    async releaseAutoscalers({ context, nodeGroups, madeBy }) {
      const { changed } = await change({
        context,
        what: 'let autoscalers at',
        find: ofGroups(nodeGroups),
        decide: (node) => release(node, madeBy),
      });
      return { restored: changed };
    },

    async excludeFromLoadBalancers({ context, nodes }) {
      const { changed } = await change({
        context,
        what: 'take out of load balancers',
        find: (kubernetes, signal) => readNodes(kubernetes, nodes, signal),
        decide: exclude,
      });
      return { labelled: changed };
    },
  };
}
