import type { DaemonSet, Node, Pod, Toleration } from '../kinds.ts';
import { daemonSets, nodes, pods } from '../kinds.ts';
import { controllerOf, isAvailable, isFinished, isReady, isTerminating } from '../pods.ts';
import { resolveCount } from '../quantities.ts';
import { matchesNode, pinnedNode, untolerated } from '../schedulingRules.ts';
import type { ControllerContext } from './context.ts';
import { reconcileEach, watchObjects } from './context.ts';
import { createPod } from './podTemplate.ts';
import { ensureRevision, revisionLabel } from './revision.ts';

/** Taints that a DaemonSet's Pods tolerate by being such. */
const ownTolerations: Toleration[] = [
  { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/disk-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/memory-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/pid-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' },
];

/**
 * A look at a DaemonSet is a look at all nodes and all its Pods, and each of them that changes asks for one. With so
 * many nodes it is done only so often that it takes a small part of the time.
 */
const manyNodes = 500;
const restPerMillisecond = 10;

/** Keeps one Pod on every node that a DaemonSet fits, cordoned ones included. */
export function startDaemonSetController(context: ControllerContext): void {
  const { store, clock, loop } = context;
  /** Until when DaemonSets rest after a long look, by uid. */
  const rests = new Map<string, number>();

  const reconcile = (daemonSet: DaemonSet): void => {
    const { uid, namespace, name } = daemonSet.metadata;
    const began = performance.now();
    const rest = (rests.get(uid) ?? 0) - began;
    if (rest > 0) {
      loop.enqueueLater(`daemonset ${uid}`, rest, () => enqueue(namespace, name));
      return;
    }
    look(daemonSet);
    if (store.list(nodes).items.length < manyNodes) return;
    const now = performance.now();
    rests.set(uid, now + (now - began) * restPerMillisecond);
  };

  const look = (daemonSet: DaemonSet): void => {
    if (isTerminating(daemonSet)) return;
    const { hash } = ensureRevision(context, daemonSet);
    const byNode = podsByNode(daemonSet);
    for (const node of store.list(nodes).items)
      placeOn(daemonSet, node, byNode.get(node.metadata.name) ?? [], hash);
    if (daemonSet.spec.updateStrategy.type === 'RollingUpdate') roll(daemonSet, hash);
    writeStatus(daemonSet, hash);
  };

  const placeOn = (daemonSet: DaemonSet, node: Node, present: Pod[], hash: string): void => {
    const { namespace } = daemonSet.metadata;
    for (const pod of present)
      if (isFinished(pod) && !isTerminating(pod)) store.remove(pods, namespace, pod.metadata.name);
    const living = present.filter((pod) => !isFinished(pod));
    if (!fits(daemonSet, node)) {
      // A Pod stays where a NoSchedule taint came later; it goes where the node is not meant any more.
      if (!selected(daemonSet, node))
        for (const pod of living) if (!isTerminating(pod)) store.remove(pods, namespace, pod.metadata.name);
      return;
    }
    if (living.length === 0) createFor(daemonSet, node.metadata.name, hash);
  };

  const createFor = (daemonSet: DaemonSet, node: string, hash: string): void => {
    const { template } = daemonSet.spec;
    const required = {
      nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }],
    };
    createPod(context, daemonSet, 'apps/v1', template, {
      labels: { [revisionLabel]: hash, 'pod-template-generation': '1' },
      spec: {
        affinity: {
          ...template.spec.affinity,
          nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required },
        },
        tolerations: [...(template.spec.tolerations ?? []), ...ownTolerations],
      },
    });
  };

  /** Deletes Pods of an older template: those that are not available at once, the others as many as may be missing. */
  const roll = (daemonSet: DaemonSet, hash: string): void => {
    const own = store.ownedBy(daemonSet.metadata.uid, pods).filter((pod) => !isFinished(pod));
    const wanted = store.list(nodes).items.filter((node) => fits(daemonSet, node)).length;
    const limit = resolveCount(
      daemonSet.spec.updateStrategy.rollingUpdate?.maxUnavailable ?? 1,
      wanted,
      'up',
    );
    const now = clock.now();
    const available = (pod: Pod): boolean =>
      !isTerminating(pod) && isAvailable(pod, daemonSet.spec.minReadySeconds ?? 0, now);
    const outdated = own.filter(
      (pod) => !isTerminating(pod) && pod.metadata.labels?.[revisionLabel] !== hash,
    );
    let missing = wanted - own.filter(available).length;
    for (const pod of outdated.filter((candidate) => !available(candidate)))
      store.remove(pods, pod.metadata.namespace, pod.metadata.name);
    for (const pod of outdated.filter(available)) {
      if (missing >= Math.max(1, limit)) return;
      store.remove(pods, pod.metadata.namespace, pod.metadata.name);
      missing += 1;
    }
  };

  const podsByNode = (daemonSet: DaemonSet): Map<string, Pod[]> => {
    const byNode = new Map<string, Pod[]>();
    for (const pod of store.ownedBy(daemonSet.metadata.uid, pods)) {
      const node = pod.spec.nodeName ?? pinnedNode(pod) ?? '';
      const there = byNode.get(node);
      if (there === undefined) byNode.set(node, [pod]);
      else there.push(pod);
    }
    return byNode;
  };

  const writeStatus = (daemonSet: DaemonSet, hash: string): void => {
    const { namespace, name, uid } = daemonSet.metadata;
    const fitting = new Set(
      store
        .list(nodes)
        .items.filter((node) => fits(daemonSet, node))
        .map((node) => node.metadata.name),
    );
    const own = store.ownedBy(uid, pods).filter((pod) => !isFinished(pod) && pod.spec.nodeName);
    const right = own.filter((pod) => fitting.has(pod.spec.nodeName ?? ''));
    const minReadySeconds = daemonSet.spec.minReadySeconds ?? 0;
    const ready = right.filter((pod) => isReady(pod) && !isTerminating(pod));
    const available = ready.filter((pod) => isAvailable(pod, minReadySeconds, clock.now()));
    if (available.length < ready.length) clock.after(minReadySeconds * 1000, () => enqueue(namespace, name));
    store.mutate(
      daemonSets,
      namespace,
      name,
      (present) => ({
        ...present,
        status: {
          observedGeneration: present.metadata.generation ?? 1,
          desiredNumberScheduled: fitting.size,
          currentNumberScheduled: new Set(right.map((pod) => pod.spec.nodeName)).size,
          numberMisscheduled: own.length - right.length,
          numberReady: ready.length,
          numberAvailable: available.length,
          numberUnavailable: fitting.size - available.length,
          updatedNumberScheduled: right.filter(
            (pod) => !isTerminating(pod) && pod.metadata.labels?.[revisionLabel] === hash,
          ).length,
        },
      }),
      { status: true },
    );
  };

  const enqueue = reconcileEach(context, daemonSets, reconcile);
  watchObjects(context, daemonSets, ({ type, object }) => {
    if (type === 'DELETED') rests.delete(object.metadata.uid);
  });
  watchObjects(context, pods, ({ object }) => {
    const owner = controllerOf(object);
    if (owner?.kind === 'DaemonSet') enqueue(object.metadata.namespace, owner.name);
  });
  watchObjects(context, nodes, ({ object, previous }) => {
    const unchanged =
      previous !== undefined &&
      previous.spec === object.spec &&
      previous.metadata.labels === object.metadata.labels &&
      previous.metadata.deletionTimestamp === object.metadata.deletionTimestamp;
    if (unchanged) return;
    for (const daemonSet of store.list(daemonSets).items)
      enqueue(daemonSet.metadata.namespace, daemonSet.metadata.name);
  });
}

function templatePod(daemonSet: DaemonSet): Pick<Pod, 'kind' | 'metadata' | 'spec'> {
  return { kind: 'Pod', metadata: daemonSet.metadata, spec: daemonSet.spec.template.spec };
}

/** Whether a node is meant by the DaemonSet's node selector and affinity. */
const selected = (daemonSet: DaemonSet, node: Node): boolean => matchesNode(templatePod(daemonSet), node);

function fits(daemonSet: DaemonSet, node: Node): boolean {
  const tolerations = [...(daemonSet.spec.template.spec.tolerations ?? []), ...ownTolerations];
  return (
    !isTerminating(node) &&
    selected(daemonSet, node) &&
    untolerated(tolerations, node.spec.taints) === undefined
  );
}
