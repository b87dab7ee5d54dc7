import { ApplicationFailure } from '@temporalio/workflow';
import type { ManagedWorkersStage } from '../../contract/plan.ts';
import type { Decision } from '../../contract/workers.ts';
import { perform } from '../activities.ts';
import type { StageInput } from '../stageMessages.ts';
import type { StageQuestions } from '../stageQuestions.ts';
import type { StageRun } from '../stageRun.ts';
import { steadily } from '../steadily.ts';
import { scaledDuration } from '../time.ts';
import { stuckShown } from './drain.ts';

const options: Decision[] = ['wait', 'force', 'force-group', 'stay'];

/** What a request lacks that an older release has recorded. */
const olderRequest = { byDefault: 'wait', timeout: '24h' } as const;

/** Whether EKS gave up because Pods could not be evicted, which is all that it says. */
export function isPodEvictionFailure(error: unknown): boolean {
  if (!(error instanceof ApplicationFailure) || error.type !== 'UpdateFailed') return false;
  const details = error.details?.[0] as { errors?: { code?: string }[] } | undefined;
  return details?.errors?.some(({ code }) => code === 'PodEvictionFailure') ?? false;
}

/**
 * EKS's own roll has failed over Pods that it could not evict: names them with their budgets, asks a person, and does
 * what they say about the Pods.
 *
 * @returns `wait` to start the roll again, unforced; `force-group` to start it with EKS's own force; `stay` to end it
 */
export async function decideStuckRoll(
  { context, request, stage }: StageInput<ManagedWorkersStage>,
  run: StageRun,
  questions: StageQuestions,
): Promise<'wait' | 'force-group' | 'stay'> {
  const { stuck, stuckCount } = await steadily(run, () =>
    perform('findStuckPods', `Which Pods of ${stage.nodeGroup} do not go?`, {
      context,
      nodeGroup: stage.nodeGroup,
      to: stage.to,
    }),
  );
  const shown = [
    `EKS could not evict Pods of node group ${stage.nodeGroup} (PodEvictionFailure).`,
    ...(stuckCount === 0
      ? ['No budget stands in the way of any of them now.']
      : stuckShown(stuck, stuckCount)),
    '- `wait`: the roll is started again',
    '- `force`: the Pods above are deleted whatever their budgets say, and the roll is started again, unforced',
    `- \`force-group\`: EKS's own force, which ignores EVERY budget of ${stage.nodeGroup}`,
    '- `stay`: the upgrade ends here',
  ];
  const { byDefault, timeout } = {
    ...olderRequest,
    ...(request.workers.stuck as Partial<typeof olderRequest>),
  };
  run.beginWait('drain', shown.slice(0, -4).join(' '));
  try {
    const answer = await questions.decide({
      about: 'drain',
      options,
      byDefault: options.find((option) => option === byDefault) ?? 'stay',
      timeoutMs: scaledDuration(request.timing, timeout),
      shown,
      pods: stuck,
    });
    const who = answer.by === undefined ? 'Nobody decided in time' : `${answer.by} decided`;
    switch (answer.decision) {
      case 'force': {
        const named = answer.pods.map(({ namespace, name }) => `${namespace}/${name}`).join(', ');
        const { deleted, gone } = await steadily(run, () =>
          perform('deletePods', `Delete ${named}, whatever their budgets say`, {
            context,
            pods: answer.pods,
          }),
        );
        run.note(
          `${who}: ${named} deleted whatever the budgets say (${deleted} deleted, ${gone} gone already).`,
        );
        return 'wait';
      }
      case 'force-group':
        run.note(`${who}: the roll of ${stage.nodeGroup} ignores every budget of the group.`);
        return 'force-group';
      case 'wait':
        return 'wait';
      default:
        return 'stay';
    }
  } finally {
    run.endWait('drain');
  }
}
