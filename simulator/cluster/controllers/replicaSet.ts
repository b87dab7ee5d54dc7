import type { Pod, ReplicaSet } from '../kinds.ts';
import { pods, replicaSets } from '../kinds.ts';
import { controllerOf, isActive, isAvailable, isReady, isTerminating } from '../pods.ts';
import { selects } from '../selectors.ts';
import type { ControllerContext } from './context.ts';
import { reconcileEach, watchObjects } from './context.ts';
import { controllerReference, createPod } from './podTemplate.ts';

/** Keeps as many Pods as a ReplicaSet asks for. */
export function startReplicaSetController(context: ControllerContext): void {
  const { store, clock } = context;

  const reconcile = (replicaSet: ReplicaSet): void => {
    const { uid, namespace, name } = replicaSet.metadata;
    const active = store.ownedBy(uid, pods).filter(isActive);
    if (!isTerminating(replicaSet)) {
      const missing = replicaSet.spec.replicas - active.length;
      for (let made = 0; made < missing; made++)
        active.push(createPod(context, replicaSet, 'apps/v1', replicaSet.spec.template));
      if (missing < 0)
        for (const pod of [...active].sort(dispensableFirst).slice(0, -missing)) {
          store.remove(pods, namespace, pod.metadata.name);
          active.splice(active.indexOf(pod), 1);
        }
    }
    const minReadySeconds = replicaSet.spec.minReadySeconds ?? 0;
    const now = clock.now();
    const ready = active.filter(isReady);
    const available = ready.filter((pod) => isAvailable(pod, minReadySeconds, now));
    if (available.length < ready.length) clock.after(minReadySeconds * 1000, () => enqueue(namespace, name));
    store.mutate(
      replicaSets,
      namespace,
      name,
      (current) => ({
        ...current,
        status: {
          replicas: active.length,
          fullyLabeledReplicas: active.length,
          readyReplicas: ready.length,
          availableReplicas: available.length,
          observedGeneration: current.metadata.generation ?? 1,
        },
      }),
      { status: true },
    );
  };

  const enqueue = reconcileEach(context, replicaSets, reconcile);
  watchObjects(context, pods, ({ type, object }) => {
    const owner = controllerOf(object);
    if (owner?.kind === 'ReplicaSet') enqueue(object.metadata.namespace, owner.name);
    else if (owner === undefined && type !== 'DELETED' && isActive(object)) adopt(object);
  });

  /** A Pod without a controller belongs to the ReplicaSet that selects it. */
  const adopt = (pod: Pod): void => {
    if (pod.metadata.labels?.['pod-template-hash'] === undefined) return;
    const adopter = store
      .list(replicaSets, pod.metadata.namespace)
      .items.find(
        (candidate) => !isTerminating(candidate) && selects(candidate.spec.selector, pod.metadata.labels),
      );
    if (adopter === undefined) return;
    store.mutate(pods, pod.metadata.namespace, pod.metadata.name, (current) => ({
      ...current,
      metadata: {
        ...current.metadata,
        ownerReferences: [
          ...(current.metadata.ownerReferences ?? []),
          controllerReference('apps/v1', adopter),
        ],
      },
    }));
  };
}

/** Which Pods go first: those without a node, then those not Ready, then the youngest. */
function dispensableFirst(left: Pod, right: Pod): number {
  const rank = (pod: Pod): number => (pod.spec.nodeName ? 1 : 0) + (isReady(pod) ? 2 : 0);
  return (
    rank(left) - rank(right) ||
    Date.parse(right.metadata.creationTimestamp) - Date.parse(left.metadata.creationTimestamp) ||
    left.metadata.name.localeCompare(right.metadata.name)
  );
}
