import type { KubernetesConnection } from '../connection.ts';
import { ClusterView } from './clusterView.ts';
import { EvictionAccount } from './evictionAccount.ts';
import type { Blindness, ReflectorTimes } from './reflector.ts';
import { Reflector } from './reflector.ts';
import { watchedBudgetSchema } from './watchedBudget.ts';
import { watchedNodeSchema } from './watchedNode.ts';
import { watchedPodSchema } from './watchedPod.ts';

/** A cluster that is being watched, for as long as it is needed. */
export interface WatchedCluster {
  view: ClusterView;
  /** What all drains of this process have taken of the budgets. */
  account: EvictionAccount;
  /** The longest-standing reason for not seeing something; undefined while all is seen. */
  blindness(): Blindness | undefined;
  /** To be called once; the last one to leave ends the watch. */
  release(): Promise<void>;
}

interface Shared {
  view: ClusterView;
  account: EvictionAccount;
  reflectors: Pick<Reflector<unknown>, 'ready' | 'blindness' | 'stop'>[];
  users: number;
}

/** One watch a cluster, shared by all of a process that look at it, and there only while somebody does. */
export class ClusterWatches {
  readonly #shared = new Map<KubernetesConnection, Shared>();
  readonly #times: ReflectorTimes | undefined;

  constructor(times?: ReflectorTimes) {
    this.#times = times;
  }

  /** Clusters that are being watched. */
  get size(): number {
    return this.#shared.size;
  }

  /**
   * Begins to look at a cluster, or joins those who do. Resolves when everything is seen for the first time.
   *
   * @throws StepladderError why it can't be seen; the signal's reason when that was aborted
   */
  async watch(connection: KubernetesConnection, signal: AbortSignal): Promise<WatchedCluster> {
    const shared = this.#shared.get(connection) ?? this.#begin(connection);
    shared.users += 1;
    const release = async (): Promise<void> => {
      shared.users -= 1;
      if (shared.users > 0) return;
      this.#shared.delete(connection);
      await Promise.all(shared.reflectors.map((reflector) => reflector.stop()));
    };
    const aborted = Promise.withResolvers<never>();
    const onAbort = (): void => aborted.reject(signal.reason);
    signal.addEventListener('abort', onAbort);
    try {
      signal.throwIfAborted();
      await Promise.race([Promise.all(shared.reflectors.map(({ ready }) => ready)), aborted.promise]);
    } catch (error) {
      await release();
      throw error;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
    return { view: shared.view, account: shared.account, blindness: () => blindnessOf(shared), release };
  }

  #begin(connection: KubernetesConnection): Shared {
    const view = new ClusterView();
    const times = this.#times;
    const pods = { path: '/api/v1/pods', name: 'pods', schema: watchedPodSchema };
    const budgets = {
      path: '/apis/policy/v1/poddisruptionbudgets',
      name: 'poddisruptionbudgets.policy',
      schema: watchedBudgetSchema,
    };
    const nodes = { path: '/api/v1/nodes', name: 'nodes', schema: watchedNodeSchema };
    const account = new EvictionAccount();
    // Before any drain hears of it.
    view.listen({
      budgetChanged: (key) => {
        const budget = view.budgets.get(key);
        if (budget !== undefined) account.settle(budget, view);
      },
    });
    const shared: Shared = {
      view,
      account,
      reflectors: [
        new Reflector(connection, pods, view.podReflection, times),
        new Reflector(connection, budgets, view.budgetReflection, times),
        new Reflector(connection, nodes, view.nodeReflection, times),
      ],
      users: 0,
    };
    this.#shared.set(connection, shared);
    return shared;
  }
}

function blindnessOf({ reflectors }: Shared): Blindness | undefined {
  return reflectors
    .flatMap(({ blindness }) => (blindness === undefined ? [] : [blindness]))
    .sort((one, other) => one.sinceMs - other.sinceMs)[0];
}
