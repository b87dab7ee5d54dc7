import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import type { Agent } from 'undici';
import type { KubernetesConnection } from '../../src/kubernetes/connection.ts';
import { ClusterWatches } from '../../src/kubernetes/watching/clusterWatches.ts';
import type { WatchedCluster } from '../../src/kubernetes/watching/clusterWatches.ts';
import type { WatchedPod } from '../../src/kubernetes/watching/watchedPod.ts';

/** The API servers' counters, as they were at a moment. */
export interface Counters {
  granted: number;
  refused: number;
  /** All requests that were answered, those of the cluster's own controllers included. */
  requests: number;
}

/** Looks at a cluster from outside, whoever drains it. */
export class Observer {
  readonly #cluster: WatchedCluster;
  readonly #namespace: string;
  /** Beginnings of absences without an end so far, by ReplicaSet, oldest first. Monotonic milliseconds. */
  readonly #away = new Map<string, number[]>();
  readonly #ready = new Set<string>();
  readonly #leaving = new Set<string>();
  #replacements: number[] = [];

  private constructor(cluster: WatchedCluster, namespace: string) {
    this.#cluster = cluster;
    this.#namespace = namespace;
    cluster.view.listen({ podChanged: (pod) => this.#note(pod) });
  }

  static async begin(connection: KubernetesConnection, namespace: string): Promise<Observer> {
    const cluster = await new ClusterWatches().watch(connection, new AbortController().signal);
    return new Observer(cluster, namespace);
  }

  /** Milliseconds from a Pod's being asked to go to its successor's being Ready, since the last call. */
  takeReplacements(): number[] {
    const taken = this.#replacements;
    this.#replacements = [];
    return taken;
  }

  /** Pods of the namespace on nodes, those that are ending included. */
  podsOn(nodes: readonly string[]): number {
    return nodes.flatMap((node) => this.#cluster.view.podsOn(node).filter((pod) => this.#isOurs(pod))).length;
  }

  /** Waits until so many Pods are Ready, none is ending and every budget has its room again. */
  async settled(deployments: readonly string[], pods: number): Promise<void> {
    const { view } = this.#cluster;
    const names = [...view.nodes.keys()];
    for (;;) {
      const all = names.flatMap((node) => view.podsOn(node)).filter((pod) => this.#isOurs(pod));
      const budgets = deployments.map((name) => view.budgets.get(`${this.#namespace}/${name}`));
      const roomy = budgets.every((budget) => budget?.disruptionsAllowed === 1);
      if (all.length === pods && all.every(({ ready }) => ready) && roomy) return;
      await sleep(100);
    }
  }

  end(): Promise<void> {
    return this.#cluster.release();
  }

  #isOurs({ namespace }: WatchedPod): boolean {
    return namespace === this.#namespace;
  }

  #note(pod: WatchedPod): void {
    if (!this.#isOurs(pod)) return;
    const owner = pod.controller?.uid ?? '';
    if (pod.deletionTimestamp !== undefined) {
      if (this.#leaving.has(pod.uid)) return;
      this.#leaving.add(pod.uid);
      this.#away.set(owner, [...(this.#away.get(owner) ?? []), performance.now()]);
    } else if (pod.ready && !this.#ready.has(pod.uid)) {
      this.#ready.add(pod.uid);
      const [since, ...others] = this.#away.get(owner) ?? [];
      if (since === undefined) return;
      this.#away.set(owner, others);
      this.#replacements.push(performance.now() - since);
    }
  }
}

/**
 * Adds up the counters of all API servers.
 *
 * @param cluster.urls of each of them: behind their common address only one answers
 */
export async function readCounters(cluster: {
  urls: readonly string[];
  token: string;
  agent: Agent;
}): Promise<Counters> {
  const counters: Counters = { granted: 0, refused: 0, requests: 0 };
  for (const url of cluster.urls) {
    const { body } = await request(`${url}/metrics`, {
      dispatcher: cluster.agent,
      headers: { authorization: `Bearer ${cluster.token}` },
    });
    for (const line of (await body.text()).split('\n')) addTo(counters, line);
  }
  return counters;
}

function addTo(counters: Counters, line: string): void {
  const [, labels = '', value = ''] = /^apiserver_request_total\{(.*)\} (\S+)$/.exec(line) ?? [];
  if (value === '') return;
  counters.requests += Number(value);
  if (!labels.includes('subresource="eviction"')) return;
  if (labels.includes('code="201"')) counters.granted += Number(value);
  if (labels.includes('code="429"')) counters.refused += Number(value);
}
