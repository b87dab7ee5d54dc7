import type { ClusterView } from './clusterView.ts';
import type { WatchedBudget } from './watchedBudget.ts';
import { isActive } from './watchedPod.ts';

/** An eviction that has been sent, until what it takes shows in what is watched. */
export interface Taken {
  uid: string;
  /** The Pod's. */
  namespace: string;
  name: string;
}

interface Entry extends Taken {
  /** When it was granted, monotonic milliseconds; undefined while there is no answer. */
  grantedAt: number | undefined;
}

/** A grant that has not shown by then never will, e.g. because its Pod was gone in the same moment. Milliseconds. */
const forgetAfterMs = 15_000;

/** After a refusal a budget is asked again when it has changed, or after this, should a change be missed. Milliseconds. */
const askAgainAfterMs = 30_000;

/** The gate of a budget. */
export const budgetGate = ({ namespace, name }: { namespace: string; name: string }): string =>
  `budget ${namespace}/${name}`;

/**
 * What has been taken of the room that budgets give and does not show in them yet: between an eviction's grant and the
 * budget's next status there are some milliseconds in which that room would be taken twice. And who has refused: such a
 * one is asked again only when it has changed.
 *
 * A *gate* is what Pods wait at: a budget, or an owner without one.
 */
export class EvictionAccount {
  readonly #taken = new Map<string, Map<string, Entry>>();
  readonly #refusals = new Map<string, { version: number; at: number }>();
  readonly #now: () => number;

  /** @param now monotonic milliseconds */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** An eviction is being sent. */
  take(gate: string, { uid, namespace, name }: Taken): void {
    const entries = this.#taken.get(gate) ?? new Map<string, Entry>();
    entries.set(uid, { uid, namespace, name, grantedAt: undefined });
    this.#taken.set(gate, entries);
  }

  granted(gate: string, uid: string): void {
    const entry = this.#taken.get(gate)?.get(uid);
    if (entry !== undefined) entry.grantedAt = this.#now();
  }

  /** It was not granted, so it has taken nothing. */
  giveBack(gate: string, uid: string): void {
    const entries = this.#taken.get(gate);
    entries?.delete(uid);
    if (entries?.size === 0) this.#taken.delete(gate);
  }

  /**
   * How much is taken and does not show yet; what shows is forgotten.
   *
   * @param shows whether what is watched accounts for an eviction
   */
  count(gate: string, shows: (taken: Taken) => boolean): number {
    const entries = this.#taken.get(gate);
    if (entries === undefined) return 0;
    for (const entry of entries.values()) {
      const old = entry.grantedAt !== undefined && this.#now() - entry.grantedAt > forgetAfterMs;
      if (old || shows(entry)) this.giveBack(gate, entry.uid);
    }
    return this.#taken.get(gate)?.size ?? 0;
  }

  /**
   * Forgets what a budget's new status accounts for: a Pod that it names as disrupted; one that was asked to go before
   * the status was written, since the eviction API writes the budget first; and one that is gone.
   */
  settle(budget: WatchedBudget, view: Pick<ClusterView, 'pod'>): void {
    this.count(budgetGate(budget), (taken) => {
      if (budget.disruptedPods.has(taken.name)) return true;
      const pod = view.pod(taken);
      if (pod?.uid !== taken.uid) return true;
      return !isActive(pod) && budget.version > pod.version;
    });
  }

  /** @param version the budget's when the eviction was sent: if it has changed since, there is nothing to wait for */
  refused(gate: string, version: number): void {
    this.#refusals.set(gate, { version, at: this.#now() });
  }

  /** Whether a gate has refused and is still as it was. */
  refuses(gate: string, version: number): boolean {
    const refusal = this.#refusals.get(gate);
    if (refusal === undefined) return false;
    if (refusal.version === version && this.#now() - refusal.at < askAgainAfterMs) return true;
    this.#refusals.delete(gate);
    return false;
  }
}
