import { workflowInfo } from '@temporalio/workflow';
import type { PlannedStage } from '../contract/plan.ts';
import type { WorkflowType } from '../contract/workflowTypes.ts';
import { stagePlace } from './stagePlace.ts';
import type { StageInput } from './stageMessages.ts';
import { StageRun } from './stageRun.ts';
import { upgrade } from './upgrade.ts';
import type { UpgradeResult } from './upgrade.ts';

/**
 * A stage's workflow has two lives. Started by a root it carries out its stage and tells the root about it. Started
 * by a person it is a root itself: the same lock, plan, gate and report as a whole upgrade, narrowed to that stage.
 *
 * @param type the workflow's own type
 * @param input a request, or what the root gives
 * @param carryOut the stage itself
 */
export async function stageWorkflow<Stage extends PlannedStage, Result>(
  type: Exclude<WorkflowType, 'upgradeCluster'>,
  input: unknown,
  carryOut: (input: StageInput<Stage>, run: StageRun) => Promise<Result>,
): Promise<Result | UpgradeResult> {
  if (workflowInfo().parent === undefined) return upgrade(type, input);
  const stageInput = input as StageInput<Stage>;
  const run = new StageRun(stageInput, stagePlace(stageInput.hop, stageInput.stage));
  try {
    return await carryOut(stageInput, run);
  } finally {
    await run.told();
  }
}
