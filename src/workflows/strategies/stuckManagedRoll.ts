import { ApplicationFailure, CancellationScope, isCancellation } from '@temporalio/workflow';
import type { WorkerActivities } from '../../activities/workerTypes.ts';
import type { ManagedWorkersStage } from '../../contract/plan.ts';
import type { Request } from '../../contract/request.ts';
import type { Decision, PodReference, StuckPod } from '../../contract/workers.ts';
import { perform } from '../activities.ts';
import { troubleOf } from '../failures.ts';
import type { StageInput } from '../stageMessages.ts';
import type { StageQuestions } from '../stageQuestions.ts';
import type { StageRun } from '../stageRun.ts';
import { steadily } from '../steadily.ts';
import { scaled, scaledDuration } from '../time.ts';
import { stuckShown } from './drain.ts';

/** Without a Pod that no waiting mends there is nothing to force. */
const optionsFor = (stuck: readonly StuckPod[]): Decision[] =>
  stuck.length === 0 ? ['wait', 'force-group', 'stay'] : ['wait', 'force', 'force-group', 'stay'];

/** What a request lacks that an older release has recorded. */
const olderRequest: Request['workers']['stuck'] = { byDefault: 'wait', timeout: '24h' };

/** Whether EKS gave up because Pods could not be evicted, which is all that it says. */
export function isPodEvictionFailure(error: unknown): boolean {
  if (!(error instanceof ApplicationFailure) || error.type !== 'UpdateFailed') return false;
  const details = error.details?.[0] as { errors?: { code?: string }[] } | undefined;
  return details?.errors?.some(({ code }) => code === 'PodEvictionFailure') ?? false;
}

/** What a person wants of a roll that could not evict Pods. */
export type StuckRollDecision =
  | { next: 'again' }
  /** Again, and these Pods are deleted as soon as it has nodes for their successors. */
  | { next: 'again-deleting'; pods: PodReference[]; who: string }
  | { next: 'force-group' }
  | { next: 'stay' };

/**
 * EKS's own roll has failed over Pods that it could not evict: names them with their budgets, and asks a person. What
 * would go by itself later is named apart, and is not forced.
 */
export async function decideStuckRoll(
  { context, request, stage }: StageInput<ManagedWorkersStage>,
  run: StageRun,
  questions: StageQuestions,
): Promise<StuckRollDecision> {
  const found = await steadily(run, () =>
    perform('findStuckPods', `Which Pods of ${stage.nodeGroup} do not go?`, {
      context,
      nodeGroup: stage.nodeGroup,
      to: stage.to,
    }),
  );
  const { stuck } = found;
  const options = optionsFor(stuck);
  const reasons = [
    `EKS could not evict Pods of node group ${stage.nodeGroup} (PodEvictionFailure).`,
    ...reasonLines(found),
  ];
  const meanings: Partial<Record<Decision, string>> = {
    wait: 'the roll is started again',
    force:
      'the roll is started again, unforced, and the Pods that no waiting mends are deleted whatever their budgets say as soon as it has new nodes for them',
    'force-group': `EKS's own force, which ignores EVERY budget of ${stage.nodeGroup}`,
    stay: 'the upgrade ends here',
  };
  const { byDefault, timeout } = {
    ...olderRequest,
    ...(request.workers.stuck as Partial<typeof olderRequest>),
  };
  // The words of the request are those of our own drains.
  const withoutAnswer = byDefault === 'force' && stuck.length === 0 ? 'wait' : byDefault;
  run.beginWait('drain', reasons.join(' '));
  try {
    const answer = await questions.decide({
      about: 'drain',
      options,
      byDefault: options.find((option) => option === withoutAnswer) ?? 'stay',
      timeoutMs: scaledDuration(request.timing, timeout),
      shown: [...reasons, ...options.map((option) => `- \`${option}\`: ${meanings[option] ?? ''}`)],
      pods: stuck,
    });
    const who = answer.by === undefined ? 'Nobody decided in time' : `${answer.by} decided`;
    switch (answer.decision) {
      case 'force':
        return answer.pods.length === 0
          ? { next: 'again' }
          : { next: 'again-deleting', pods: answer.pods, who };
      case 'force-group':
        run.note(`${who}: the roll of ${stage.nodeGroup} ignores every budget of the group.`);
        return { next: 'force-group' };
      case 'wait':
        return { next: 'again' };
      default:
        return { next: 'stay' };
    }
  } finally {
    run.endWait('drain');
  }
}

/** Those that no waiting mends, and apart from them those that may go later. */
function reasonLines({
  stuck,
  stuckCount,
  waiting = [],
  waitingCount = 0,
}: Awaited<ReturnType<WorkerActivities['findStuckPods']>>): string[] {
  if (stuckCount + waitingCount === 0) return ['No budget stands in the way of any of them now.'];
  return [
    ...(stuckCount === 0 ? [] : ['No waiting mends these:', ...stuckShown(stuck, stuckCount)]),
    ...(waitingCount === 0
      ? []
      : [
          `These may go later${stuckCount === 0 ? '' : ', and `force` leaves them alone'}:`,
          ...stuckShown(waiting, waitingCount),
        ]),
  ];
}

/**
 * Deletes the Pods that a person has named while the roll that was started again is under way. Not before: EKS takes the
 * new nodes of a failed roll away, so a successor would come back to an old node and hold up the next roll too.
 *
 * @returns what ends it, with the roll
 */
export function deleteMeanwhile(
  { context, request, stage: { nodeGroup } }: StageInput<ManagedWorkersStage>,
  run: StageRun,
  { pods, who }: { pods: PodReference[]; who: string },
): () => Promise<void> {
  const named = pods.map(({ namespace, name }) => `${namespace}/${name}`).join(', ');
  const scope = new CancellationScope();
  const work = scope.run(async () => {
    try {
      const { deleted, gone } = await steadily(run, () =>
        perform(
          'deletePodsOnceReplaced',
          `Delete ${named} once there are new nodes, whatever their budgets say`,
          {
            context,
            nodeGroup,
            pods,
            pollMs: scaled(request.timing, 'pollInterval'),
          },
        ),
      );
      run.note(
        `${who}: ${named} deleted whatever the budgets say (${deleted} deleted, ${gone} gone already).`,
      );
    } catch (error) {
      if (isCancellation(error)) run.note(`${who}: ${named} to be deleted, but the roll ended before that.`);
      else run.note(`${named} could not be deleted: ${troubleOf(error).message}`);
    }
  });
  return async () => {
    scope.cancel();
    await CancellationScope.nonCancellable(() => work);
  };
}
