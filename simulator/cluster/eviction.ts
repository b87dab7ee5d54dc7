import { conflict } from './errors.ts';
import type { Condition, Pod, PodDisruptionBudget } from './kinds.ts';
import { podDisruptionBudgets, pods } from './kinds.ts';
import { kubernetesTime } from '../../scenario/kubernetesTime.ts';
import { conditionOf, isFinished, isReady, isTerminating, withCondition } from './pods.ts';
import { selects } from './selectors.ts';
import type { MemoryStore } from './store.ts';
import type { DeleteOptions, SimulatedClock } from './types.ts';
import { StatusError } from './types.ts';

/** Most evictions of one budget that may wait to be seen. */
const mostDisruptedPods = 2_000;

/**
 * The eviction API: deletes a Pod if its PodDisruptionBudget allows it. Throws StatusError: 404 for no such Pod, 409
 * for another uid, 429 with the cause DisruptionBudget while the budget refuses, 500 when two budgets select the Pod.
 *
 * Kubernetes lets Pods go without asking that are finished, pending or being deleted; Pods that are not Ready go by
 * the budget's unhealthyPodEvictionPolicy. A granted eviction is noted in the budget's disruptedPods at once, so that
 * two in the same moment can't both take the last one.
 */
export function evictPod(
  { store, clock }: { store: MemoryStore; clock: SimulatedClock },
  namespace: string,
  name: string,
  options: DeleteOptions & { dryRun?: boolean } = {},
): void {
  const pod = store.get(pods, namespace, name);
  const asked = options.preconditions?.uid;
  if (asked !== undefined && asked !== pod.metadata.uid)
    throw conflict(
      pods,
      name,
      `Precondition failed: UID in precondition: ${asked}, UID in object meta: ${pod.metadata.uid}`,
    );
  if (!mayIgnoreBudgets(pod)) {
    const budget = budgetOf(store, pod);
    if (budget !== undefined && !passesUnhealthy(pod, budget))
      take(store, clock, budget, pod, options.dryRun === true);
  }
  if (options.dryRun !== true) markDisrupted(store, clock, pod);
  store.remove(pods, namespace, name, options);
}

const mayIgnoreBudgets = (pod: Pod): boolean =>
  isFinished(pod) || pod.status?.phase === 'Pending' || isTerminating(pod);

function budgetOf(store: MemoryStore, pod: Pod): PodDisruptionBudget | undefined {
  const [budget, ...others] = store
    .list(podDisruptionBudgets, pod.metadata.namespace)
    .items.filter((candidate) => selects(candidate.spec.selector, pod.metadata.labels));
  if (others.length > 0)
    throw new StatusError(
      500,
      // The real one gives none.
      '',
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    );
  return budget;
}

/** Whether a Pod that is not Ready goes without taking from the budget. */
function passesUnhealthy(pod: Pod, budget: PodDisruptionBudget): boolean {
  if (isReady(pod)) return false;
  if (budget.spec.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true;
  const { currentHealthy = 0, desiredHealthy = 0 } = budget.status ?? {};
  return desiredHealthy > 0 && currentHealthy >= desiredHealthy;
}

/** Takes one disruption from the budget, or throws. */
function take(
  store: MemoryStore,
  clock: SimulatedClock,
  budget: PodDisruptionBudget,
  pod: Pod,
  dryRun: boolean,
): void {
  const { namespace, name, generation = 1 } = budget.metadata;
  const { status } = budget;
  if (status === undefined || (status.observedGeneration ?? 0) < generation)
    throw refused(`The disruption budget ${name} is still being processed by the server.`, 10);
  const disruptedPods = status.disruptedPods ?? {};
  if (Object.keys(disruptedPods).length >= mostDisruptedPods)
    throw new StatusError(
      403,
      'Forbidden',
      `poddisruptionbudgets.policy "${name}" is forbidden: DisruptedPods map too big - too many evictions not confirmed by PDB controller`,
    );
  const allowed = conditionOf(budget, 'DisruptionAllowed');
  if (status.disruptionsAllowed <= 0)
    throw refused(
      allowed?.reason === 'SyncFailed'
        ? `The disruption budget ${name} does not allow evicting pods currently because it failed sync: ${allowed.message ?? ''}`
        : `The disruption budget ${name} needs ${status.desiredHealthy} healthy pods and has ${status.currentHealthy} currently`,
      0,
    );
  if (dryRun) return;
  store.mutate(
    podDisruptionBudgets,
    namespace,
    name,
    (current) => ({
      ...current,
      status: {
        ...status,
        disruptionsAllowed: status.disruptionsAllowed - 1,
        disruptedPods: { ...disruptedPods, [pod.metadata.name]: kubernetesTime(clock.now()) },
      },
    }),
    { status: true },
  );
}

/** `retryAfterSeconds` 0 leaves the header out, as Kubernetes does. */
function refused(cause: string, retryAfterSeconds: number): StatusError {
  return new StatusError(
    429,
    'TooManyRequests',
    "Cannot evict pod as it would violate the pod's disruption budget.",
    [{ reason: 'DisruptionBudget', message: cause }],
    ...(retryAfterSeconds > 0 ? [retryAfterSeconds] : []),
  );
}

function markDisrupted(store: MemoryStore, clock: SimulatedClock, pod: Pod): void {
  const condition: Condition = {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'EvictionByEvictionAPI',
    message: 'Eviction API: evicting',
  };
  store.mutate(
    pods,
    pod.metadata.namespace,
    pod.metadata.name,
    (current) => ({
      ...current,
      status: {
        ...current.status,
        conditions: withCondition(current.status?.conditions, condition, clock.now()),
      },
    }),
    { status: true },
  );
}
