import { StepladderError } from '../contract/errors.ts';
import type { NodeGroupSize } from '../contract/workers.ts';
import { listGroupNodes } from '../kubernetes/groupNodes.ts';
import type { GroupNode } from '../kubernetes/groupNodes.ts';
import type { Platform, PlatformNodeGroup } from '../platform/platform.ts';
import { clientToken } from './clientToken.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { inPlaceOfNoteKey, madeByNote, madeByNoteKey } from './madeBy.ts';
import { activityScope } from './scope.ts';
import { readNote, updateSettingsNoteKey } from './updateSettingsNote.ts';
import type { NodeGroupState, WorkerActivities } from './workerTypes.ts';

type Create = Parameters<WorkerActivities['createNodeGroup']>[0];

/** Looks at node groups, and makes one beside another. */
export function nodeGroupActivities({
  clusters,
}: Pick<ActivityDependencies, 'clusters'>): Pick<WorkerActivities, 'describeNodeGroup' | 'createNodeGroup'> {
  return {
    async describeNodeGroup({ context, nodeGroup }) {
      const { signal } = activityScope();
      const { platform, kubernetes } = await clusters.open(context, signal);
      const group = await platform.findNodeGroup(nodeGroup, signal);
      return stateOf(group, await listGroupNodes(kubernetes, nodeGroup, signal));
    },

    async createNodeGroup(input) {
      const { signal } = activityScope();
      const { platform } = await clusters.open(input.context, signal);
      const present = await platform.findNodeGroup(input.nodeGroup, signal);
      if (present !== undefined) return alreadyThere(present, input);
      try {
        await createLike(platform, input, signal);
        return { state: 'creating' };
      } catch (error) {
        if (!(error instanceof StepladderError) || error.details['reason'] !== 'name-taken') throw error;
        // Somebody was faster: this activity's own first run, perhaps.
        const found = await platform.describeNodeGroup(input.nodeGroup, signal);
        return alreadyThere(found, input);
      }
    },
  };
}

async function createLike(platform: Platform, input: Create, signal: AbortSignal): Promise<void> {
  const { like, nodeGroup, to, empty, templateVersion, madeBy, runId, attempt } = input;
  const old = await platform.describeNodeGroup(like, signal);
  // While a roll has changed the other group's update settings, its own are those that the note tells of.
  const noted = readNote(old.tags[updateSettingsNoteKey]);
  await platform.createNodeGroup(
    {
      like,
      name: nodeGroup,
      to,
      size: empty ? { ...old.size, min: 0, desired: 0 } : sizeLike(old.size),
      ...(noted === undefined ? {} : { updateSettings: noted }),
      ...(templateVersion === undefined ? {} : { templateVersion }),
      notes: { [madeByNoteKey]: madeByNote(madeBy), [inPlaceOfNoteKey]: like },
      token: clientToken(runId, 'create-node-group', [nodeGroup, to, like], attempt),
    },
    signal,
  );
}

/** What the other group really needs: as many nodes as it has now, which an autoscaler may have decided. */
function sizeLike({ min, max, desired }: NodeGroupSize): NodeGroupSize {
  const most = Math.max(max, 1);
  return { min: Math.min(min, most), max: most, desired: Math.min(Math.max(desired, min), most) };
}

function alreadyThere(found: PlatformNodeGroup, input: Create): { state: 'there-already' } {
  const { name, tags, status } = found;
  const { like, madeBy } = input;
  if (tags[madeByNoteKey] !== madeByNote(madeBy) || tags[inPlaceOfNoteKey] !== like) {
    const whose =
      tags[madeByNoteKey] === undefined
        ? 'was not made by Stepladder'
        : `was made by the upgrade ${tags[madeByNoteKey]}`;
    throw new StepladderError(
      'PlatformRefused',
      `Node group ${name}, which was to be made in the place of ${like}, is there already, and it ${whose}. Nothing was changed. If nobody needs it, delete it; otherwise give it another name. Then start again.`,
      { nodeGroup: name, reason: 'name-taken' },
    );
  }
  if (status === 'DELETING') {
    throw new StepladderError(
      'UpdateInProgress',
      `Node group ${name}, which this upgrade has made before, is being deleted. It can be made again when that has ended.`,
      { nodeGroup: name },
    );
  }
  return { state: 'there-already' };
}

/** How a group stands, by what the platform and its nodes tell. */
export function stateOf(group: PlatformNodeGroup | undefined, nodes: readonly GroupNode[]): NodeGroupState {
  const madeBy = group?.tags[madeByNoteKey];
  return {
    exists: group !== undefined,
    ...(group === undefined ? {} : { status: group.status, size: group.size }),
    joined: nodes.length,
    ready: nodes.filter(({ ready }) => ready).length,
    schedulable: nodes.filter(({ ready, unschedulable }) => ready && !unschedulable).length,
    ...(madeBy === undefined ? {} : { madeBy }),
    healthIssues: group?.healthIssues ?? [],
  };
}
