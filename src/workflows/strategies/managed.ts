import { CancellationScope, patched } from '@temporalio/workflow';
import type { UpdateSettings, ManagedWorkersStage } from '../../contract/plan.ts';
import { perform } from '../activities.ts';
import { troubleOf } from '../failures.ts';
import type { StageInput } from '../stageMessages.ts';
import { StageQuestions } from '../stageQuestions.ts';
import type { StageRun } from '../stageRun.ts';
import { steadily } from '../steadily.ts';
import { scaled } from '../time.ts';
import { decideStuckRoll, deleteMeanwhile, isPodEvictionFailure } from './stuckManagedRoll.ts';
import type { StuckRollDecision } from './stuckManagedRoll.ts';

/**
 * EKS's own rolling update of a managed node group: it starts new nodes, drains the old ones within their disruption
 * budgets and ends them. Ours are its settings for this roll, which are put back on every way out.
 */
export async function rollManagedNodeGroup(
  input: StageInput<ManagedWorkersStage>,
  run: StageRun,
): Promise<{ changed: boolean }> {
  const { stage } = input;
  if (stage.updateSettings === undefined) return roll(input, run);

  await run.checkpoint();
  const before = await steadily(run, () =>
    perform('readUpdateSettings', `Update settings of ${stage.nodeGroup}`, {
      context: input.context,
      nodeGroup: stage.nodeGroup,
    }),
  );
  await run.owe({
    undo: 'restoreUpdateSettings',
    args: { nodeGroup: stage.nodeGroup, before },
    what: `update settings of node group ${stage.nodeGroup}: ${describe(before)}`,
  });
  try {
    await changeSettings(input, run, before, stage.updateSettings);
    return await roll(input, run);
  } finally {
    await CancellationScope.nonCancellable(() => putBack(input, run, before));
  }
}

/**
 * Rolls the group, and again after each decision of a person about the Pods that EKS could not evict.
 *
 * @throws ApplicationFailure `UpdateFailed` for any other reason, or when the person says `stay`
 */
async function roll(input: StageInput<ManagedWorkersStage>, run: StageRun): Promise<{ changed: boolean }> {
  const questions = new StageQuestions(run, { asked: 0 });
  const tries: Tries = { before: 0, started: 0 };
  let decision: StuckRollDecision = { next: 'again' };
  for (;;) {
    try {
      return await rollOnce(input, run, decision, tries);
    } catch (error) {
      const forced = decision.next === 'force-group';
      // A stage that older code has ended here is replayed as it was.
      if (forced || !isPodEvictionFailure(error) || !patched('stuck-managed-roll')) throw error;
      decision = await decideStuckRoll(input, run, questions);
      if (decision.next === 'stay') throw error;
      tries.before = tries.started;
    }
  }
}

/** Counted over all decisions: each try has a token of its own. */
interface Tries {
  before: number;
  started: number;
}

/** Rolls the group in the way that was decided, with the request's number of tries. */
async function rollOnce(
  input: StageInput<ManagedWorkersStage>,
  run: StageRun,
  decision: StuckRollDecision,
  tries: Tries,
): Promise<{ changed: boolean }> {
  const { context, request, stage, runId } = input;
  const { nodeGroup, from, to, templateVersion } = stage;
  const force = decision.next === 'force-group';
  let endDeleting: (() => Promise<void>) | undefined;
  const start = async (attempt: number) => {
    tries.started = tries.before + attempt;
    const started = await perform(
      'startNodeGroupUpdate',
      `Start the roll of ${nodeGroup} to ${to}, try ${tries.started}${force ? ', ignoring its budgets' : ''}`,
      {
        context,
        nodeGroup,
        to,
        ...(templateVersion === undefined ? {} : { templateVersion }),
        ...(force ? { force } : {}),
        runId,
        attempt: tries.started,
      },
    );
    if (decision.next === 'again-deleting') endDeleting ??= deleteMeanwhile(input, run, decision);
    return started;
  };
  try {
    const what = `node group ${nodeGroup} ${from} → ${to}`;
    return await run.update({ kind: 'node-group', name: nodeGroup }, what, request.workers.tries, start);
  } finally {
    await endDeleting?.();
  }
}

function changeSettings(
  { context, request, stage, runId }: StageInput<ManagedWorkersStage>,
  run: StageRun,
  before: UpdateSettings,
  settings: UpdateSettings,
): Promise<unknown> {
  return run.update(
    { kind: 'node-group', name: stage.nodeGroup },
    `update settings of ${stage.nodeGroup} for this roll: ${describe(settings)}`,
    request.workers.tries,
    (attempt) =>
      perform('changeUpdateSettings', `Update settings of ${stage.nodeGroup}: ${describe(settings)}`, {
        context,
        nodeGroup: stage.nodeGroup,
        before,
        settings,
        runId,
        attempt,
      }),
  );
}

/** Never hides what went wrong before: a refusal is told, not thrown. */
async function putBack(
  { context, request, stage, runId }: StageInput<ManagedWorkersStage>,
  run: StageRun,
  before: UpdateSettings,
): Promise<void> {
  const args = { nodeGroup: stage.nodeGroup, before };
  try {
    await steadily(
      run,
      () =>
        perform('restoreUpdateSettings', `Put back the update settings of ${stage.nodeGroup}`, {
          context,
          ...args,
          runId,
          attempt: 1,
          pollMs: scaled(request.timing, 'pollInterval'),
        }),
      true,
    );
    run.settle(args, 'put-back');
  } catch (error) {
    run.note(`The update settings of ${stage.nodeGroup} could not be put back: ${troubleOf(error).message}`);
    run.settle(args, 'failed');
  }
}

function describe(settings: UpdateSettings): string {
  const parts = [
    settings.maxUnavailable === undefined ? undefined : `maxUnavailable ${settings.maxUnavailable}`,
    settings.maxUnavailablePercentage === undefined
      ? undefined
      : `maxUnavailable ${settings.maxUnavailablePercentage} %`,
    settings.updateStrategy,
  ];
  return parts.filter((part) => part !== undefined).join(', ');
}
