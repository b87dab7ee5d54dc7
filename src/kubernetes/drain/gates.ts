import { budgetGate } from '../watching/evictionAccount.ts';
import type { WatchedCluster } from '../watching/clusterWatches.ts';
import type { WatchedBudget } from '../watching/watchedBudget.ts';
import type { WatchedPod } from '../watching/watchedPod.ts';
import { impliedBudget } from './owners.ts';
import type { Owner, OwnerTable } from './owners.ts';
import { roomFor } from './room.ts';
import type { Room } from './room.ts';

/** What a Pod waits at: a budget, or an owner without one. All Pods at a gate share its room. */
export interface Gate {
  key: string;
  budgets: readonly WatchedBudget[];
  /** Whose implied budget holds; only where there is no budget. */
  owner: Owner | undefined;
}

const ownerGate = (uid: string): string => `owner ${uid}`;
const openGate = 'open';

export const isOwnerGate = (key: string): boolean => key.startsWith('owner ');

/** The gates of a drain, as they stand in what is watched. */
export class Gates {
  /** As they were when they were listed last. */
  owners: OwnerTable;
  readonly #cluster: Pick<WatchedCluster, 'view' | 'account'>;
  readonly #ofController = new Map<string, string>();

  constructor(cluster: Pick<WatchedCluster, 'view' | 'account'>, owners: OwnerTable) {
    this.#cluster = cluster;
    this.owners = owners;
  }

  of(pod: WatchedPod): Gate {
    const budgets = this.#cluster.view.budgets.over(pod);
    const [budget] = budgets;
    if (budget !== undefined) return { key: budgetGate(budget), budgets, owner: undefined };
    const owner = this.owners.ownerOf(pod);
    if (owner === undefined) return { key: openGate, budgets, owner };
    const key = ownerGate(owner.reference.uid);
    for (const uid of owner.controllers) this.#ofController.set(uid, key);
    return { key, budgets, owner };
  }

  /** The gate of an owner for which a change of one of its Pods may make room. */
  ofController({ controller }: WatchedPod): string | undefined {
    return controller === undefined ? undefined : this.#ofController.get(controller.uid);
  }

  roomFor(pod: WatchedPod, { key, budgets, owner }: Gate): Room {
    const { view, account } = this.#cluster;
    const implied =
      owner === undefined ? undefined : impliedBudget(owner, (controller) => view.tally(controller));
    // What has been taken of an owner's room shows in its Pods; of a budget's, see `EvictionAccount.settle`.
    const taken = account.count(key, ({ uid, namespace, name }) => {
      if (owner === undefined) return false;
      const pod = view.pod({ namespace, name });
      return pod?.uid !== uid || pod.deletionTimestamp !== undefined || !pod.ready;
    });
    return roomFor(pod, budgets, implied, taken);
  }

  /** Whether this eviction was refused, and nothing has changed since. */
  refuses(pod: WatchedPod, gate: Gate, takes: boolean): boolean {
    const { key, version } = whoRefuses(pod, gate, takes);
    return this.#cluster.account.refuses(key, version);
  }
}

/** Who has to change before a refused eviction is asked for again: the budget, or, where none was used, the Pod. */
export function whoRefuses(pod: WatchedPod, gate: Gate, takes: boolean): { key: string; version: number } {
  return takes
    ? { key: gate.key, version: gate.budgets[0]?.version ?? 0 }
    : { key: `pod ${pod.uid}`, version: pod.version };
}
