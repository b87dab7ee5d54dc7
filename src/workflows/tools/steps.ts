import { CancellationScope } from '@temporalio/workflow';
import type { ReleaseOutcome } from '../../activities/toolTypes.ts';
import type { EvidenceReference } from '../../contract/evidence.ts';
import { perform } from '../activities.ts';
import { failure } from '../failures.ts';
import { steadily } from '../steadily.ts';
import type { ToolRun } from './toolRun.ts';

/** Looks once more at the release, and at how the tool and what it serves stand. Nothing is changed yet. */
export async function prepare(tool: ToolRun): Promise<{ revision?: number; before: EvidenceReference }> {
  for (;;) {
    await tool.run.checkpoint();
    tool.run.detail(`${tool.title}: looking at it before it is changed`);
    const prepared = await steadily(tool.run, () =>
      perform('prepareTool', `How does ${tool.change.tool} stand?`, tool.step),
    );
    // What was seen before a pause says nothing of what is there after it.
    if (!tool.run.paused) return prepared;
  }
}

/** The changes of CRDs that the plan allows, before the chart that stands on them. */
export async function applyCrds(tool: ToolRun): Promise<void> {
  const { crds } = tool.change;
  if (crds.applied.length === 0) return;
  tool.run.detail(`${tool.title}: applying ${crds.applied.join(', ')}`);
  // Before the activity answers, some of them may be applied already.
  tool.appliedCrds = crds.applied;
  const { applied } = await finished(tool, () =>
    perform('applyToolCrds', `Apply ${String(crds.applied.length)} changed CRDs of ${tool.change.tool}`, {
      ...tool.step,
      timeoutMs: tool.limit('toolTimeout'),
    }),
  );
  tool.appliedCrds = applied;
}

/** Brings the release to its new version. */
export async function bringToVersion(
  tool: ToolRun,
  revisionBefore: number | undefined,
): Promise<ReleaseOutcome> {
  tool.run.detail(`${tool.title}: ${tool.change.driver.by} brings it there`);
  const outcome = await finished(tool, () =>
    perform('upgradeTool', `Bring ${tool.change.tool} to ${tool.change.to.version}`, {
      ...tool.step,
      ...(revisionBefore === undefined ? {} : { revisionBefore }),
      upgrade: tool.upgrade,
      timeoutMs: tool.limit('toolTimeout'),
    }),
  );
  tool.run.detail(`${tool.title}: revision ${String(outcome.revision)} is ${outcome.status}`);
  return outcome;
}

/**
 * Waits until the tool and what it serves are as well as before. What can't be looked at is not well (rule 11).
 *
 * @param how what was done to it: `upgraded`
 * @throws ApplicationFailure `ToolFailed` that names what is not well
 */
export async function untilWell(tool: ToolRun, before: EvidenceReference, how: string): Promise<void> {
  tool.run.detail(`${tool.title}: ${how}; looking whether it and what it serves are as well as before`);
  const problems = await problemsAfter(tool, before);
  if (problems.length === 0) {
    tool.run.detail(`${tool.title}: ${how}, and as well as before`);
    return;
  }
  throw failure(
    'ToolFailed',
    `${tool.title} was ${how}, but was not well within ${tool.limitText('settleTimeout')}: ${problems.join('; ')}.`,
  );
}

/** What is not as well as before once there was time for it to settle, one line each. */
export async function problemsAfter(
  tool: ToolRun,
  before: EvidenceReference,
  rolledBack = false,
): Promise<string[]> {
  const { well, problems, problemCount, unknown, evidence } = await steadily(tool.run, () =>
    perform('verifyTool', `Is ${tool.change.tool} as well as before?`, {
      ...tool.step,
      before,
      settleMs: tool.limit('settleTimeout'),
      pollMs: tool.limit('pollInterval'),
      ...(rolledBack ? { rolledBack } : {}),
    }),
  );
  tool.run.tell({ kind: 'evidence', evidence });
  const more = problemCount - problems.length;
  const lines = [...problems, ...(more > 0 ? [`and ${String(more)} more`] : []), ...unknown];
  return well || lines.length > 0 ? lines : ['it was not said what is not well'];
}

/** What has begun is let finish, also when the upgrade is aborted meanwhile; then nothing more is begun. */
async function finished<T>(tool: ToolRun, action: () => Promise<T>): Promise<T> {
  await leaveIfAborted();
  const result = await steadily(tool.run, () => CancellationScope.nonCancellable(action));
  await leaveIfAborted();
  return result;
}

async function leaveIfAborted(): Promise<void> {
  const scope = CancellationScope.current();
  if (scope.consideredCancelled) await scope.cancelRequested;
}
