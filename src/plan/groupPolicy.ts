import type { Request } from '../contract/request.ts';
import type { DrainPolicy, Strategy, WavePolicy } from '../contract/workers.ts';

/** How one node group's nodes are replaced, by the request. */
export interface GroupPolicy {
  strategy: Strategy;
  waves: WavePolicy;
  drain: DrainPolicy;
  templateVersion?: string;
}

/** What the request says of a group: its own words where it has some in `workers.groups`, otherwise those for all. */
export function groupPolicy(workers: Request['workers'], nodeGroup: string): GroupPolicy {
  const own = Object.hasOwn(workers.groups, nodeGroup) ? workers.groups[nodeGroup] : undefined;
  const { gracePeriodSeconds, podSelector, skipWaitForDeleteSeconds, ...drain } = workers.drain;
  return {
    // A migration rolls no group; what rolling would cost is reckoned by what is usual.
    strategy: own?.strategy ?? (workers.strategy === 'blue-green' ? 'managed' : workers.strategy),
    waves: {
      maxParallel: own?.maxParallel ?? workers.maxParallel,
      canary: own?.canary ?? workers.canary,
      order: workers.nodeOrder,
    },
    drain: {
      ...drain,
      ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
      ...(podSelector === undefined ? {} : { podSelector }),
      ...(skipWaitForDeleteSeconds === undefined ? {} : { skipWaitForDeleteSeconds }),
    },
    ...(own?.templateVersion === undefined ? {} : { templateVersion: own.templateVersion }),
  };
}
