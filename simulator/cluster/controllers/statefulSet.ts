import type { Pod, StatefulSet } from '../kinds.ts';
import { persistentVolumeClaims, pods, statefulSets } from '../kinds.ts';
import { controllerOf, isAvailable, isFinished, isReady, isTerminating } from '../pods.ts';
import type { ControllerContext } from './context.ts';
import { reconcileEach, watchObjects } from './context.ts';
import { createPod } from './podTemplate.ts';
import { ensureRevision, revisionLabel } from './revision.ts';

/** Keeps a StatefulSet's Pods by their ordinals: one after the other up, the highest first down and when rolling. */
export function startStatefulSetController(context: ControllerContext): void {
  const { store, clock } = context;

  const reconcile = (statefulSet: StatefulSet): void => {
    if (isTerminating(statefulSet)) return;
    const revision = ensureRevision(context, statefulSet);
    const status = statefulSet.status;
    const currentRevision = status?.currentRevision ?? revision.name;
    act(statefulSet, revision.name, currentRevision);
    writeStatus(statefulSet, revision.name, currentRevision);
  };

  const act = (statefulSet: StatefulSet, updateRevision: string, currentRevision: string): void => {
    const { namespace, name } = statefulSet.metadata;
    const { spec } = statefulSet;
    const parallel = spec.podManagementPolicy === 'Parallel';
    const first = spec.ordinals?.start ?? 0;
    const end = first + spec.replicas;
    const present = byOrdinal(statefulSet);
    const available = (pod: Pod): boolean => isAvailable(pod, spec.minReadySeconds ?? 0, clock.now());

    for (let ordinal = first; ordinal < end; ordinal++) {
      const pod = present.get(ordinal);
      if (pod !== undefined && isFinished(pod) && !isTerminating(pod)) {
        store.remove(pods, namespace, pod.metadata.name);
        return;
      }
      if (pod === undefined) {
        createClaims(statefulSet, ordinal);
        createPod(context, statefulSet, 'apps/v1', spec.template, {
          name: `${name}-${ordinal}`,
          labels: {
            [revisionLabel]: updateRevision,
            'statefulset.kubernetes.io/pod-name': `${name}-${ordinal}`,
            'apps.kubernetes.io/pod-index': String(ordinal),
          },
        });
        if (!parallel) return;
      } else if (!parallel && (isTerminating(pod) || !available(pod))) {
        replaceOutdated(pod, updateRevision);
        return;
      }
    }

    const surplus = [...present]
      .filter(([ordinal]) => ordinal >= end || ordinal < first)
      .sort(([a], [b]) => b - a);
    for (const [, pod] of surplus) {
      if (!isTerminating(pod)) store.remove(pods, namespace, pod.metadata.name);
      if (!parallel) return;
    }

    if (spec.updateStrategy.type !== 'RollingUpdate' || updateRevision === currentRevision) return;
    const partition = spec.updateStrategy.rollingUpdate?.partition ?? 0;
    for (let ordinal = end - 1; ordinal >= Math.max(first, partition); ordinal--) {
      const pod = present.get(ordinal);
      if (pod === undefined || isTerminating(pod)) return;
      if (pod.metadata.labels?.[revisionLabel] !== updateRevision) {
        store.remove(pods, namespace, pod.metadata.name);
        return;
      }
      if (!available(pod)) return;
    }
  };

  /** A Pod that never came up under an old template would block the roll-out of the one that mends it. */
  const replaceOutdated = (pod: Pod, updateRevision: string): void => {
    if (isTerminating(pod) || pod.metadata.labels?.[revisionLabel] === updateRevision) return;
    if (!isReady(pod)) store.remove(pods, pod.metadata.namespace, pod.metadata.name);
  };

  const createClaims = (statefulSet: StatefulSet, ordinal: number): void => {
    for (const template of statefulSet.spec.volumeClaimTemplates ?? []) {
      const claim = `${template.metadata.name}-${statefulSet.metadata.name}-${ordinal}`;
      const { namespace } = statefulSet.metadata;
      if (store.find(persistentVolumeClaims, namespace, claim) !== undefined) continue;
      store.create(persistentVolumeClaims, {
        kind: 'PersistentVolumeClaim',
        metadata: {
          name: claim,
          ...(namespace === undefined ? {} : { namespace }),
          labels: { ...statefulSet.spec.selector.matchLabels },
        },
        spec: template.spec ?? {},
        status: { phase: 'Bound' },
      });
    }
  };

  const byOrdinal = (statefulSet: StatefulSet): Map<number, Pod> =>
    new Map(
      store
        .ownedBy(statefulSet.metadata.uid, pods)
        .map((pod): [number, Pod] => [Number(/-(\d+)$/.exec(pod.metadata.name)?.[1] ?? -1), pod]),
    );

  const writeStatus = (statefulSet: StatefulSet, updateRevision: string, currentRevision: string): void => {
    const { namespace, name, uid } = statefulSet.metadata;
    const own = store.ownedBy(uid, pods).filter((pod) => !isFinished(pod));
    const living = own.filter((pod) => !isTerminating(pod));
    const minReadySeconds = statefulSet.spec.minReadySeconds ?? 0;
    const ready = own.filter(isReady);
    const available = living.filter((pod) => isAvailable(pod, minReadySeconds, clock.now()));
    if (minReadySeconds > 0 && available.length < ready.length)
      clock.after(minReadySeconds * 1000, () => enqueue(namespace, name));
    const at = (revision: string): number =>
      living.filter((pod) => pod.metadata.labels?.[revisionLabel] === revision).length;
    const complete =
      at(updateRevision) === statefulSet.spec.replicas && available.length === statefulSet.spec.replicas;
    const settled = complete ? updateRevision : currentRevision;
    store.mutate(
      statefulSets,
      namespace,
      name,
      (present) => ({
        ...present,
        status: {
          observedGeneration: present.metadata.generation ?? 1,
          replicas: own.length,
          readyReplicas: ready.length,
          availableReplicas: available.length,
          currentReplicas: at(settled),
          updatedReplicas: at(updateRevision),
          currentRevision: settled,
          updateRevision,
          collisionCount: 0,
        },
      }),
      { status: true },
    );
  };

  const enqueue = reconcileEach(context, statefulSets, reconcile);
  watchObjects(context, pods, ({ object }) => {
    const owner = controllerOf(object);
    if (owner?.kind === 'StatefulSet') enqueue(object.metadata.namespace, owner.name);
  });
}
