import type { WorkersStage } from '../contract/plan.ts';
import { failure } from './failures.ts';
import type { StageInput } from './stageMessages.ts';
import type { StageRun } from './stageRun.ts';
import { stageWorkflow } from './stageWorkflow.ts';
import { rollManagedNodeGroup } from './strategies/managed.ts';
import type { UpgradeResult } from './upgrade.ts';

export interface NodeGroupResult {
  changed: boolean;
}

/** Replaces the nodes of one node group. Takes the request of `upgradeCluster` and `nodeGroup`. */
export async function upgradeNodeGroup(request: unknown): Promise<NodeGroupResult | UpgradeResult> {
  return stageWorkflow('upgradeNodeGroup', request, carryOut);
}

async function carryOut(input: StageInput<WorkersStage>, run: StageRun): Promise<NodeGroupResult> {
  const { stage } = input;
  if (stage.strategy !== 'managed') {
    throw failure('InvalidInput', `The strategy ${stage.strategy} is not built yet. Nothing was touched.`);
  }
  return rollManagedNodeGroup({ ...input, stage }, run);
}
