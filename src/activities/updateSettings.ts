import { StepladderError } from '../contract/errors.ts';
import type { UpdateSettings } from '../contract/plan.ts';
import { sameSettings } from '../plan/updateSettings.ts';
import type { Platform, PlatformNodeGroup, UpdateTarget } from '../platform/platform.ts';
import { clientToken } from './clientToken.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { pause } from './pause.ts';
import { activityScope, heartbeating } from './scope.ts';
import { startUpdate } from './startUpdates.ts';
import type { Activities, StartedUpdate } from './types.ts';
import { readNote, updateSettingsNoteKey, writeNote } from './updateSettingsNote.ts';

/**
 * Changes a node group's update settings for a roll and puts them back (rule 14). What it had is noted on the group
 * before it is changed, and the note goes last, so that at every moment either the settings are the group's own or the
 * note tells what they were.
 */
export function updateSettingsActivities({
  clusters,
}: Pick<ActivityDependencies, 'clusters'>): Pick<
  Activities,
  'readUpdateSettings' | 'changeUpdateSettings' | 'restoreUpdateSettings'
> {
  return {
    async readUpdateSettings({ context, nodeGroup }) {
      const { signal } = activityScope();
      const { platform } = await clusters.open(context, signal);
      const group = await platform.describeNodeGroup(nodeGroup, signal);
      return readNote(group.tags[updateSettingsNoteKey]) ?? group.updateSettings;
    },

    async changeUpdateSettings({ context, nodeGroup, before, settings, runId, attempt }) {
      const { signal } = activityScope();
      const { platform } = await clusters.open(context, signal);
      const group = await platform.describeNodeGroup(nodeGroup, signal);
      const changes = !sameSettings(group.updateSettings, settings);
      // A note that is there tells of what was before an earlier upgrade, which is what has to come back.
      if (changes && readNote(group.tags[updateSettingsNoteKey]) === undefined) {
        await platform.noteOnNodeGroup(nodeGroup, updateSettingsNoteKey, writeNote(before), signal);
      }
      return bringSettings(
        platform,
        group,
        settings,
        { runId, step: 'change-update-settings', attempt },
        signal,
      );
    },

    async restoreUpdateSettings({ context, nodeGroup, before, runId, attempt, pollMs }) {
      const { signal } = activityScope();
      const { platform } = await clusters.open(context, signal);
      await heartbeating(async () => {
        const group = await describeIfThere(platform, nodeGroup, signal);
        // A group that is gone has nothing to be put back.
        if (group === undefined) return;
        const change = { runId, step: 'restore-update-settings', attempt };
        const started = await bringSettings(platform, group, before, change, signal);
        if (started.state !== 'already-done') {
          await untilEnded(
            platform,
            { kind: 'node-group', name: nodeGroup },
            started.updateId,
            pollMs,
            signal,
          );
          const { updateSettings } = await platform.describeNodeGroup(nodeGroup, signal);
          if (!sameSettings(updateSettings, before)) throw notBack(nodeGroup, before, updateSettings);
        }
        if (group.tags[updateSettingsNoteKey] !== undefined) {
          await platform.removeNoteFromNodeGroup(nodeGroup, updateSettingsNoteKey, signal);
        }
      });
    },
  };
}

async function bringSettings(
  platform: Platform,
  group: PlatformNodeGroup,
  settings: UpdateSettings,
  change: { runId: string; step: string; attempt: number },
  signal: AbortSignal,
): Promise<StartedUpdate> {
  const { name } = group;
  const wanted = complete(settings, group.updateSettings);
  // An upgrade changes the settings of one group again in each hop: the group's version tells these changes apart.
  const target = [name, writeNote(settings), group.version ?? group.releaseVersion ?? ''];
  return startUpdate({
    platform,
    signal,
    target: { kind: 'node-group', name },
    there: sameSettings(group.updateSettings, settings),
    busy: group.status === 'UPDATING',
    sameEnd: (update) =>
      update.changes === 'settings' &&
      update.settings !== undefined &&
      sameSettings({ ...group.updateSettings, ...update.settings }, settings),
    async send() {
      for (let again = 0; ; again += 1) {
        const token = clientToken(change.runId, change.step, [...target, String(again)], change.attempt);
        const update = await platform.updateNodeGroupSettings({ name, settings: wanted, token }, signal);
        // EKS has answered with one that was done before and undone since: this is another change.
        if (update.status !== 'Successful') return update;
        const { updateSettings } = await platform.describeNodeGroup(name, signal);
        if (sameSettings(updateSettings, settings) || again >= 9) return update;
      }
    },
  });
}

/** EKS keeps what is left out: where the default is wanted and something else is there, the default is said. */
function complete(settings: UpdateSettings, now: UpdateSettings): UpdateSettings {
  const updateStrategy =
    settings.updateStrategy ?? (now.updateStrategy === undefined ? undefined : 'DEFAULT');
  return {
    ...(settings.maxUnavailablePercentage === undefined
      ? { maxUnavailable: settings.maxUnavailable ?? 1 }
      : { maxUnavailablePercentage: settings.maxUnavailablePercentage }),
    ...(updateStrategy === undefined ? {} : { updateStrategy }),
  };
}

async function describeIfThere(
  platform: Platform,
  name: string,
  signal: AbortSignal,
): Promise<PlatformNodeGroup | undefined> {
  try {
    return await platform.describeNodeGroup(name, signal);
  } catch (error) {
    if (error instanceof StepladderError && error.details['reason'] === 'not-found') return undefined;
    throw error;
  }
}

async function untilEnded(
  platform: Platform,
  target: UpdateTarget & { name: string },
  updateId: string,
  pollMs: number,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    const { status, errors } = await platform.describeUpdate(target, updateId, signal);
    if (status === 'Successful') return;
    if (status !== 'InProgress') {
      const reasons = errors.map(({ code, message }) => `${code}: ${message}`).join('; ');
      throw new StepladderError(
        'UpdateFailed',
        `EKS update ${updateId}, which was to put back the update settings of node group ${target.name}, ended as ${status}${reasons === '' ? '' : `. ${reasons}`}. The group's tag ${updateSettingsNoteKey} says what they were.`,
        { updateId, errors },
      );
    }
    await pause(pollMs, signal);
  }
}

function notBack(nodeGroup: string, before: UpdateSettings, now: UpdateSettings): StepladderError {
  return new StepladderError(
    'UpdateFailed',
    `The update settings of node group ${nodeGroup} were to be put back to ${writeNote(before)}; EKS says that this was done, but they are ${writeNote(now)}. Put them back by hand and then remove the group's tag ${updateSettingsNoteKey}.`,
    { before, now },
  );
}
