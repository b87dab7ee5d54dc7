import type { OwnerReference } from '../../contract/workers.ts';
import type { LabelRequirement } from '../../plan/labelSelector.ts';
import { parseSelector } from '../labelSelector.ts';
import type { ViewListener } from '../watching/clusterView.ts';
import type { WatchedPod } from '../watching/watchedPod.ts';
import { accountedEviction } from './accountedEviction.ts';
import { admit } from './admit.ts';
import type { DrainOptions, DrainSnapshot } from './drainOptions.ts';
import { evict } from './evict.ts';
import type { EvictionAnswer } from './evict.ts';
import { filterPod } from './filters.ts';
import { Gates, isOwnerGate } from './gates.ts';
import type { Gate } from './gates.ts';
import { Obstacles } from './obstacles.ts';
import { readOwners } from './owners.ts';
import type { Obstacle } from './stuck.ts';
import { Targets } from './targets.ts';
import type { Target } from './targets.ts';

/** Evictions that are on their way at the same time at the most, so that one drain does not crowd out other clients. */
const mostAtOnce = 32;
/** How often is looked at what no event tells of: time limits, a watch that is blind. Milliseconds. */
const tickMs = 1_000;
/** Nothing is evicted by a picture that is older than that. Milliseconds. */
const blindForMs = 25_000;
/** Owners that are waited for are listed again after this: their size may have been changed. Milliseconds. */
const ownersEveryMs = 30_000;
/** A Pod that changes in the moment of each of so many evictions needs somebody to look. */
const mostAttempts = 6;

/**
 * Empties nodes as `kubectl drain` does, all at once, except that an eviction is sent when the eviction API would grant
 * it, and not before: budgets and Pods are watched, and each change wakes only what waits for it.
 *
 * Nothing is evicted if something stands in the way from the beginning that no waiting mends. What turns out so later
 * ends the drain when the evictions under way are answered.
 */
export class Drain implements ViewListener {
  readonly #options: DrainOptions;
  readonly #selector: readonly LabelRequirement[];
  readonly #nodes: ReadonlySet<string>;
  readonly #vanished = new Set<string>();
  readonly #targets = new Targets();
  /** Gates at which there may be room that was not there before. */
  readonly #dirty = new Set<string>();
  readonly #gates: Gates;
  readonly #obstacles: Obstacles;
  readonly #owners = new Map<string, OwnerReference>();
  readonly #granted: string[] = [];
  #ownersReadAt = performance.now();
  #unknownOwner = false;
  #evicted: number;
  #refused: number;
  #sending = 0;
  #progressAt = performance.now();
  #failure: { error: unknown } | undefined;
  #wake = Promise.withResolvers<undefined>();

  /** @throws StepladderError `InvalidInput` for a Pod selector that can't be read */
  constructor(options: DrainOptions) {
    this.#options = options;
    this.#selector = parseSelector(options.policy.podSelector ?? '');
    this.#nodes = new Set(options.nodes);
    this.#gates = new Gates(options.cluster, options.owners);
    this.#obstacles = new Obstacles(this.#targets, this.#gates);
    this.#evicted = options.prior?.evicted ?? 0;
    this.#refused = options.prior?.refused ?? 0;
  }

  /** The owners of all Pods that this drain evicts or waits for. */
  get owners(): OwnerReference[] {
    return [...this.#owners.values()];
  }

  /**
   * Drains until all is empty, nothing moves any more, or a person is needed. To be called once.
   *
   * @throws StepladderError what makes draining impossible altogether; the signal's reason when that was aborted
   */
  async run(): Promise<'drained' | 'stuck'> {
    const { cluster, signal, beforeFirst } = this.#options;
    const wake = (): void => this.#wake.resolve(undefined);
    signal.addEventListener('abort', wake);
    const ticks = setInterval(wake, tickMs);
    let tickedAt = performance.now();
    // In the same moment: a change between the two would never be heard of.
    this.#admitAll();
    const stopListening = cluster.view.listen(this);
    try {
      await beforeFirst(this.owners);
      for (;;) {
        signal.throwIfAborted();
        if (this.#failure !== undefined) throw this.#failure.error;
        if (!this.#obstacles.stop) this.#send();
        if (this.#sending === 0 && this.#obstacles.stop) return 'stuck';
        if (this.#targets.size === 0) return 'drained';
        await this.#wake.promise;
        this.#wake = Promise.withResolvers<undefined>();
        if (performance.now() - tickedAt < tickMs) continue;
        tickedAt = performance.now();
        if (await this.#tick()) return 'stuck';
      }
    } finally {
      stopListening();
      clearInterval(ticks);
      signal.removeEventListener('abort', wake);
    }
  }

  snapshot(): DrainSnapshot {
    return {
      evicted: this.#evicted,
      refused: this.#refused,
      granted: this.#granted,
      ...this.#obstacles.holding(),
      left: this.#targets.size,
      nodes: this.#nodes.size,
      drained: [...this.#nodes].filter(
        (node) => !this.#vanished.has(node) && this.#targets.on(node).size === 0,
      ),
      vanished: [...this.#vanished],
    };
  }

  podChanged(pod: WatchedPod): void {
    this.#touchOwner(pod);
    const target = this.#targets.get(pod.uid);
    if (target === undefined) {
      const { node } = pod;
      if (node !== undefined && this.#nodes.has(node) && !this.#vanished.has(node)) this.#admit(pod, false);
      return;
    }
    const left = target.state === 'waiting' && pod.deletionTimestamp !== undefined;
    this.#targets.update(target, { pod, ...(left ? { state: 'leaving', since: this.#now() } : {}) });
    if (target.state === 'waiting') this.#touch(target.gate);
  }

  podGone(pod: WatchedPod): void {
    this.#touchOwner(pod);
    this.#remove(pod.uid);
  }

  budgetChanged(key: string): void {
    this.#touch(`budget ${key}`);
  }

  nodeGone(name: string): void {
    if (!this.#nodes.has(name)) return;
    this.#vanished.add(name);
    for (const { pod } of [...this.#targets.on(name)]) this.#remove(pod.uid);
  }

  #admitAll(): void {
    const { view } = this.#options.cluster;
    for (const node of this.#nodes) {
      if (view.nodes.has(node)) for (const pod of view.podsOn(node)) this.#admit(pod, true);
      else this.#vanished.add(node);
    }
  }

  /** Takes a Pod on a node of ours in, if it concerns the drain. */
  #admit(pod: WatchedPod, first: boolean): void {
    const { policy, passOver, prior, now } = this.#options;
    const gates = this.#gates;
    const admitted = admit(pod, { policy, selector: this.#selector, passOver, gates, now: now() });
    if (admitted === undefined) return;
    const { leaving, gate, stop } = admitted;
    if (!gates.owners.knows(pod)) this.#unknownOwner = true;
    const owner = gates.owners.ownerOf(pod);
    if (owner !== undefined) this.#owners.set(owner.reference.uid, owner.reference);
    this.#targets.add({
      pod,
      state: leaving ? 'leaving' : 'waiting',
      since: prior?.since.get(pod.uid) ?? this.#now(),
      gate: gate.key,
      first,
      attempts: 0,
    });
    if (stop !== undefined) this.#stopAt(pod, stop);
    this.#touch(gate.key);
  }

  #send(): void {
    for (const gate of this.#dirty) {
      if (!this.#sendAt(gate)) return;
      this.#dirty.delete(gate);
    }
  }

  /** Sends what there is room for at a gate. False when there may be more, and too many are on their way. */
  #sendAt(gate: string): boolean {
    for (const target of this.#targets.unreadyAt(gate)) {
      if (this.#sending >= mostAtOnce) return false;
      this.#consider(target);
    }
    for (let target = this.#targets.nextAt(gate); target !== undefined; target = this.#targets.nextAt(gate)) {
      if (this.#sending >= mostAtOnce) return false;
      if (!this.#consider(target)) return true;
    }
    return true;
  }

  /** Sends the eviction of a waiting Pod if there is room. False when it stays where it is. */
  #consider(target: Target): boolean {
    const { pod } = target;
    const gate = this.#gates.of(pod);
    if (gate.key !== target.gate) {
      this.#targets.update(target, { gate: gate.key });
      this.#touch(gate.key);
      return true;
    }
    const room = this.#gates.roomFor(pod, gate);
    if (room.state === 'several-budgets') {
      this.#stopAt(pod, { reason: 'several-budgets', why: room.why });
      return false;
    }
    if (room.state === 'full' || this.#gates.refuses(pod, gate, room.takes)) return false;
    this.#targets.update(target, { state: 'sending', since: this.#now() });
    void this.#evict(target, gate, room.takes);
    return true;
  }

  async #evict(target: Target, gate: Gate, takes: boolean): Promise<void> {
    const { connection, cluster, policy, signal } = this.#options;
    const { pod } = target;
    const { gracePeriodSeconds } = policy;
    this.#sending += 1;
    try {
      const answer = await accountedEviction(cluster.account, { pod, gate, takes }, () =>
        evict(connection, referenceTo(pod), { gracePeriodSeconds, signal }),
      );
      this.#answered(target, answer);
    } catch (error) {
      this.#failure ??= { error };
    } finally {
      this.#sending -= 1;
      this.#wake.resolve(undefined);
    }
  }

  #answered(target: Target, answer: EvictionAnswer): void {
    const { pod } = target;
    switch (answer.state) {
      case 'granted':
        this.#evicted += 1;
        this.#granted.push(pod.uid);
        this.#progress(target);
        this.#leaves(target);
        return;
      case 'leaving':
        this.#leaves(target);
        return;
      case 'gone':
        this.#remove(pod.uid);
        return;
      case 'refused':
        this.#refused += 1;
        this.#waits(target);
        return;
      case 'changed':
        target.attempts += 1;
        if (target.attempts < mostAttempts) this.#waits(target);
        else this.#stopAt(pod, { reason: 'eviction-error', why: 'it changed in the moment of each attempt' });
        return;
      case 'several-budgets':
        this.#stopAt(pod, { reason: 'several-budgets', why: answer.why });
        return;
      case 'failed':
        this.#stopAt(pod, { reason: 'eviction-error', why: answer.why });
    }
  }

  #leaves(target: Target): void {
    if (this.#targets.get(target.pod.uid) === target)
      this.#targets.update(target, { state: 'leaving', since: this.#now() });
  }

  #waits(target: Target): void {
    if (this.#targets.get(target.pod.uid) !== target) return;
    const leaving = target.pod.deletionTimestamp !== undefined;
    this.#targets.update(target, { state: leaving ? 'leaving' : 'waiting' });
    this.#touch(target.gate);
  }

  /** Takes a Pod off the list: it is gone. */
  #remove(uid: string): void {
    this.#obstacles.clear(uid);
    const target = this.#targets.delete(uid);
    if (target === undefined) return;
    this.#progress(target);
    this.#wake.resolve(undefined);
  }

  /** A Pod that came after the beginning is evicted as well, but it must not keep a drain going for ever. */
  #progress({ first }: Target): void {
    if (first) this.#progressAt = performance.now();
  }

  #stopAt(pod: WatchedPod, obstacle: Obstacle): void {
    this.#obstacles.stopAt(pod, obstacle);
    this.#wake.resolve(undefined);
  }

  #touch(gate: string): void {
    if (!this.#targets.waitsAt(gate)) return;
    this.#dirty.add(gate);
    this.#wake.resolve(undefined);
  }

  #touchOwner(pod: WatchedPod): void {
    const gate = this.#gates.ofController(pod);
    if (gate !== undefined) this.#touch(gate);
  }

  /** What no event tells of. True when the drain is stuck. */
  async #tick(): Promise<boolean> {
    const { cluster, timeoutMs, signal, connection } = this.#options;
    const now = performance.now();
    const blindness = cluster.blindness();
    if (blindness !== undefined) {
      if (blindness.error.type === 'CredentialsRefused' || now - blindness.sinceMs > blindForMs)
        throw blindness.error;
      return false;
    }
    if (now - this.#ownersReadAt > ownersEveryMs && (this.#unknownOwner || this.#waitsForOwner())) {
      this.#gates.owners = await readOwners(connection, signal);
      this.#ownersReadAt = performance.now();
      this.#unknownOwner = false;
    }
    this.#passOverOverdue();
    // A refusal may have lapsed.
    for (const gate of this.#targets.gates()) this.#touch(gate);
    return now - this.#progressAt > timeoutMs;
  }

  #waitsForOwner(): boolean {
    return this.#targets.gates().some(isOwnerGate);
  }

  /** Pods that ought to have ended longer ago than they are to be waited for. */
  #passOverOverdue(): void {
    const { policy, now } = this.#options;
    if ((policy.skipWaitForDeleteSeconds ?? 0) <= 0) return;
    const context = { policy, now: now(), hasDaemonSet: () => true };
    for (const { pod, state } of [...this.#targets.all()])
      if (state === 'leaving' && filterPod(pod, context).answer === 'skip') this.#remove(pod.uid);
  }

  #now(): string {
    return this.#options.now().toISOString();
  }
}

function referenceTo({ namespace, name, uid }: WatchedPod): { namespace: string; name: string; uid: string } {
  return { namespace, name, uid };
}
