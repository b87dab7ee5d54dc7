import { scenarioSchema } from '../../scenario/scenario.ts';
import type { Scenario } from '../../scenario/scenario.ts';

/** Pods of one workload, and workloads of one namespace: what a platform team would call ordinary. */
const podsPerWorkload = 50;
const workloadsPerNamespace = 10;

export const groupName = 'fleet';

/**
 * A cluster with one large node group, full of Deployments with budgets.
 *
 * @param options.nodes nodes of the group
 * @param options.podsPerNode Pods of Deployments on each node; the DaemonSets of the add-ons come on top
 */
export function largeGroup(options: { nodes: number; podsPerNode: number; speed: number }): Scenario {
  const { nodes, podsPerNode, speed } = options;
  const workloads = Math.max(1, Math.round((nodes * podsPerNode) / podsPerWorkload));
  return scenarioSchema.parse({
    cluster: { name: 'large', version: '1.31', region: 'ap-northeast-1', account: '111122223333' },
    speed,
    nodeGroups: [
      {
        name: groupName,
        size: nodes,
        minSize: 0,
        maxSize: nodes + 200,
        instanceType: 'm6i.large',
        version: '1.30',
      },
    ],
    addons: [
      { name: 'vpc-cni', version: 'v1.19.0-eksbuild.1' },
      { name: 'kube-proxy', version: 'v1.31.3-eksbuild.2' },
      { name: 'coredns', version: 'v1.11.3-eksbuild.1' },
    ],
    workloads: Array.from({ length: workloads }, (_, index) => ({
      kind: 'Deployment',
      namespace: `team-${Math.floor(index / workloadsPerNamespace)}`,
      name: `app-${index}`,
      replicas: podsPerWorkload,
      requests: { cpu: '50m', memory: '64Mi' },
      startSeconds: 5,
      stopSeconds: 2,
      budget: { maxUnavailable: '20%' },
    })),
  });
}
