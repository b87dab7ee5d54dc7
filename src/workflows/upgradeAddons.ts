import type { AddonsStage } from '../contract/plan.ts';
import { perform } from './activities.ts';
import type { StageInput } from './stageMessages.ts';
import type { StageRun } from './stageRun.ts';
import { stageWorkflow } from './stageWorkflow.ts';
import type { UpgradeResult } from './upgrade.ts';

export interface AddonsResult {
  /** Names of the add-ons that were changed. */
  upgraded: string[];
}

/** Brings the EKS add-ons to the versions for the control plane's. Takes the request of `upgradeCluster`. */
export async function upgradeAddons(request: unknown): Promise<AddonsResult | UpgradeResult> {
  return stageWorkflow('upgradeAddons', request, carryOut);
}

async function carryOut(
  { context, request, stage, runId }: StageInput<AddonsStage>,
  run: StageRun,
): Promise<AddonsResult> {
  const upgraded: string[] = [];
  for (const addon of stage.addons) {
    const { changed } = await run.update(
      { kind: 'add-on', name: addon.name },
      `${addon.name} ${addon.from} → ${addon.to}`,
      request.addons.tries,
      (attempt) =>
        perform('startAddonUpdate', `Start ${addon.name}'s update to ${addon.to}, try ${attempt}`, {
          context,
          name: addon.name,
          to: addon.to,
          resolveConflicts: addon.resolveConflicts,
          runId,
          attempt,
        }),
    );
    if (changed) upgraded.push(addon.name);
  }
  return { upgraded };
}
