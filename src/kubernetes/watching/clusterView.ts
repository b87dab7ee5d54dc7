import type { Reflection } from './reflector.ts';
import { BudgetIndex, budgetKey } from './budgetIndex.ts';
import type { WatchedBudget } from './watchedBudget.ts';
import type { WatchedNode } from './watchedNode.ts';
import type { WatchedPod } from './watchedPod.ts';
import { isActive, isFinished } from './watchedPod.ts';

/** How many Pods of one controller are in which state; finished ones are in none. */
export interface OwnerTally {
  /** Ready, and not asked to go. */
  ready: number;
  /** Not Ready, and not asked to go. */
  unready: number;
  /** Asked to go, and still there. */
  leaving: number;
}

/** Told of each change after the view shows it, in the order in which they began to listen. */
export interface ViewListener {
  podChanged?(pod: WatchedPod): void;
  podGone?(pod: WatchedPod): void;
  /** `namespace/name`; also when it is gone. */
  budgetChanged?(key: string): void;
  nodeGone?(name: string): void;
}

const noTally: OwnerTally = { ready: 0, unready: 0, leaving: 0 };

/**
 * What is known of a cluster's Pods, budgets and nodes, filed so that no change costs a look at all of them: Pods by
 * their node, counts by their controller, budgets by what they select.
 */
export class ClusterView {
  readonly budgets = new BudgetIndex();
  readonly nodes = new Map<string, WatchedNode>();
  readonly #pods = new Map<string, WatchedPod>();
  readonly #byNode = new Map<string, Map<string, WatchedPod>>();
  readonly #tallies = new Map<string, OwnerTally>();
  readonly #listeners = new Set<ViewListener>();

  /** Returns what ends it. */
  listen(listener: ViewListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The Pod of that name, whatever its uid. */
  pod({ namespace, name }: { namespace: string; name: string }): WatchedPod | undefined {
    return this.#pods.get(`${namespace}/${name}`);
  }

  podsOn(node: string): WatchedPod[] {
    return [...(this.#byNode.get(node)?.values() ?? [])];
  }

  /** @param controller uid of what the Pods name as their controller */
  tally(controller: string): OwnerTally {
    return this.#tallies.get(controller) ?? noTally;
  }

  readonly podReflection: Reflection<WatchedPod> = {
    replace: (pods) => {
      const present = new Set(pods.map(({ uid }) => uid));
      for (const pod of [...this.#pods.values()]) if (!present.has(pod.uid)) this.#removePod(pod);
      for (const pod of pods) this.#setPod(pod);
    },
    set: (pod) => this.#setPod(pod),
    remove: (pod) => this.#removePod(pod),
  };

  readonly budgetReflection: Reflection<WatchedBudget> = {
    replace: (budgets) => {
      const present = new Set(budgets.map(budgetKey));
      for (const key of [...this.budgets.keys()]) if (!present.has(key)) this.#removeBudget(key);
      for (const budget of budgets) this.#setBudget(budget);
    },
    set: (budget) => this.#setBudget(budget),
    remove: (budget) => this.#removeBudget(budgetKey(budget)),
  };

  readonly nodeReflection: Reflection<WatchedNode> = {
    replace: (nodes) => {
      const present = new Set(nodes.map(({ name }) => name));
      for (const name of [...this.nodes.keys()]) if (!present.has(name)) this.#removeNode(name);
      for (const node of nodes) this.nodes.set(node.name, node);
    },
    set: (node) => void this.nodes.set(node.name, node),
    remove: ({ name }) => this.#removeNode(name),
  };

  #setPod(pod: WatchedPod): void {
    const key = `${pod.namespace}/${pod.name}`;
    const before = this.#pods.get(key);
    if (before?.uid === pod.uid && before.version === pod.version) return;
    if (before !== undefined) {
      // Another uid under the same name: the old Pod is gone, whether we were told or not.
      if (before.uid === pod.uid) this.#unfile(before);
      else this.#removePod(before);
    }
    this.#pods.set(key, pod);
    if (pod.node !== undefined) {
      const onNode = this.#byNode.get(pod.node) ?? new Map<string, WatchedPod>();
      onNode.set(pod.uid, pod);
      this.#byNode.set(pod.node, onNode);
    }
    this.#count(pod, 1);
    for (const listener of this.#listeners) listener.podChanged?.(pod);
  }

  #removePod({ namespace, name, uid }: WatchedPod): void {
    const key = `${namespace}/${name}`;
    const pod = this.#pods.get(key);
    if (pod?.uid !== uid) return;
    this.#pods.delete(key);
    this.#unfile(pod);
    for (const listener of this.#listeners) listener.podGone?.(pod);
  }

  #unfile(pod: WatchedPod): void {
    this.#count(pod, -1);
    if (pod.node === undefined) return;
    const onNode = this.#byNode.get(pod.node);
    onNode?.delete(pod.uid);
    if (onNode?.size === 0) this.#byNode.delete(pod.node);
  }

  #count(pod: WatchedPod, by: 1 | -1): void {
    if (pod.controller === undefined || isFinished(pod)) return;
    const { uid } = pod.controller;
    const { ready, unready, leaving } = this.tally(uid);
    const state = !isActive(pod) ? 'leaving' : pod.ready ? 'ready' : 'unready';
    const tally = { ready, unready, leaving, [state]: { ready, unready, leaving }[state] + by };
    if (tally.ready + tally.unready + tally.leaving === 0) this.#tallies.delete(uid);
    else this.#tallies.set(uid, tally);
  }

  #setBudget(budget: WatchedBudget): void {
    this.budgets.set(budget);
    for (const listener of this.#listeners) listener.budgetChanged?.(budgetKey(budget));
  }

  #removeBudget(key: string): void {
    this.budgets.delete(key);
    for (const listener of this.#listeners) listener.budgetChanged?.(key);
  }

  #removeNode(name: string): void {
    if (!this.nodes.delete(name)) return;
    for (const listener of this.#listeners) listener.nodeGone?.(name);
  }
}
