import { CancellationScope, patched } from '@temporalio/workflow';
import type { UpdateSettings, ManagedWorkersStage } from '../../contract/plan.ts';
import { perform } from '../activities.ts';
import { troubleOf } from '../failures.ts';
import type { StageInput } from '../stageMessages.ts';
import { StageQuestions } from '../stageQuestions.ts';
import type { StageRun } from '../stageRun.ts';
import { steadily } from '../steadily.ts';
import { scaled } from '../time.ts';
import { decideStuckRoll, isPodEvictionFailure } from './stuckManagedRoll.ts';

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
  const { context, request, stage, runId } = input;
  const { templateVersion } = stage;
  const questions = new StageQuestions(run, { asked: 0 });
  let tried = 0;
  let force = false;
  for (;;) {
    const before = tried;
    try {
      return await run.update(
        { kind: 'node-group', name: stage.nodeGroup },
        `node group ${stage.nodeGroup} ${stage.from} → ${stage.to}`,
        request.workers.tries,
        (attempt) => {
          tried = before + attempt;
          return perform(
            'startNodeGroupUpdate',
            `Start the roll of ${stage.nodeGroup} to ${stage.to}, try ${tried}${force ? ', ignoring its budgets' : ''}`,
            {
              context,
              nodeGroup: stage.nodeGroup,
              to: stage.to,
              ...(templateVersion === undefined ? {} : { templateVersion }),
              ...(force ? { force } : {}),
              runId,
              attempt: tried,
            },
          );
        },
      );
    } catch (error) {
      // A stage that older code has ended here is replayed as it was.
      if (force || !isPodEvictionFailure(error) || !patched('stuck-managed-roll')) throw error;
      const next = await decideStuckRoll(input, run, questions);
      if (next === 'stay') throw error;
      force = next === 'force-group';
    }
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
