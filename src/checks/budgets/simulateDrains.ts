import { placePods } from '../../plan/fit/index.ts';
import type { FitNode, FitPod } from '../../plan/fit/index.ts';
import type { ObservedBudget, ObservedWorkloads } from '../../plan/observedWorkloads.ts';
import { budgetsOfPods } from './budgetsOfPods.ts';

export interface DrainQuestion {
  workloads: ObservedWorkloads;
  /** Names of the nodes that are drained together, wave by wave. */
  waves: readonly (readonly string[])[];
  /** The new node in place of each old one; it is there when its wave is done. */
  replacements: ReadonlyMap<string, FitNode>;
  /** Names of nodes that take no Pods: not Ready. */
  unusable: ReadonlySet<string>;
}

/** Where a roll in waves would stop for good. */
export interface StuckWave {
  /** 1 for the first. */
  wave: number;
  budget: ObservedBudget;
  /** Names of Pods that could not be evicted; which of them it will be is a matter of who goes first. */
  pods: string[];
  /** Pods under the budget that find no other place, those of earlier waves among them, with why. */
  homeless: { index: number; name: string; reason: string }[];
}

/**
 * Goes through the waves of a roll in place: a wave's Pods have to find room on the nodes that are left, and those that
 * don't stay away until the wave's nodes are replaced. While they are away they take from their budget, so one that
 * gives way today may stop giving way in a later wave.
 *
 * Evictions are taken to wait for their successors: what can be evicted one after another is. So what counts is how
 * many of a budget's Pods find no room against how many it lets be missing. Time plays no part.
 *
 * @returns the budgets of the first wave that can't end; empty when all can
 */
export function simulateDrains(question: DrainQuestion): StuckWave[] {
  const { workloads, waves, replacements, unusable } = question;
  const of = budgetsOfPods(workloads);
  const slack = new Map(workloads.budgets.map((budget) => [budget, slackOf(budget)]));
  const oldNodes = new Set(waves.flat());
  const nodes = new Map(
    workloads.nodes.filter(({ name }) => !unusable.has(name)).map((node) => [node.name, node]),
  );
  let pods = workloads.pods.map((pod, index) => ({ pod, index, at: pod.node }));
  const placementOf = (kind: number): FitPod['placement'] =>
    workloads.kinds[kind]?.placement ?? { labels: {}, requests: {} };
  // Indexes stand for names: two namespaces may have Pods of the same name.
  const asFit = ({ pod, index, at }: (typeof pods)[number]): FitPod => ({
    namespace: pod.namespace,
    name: String(index),
    ...(at === undefined ? {} : { node: at }),
    placement: placementOf(pod.kind),
  });
  let away = new Map<number, string>();

  for (const [number, wave] of waves.entries()) {
    for (const name of wave) nodes.delete(name);
    const inWave = new Set(wave);
    const leaving = pods.filter(
      ({ pod, at, index }) =>
        away.has(index) || (at !== undefined && inWave.has(at) && pod.staysOnNode === undefined),
    );
    const staying = pods.filter(({ at }) => at !== undefined && !inWave.has(at));
    const { placed, unplaceable } = placePods({
      pods: leaving.map(asFit),
      nodes: [...nodes.values()],
      running: staying.map(asFit),
    });
    const homeless = new Map(unplaceable.map(({ name, reason }) => [Number(name), reason]));
    const stuck = stuckBudgets(number + 1, leaving, homeless, away, of, slack);
    if (stuck.length > 0) return stuck;
    const places = new Map(placed.map(({ name, node }) => [Number(name), node]));
    pods = pods.map((each) => {
      if (homeless.has(each.index)) return { ...each, at: undefined };
      const moved = places.get(each.index);
      if (moved !== undefined) return { ...each, at: moved };
      // What stays on its node is made anew on the one in its place.
      const replacement = each.at === undefined ? undefined : replacements.get(each.at);
      return inWave.has(each.at ?? '') ? { ...each, at: replacement?.name } : each;
    });
    away = homeless;
    for (const name of wave) {
      const replacement = replacements.get(name);
      if (replacement !== undefined && oldNodes.has(name)) nodes.set(replacement.name, replacement);
    }
  }
  return [];
}

/** Pods under a budget that may be missing beyond those that are now. One that is not judged yet bounds nothing here. */
function slackOf({ status, syncFailed }: ObservedBudget): number {
  if (syncFailed !== undefined) return 0;
  return status === undefined ? Number.POSITIVE_INFINITY : status.currentHealthy - status.desiredHealthy;
}

function stuckBudgets(
  wave: number,
  leaving: readonly { pod: ObservedWorkloads['pods'][number]; index: number }[],
  homeless: ReadonlyMap<number, string>,
  awayBefore: ReadonlyMap<number, string>,
  of: ReturnType<typeof budgetsOfPods>,
  slack: ReadonlyMap<ObservedBudget, number>,
): StuckWave[] {
  const under = new Map<ObservedBudget, StuckWave>();
  const evictions = new Map<ObservedBudget, string[]>();
  for (const { pod, index } of leaving) {
    const [budget, ...others] = of(pod);
    // Two budgets on one Pod are another check's.
    if (budget === undefined || others.length > 0) continue;
    const entry = under.get(budget) ?? { wave, budget, pods: [], homeless: [] };
    under.set(budget, entry);
    const reason = homeless.get(index);
    if (reason !== undefined) entry.homeless.push({ index, name: pod.name, reason });
    // A Pod that is not Ready does not count as healthy: it takes nothing from the budget.
    if (!awayBefore.has(index) && pod.ready)
      evictions.set(budget, [...(evictions.get(budget) ?? []), pod.name]);
  }
  return [...under.values()].flatMap((entry) => {
    const wanted = evictions.get(entry.budget) ?? [];
    // Pods that this wave may lose on top of those that are away already.
    const before = entry.homeless.filter(({ index }) => awayBefore.has(index)).length;
    const mayLose = Math.max(0, (slack.get(entry.budget) ?? Number.POSITIVE_INFINITY) - before);
    // As long as one may be missing, all that find a new place go one after another.
    if (entry.homeless.length - before < mayLose || wanted.length <= mayLose) return [];
    return [{ ...entry, pods: wanted.toSorted().slice(mayLose) }];
  });
}
