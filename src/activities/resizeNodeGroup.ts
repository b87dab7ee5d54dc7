import type { NodeGroupSize } from '../contract/workers.ts';
import type { Platform, PlatformNodeGroup } from '../platform/platform.ts';
import { readSizeNote, sizeNoteKey } from '../plan/sizeNote.ts';
import { clientToken } from './clientToken.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { activityScope } from './scope.ts';
import { startUpdate } from './startUpdates.ts';
import type { StartedUpdate } from './types.ts';
import type { WorkerActivities } from './workerTypes.ts';

/** Changes the size of a node group. */
export function resizeNodeGroupActivity({
  clusters,
}: Pick<ActivityDependencies, 'clusters'>): Pick<WorkerActivities, 'resizeNodeGroup'> {
  return {
    async resizeNodeGroup({ context, nodeGroup, size, runId, attempt }) {
      const { signal } = activityScope();
      const { platform } = await clusters.open(context, signal);
      const group = await platform.describeNodeGroup(nodeGroup, signal);
      const started = await bringSize(platform, group, size, { runId, attempt, step: 'resize' }, signal);
      const before = readSizeNote(group.tags[sizeNoteKey]);
      // Its least size is what it was before a roll lowered it: the note has done its duty, and not before.
      if (started.state === 'already-done' && before !== undefined && size.min >= before.min) {
        await platform.removeNoteFromNodeGroup(nodeGroup, sizeNoteKey, signal);
      }
      return started;
    },
  };
}

/**
 * Starts an update that brings a group to a size, unless it has it or is on the way there. Throws `UpdateInProgress`
 * for an update that is not ours.
 */
export async function bringSize(
  platform: Platform,
  group: PlatformNodeGroup,
  size: NodeGroupSize,
  change: { runId: string; step: string; attempt: number },
  signal: AbortSignal,
): Promise<StartedUpdate> {
  const { name } = group;
  return startUpdate({
    platform,
    signal,
    target: { kind: 'node-group', name },
    there: isSame(group.size, size),
    busy: group.status === 'UPDATING',
    sameEnd: (update) => update.size !== undefined && isSame({ ...group.size, ...update.size }, size),
    async send() {
      for (let again = 0; ; again += 1) {
        const target = [name, String(size.min), String(size.max), String(size.desired), String(again)];
        const token = clientToken(change.runId, change.step, target, change.attempt);
        const update = await platform.resizeNodeGroup({ name, size, token }, signal);
        // One that has ended by now was done before, and the group's size has changed since: this is another change.
        if (update.status === 'InProgress' || again >= 99) return update;
      }
    },
  });
}

const isSame = (one: NodeGroupSize, other: NodeGroupSize): boolean =>
  one.min === other.min && one.max === other.max && one.desired === other.desired;
