import type { WorkersStage } from '../contract/plan.ts';
import type { StageInput } from './stageMessages.ts';
import type { StageRun } from './stageRun.ts';
import { stageWorkflow } from './stageWorkflow.ts';
import { rollInPlace } from './strategies/inPlace.ts';
import { rollManagedNodeGroup } from './strategies/managed.ts';
import { rollBySurge } from './strategies/surge.ts';
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
  switch (stage.strategy) {
    case 'managed':
      return rollManagedNodeGroup({ ...input, stage }, run);
    case 'surge':
      return rollBySurge({ ...input, stage }, run);
    case 'in-place':
      return rollInPlace({ ...input, stage }, run);
  }
}
