import type { Plan, PlannedStage, StageEstimate } from '../contract/plan.ts';
import { subjectOfStage } from '../contract/stageSubject.ts';
import { firstName } from './lineage.ts';
import { estimateDefaults } from './strategies/index.ts';
import type { RollEstimates } from './strategies/index.ts';

/**
 * How long each stage of a plan is thought to take.
 *
 * @param input.rolls what the rolls of node groups cost
 * @param input.scale the request's `timing.scale`, by which rehearsals are faster
 */
export function estimateStages(input: { plan: Plan; rolls: RollEstimates; scale: number }): StageEstimate[] {
  const { plan, rolls, scale } = input;
  return plan.hops.flatMap((hop) =>
    hop.stages.map((stage) => ({
      hop: hop.to,
      stage: stage.stage,
      ...subjectOfStage(stage),
      seconds: round(secondsOf(stage, plan, rolls) * scale),
    })),
  );
}

function secondsOf(stage: PlannedStage, plan: Plan, rolls: RollEstimates): number {
  switch (stage.stage) {
    case 'control-plane':
      return estimateDefaults.controlPlane;
    case 'add-ons':
      return stage.addons.length * estimateDefaults.addon;
    case 'tools':
      return estimateDefaults.tool;
    case 'verification':
      return estimateDefaults.verification;
    case 'workers':
      return rolls.of(firstName(plan, stage.nodeGroup), stage.strategy)?.seconds ?? 0;
    // A migration estimates its stages where it plans them.
    case 'green-cluster':
    case 'green-add-ons':
    case 'green-workers':
    case 'green-tools':
    case 'resources':
    case 'green-verification':
    case 'cutover':
    case 'retirement':
      return 0;
  }
}

/** Tenths of a second are kept, for rehearsals in which a stage takes less than one. */
function round(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}

export { estimateDefaults } from './strategies/index.ts';
export { remaining } from './remaining.ts';
