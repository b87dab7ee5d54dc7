import { isStatus } from '../errors.ts';
import type { Node, Pod, Taint } from '../kinds.ts';
import { leases, nodes, pods } from '../kinds.ts';
import { nodeLost } from '../podStatus.ts';
import { kubernetesTime } from '../../../scenario/kubernetesTime.ts';
import { conditionOf, isFinished, isReady, isTerminating } from '../pods.ts';
import { tolerates, unschedulableTaint } from '../schedulingRules.ts';
import type { ControllerContext } from './context.ts';
import { watchObjects } from './context.ts';

const notReadyKey = 'node.kubernetes.io/not-ready';
const unreachableKey = 'node.kubernetes.io/unreachable';
const ownedKeys = [notReadyKey, unreachableKey, unschedulableTaint.key];

/**
 * Taints nodes by their conditions, evicts Pods from nodes with NoExecute taints when their toleration ends, and
 * clears away what was on a node that is gone.
 */
export function startNodeLifecycleController(context: ControllerContext): void {
  const { store, clock } = context;
  /** Evictions to come, by the Pod's uid. */
  const evictions = new Map<string, { due: number; cancel: () => void }>();

  const taintByConditions = (node: Node): void => {
    const wanted = taintsFor(node);
    const present = node.spec.taints ?? [];
    const kept = present.filter((taint) => !ownedKeys.includes(taint.key));
    const next = [
      ...kept,
      ...wanted.map((taint) => present.find((other) => sameTaint(other, taint)) ?? stamped(taint)),
    ];
    if (next.length === present.length && next.every((taint) => present.includes(taint))) return;
    store.mutate(nodes, undefined, node.metadata.name, (current) => ({
      ...current,
      spec: { ...current.spec, taints: next },
    }));
  };
  const stamped = (taint: Taint): Taint =>
    taint.effect === 'NoExecute' ? { ...taint, timeAdded: kubernetesTime(clock.now()) } : taint;

  const evictFrom = (node: Node): void => {
    for (const pod of store.podsOnNode(node.metadata.name)) evictUntolerating(pod, node);
  };

  const evictUntolerating = (pod: Pod, node: Node): void => {
    const seconds = toleratedFor(pod, node.spec.taints ?? []);
    const { uid, namespace, name } = pod.metadata;
    if (seconds === undefined || isTerminating(pod)) {
      callOff(uid);
      return;
    }
    const due = clock.now().getTime() + seconds * 1000;
    const present = evictions.get(uid);
    if (present !== undefined && present.due <= due) return;
    present?.cancel();
    const cancel = clock.after(seconds * 1000, () => {
      evictions.delete(uid);
      removePod(namespace, name, uid);
    });
    evictions.set(uid, { due, cancel });
  };
  const callOff = (uid: string): void => {
    evictions.get(uid)?.cancel();
    evictions.delete(uid);
  };

  const removePod = (
    namespace: string | undefined,
    name: string,
    uid: string,
    gracePeriodSeconds?: number,
  ): void => {
    try {
      store.remove(pods, namespace, name, {
        preconditions: { uid },
        ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
      });
    } catch (error) {
      // Somebody else was quicker, or another Pod has its name now: either way it is gone.
      if (!isStatus(error, 'NotFound') && !isStatus(error, 'Conflict')) throw error;
    }
  };

  const loseReadiness = (node: Node): void => {
    for (const pod of store.podsOnNode(node.metadata.name))
      if (isReady(pod) && !isFinished(pod))
        store.mutate(
          pods,
          pod.metadata.namespace,
          pod.metadata.name,
          (current) => nodeLost(current, clock.now()),
          {
            status: true,
          },
        );
  };

  watchObjects(context, nodes, ({ type, object, previous }) => {
    const { name } = object.metadata;
    if (type === 'DELETED') {
      for (const pod of store.podsOnNode(name))
        removePod(pod.metadata.namespace, pod.metadata.name, pod.metadata.uid, 0);
      if (store.find(leases, 'kube-node-lease', name) !== undefined)
        store.remove(leases, 'kube-node-lease', name);
      return;
    }
    context.loop.enqueue(`node ${name}`, () => {
      const node = store.find(nodes, undefined, name);
      if (node !== undefined) taintByConditions(node);
    });
    if (conditionOf(object, 'Ready')?.status === 'Unknown') loseReadiness(object);
    if (previous === undefined || previous.spec.taints !== object.spec.taints) evictFrom(object);
  });

  watchObjects(context, pods, ({ type, object, previous }) => {
    if (type === 'DELETED') {
      callOff(object.metadata.uid);
      return;
    }
    const nodeName = object.spec.nodeName;
    if (!nodeName || previous?.spec.nodeName === nodeName) return;
    const node = store.find(nodes, undefined, nodeName);
    if (node === undefined)
      removePod(object.metadata.namespace, object.metadata.name, object.metadata.uid, 0);
    else evictUntolerating(object, node);
  });
}

/** How many seconds a Pod may stay on a node with these taints; undefined when it may for ever. */
export function toleratedFor(pod: Pod, taints: Taint[]): number | undefined {
  let shortest: number | undefined;
  for (const taint of taints) {
    if (taint.effect !== 'NoExecute') continue;
    const tolerations = (pod.spec.tolerations ?? []).filter((toleration) => tolerates(toleration, taint));
    if (tolerations.length === 0) return 0;
    for (const { tolerationSeconds } of tolerations)
      if (tolerationSeconds !== undefined)
        shortest = Math.min(shortest ?? Infinity, Math.max(0, tolerationSeconds));
  }
  return shortest;
}

function taintsFor(node: Node): Taint[] {
  const ready = conditionOf(node, 'Ready')?.status ?? 'Unknown';
  const key = ready === 'False' ? notReadyKey : unreachableKey;
  return [
    ...(ready === 'True'
      ? []
      : [
          { key, effect: 'NoSchedule' },
          { key, effect: 'NoExecute' },
        ]),
    ...(node.spec.unschedulable === true ? [unschedulableTaint] : []),
  ];
}

const sameTaint = (left: Taint, right: Taint): boolean =>
  left.key === right.key && left.effect === right.effect;
