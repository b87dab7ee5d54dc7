import { startPodStandIns } from './podStandIns.ts';
import type { PodStandIns, PodStandInsOptions } from './podStandIns.ts';
import type { ElbStore } from './store.ts';

export interface PodTargetsOptions extends Pick<PodStandInsOptions, 'cluster' | 'version' | 'status'> {
  store: ElbStore;
  /** ARN of the target group. */
  targetGroup: string;
}

/**
 * Keeps the targets of a group to the Pods of a Service that are Ready, as the AWS Load Balancer Controller does for a
 * TargetGroupBinding. Each Pod has an HTTP server of its own on loopback: it is registered when the Pod becomes Ready,
 * and deregistered, and ended once it has answered what it was asked, when the Pod is Ready no more.
 */
export class PodTargets {
  readonly #options: PodTargetsOptions;
  /** By Pod. A server that is being started has no address yet. */
  readonly #servers = new Map<string, Promise<PodStandIns>>();
  readonly #ending = new Set<Promise<void>>();
  #wanted = new Set<string>();

  constructor(options: PodTargetsOptions) {
    this.#options = options;
  }

  /** @param pods what tells the Pods that are Ready now from each other */
  set(pods: readonly string[]): void {
    this.#wanted = new Set(pods);
    for (const [pod, server] of this.#servers) {
      if (this.#wanted.has(pod)) continue;
      this.#servers.delete(pod);
      const ending = server.then((started) => this.#end(started));
      this.#ending.add(ending);
      void ending.finally(() => this.#ending.delete(ending));
    }
    for (const pod of this.#wanted) {
      if (!this.#servers.has(pod)) this.#servers.set(pod, this.#start(pod));
    }
  }

  /** Resolves when the Pods that were told last are registered. */
  async settled(): Promise<void> {
    await Promise.all(this.#servers.values());
  }

  async close(): Promise<void> {
    this.set([]);
    await Promise.all(this.#ending);
  }

  async #start(pod: string): Promise<PodStandIns> {
    const { store, targetGroup, cluster, version, status } = this.#options;
    const server = await startPodStandIns({
      cluster,
      version,
      ...(status === undefined ? {} : { status }),
      // A Pod that is going still answers what it was asked.
      readyPods: () => Math.max(1, this.#wanted.size),
    });
    const isWanted = this.#wanted.has(pod) && store.targetGroups.has(targetGroup);
    if (isWanted) store.register(targetGroup, server.address);
    return server;
  }

  async #end(server: PodStandIns): Promise<void> {
    const { store, targetGroup } = this.#options;
    await store.deregister(targetGroup, server.address);
    await server.close();
  }
}
