import type { Condition, Deployment, ReplicaSet } from '../kinds.ts';
import { deployments, pods, replicaSets } from '../kinds.ts';
import { kubernetesTime } from '../../../scenario/kubernetesTime.ts';
import { controllerOf, isTerminating, withCondition } from '../pods.ts';
import { nameHash } from '../random.ts';
import type { ReplicaSetSize } from '../rollingUpdate.ts';
import { rollingSizes, rolloutLimits } from '../rollingUpdate.ts';
import type { ControllerContext } from './context.ts';
import { reconcileEach, watchObjects } from './context.ts';
import { controllerReference } from './podTemplate.ts';

const revisionAnnotation = 'deployment.kubernetes.io/revision';
const hashLabel = 'pod-template-hash';

/** Rolls a Deployment's template out by ReplicaSets, one for each template. */
export function startDeploymentController(context: ControllerContext): void {
  const { store, clock } = context;
  /** Calls off the look at a roll-out that makes no progress, by the Deployment's uid. */
  const deadlines = new Map<string, () => void>();

  const reconcile = (deployment: Deployment): void => {
    if (isTerminating(deployment)) return;
    const hash = nameHash(deployment.spec.template);
    const name = `${deployment.metadata.name}-${hash}`;
    adoptOrphan(deployment, name);
    const owned = store.ownedBy(deployment.metadata.uid, replicaSets);
    let current = owned.find((replicaSet) => replicaSet.metadata.name === name);
    const old = owned.filter((replicaSet) => replicaSet.metadata.name !== name);
    if (deployment.spec.paused !== true) {
      const revision = current === undefined ? undefined : revisionOf(current);
      const newest = Math.max(0, ...old.map(revisionOf));
      if (current === undefined) current = createReplicaSet(deployment, name, hash, newest + 1);
      else if ((revision ?? 0) <= newest) annotate(current, newest + 1);
      annotateDeployment(deployment, revisionOf(store.get(replicaSets, deployment.metadata.namespace, name)));
    }
    resize(deployment, current, old);
    forgetOld(deployment, old);
    writeStatus(deployment, name);
  };

  /** The ReplicaSet of this template may be left over from a Deployment that was deleted without it. */
  const adoptOrphan = (deployment: Deployment, name: string): void => {
    store.mutate(replicaSets, deployment.metadata.namespace, name, (present) =>
      controllerOf(present) !== undefined || isTerminating(present)
        ? present
        : {
            ...present,
            metadata: {
              ...present.metadata,
              ownerReferences: [
                ...(present.metadata.ownerReferences ?? []),
                controllerReference('apps/v1', deployment),
              ],
            },
          },
    );
  };

  const resize = (deployment: Deployment, current: ReplicaSet | undefined, old: ReplicaSet[]): void => {
    const replicas = deployment.spec.replicas;
    if (deployment.spec.paused === true || current === undefined) {
      // Paused: no template rolls out, but a change of size is still followed.
      const largest = [...old, ...(current === undefined ? [] : [current])].sort(
        (left, right) => right.spec.replicas - left.spec.replicas,
      )[0];
      if (
        largest !== undefined &&
        [...old, current].filter((set) => (set?.spec.replicas ?? 0) > 0).length <= 1
      )
        scale(largest, replicas);
      return;
    }
    if (deployment.spec.strategy.type === 'Recreate') {
      for (const replicaSet of old) scale(replicaSet, 0);
      const remaining = old.some((replicaSet) => store.ownedBy(replicaSet.metadata.uid, pods).length > 0);
      if (!remaining) scale(current, replicas);
      return;
    }
    const sizes = rollingSizes({
      replicas,
      limits: rolloutLimits(deployment.spec.strategy.rollingUpdate, replicas),
      current: sizeOf(current),
      old: old.map(sizeOf),
    });
    scale(current, sizes.current);
    old.forEach((replicaSet, index) => scale(replicaSet, sizes.old[index] ?? replicaSet.spec.replicas));
  };

  const scale = (replicaSet: ReplicaSet, replicas: number): void => {
    if (replicaSet.spec.replicas === replicas) return;
    store.mutate(replicaSets, replicaSet.metadata.namespace, replicaSet.metadata.name, (present) => ({
      ...present,
      spec: { ...present.spec, replicas },
    }));
  };

  const createReplicaSet = (
    deployment: Deployment,
    name: string,
    hash: string,
    revision: number,
  ): ReplicaSet => {
    const { template, selector, minReadySeconds } = deployment.spec;
    const labels = { ...template.metadata?.labels, [hashLabel]: hash };
    return store.create(replicaSets, {
      kind: 'ReplicaSet',
      metadata: {
        name,
        ...(deployment.metadata.namespace === undefined ? {} : { namespace: deployment.metadata.namespace }),
        labels,
        annotations: {
          [revisionAnnotation]: String(revision),
          'deployment.kubernetes.io/desired-replicas': String(deployment.spec.replicas),
        },
        ownerReferences: [controllerReference('apps/v1', deployment)],
      },
      spec: {
        replicas: 0,
        selector: { ...selector, matchLabels: { ...selector.matchLabels, [hashLabel]: hash } },
        template: { ...template, metadata: { ...template.metadata, labels } },
        ...(minReadySeconds === undefined ? {} : { minReadySeconds }),
      },
    });
  };

  const annotate = (replicaSet: ReplicaSet, revision: number): void => {
    store.mutate(replicaSets, replicaSet.metadata.namespace, replicaSet.metadata.name, (present) =>
      withAnnotation(present, revisionAnnotation, String(revision)),
    );
  };
  const annotateDeployment = (deployment: Deployment, revision: number): void => {
    store.mutate(deployments, deployment.metadata.namespace, deployment.metadata.name, (present) =>
      withAnnotation(present, revisionAnnotation, String(revision)),
    );
  };

  /** Deletes the oldest ReplicaSets without Pods beyond those that are kept for going back. */
  const forgetOld = (deployment: Deployment, old: ReplicaSet[]): void => {
    const empty = old
      .filter((set) => set.spec.replicas === 0 && (set.status?.replicas ?? 0) === 0 && !isTerminating(set))
      .sort((left, right) => revisionOf(left) - revisionOf(right));
    for (const replicaSet of empty.slice(0, Math.max(0, empty.length - deployment.spec.revisionHistoryLimit)))
      store.remove(replicaSets, replicaSet.metadata.namespace, replicaSet.metadata.name);
  };

  const writeStatus = (deployment: Deployment, currentName: string): void => {
    const { uid, namespace, name } = deployment.metadata;
    const owned = store.ownedBy(uid, replicaSets);
    const sum = (field: 'replicas' | 'readyReplicas' | 'availableReplicas', among = owned): number =>
      among.reduce((total, replicaSet) => total + (replicaSet.status?.[field] ?? 0), 0);
    const updated = sum(
      'replicas',
      owned.filter((replicaSet) => replicaSet.metadata.name === currentName),
    );
    const wanted = deployment.spec.replicas;
    const counts = {
      replicas: sum('replicas'),
      updatedReplicas: updated,
      readyReplicas: sum('readyReplicas'),
      availableReplicas: sum('availableReplicas'),
      unavailableReplicas: Math.max(0, Math.max(wanted, sum('replicas')) - sum('availableReplicas')),
    };
    const { maxUnavailable } = rolloutLimits(deployment.spec.strategy.rollingUpdate, wanted);
    const least = deployment.spec.strategy.type === 'Recreate' ? wanted : wanted - maxUnavailable;
    const complete = updated === wanted && counts.replicas === wanted && counts.availableReplicas >= wanted;
    store.mutate(
      deployments,
      namespace,
      name,
      (present) => {
        const now = context.now();
        const conditions = withCondition(
          present.status?.conditions,
          availability(counts.availableReplicas >= least),
          now,
        );
        const progressed = progress(present, currentName, complete, counts);
        if (!complete) awaitDeadline(present);
        else callOff(uid);
        return {
          ...present,
          status: {
            observedGeneration: present.metadata.generation ?? 1,
            ...counts,
            conditions: withCondition(conditions, progressed, now),
          },
        };
      },
      { status: true },
    );
  };

  const progress = (
    deployment: Deployment,
    replicaSet: string,
    complete: boolean,
    counts: { updatedReplicas: number; availableReplicas: number },
  ): Condition => {
    const present = deployment.status?.conditions?.find((condition) => condition.type === 'Progressing');
    const { name, generation } = deployment.metadata;
    if (complete)
      return {
        type: 'Progressing',
        status: 'True',
        reason: 'NewReplicaSetAvailable',
        message: `ReplicaSet "${replicaSet}" has successfully progressed.`,
        lastUpdateTime:
          present?.reason === 'NewReplicaSetAvailable'
            ? (present.lastUpdateTime ?? '')
            : kubernetesTime(context.now()),
      };
    const before = deployment.status;
    const moved =
      present?.lastUpdateTime === undefined ||
      before?.observedGeneration !== generation ||
      counts.updatedReplicas > (before?.updatedReplicas ?? 0) ||
      counts.availableReplicas > (before?.availableReplicas ?? 0);
    const since = moved ? kubernetesTime(context.now()) : (present.lastUpdateTime ?? '');
    const late =
      context.now().getTime() - Date.parse(since) >= deployment.spec.progressDeadlineSeconds * 1000 - 1;
    // A finished roll-out that lost Pods is not one that has stalled.
    if (present?.reason === 'NewReplicaSetAvailable' && before?.observedGeneration === generation)
      return present;
    return {
      type: 'Progressing',
      status: late ? 'False' : 'True',
      reason: late ? 'ProgressDeadlineExceeded' : 'ReplicaSetUpdated',
      message: late
        ? `ReplicaSet "${replicaSet}" has timed out progressing.`
        : `ReplicaSet "${replicaSet}" of Deployment "${name}" is progressing.`,
      lastUpdateTime: since,
    };
  };

  const awaitDeadline = (deployment: Deployment): void => {
    const { uid, namespace, name } = deployment.metadata;
    if (deadlines.has(uid)) return;
    const cancel = clock.after(deployment.spec.progressDeadlineSeconds * 1000, () => {
      deadlines.delete(uid);
      enqueue(namespace, name);
    });
    deadlines.set(uid, cancel);
  };
  const callOff = (uid: string): void => {
    deadlines.get(uid)?.();
    deadlines.delete(uid);
  };

  const enqueue = reconcileEach(context, deployments, reconcile);
  watchObjects(context, deployments, ({ type, object }) => {
    if (type === 'DELETED') callOff(object.metadata.uid);
  });
  watchObjects(context, replicaSets, ({ object }) => {
    const owner = controllerOf(object);
    if (owner?.kind === 'Deployment') enqueue(object.metadata.namespace, owner.name);
  });
  // Recreate waits for the old Pods themselves to be gone.
  watchObjects(context, pods, ({ type, object }) => {
    if (type !== 'DELETED') return;
    const owner = controllerOf(object);
    if (owner?.kind !== 'ReplicaSet') return;
    const replicaSet = store.find(replicaSets, object.metadata.namespace, owner.name);
    const deployment = replicaSet === undefined ? undefined : controllerOf(replicaSet);
    if (deployment?.kind === 'Deployment') enqueue(object.metadata.namespace, deployment.name);
  });
}

const availability = (enough: boolean): Condition =>
  enough
    ? {
        type: 'Available',
        status: 'True',
        reason: 'MinimumReplicasAvailable',
        message: 'Deployment has minimum availability.',
      }
    : {
        type: 'Available',
        status: 'False',
        reason: 'MinimumReplicasUnavailable',
        message: 'Deployment does not have minimum availability.',
      };

const sizeOf = (replicaSet: ReplicaSet): ReplicaSetSize => ({
  wanted: replicaSet.spec.replicas,
  present: replicaSet.status?.replicas ?? 0,
  available: replicaSet.status?.availableReplicas ?? 0,
});

const revisionOf = (replicaSet: ReplicaSet): number =>
  Number(replicaSet.metadata.annotations?.[revisionAnnotation] ?? 0);

function withAnnotation<T extends Deployment | ReplicaSet>(object: T, key: string, value: string): T {
  return {
    ...object,
    metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, [key]: value } },
  };
}
