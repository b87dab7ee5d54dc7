import type { WatchedBudget } from '../../../src/kubernetes/watching/watchedBudget.ts';
import type { WatchedPod } from '../../../src/kubernetes/watching/watchedPod.ts';

/** A Ready Pod of a ReplicaSet, unless told otherwise. */
export function pod(fields: Partial<WatchedPod> = {}): WatchedPod {
  const name = fields.name ?? 'web-1';
  return {
    namespace: 'shop',
    name,
    uid: `uid-${name}`,
    version: 10,
    node: 'node-1',
    labels: { app: 'web' },
    controller: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'uid-web' },
    phase: 'Running',
    ready: true,
    deletionTimestamp: undefined,
    finalizers: [],
    mirror: false,
    emptyDir: false,
    ...fields,
  };
}

/** A budget over `app: web` that allows one disruption, unless told otherwise. */
export function budget(fields: Partial<WatchedBudget> = {}): WatchedBudget {
  return {
    namespace: 'shop',
    name: 'web',
    version: 20,
    selector: { matchLabels: { app: 'web' } },
    unhealthyPodEvictionPolicy: 'IfHealthyBudget',
    generation: 1,
    observedGeneration: 1,
    disruptionsAllowed: 1,
    currentHealthy: 3,
    desiredHealthy: 2,
    expectedPods: 3,
    disruptedPods: new Set(),
    syncFailed: undefined,
    ...fields,
  };
}
