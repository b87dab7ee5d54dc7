import { behaviourOf } from '../../../scenario/behaviour.ts';
import type { Pod } from '../kinds.ts';
import { leases, pods } from '../kinds.ts';
import { imagePulling, nodeFound, running, runningNotReady, starting, succeeded } from '../podStatus.ts';
import { isFinished, isReady, isTerminating } from '../pods.ts';
import { isStatus } from '../errors.ts';
import type { ControllerContext } from './context.ts';
import { watchObjects } from './context.ts';

export interface KubeletOptions {
  /** Whether the machine behind a node runs: a dead one starts and stops nothing. */
  isAlive(node: string): boolean;
  /** Whether the image of a Pod can't be pulled, besides what the Pod says itself. */
  isImageBroken(pod: Pod): boolean;
  /** Whether the containers of a Pod run and are never ready. */
  isNeverReady(pod: Pod): boolean;
  /** While the scenario is being set up, Pods start without waiting. */
  isSettling(): boolean;
}

export interface Kubelets {
  /** Takes up again what was left of a node's Pods, after it came back. */
  resume(node: string): void;
  /** Begins to keep a node's lease. */
  keepLease(node: string): void;
}

/** How often a kubelet renews its lease, in simulated seconds; in real time all leases are renewed at once. */
const leaseSeconds = 10;
/** How long until a pull that failed is tried again, in simulated seconds. */
const pullAgainSeconds = 30;
/** How often a container that runs is asked whether it is ready, in simulated seconds. */
const probeSeconds = 10;
const leastRealMillisecondsBetweenRenewals = 2_000;

/** Starts and stops the Pods on the nodes that live, and keeps the nodes' leases. */
export function startKubelets(context: ControllerContext, options: KubeletOptions): Kubelets {
  const { store, clock, timings, random } = context;
  /** What a Pod waits for, by uid: its start, its end or its stop. */
  const waits = new Map<string, { phase: string; cancel: () => void }>();
  const leased = new Set<string>();
  let nextAddress = 0;

  const wait = (pod: Pod, phase: string, seconds: number, then: () => void): void => {
    const { uid } = pod.metadata;
    const present = waits.get(uid);
    if (present?.phase === phase) return;
    present?.cancel();
    const cancel = clock.after(seconds * 1000, () => {
      waits.delete(uid);
      const node = pod.spec.nodeName ?? '';
      if (options.isAlive(node)) then();
    });
    waits.set(uid, { phase, cancel });
  };
  const forget = (uid: string): void => {
    waits.get(uid)?.cancel();
    waits.delete(uid);
  };

  const sync = (pod: Pod): void => {
    const node = pod.spec.nodeName;
    if (!node || !options.isAlive(node)) return;
    const behaviour = behaviourOf(pod, timings);
    const { namespace, name, uid } = pod.metadata;
    if (isTerminating(pod)) {
      const grace = pod.metadata.deletionGracePeriodSeconds ?? 0;
      const wasRunning = pod.status?.phase === 'Running';
      const seconds = wasRunning ? Math.min(grace, behaviour.stopSeconds) : Math.min(grace, 1);
      wait(pod, `stop ${grace}`, seconds, () => {
        try {
          store.remove(pods, namespace, name, { gracePeriodSeconds: 0, preconditions: { uid } });
        } catch (error) {
          if (!isStatus(error, 'NotFound') && !isStatus(error, 'Conflict')) throw error;
        }
      });
      return;
    }
    if (isFinished(pod)) return;
    if (isReady(pod)) {
      if (pod.spec.restartPolicy !== undefined && pod.spec.restartPolicy !== 'Always')
        wait(pod, 'run', behaviour.runSeconds, () =>
          write(pod, (current) => succeeded(current, context.now())),
        );
      return;
    }
    if (pod.status?.phase === 'Running' && options.isNeverReady(pod)) {
      // Somebody may take the fault away.
      wait(pod, 'probe', probeSeconds, () => {
        const current = store.find(pods, namespace, name);
        if (current?.metadata.uid === uid) sync(current);
      });
      return;
    }
    if (options.isSettling() || behaviour.startSeconds === 0) start(pod);
    else if (isBackingOff(pod))
      wait(pod, 'pull', pullAgainSeconds, () => {
        start(pod);
        // Nothing changes, and nothing would call for another try, while the image is still not there.
        const current = store.find(pods, namespace, name);
        if (current?.metadata.uid === uid && isBackingOff(current)) sync(current);
      });
    else {
      if (pod.status?.startTime === undefined)
        write(pod, (current) => starting(current, addressOf(node), context.now()));
      wait(pod, 'start', behaviour.startSeconds, () => start(pod));
    }
  };

  const start = (pod: Pod): void =>
    write(pod, (current) => {
      if (isTerminating(current) || isFinished(current)) return current;
      if (behaviourOf(current, timings).brokenImage || options.isImageBroken(current))
        return imagePulling(current, context.now());
      const address = current.status?.podIP ?? podAddress();
      const hostIP = addressOf(current.spec.nodeName ?? '');
      const become = options.isNeverReady(current) ? runningNotReady : running;
      return become(current, { podIP: address, hostIP }, context.now(), random);
    });

  const write = (pod: Pod, change: (current: Pod) => Pod): void => {
    const { namespace, name, uid } = pod.metadata;
    store.mutate(
      pods,
      namespace,
      name,
      (current) => (current.metadata.uid === uid ? change(current) : current),
      {
        status: true,
      },
    );
  };

  const podAddress = (): string => {
    nextAddress += 1;
    return `10.0.${128 + (Math.floor(nextAddress / 250) % 120)}.${(nextAddress % 250) + 2}`;
  };

  watchObjects(context, pods, ({ type, object }) => {
    if (type === 'DELETED') forget(object.metadata.uid);
    else sync(object);
  });

  const renewLeases = (): void => {
    const renewTime = clock.now().toISOString().replace('Z', '000Z');
    for (const node of leased) {
      if (!options.isAlive(node)) continue;
      const renewed = store.mutate(leases, 'kube-node-lease', node, (lease) => ({
        ...lease,
        spec: { holderIdentity: node, leaseDurationSeconds: 40, renewTime },
      }));
      if (renewed === undefined) leased.delete(node);
    }
    // Many nodes at a high speed would otherwise do little else than renew leases.
    const realMilliseconds = leastRealMillisecondsBetweenRenewals * Math.max(1, leased.size / 500);
    clock.after(Math.max(leaseSeconds * 1000, realMilliseconds * clock.speed), renewLeases);
  };
  clock.after(leaseSeconds * 1000, renewLeases);

  return {
    resume: (node) => {
      for (const pod of store.podsOnNode(node)) {
        forget(pod.metadata.uid);
        if (pod.status?.phase === 'Running') write(pod, (current) => nodeFound(current, context.now()));
        sync(store.get(pods, pod.metadata.namespace, pod.metadata.name));
      }
    },
    keepLease: (node) => {
      leased.add(node);
      if (store.find(leases, 'kube-node-lease', node) !== undefined) return;
      store.create(leases, {
        kind: 'Lease',
        metadata: { name: node, namespace: 'kube-node-lease' },
        spec: {
          holderIdentity: node,
          leaseDurationSeconds: 40,
          renewTime: clock.now().toISOString().replace('Z', '000Z'),
        },
      });
    },
  };
}

const isBackingOff = (pod: Pod): boolean =>
  (pod.status?.containerStatuses ?? []).some(({ state }) => {
    const waiting = state['waiting'];
    return (
      typeof waiting === 'object' &&
      waiting !== null &&
      'reason' in waiting &&
      waiting.reason === 'ImagePullBackOff'
    );
  });

/** `ip-10-0-12-34.…` says the node's address. */
function addressOf(node: string): string {
  const match = /^(?:fargate-)?ip-(\d+)-(\d+)-(\d+)-(\d+)\./.exec(node);
  return match === null ? '10.0.0.1' : match.slice(1).join('.');
}
