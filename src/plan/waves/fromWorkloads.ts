import { selects } from '../labelSelector.ts';
import type {
  ObservedBudget,
  ObservedOwner,
  ObservedPod,
  ObservedWorkloads,
  PodKind,
} from '../observedWorkloads.ts';
import type { PaceLimit, WavePod } from './types.ts';

/** What a Deployment that says nothing allows when it rolls its own Pods: 25%, rounded down (apps/v1 defaults). */
const deploymentShare = 0.25;

/**
 * The Pods that have to leave their nodes, and what holds their pace: the budget over a Pod; for one without, what its
 * owner is taken to bear. Two budgets over one Pod let it never go.
 */
export function paceOf(workloads: Pick<ObservedWorkloads, 'kinds' | 'owners' | 'pods' | 'budgets'>): {
  pods: WavePod[];
  limits: PaceLimit[];
} {
  const limits = new Limits(workloads);
  const pods = workloads.pods.flatMap((pod): WavePod[] => {
    const kind = workloads.kinds[pod.kind];
    if (pod.node === undefined || pod.staysOnNode !== undefined || kind === undefined) return [];
    const owner = pod.owner === undefined ? undefined : workloads.owners[pod.owner];
    return [{ node: pod.node, stateful: isStateful(kind, owner), limits: limits.over(pod, kind, owner) }];
  });
  return { pods, limits: limits.all };
}

/** Of a StatefulSet, or with a volume that ties it to a place. */
function isStateful({ placement }: PodKind, owner: ObservedOwner | undefined): boolean {
  return (
    owner?.kind === 'StatefulSet' ||
    (placement.volumeAffinities ?? []).length > 0 ||
    (placement.unknownClaims ?? []).length > 0
  );
}

/** The limits that there are, each once, and those over a Pod; Pods of one kind and owner share one answer. */
class Limits {
  readonly all: PaceLimit[] = [];
  readonly #budgets: ReadonlyMap<string, readonly ObservedBudget[]>;
  readonly #known = new Map<string, number[]>();
  readonly #indexes = new Map<string, number>();

  constructor({ budgets }: Pick<ObservedWorkloads, 'budgets'>) {
    this.#budgets = Map.groupBy(budgets, ({ namespace }) => namespace);
  }

  over(pod: ObservedPod, kind: PodKind, owner: ObservedOwner | undefined): readonly number[] {
    const key = `${pod.namespace} ${pod.kind} ${pod.owner ?? ''}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const budgets = (this.#budgets.get(pod.namespace) ?? []).filter(({ selector }) =>
      selects(selector, kind.placement.labels),
    );
    const limit = limitOf(budgets, owner);
    const found = limit === undefined ? [] : [this.#index(limit)];
    this.#known.set(key, found);
    return found;
  }

  #index(limit: PaceLimit): number {
    const known = this.#indexes.get(limit.name);
    if (known !== undefined) return known;
    const index = this.all.push(limit) - 1;
    this.#indexes.set(limit.name, index);
    return index;
  }
}

function limitOf(
  budgets: readonly ObservedBudget[],
  owner: ObservedOwner | undefined,
): PaceLimit | undefined {
  const [budget, ...others] = budgets;
  if (others.length > 0) {
    return { name: `budgets ${budgets.map(nameOf).sort().join(' and ')} over the same Pods`, allowed: 0 };
  }
  if (budget !== undefined) return { name: `budget ${nameOf(budget)}`, allowed: allowedBy(budget) };
  if (owner === undefined) return undefined;
  return { name: `${owner.kind} ${nameOf(owner)} (no budget)`, allowed: impliedAllowance(owner) };
}

/**
 * Pods that may be away when all are well, not what is allowed at this moment: a Pod that happens to be away is not what
 * the order of nodes should stand on. One whose controller has not looked yet is taken to let one go.
 */
function allowedBy({ status, syncFailed }: ObservedBudget): number {
  if (syncFailed !== undefined) return 0;
  return status === undefined ? 1 : Math.max(0, status.expectedPods - status.desiredHealthy);
}

/** What an owner without a budget is taken to bear: what it would by default when it rolls its own Pods, at least one. */
function impliedAllowance({ kind, wanted }: ObservedOwner): number {
  return kind === 'Deployment' ? Math.max(1, Math.floor(wanted * deploymentShare)) : 1;
}

function nameOf({ namespace, name }: { namespace: string; name: string }): string {
  return `${namespace}/${name}`;
}
