import { countBudget, evictionConfirmationMilliseconds } from '../budgetStatus.ts';
import type { Pod, PodDisruptionBudget, Resource } from '../kinds.ts';
import { deployments, podDisruptionBudgets, pods, replicaSets, statefulSets } from '../kinds.ts';
import { controllerOf, keyOf, withCondition } from '../pods.ts';
import { selects } from '../selectors.ts';
import type { OwnerReference, StoredObject } from '../types.ts';
import type { ControllerContext } from './context.ts';
import { reconcileEach, watchObjects } from './context.ts';

/** Keeps the status of PodDisruptionBudgets. Which Pods a budget selects is kept along with them, not searched for. */
export function startDisruptionController(context: ControllerContext): void {
  const { store, clock } = context;
  /** Names of selected Pods by budget. */
  const members = new Map<string, Set<string>>();

  const reconcile = (budget: PodDisruptionBudget): void => {
    const { namespace, name } = budget.metadata;
    const selected: Pod[] = [];
    for (const podName of members.get(keyOf(budget)) ?? []) {
      const pod = store.find(pods, namespace, podName);
      if (pod !== undefined && pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed')
        selected.push(pod);
    }
    const counts = countBudget(budget, selected, scaleOf(selected), clock.now());
    store.mutate(
      podDisruptionBudgets,
      namespace,
      name,
      (present) => ({
        ...present,
        status: {
          observedGeneration: present.metadata.generation ?? 1,
          ...(counts ?? {
            expectedPods: present.status?.expectedPods ?? 0,
            desiredHealthy: present.status?.desiredHealthy ?? 0,
            currentHealthy: present.status?.currentHealthy ?? 0,
            disruptionsAllowed: 0,
          }),
          conditions: withCondition(
            present.status?.conditions,
            counts === undefined
              ? {
                  type: 'DisruptionAllowed',
                  status: 'False',
                  reason: 'SyncFailed',
                  message: 'found no controllers for a pod that the budget selects',
                }
              : {
                  type: 'DisruptionAllowed',
                  status: counts.disruptionsAllowed > 0 ? 'True' : 'False',
                  reason: counts.disruptionsAllowed > 0 ? 'SufficientPods' : 'InsufficientPods',
                  message: '',
                  observedGeneration: present.metadata.generation ?? 1,
                },
            context.now(),
          ),
        },
      }),
      { status: true },
    );
    if (counts !== undefined && Object.keys(counts.disruptedPods).length > 0)
      clock.after(evictionConfirmationMilliseconds, () => enqueue(namespace, name));
  };

  /** What the Pods' owners want in all; undefined when a Pod has no owner that says. */
  const scaleOf = (selected: Pod[]): number | undefined => {
    const owners = new Map<string, number>();
    for (const pod of selected) {
      const controller = controllerOf(pod);
      const scale = controller === undefined ? undefined : wantedBy(pod.metadata.namespace, controller);
      if (scale === undefined) return undefined;
      owners.set(scale.uid, scale.replicas);
    }
    return [...owners.values()].reduce((sum, replicas) => sum + replicas, 0);
  };

  const wantedBy = (
    namespace: string | undefined,
    owner: OwnerReference,
  ): { uid: string; replicas: number } | undefined => {
    if (owner.kind === 'ReplicaSet') {
      const replicaSet = store.find(replicaSets, namespace, owner.name);
      if (replicaSet === undefined) return undefined;
      const above = controllerOf(replicaSet);
      const deployment =
        above?.kind === 'Deployment' ? store.find(deployments, namespace, above.name) : undefined;
      const scaled = deployment ?? replicaSet;
      return { uid: scaled.metadata.uid, replicas: scaled.spec.replicas };
    }
    if (owner.kind === 'StatefulSet') {
      const found = store.find(statefulSets, namespace, owner.name);
      return found && { uid: found.metadata.uid, replicas: found.spec.replicas };
    }
    return undefined;
  };

  const enqueue = reconcileEach(context, podDisruptionBudgets, reconcile);

  watchObjects(context, podDisruptionBudgets, ({ type, object, previous }) => {
    if (type === 'DELETED') {
      members.delete(keyOf(object));
      return;
    }
    if (previous !== undefined && previous.spec === object.spec) return;
    const selected = store
      .list(pods, object.metadata.namespace)
      .items.filter((pod) => selects(object.spec.selector, pod.metadata.labels));
    members.set(keyOf(object), new Set(selected.map((pod) => pod.metadata.name)));
  });

  watchObjects(context, pods, ({ type, object }) => {
    const { namespace, name } = object.metadata;
    for (const budget of store.list(podDisruptionBudgets, namespace).items) {
      const set = members.get(keyOf(budget));
      if (set === undefined) continue;
      const was = set.has(name);
      const is = type !== 'DELETED' && selects(budget.spec.selector, object.metadata.labels);
      if (is) set.add(name);
      else set.delete(name);
      if (was || is) enqueue(namespace, budget.metadata.name);
    }
  });

  // A budget follows the size of what owns its Pods.
  const follow = <T extends StoredObject>(resource: Resource<T>): void =>
    watchObjects(context, resource, ({ object, previous }) => {
      if (previous !== undefined && previous['spec'] === object['spec']) return;
      for (const budget of store.list(podDisruptionBudgets, object.metadata.namespace).items)
        enqueue(budget.metadata.namespace, budget.metadata.name);
    });
  follow(deployments);
  follow(replicaSets);
  follow(statefulSets);
}
