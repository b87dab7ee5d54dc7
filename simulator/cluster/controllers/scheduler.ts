import type { Node, Pod } from '../kinds.ts';
import { nodes, pods } from '../kinds.ts';
import { controllerOf, isFinished, podRequests, withCondition } from '../pods.ts';
import { parseQuantity } from '../quantities.ts';
import type { NodeCapacity } from '../schedulingRules.ts';
import { pinnedNode, reasonsAgainst, unschedulableMessage, untolerated } from '../schedulingRules.ts';
import type { ControllerContext } from './context.ts';
import { watchObjects } from './context.ts';

interface Candidate {
  node: Node;
  capacity: NodeCapacity;
  zone: string;
  /** Pods here by the uid of their controller, to spread them. */
  siblings: Map<string, number>;
}

/** Feasible nodes after which the search ends, as the real scheduler does in large clusters. */
const enoughCandidates = 100;

/** Binds Pods to nodes: the least used one that fits, and away from Pods of the same owner. */
export function startScheduler(context: ControllerContext): void {
  const { store, loop } = context;
  const candidates = new Map<string, Candidate>();
  let order: Candidate[] | undefined;
  let nextStart = 0;
  /** What each bound Pod has taken, by uid. */
  const taken = new Map<string, { node: string; cpu: number; memory: number; owner: string | undefined }>();
  const zoneSiblings = new Map<string, number>();
  const unschedulable = new Map<string, { namespace: string | undefined; name: string }>();

  const take = (pod: Pod, nodeName: string): void => {
    if (taken.has(pod.metadata.uid)) return;
    const record = { node: nodeName, ...podRequests(pod), owner: controllerOf(pod)?.uid };
    taken.set(pod.metadata.uid, record);
    const candidate = candidates.get(nodeName);
    if (candidate !== undefined) account(candidate, record, 1);
  };
  const giveBack = (uid: string): boolean => {
    const record = taken.get(uid);
    if (record === undefined) return false;
    taken.delete(uid);
    const candidate = candidates.get(record.node);
    if (candidate !== undefined) account(candidate, record, -1);
    return true;
  };
  const account = (
    candidate: Candidate,
    record: { cpu: number; memory: number; owner: string | undefined },
    sign: 1 | -1,
  ): void => {
    const { used } = candidate.capacity;
    used.cpu += sign * record.cpu;
    used.memory += sign * record.memory;
    used.pods += sign;
    if (record.owner === undefined) return;
    count(candidate.siblings, record.owner, sign);
    count(zoneSiblings, `${record.owner} ${candidate.zone}`, sign);
  };

  const schedule = (namespace: string | undefined, name: string): void => {
    const pod = store.find(pods, namespace, name);
    if (pod === undefined || pod.spec.nodeName || pod.metadata.deletionTimestamp !== undefined) return;
    if ((pod.spec.schedulingGates ?? []).length > 0 || isFinished(pod)) return;
    const { chosen, reasons } = choose(pod);
    if (chosen === undefined) {
      unschedulable.set(pod.metadata.uid, { namespace, name });
      markUnschedulable(pod, unschedulableMessage(candidates.size, reasons));
      return;
    }
    unschedulable.delete(pod.metadata.uid);
    take(pod, chosen.node.metadata.name);
    store.mutate(pods, namespace, name, (current) => ({
      ...current,
      spec: { ...current.spec, nodeName: chosen.node.metadata.name },
    }));
  };

  const choose = (pod: Pod): { chosen?: Candidate; reasons: Map<string, number> } => {
    const requests = podRequests(pod);
    const reasons = new Map<string, number>();
    const owner = controllerOf(pod)?.uid;
    const pinned = pinnedNode(pod);
    if (pinned !== undefined) {
      const candidate = candidates.get(pinned);
      const against =
        candidate === undefined ? [] : reasonsAgainst(pod, requests, candidate.node, candidate.capacity);
      for (const reason of against) count(reasons, reason, 1);
      if (candidate !== undefined && against.length === 0) return { chosen: candidate, reasons };
      const others = candidates.size - (candidate === undefined ? 0 : 1);
      if (others > 0) count(reasons, "node(s) didn't match Pod's node affinity/selector", others);
      return { reasons };
    }
    order ??= [...candidates.values()];
    let chosen: Candidate | undefined;
    let best = -Infinity;
    let feasible = 0;
    const start = nextStart;
    for (let step = 0; step < order.length && feasible < enoughCandidates; step++) {
      const candidate = order[(start + step) % order.length];
      if (candidate === undefined) continue;
      nextStart = (start + step + 1) % order.length;
      const against = reasonsAgainst(pod, requests, candidate.node, candidate.capacity);
      if (against.length > 0) {
        for (const reason of against) count(reasons, reason, 1);
        continue;
      }
      feasible += 1;
      const score = scoreOf(pod, requests, candidate, owner);
      if (score <= best) continue;
      best = score;
      chosen = candidate;
    }
    return chosen === undefined ? { reasons } : { chosen, reasons };
  };

  /** Higher is better: fewer Pods of the same owner on the node and in the zone, then the emptier node. */
  const scoreOf = (
    pod: Pod,
    requests: { cpu: number; memory: number },
    { node, capacity, siblings, zone }: Candidate,
    owner: string | undefined,
  ): number => {
    const { allocatable, used } = capacity;
    const free =
      (1 -
        (used.cpu + requests.cpu) / allocatable.cpu +
        (1 - (used.memory + requests.memory) / allocatable.memory)) /
      2;
    const together =
      owner === undefined ? 0 : 2 * (siblings.get(owner) ?? 0) + (zoneSiblings.get(`${owner} ${zone}`) ?? 0);
    const disliked =
      untolerated(pod.spec.tolerations, node.spec.taints, ['PreferNoSchedule']) === undefined ? 0 : 10;
    return free - together - disliked;
  };

  const markUnschedulable = (pod: Pod, message: string): void => {
    store.mutate(
      pods,
      pod.metadata.namespace,
      pod.metadata.name,
      (current) => ({
        ...current,
        status: {
          ...current.status,
          phase: 'Pending',
          conditions: withCondition(
            current.status?.conditions,
            { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message },
            context.now(),
          ),
        },
      }),
      { status: true },
    );
  };

  const enqueue = (namespace: string | undefined, name: string): void =>
    loop.enqueue(`schedule ${namespace ?? ''}/${name}`, () => schedule(namespace, name));
  /** Room may have come: those that fitted nowhere are tried again. */
  const retry = (): void => {
    if (unschedulable.size === 0) return;
    loop.enqueue('schedule again', () => {
      for (const { namespace, name } of unschedulable.values()) enqueue(namespace, name);
    });
  };

  watchObjects(context, pods, ({ type, object }) => {
    const uid = object.metadata.uid;
    if (type === 'DELETED' || isFinished(object)) {
      unschedulable.delete(uid);
      if (giveBack(uid)) retry();
      return;
    }
    if (object.spec.nodeName) take(object, object.spec.nodeName);
    else if (type === 'ADDED' || !unschedulable.has(uid))
      enqueue(object.metadata.namespace, object.metadata.name);
  });

  watchObjects(context, nodes, ({ type, object, previous }) => {
    const name = object.metadata.name;
    order = undefined;
    const present = candidates.get(name);
    if (type === 'DELETED') {
      if (present !== undefined) {
        for (const [owner, siblings] of present.siblings)
          count(zoneSiblings, `${owner} ${present.zone}`, -siblings);
        candidates.delete(name);
      }
      return;
    }
    const allocatable = allocatableOf(object);
    if (present !== undefined) {
      candidates.set(name, {
        ...present,
        node: object,
        capacity: { allocatable, used: present.capacity.used },
      });
    } else {
      const candidate: Candidate = {
        node: object,
        capacity: { allocatable, used: { cpu: 0, memory: 0, pods: 0 } },
        zone: object.metadata.labels?.['topology.kubernetes.io/zone'] ?? '',
        siblings: new Map(),
      };
      candidates.set(name, candidate);
      // Pods may have been bound to it before it was seen.
      for (const pod of store.podsOnNode(name)) {
        const record = taken.get(pod.metadata.uid);
        if (record !== undefined) account(candidate, record, 1);
      }
    }
    // A heartbeat makes no room.
    if (
      previous === undefined ||
      previous.spec !== object.spec ||
      previous.metadata.labels !== object.metadata.labels
    )
      retry();
  });

  const count = (counts: Map<string, number>, key: string, by: number): void => {
    const sum = (counts.get(key) ?? 0) + by;
    if (sum === 0) counts.delete(key);
    else counts.set(key, sum);
  };
}

function allocatableOf(node: Node): NodeCapacity['allocatable'] {
  const allocatable = node.status?.allocatable;
  return {
    cpu: parseQuantity(allocatable?.['cpu']),
    memory: parseQuantity(allocatable?.['memory']),
    pods: parseQuantity(allocatable?.['pods'] ?? '110'),
  };
}
