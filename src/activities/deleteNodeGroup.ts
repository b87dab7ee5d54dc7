import { StepladderError } from '../contract/errors.ts';
import type { Platform, PlatformNodeGroup } from '../platform/platform.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { madeByNote, madeByNoteKey } from './madeBy.ts';
import { pause } from './pause.ts';
import { activityScope, heartbeating } from './scope.ts';
import type { WorkerActivities } from './workerTypes.ts';

type Input = Parameters<WorkerActivities['deleteNodeGroup']>[0];

/** Deletes node groups: one that this upgrade has made, or the old one, whose end was approved. */
export function deleteNodeGroupActivity({
  clusters,
}: Pick<ActivityDependencies, 'clusters'>): Pick<WorkerActivities, 'deleteNodeGroup'> {
  return {
    async deleteNodeGroup(input) {
      const { signal, heartbeat } = activityScope();
      const until = performance.now() + input.timeoutMs;
      const progress = { line: `node group ${input.nodeGroup}: to be deleted` };
      let sent = false;
      return heartbeating(
        async () => {
          for (;;) {
            const { platform } = await clusters.open(input.context, signal);
            const group = await platform.findNodeGroup(input.nodeGroup, signal);
            if (group === undefined) return { state: 'gone', problems: [] };
            refuseOthers(group, input.because);
            const { status, healthIssues: problems } = group;
            if (status === 'DELETE_FAILED' && sent) return { state: 'waiting', problems };
            if (status !== 'DELETING') sent = (await send(platform, group, signal)) || sent;
            const left = until - performance.now();
            if (left <= 0) return { state: 'waiting', problems };
            progress.line = `node group ${input.nodeGroup}: ${status}, to be deleted`;
            heartbeat(progress);
            await pause(Math.min(input.pollMs, left), signal);
          }
        },
        () => progress,
      );
    },
  };
}

/** False while it can't be deleted yet: a group that is being created or changed has to come to that's end first. */
async function send(platform: Platform, { name }: PlatformNodeGroup, signal: AbortSignal): Promise<boolean> {
  try {
    await platform.deleteNodeGroup(name, signal);
    return true;
  } catch (error) {
    if (error instanceof StepladderError && error.type === 'UpdateInProgress') return false;
    throw error;
  }
}

function refuseOthers({ name, tags }: PlatformNodeGroup, because: Input['because']): void {
  if ('retired' in because) return;
  if (tags[madeByNoteKey] === madeByNote(because.madeBy)) return;
  throw new StepladderError(
    'PlatformRefused',
    `Node group ${name} was not made by the upgrade ${because.madeBy} (its tag ${madeByNoteKey} is ${tags[madeByNoteKey] ?? 'not there'}), so it is not deleted. If nobody needs it, delete it by hand.`,
    { nodeGroup: name },
  );
}
