import type { Hop, PlannedStage } from '../contract/plan.ts';

/** Where a stage stands in an upgrade: `1.32/control-plane`, `1.32/workers/blue`. Part of its workflow ID. */
export function stagePlace(hop: Pick<Hop, 'to'>, stage: PlannedStage): string {
  return `${hop.to}/${stage.stage}${stage.stage === 'workers' ? `/${stage.nodeGroup}` : ''}`;
}
