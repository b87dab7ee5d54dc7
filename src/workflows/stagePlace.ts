import { subjectName, subjectOfStage } from '../contract/stageSubject.ts';
import type { Hop, PlannedStage } from '../contract/plan.ts';

/** Where a stage stands in an upgrade: `1.32/control-plane`, `1.32/workers/blue`, `1.32/tools/external-dns`. Part of its workflow ID. */
export function stagePlace(hop: Pick<Hop, 'to'>, stage: PlannedStage): string {
  const subject = subjectName(subjectOfStage(stage));
  return `${hop.to}/${stage.stage}${subject === undefined ? '' : `/${subject}`}`;
}
