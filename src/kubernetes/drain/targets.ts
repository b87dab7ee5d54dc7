import type { WatchedPod } from '../watching/watchedPod.ts';

/** A Pod that a drain gets off its node. */
export interface Target {
  pod: WatchedPod;
  /** `waiting` for room; `sending` its eviction; `leaving`: it was asked to go. */
  state: 'waiting' | 'sending' | 'leaving';
  /** Since when it has been in that state, ISO 8601. */
  since: string;
  /** What it waits at: a budget, an owner without one, or nothing. */
  gate: string;
  /** True for those that were there when the drain began; only they count as progress. */
  first: boolean;
  /** How often its eviction was undone by a change of the Pod. */
  attempts: number;
}

interface Queue {
  /** They may pass where there is no room for a Ready one, so they are looked at first, and all of them. */
  unready: Set<Target>;
  ready: Set<Target>;
}

/** The Pods of a drain, filed by node and, those that wait, by the gate that they wait at. */
export class Targets {
  readonly #byUid = new Map<string, Target>();
  readonly #byNode = new Map<string, Set<Target>>();
  readonly #queues = new Map<string, Queue>();

  get size(): number {
    return this.#byUid.size;
  }

  get(uid: string): Target | undefined {
    return this.#byUid.get(uid);
  }

  all(): IterableIterator<Target> {
    return this.#byUid.values();
  }

  on(node: string): ReadonlySet<Target> {
    return this.#byNode.get(node) ?? new Set();
  }

  add(target: Target): void {
    const node = target.pod.node ?? '';
    this.#byUid.set(target.pod.uid, target);
    const onNode = this.#byNode.get(node) ?? new Set<Target>();
    onNode.add(target);
    this.#byNode.set(node, onNode);
    if (target.state === 'waiting') this.#enqueue(target);
  }

  delete(uid: string): Target | undefined {
    const target = this.#byUid.get(uid);
    if (target === undefined) return undefined;
    this.#dequeue(target);
    this.#byUid.delete(uid);
    const node = target.pod.node ?? '';
    const onNode = this.#byNode.get(node);
    onNode?.delete(target);
    if (onNode?.size === 0) this.#byNode.delete(node);
    return target;
  }

  /** Changes what is known of a target, and files it accordingly. */
  update(target: Target, changes: Partial<Pick<Target, 'pod' | 'state' | 'since' | 'gate'>>): void {
    this.#dequeue(target);
    Object.assign(target, changes);
    if (target.state === 'waiting') this.#enqueue(target);
  }

  /** Gates at which somebody waits. */
  gates(): string[] {
    return [...this.#queues.keys()];
  }

  waitsAt(gate: string): boolean {
    return this.#queues.has(gate);
  }

  unreadyAt(gate: string): Target[] {
    return [...(this.#queues.get(gate)?.unready ?? [])];
  }

  /** The next Ready Pod at a gate; undefined when there is none. */
  nextAt(gate: string): Target | undefined {
    return this.#queues.get(gate)?.ready.values().next().value;
  }

  #enqueue(target: Target): void {
    const queue = this.#queues.get(target.gate) ?? { unready: new Set(), ready: new Set() };
    (target.pod.ready ? queue.ready : queue.unready).add(target);
    this.#queues.set(target.gate, queue);
  }

  #dequeue(target: Target): void {
    const queue = this.#queues.get(target.gate);
    if (queue === undefined) return;
    queue.ready.delete(target);
    queue.unready.delete(target);
    if (queue.ready.size + queue.unready.size === 0) this.#queues.delete(target.gate);
  }
}
