/** Pure: the status that a kubelet writes for a Pod in each moment of its life. */
import type { Condition, ContainerStatus, Pod } from './kinds.ts';
import { kubernetesTime } from '../../scenario/kubernetesTime.ts';
import { withCondition } from './pods.ts';
import type { Random } from '../../eks-api/random.ts';

/** Bound to a node, containers being created. */
export function starting(pod: Pod, hostIP: string, now: Date): Pod {
  return withStatus(
    pod,
    {
      phase: 'Pending',
      hostIP,
      startTime: kubernetesTime(now),
      containerStatuses: waiting(pod, 'ContainerCreating'),
    },
    {
      PodReadyToStartContainers: true,
      Initialized: true,
      Ready: false,
      ContainersReady: false,
      PodScheduled: true,
    },
    now,
  );
}

/** All containers run and are ready. */
export function running(
  pod: Pod,
  addresses: { podIP: string; hostIP: string },
  now: Date,
  random: Random,
): Pod {
  const startedAt = kubernetesTime(now);
  return withStatus(
    pod,
    {
      phase: 'Running',
      ...addresses,
      hostIPs: [{ ip: addresses.hostIP }],
      podIPs: [{ ip: addresses.podIP }],
      startTime: pod.status?.startTime ?? startedAt,
      containerStatuses: pod.spec.containers.map((container) => ({
        name: container.name,
        image: container.image ?? '',
        imageID: container.image ?? '',
        containerID: `containerd://${hexadecimal(random, 64)}`,
        ready: true,
        started: true,
        restartCount: 0,
        state: { running: { startedAt } },
        lastState: {},
      })),
    },
    {
      PodReadyToStartContainers: true,
      Initialized: true,
      Ready: true,
      ContainersReady: true,
      PodScheduled: true,
    },
    now,
  );
}

/** All containers run, and none is ready. */
export function runningNotReady(
  pod: Pod,
  addresses: { podIP: string; hostIP: string },
  now: Date,
  random: Random,
): Pod {
  // It is never Ready in between: what `running` says of that is said the other way round before anybody sees it.
  const { status } = running(pod, addresses, now, random);
  const notReady = { Ready: false, ContainersReady: false };
  const others = (status?.conditions ?? []).filter(({ type }) => !(type in notReady));
  const before = (pod.status?.conditions ?? []).filter(({ type }) => type in notReady);
  const containerStatuses = (status?.containerStatuses ?? []).map((container) => ({
    ...container,
    ready: false,
  }));
  return withStatus(
    { ...pod, status: { ...status, conditions: [...others, ...before] } },
    { containerStatuses },
    notReady,
    now,
  );
}

/** The image can't be pulled. */
export function imagePulling(pod: Pod, now: Date): Pod {
  return withStatus(
    pod,
    {
      phase: 'Pending',
      startTime: pod.status?.startTime ?? kubernetesTime(now),
      containerStatuses: pod.spec.containers.map((container) => ({
        name: container.name,
        image: container.image ?? '',
        imageID: '',
        ready: false,
        started: false,
        restartCount: 0,
        state: {
          waiting: {
            reason: 'ImagePullBackOff',
            message: `Back-off pulling image "${container.image ?? ''}": ErrImagePull: rpc error: code = NotFound desc = failed to pull and unpack image "${container.image ?? ''}": not found`,
          },
        },
        lastState: {},
      })),
    },
    {
      PodReadyToStartContainers: true,
      Initialized: true,
      Ready: false,
      ContainersReady: false,
      PodScheduled: true,
    },
    now,
  );
}

/** All containers have ended well. */
export function succeeded(pod: Pod, now: Date): Pod {
  return withStatus(
    pod,
    {
      phase: 'Succeeded',
      containerStatuses: (pod.status?.containerStatuses ?? []).map((status) => ({
        ...status,
        ready: false,
        started: false,
        state: { terminated: { exitCode: 0, reason: 'Completed', finishedAt: kubernetesTime(now) } },
      })),
    },
    { Initialized: true, Ready: false, ContainersReady: false, PodScheduled: true },
    now,
    'PodCompleted',
  );
}

/** The node does not answer any more; nobody knows about its containers. */
export function nodeLost(pod: Pod, now: Date): Pod {
  const condition: Condition = { type: 'Ready', status: 'False', reason: 'NodeNotReady', message: '' };
  return {
    ...pod,
    status: { ...pod.status, conditions: withCondition(pod.status?.conditions, condition, now) },
  };
}

/** The node answers again. */
export function nodeFound(pod: Pod, now: Date): Pod {
  const condition: Condition = { type: 'Ready', status: 'True' };
  return {
    ...pod,
    status: { ...pod.status, conditions: withCondition(pod.status?.conditions, condition, now) },
  };
}

function withStatus(
  pod: Pod,
  status: NonNullable<Pod['status']>,
  truths: Record<string, boolean>,
  now: Date,
  reason?: string,
): Pod {
  let conditions = pod.status?.conditions;
  for (const [type, holds] of Object.entries(truths)) {
    const why = reason ?? (type === 'Ready' || type === 'ContainersReady' ? 'ContainersNotReady' : undefined);
    const condition: Condition = { type, status: holds ? 'True' : 'False', lastProbeTime: null };
    if (!holds && why !== undefined) condition.reason = why;
    conditions = withCondition(conditions, condition, now);
  }
  return { ...pod, status: { ...pod.status, ...status, conditions: conditions ?? [] } };
}

function waiting(pod: Pod, reason: string): ContainerStatus[] {
  return pod.spec.containers.map((container) => ({
    name: container.name,
    image: container.image ?? '',
    imageID: '',
    ready: false,
    started: false,
    restartCount: 0,
    state: { waiting: { reason } },
    lastState: {},
  }));
}

function hexadecimal(random: Random, length: number): string {
  let digits = '';
  while (digits.length < length)
    digits += Math.floor(random() * 0x1_0000_0000)
      .toString(16)
      .padStart(8, '0');
  return digits.slice(0, length);
}
