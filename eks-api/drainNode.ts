import type { PodView } from './infrastructure.ts';
import type { EksService } from './service.ts';

/**
 * Evicts the Pods of a node until none is left, as EKS does: budgets are honoured, and what is refused is tried again.
 *
 * @param limitSeconds how long it may take
 * @returns the Pods that were still there at the end of that time; none when the node is empty
 */
export async function drainNode(
  service: EksService,
  node: string,
  limitSeconds: number,
  signal: AbortSignal,
): Promise<PodView[]> {
  const { infrastructure, timings } = service;
  const deadline = infrastructure.clock.now().getTime() + limitSeconds * 1000;
  const leaving = new Set<string>();
  for (;;) {
    signal.throwIfAborted();
    const pods = await infrastructure.podsToEvict(node);
    if (pods.length === 0) return [];
    for (const pod of pods.filter(({ uid }) => !leaving.has(uid))) {
      if ((await infrastructure.evict(pod)) === 'evicted') leaving.add(pod.uid);
    }
    if (infrastructure.clock.now().getTime() >= deadline) return pods;
    await service.pause(timings.retryInterval, signal);
  }
}

/** Takes the Pods off a node that could not be evicted from it, whatever their budgets say, and waits until they are gone. */
export async function deletePods(
  service: EksService,
  node: string,
  pods: PodView[],
  signal: AbortSignal,
): Promise<void> {
  const { infrastructure, timings } = service;
  for (const pod of pods) await infrastructure.deletePod(pod);
  const deadline = infrastructure.clock.now().getTime() + timings.podEvictionLimit * 1000;
  // A node is terminated in the end even if a Pod clings to it.
  while ((await infrastructure.podsToEvict(node)).length > 0) {
    if (infrastructure.clock.now().getTime() >= deadline) return;
    await service.pause(timings.retryInterval, signal);
  }
}
