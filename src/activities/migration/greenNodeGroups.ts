import { StepladderError } from '../../contract/errors.ts';
import { inOrder } from '../../kubernetes/inOrder.ts';
import type { Platform, PlatformNodeGroup } from '../../platform/platform.ts';
import { clientToken } from '../clientToken.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { madeByNote, madeByNoteKey } from '../madeBy.ts';
import type { MigrationActivities } from '../migrationTypes.ts';
import { activityScope, heartbeating } from '../scope.ts';
import { readNote, updateSettingsNoteKey } from '../updateSettingsNote.ts';
import { isMadeBy, whoMade } from './besideBlue.ts';

type Input = Parameters<MigrationActivities['createGreenNodeGroups']>[0];
type Wanted = Input['stage']['nodeGroups'][number];

/** Gives green the node groups that blue has, by the same names, at the version of the plan. */
export function greenNodeGroupsActivity({
  clusters,
}: Pick<ActivityDependencies, 'clusters'>): Pick<MigrationActivities, 'createGreenNodeGroups'> {
  return {
    async createGreenNodeGroups(input) {
      const { signal } = activityScope();
      const { platform: blue } = await clusters.open(input.sides.blue, signal);
      const { platform: green } = await clusters.open(input.sides.green, signal);
      return heartbeating(async () => {
        let made = 0;
        const create = (wanted: Wanted) => createOne(blue, green, input, wanted, signal);
        for await (const isNew of inOrder(input.stage.nodeGroups, create)) if (isNew) made += 1;
        return { made };
      });
    },
  };
}

/** False when it is there already. */
async function createOne(
  blue: Platform,
  green: Platform,
  input: Input,
  { name, size, templateVersion }: Wanted,
  signal: AbortSignal,
): Promise<boolean> {
  const { stage, sides, madeBy, runId } = input;
  const present = await green.findNodeGroup(name, signal);
  if (present !== undefined) return takeOver(present, input);
  const like = await blue.describeNodeGroup(name, signal);
  // While a roll has changed blue's update settings, its own are those that the note tells of.
  const noted = readNote(like.tags[updateSettingsNoteKey]);
  try {
    await green.createNodeGroup(
      {
        like: name,
        likeCluster: sides.blue.cluster.name,
        name,
        to: stage.to,
        size,
        ...(noted === undefined ? {} : { updateSettings: noted }),
        ...(templateVersion === undefined ? {} : { templateVersion }),
        notes: { [madeByNoteKey]: madeByNote(madeBy) },
        token: clientToken(
          runId,
          'create-green-node-group',
          [sides.green.identity.endpoint, name, stage.to],
          1,
        ),
      },
      signal,
    );
    return true;
  } catch (error) {
    if (!(error instanceof StepladderError) || error.details['reason'] !== 'name-taken') throw error;
    // Somebody was faster: this activity's own first run, perhaps.
    return takeOver(await green.describeNodeGroup(name, signal), input);
  }
}

function takeOver(found: PlatformNodeGroup, { stage, madeBy }: Input): false {
  const { name, status } = found;
  if (!isMadeBy(found, madeBy)) {
    throw new StepladderError(
      'PlatformRefused',
      `Node group ${name}, which was to be created on cluster ${stage.cluster}, is there already, and it ${whoMade(found)}. Nothing was changed. Delete it if nobody needs it, and start again.`,
      { cluster: stage.cluster, nodeGroup: name, reason: 'name-taken' },
    );
  }
  if (status === 'DELETING') {
    throw new StepladderError(
      'UpdateInProgress',
      `Node group ${name} of cluster ${stage.cluster} is being deleted. It can be made again when that has ended.`,
      { cluster: stage.cluster, nodeGroup: name },
    );
  }
  return false;
}
