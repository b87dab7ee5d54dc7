import type { Scenario } from '../../scenario/scenario.ts';
import { scenarioSchema } from '../../scenario/scenario.ts';

export interface RollSize {
  /** Nodes that are drained, and as many that take the Pods. */
  nodes: number;
  pods: number;
  deployments: number;
}

/** The two groups change sides from round to round. */
export const groups = ['left', 'right'] as const;
export type Group = (typeof groups)[number];

/** Keeps the nodes of the right group empty until the first round. */
export const emptyTaint = 'bench/empty';

/** Deployments of equal size, each under a budget of one; a Pod is Ready 2 s after its start, and gone 1 s after asked. */
export function rollScenario({ nodes, pods, deployments }: RollSize): Scenario {
  const names = Array.from({ length: deployments }, (_, nth) => `app-${String(nth + 1).padStart(2, '0')}`);
  const [left, right] = groups;
  const group = { size: nodes, maxSize: nodes, instanceType: 'm6i.2xlarge' };
  return scenarioSchema.parse({
    cluster: { name: 'roll', version: '1.33' },
    speed: 1,
    nodeGroups: [
      { ...group, name: left },
      { ...group, name: right, taints: [{ key: emptyTaint, value: 'true', effect: 'NoSchedule' }] },
    ],
    workloads: names.map((name) => ({
      kind: 'Deployment',
      namespace: 'bench',
      name,
      replicas: pods / deployments,
      requests: { cpu: '20m', memory: '32Mi' },
      startSeconds: 2,
      stopSeconds: 1,
      budget: { maxUnavailable: 1 },
    })),
  });
}
