import type { Comparison, Hop, HopsEstimate, StrategyEstimate, WorkersStage } from '../../contract/plan.ts';
import type { Request } from '../../contract/request.ts';
import type { Strategy } from '../../contract/workers.ts';
import { groupPolicy } from '../groupPolicy.ts';
import { firstName } from '../lineage.ts';
import type { Observation } from '../observation.ts';
import { nameInRequest } from '../requestNames.ts';
import { ownSettings, wantedSettings } from '../updateSettings.ts';
import type { RollEstimate } from './estimate.ts';
import { groupFacts } from './groupFacts.ts';
import type { GroupFacts } from './groupFacts.ts';
import { estimateInPlace, inPlaceUndo } from './inPlace.ts';
import { estimateManaged, managedUndo } from './managed.ts';
import { estimateSurge, surgeUndo } from './surge.ts';

const undo: Record<Strategy, string> = { managed: managedUndo, surge: surgeUndo, 'in-place': inPlaceUndo };
const strategies = ['managed', 'surge', 'in-place'] as const satisfies readonly Strategy[];

/** Estimates of rolls, for one cluster and one request. */
export class RollEstimates {
  readonly #observation: Observation;
  readonly #request: Request;
  readonly #facts: ReadonlyMap<string, GroupFacts>;

  constructor(observation: Observation, request: Request) {
    this.#observation = observation;
    this.#request = request;
    this.#facts = groupFacts(observation);
  }

  /** The facts of a group by the name that it has before the plan. */
  facts(nodeGroup: string): GroupFacts | undefined {
    return this.#facts.get(nodeGroup);
  }

  /**
   * What it is thought to cost to roll a group by a strategy; undefined for a group that is not there.
   *
   * @param nodeGroup the name that it has before the plan
   */
  of(nodeGroup: string, strategy: Strategy): RollEstimate | undefined {
    const group = this.#observation.nodeGroups.find(({ name }) => name === nodeGroup);
    const facts = this.#facts.get(nodeGroup);
    if (group === undefined || facts === undefined) return undefined;
    const called = nameInRequest(nodeGroup, group.version, {
      observation: this.#observation,
      request: this.#request,
    });
    const { waves } = groupPolicy(this.#request.workers, called);
    switch (strategy) {
      case 'managed':
        return estimateManaged(facts, wantedSettings(group, this.#request.workers) ?? ownSettings(group));
      case 'surge':
        return estimateSurge(facts, waves);
      case 'in-place':
        return estimateInPlace(facts, waves);
    }
  }
}

/**
 * The strategies side by side, for the rolls that the plan has; and the plan's own strategies with workers rolled in
 * every hop, and only as often as the skew policy demands.
 *
 * @param hops.planned the hops of the plan
 * @param hops.every the same with `workers.hops: "every"`
 * @param hops.fewest the same with `"fewest"`
 * @param scale the request's `timing.scale`
 * @returns undefined where no workers are rolled
 */
export function compareStrategies(
  estimates: RollEstimates,
  hops: { planned: readonly Hop[]; every: readonly Hop[]; fewest: readonly Hop[] },
  scale: number,
): Comparison | undefined {
  const rolls = rollsOf(hops.planned);
  if (rolls.length === 0) return undefined;
  return {
    strategies: strategies.map((strategy) => estimateAll(estimates, rolls, strategy, scale)),
    hops: {
      every: estimateHops(estimates, rollsOf(hops.every), scale),
      fewest: estimateHops(estimates, rollsOf(hops.fewest), scale),
    },
  };
}

/** A roll of a group, which has the name that it has before the plan. */
type Roll = Pick<WorkersStage, 'strategy'> & { nodeGroup: string };

function rollsOf(hops: readonly Hop[]): Roll[] {
  return hops.flatMap(({ stages }) =>
    stages.flatMap((stage) =>
      stage.stage === 'workers'
        ? [{ strategy: stage.strategy, nodeGroup: firstName({ hops: [...hops] }, stage.nodeGroup) }]
        : [],
    ),
  );
}

function estimateAll(
  estimates: RollEstimates,
  rolls: readonly Roll[],
  strategy: Strategy,
  scale: number,
): StrategyEstimate {
  const each = rolls.flatMap(({ nodeGroup }) => estimates.of(nodeGroup, strategy) ?? []);
  const groups = [...new Set(rolls.map(({ nodeGroup }) => nodeGroup))];
  const evictions = sumEvictions(each);
  return {
    strategy,
    groups: new Set(rolls.filter((roll) => roll.strategy === strategy).map(({ nodeGroup }) => nodeGroup))
      .size,
    seconds: scaled(each, 'seconds', scale),
    budgetSeconds: scaled(each, 'budgetSeconds', scale),
    // Groups are rolled one after another.
    extraNodes: Math.max(0, ...each.map(({ extraNodes }) => extraNodes)),
    missingNodes: Math.max(0, ...each.map(({ missingNodes }) => missingNodes)),
    ...(evictions === undefined
      ? {}
      : {
          evictions,
          stuckPods: groups.reduce((sum, name) => sum + (estimates.facts(name)?.stuckPods ?? 0), 0),
        }),
    undo: undo[strategy],
  };
}

function estimateHops(estimates: RollEstimates, rolls: readonly Roll[], scale: number): HopsEstimate {
  const each = rolls.flatMap(({ nodeGroup, strategy }) => estimates.of(nodeGroup, strategy) ?? []);
  const evictions = sumEvictions(each);
  return {
    rolls: rolls.length,
    seconds: scaled(each, 'seconds', scale),
    ...(evictions === undefined ? {} : { evictions }),
  };
}

function scaled(each: readonly RollEstimate[], field: 'seconds' | 'budgetSeconds', scale: number): number {
  return Math.round(each.reduce((sum, estimate) => sum + estimate[field], 0) * scale * 10) / 10;
}

/** Undefined where the Pods of one are not known: a part of the sum would pass for the whole. */
function sumEvictions(each: readonly RollEstimate[]): number | undefined {
  return each.reduce<number | undefined>(
    (sum, { evictions }) => (sum === undefined || evictions === undefined ? undefined : sum + evictions),
    0,
  );
}
