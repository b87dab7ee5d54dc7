import { CancellationScope } from '@temporalio/workflow';
import type { InventoryVerdict, ProbeSummary } from '../contract/evidence.ts';
import type { ControlPlaneStage } from '../contract/plan.ts';
import { perform } from './activities.ts';
import type { StageInput } from './stageMessages.ts';
import type { StageRun } from './stageRun.ts';
import { stageWorkflow } from './stageWorkflow.ts';
import { steadily } from './steadily.ts';
import type { UpgradeResult } from './upgrade.ts';

export interface ControlPlaneResult {
  inventory: InventoryVerdict;
  probe?: ProbeSummary;
}

/** Brings the control plane one minor version up. Takes the request of `upgradeCluster`, with a target one minor away. */
export async function upgradeControlPlane(request: unknown): Promise<ControlPlaneResult | UpgradeResult> {
  return stageWorkflow('upgradeControlPlane', request, carryOut);
}

async function carryOut(
  { context, request, hop, stage, runId }: StageInput<ControlPlaneStage>,
  run: StageRun,
): Promise<ControlPlaneResult> {
  await run.checkpoint();
  run.detail('taking the inventory of all objects');
  const before = await steadily(run, () =>
    perform('takeInventory', `Inventory before ${stage.to}`, {
      context,
      name: `inventory-before-${stage.to}`,
    }),
  );
  const { probe } = await run.update(
    { kind: 'control-plane' },
    `control plane ${stage.from} → ${stage.to}`,
    request.controlPlane.tries,
    (attempt) =>
      perform('startControlPlaneUpdate', `Start the control plane's update to ${stage.to}, try ${attempt}`, {
        context,
        to: stage.to,
        force: stage.force,
        runId,
        attempt,
      }),
  );
  // Looking takes seconds, and an upgrade that is being aborted wants to know as well whether anything was lost.
  return CancellationScope.nonCancellable(async () => {
    run.detail('comparing the objects with the inventory from before');
    const after = await steadily(
      run,
      () =>
        perform('takeInventory', `Inventory at ${stage.to}`, {
          context,
          name: `inventory-after-${stage.to}`,
        }),
      true,
    );
    const inventory = await steadily(
      run,
      () =>
        perform('compareInventories', `Is every object of ${stage.from} still there?`, {
          context,
          before,
          after,
          from: hop.from,
          to: hop.to,
        }),
      true,
    );
    run.detail(
      `at ${stage.to}; ${inventory.comparedCount} objects compared, ${inventory.missingCount} missing`,
    );
    return { inventory, ...(probe === undefined ? {} : { probe }) };
  });
}
