import type { ToolsStage } from '../contract/plan.ts';
import type { StageInput } from './stageMessages.ts';
import type { StageRun } from './stageRun.ts';
import { stageWorkflow } from './stageWorkflow.ts';
import { applyCrds, bringToVersion, prepare, untilWell } from './tools/steps.ts';
import { ToolRun } from './tools/toolRun.ts';
import { untilGitHasIt } from './tools/untilGitHasIt.ts';
import { orPutBack } from './tools/wayOut.ts';
import type { UpgradeResult } from './upgrade.ts';

export interface ToolResult {
  /** Revision of the release that is in force now; absent for a tool that Argo CD manages. */
  revision?: number;
}

/**
 * Brings one cluster tool to its version (rule 10), or back to where it was. Takes the request of `upgradeCluster`
 * without a target, with `tools`.
 */
export async function upgradeTool(request: unknown): Promise<ToolResult | UpgradeResult> {
  return stageWorkflow('upgradeTool', request, carryOut);
}

async function carryOut(input: StageInput<ToolsStage>, run: StageRun): Promise<ToolResult> {
  const tool = new ToolRun(input, run);
  const { revision: revisionBefore, before } = await prepare(tool);
  if (tool.change.awaitGit !== undefined) {
    await untilGitHasIt(tool, tool.change.awaitGit.application);
    await untilWell(tool, before, 'brought by Git');
    return {};
  }
  return orPutBack(tool, { revisionBefore, before }, async () => {
    await applyCrds(tool);
    const { revision } = await bringToVersion(tool, revisionBefore);
    await untilWell(tool, before, 'upgraded');
    return { revision };
  });
}
