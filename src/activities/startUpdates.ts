import { StepladderError } from '../contract/errors.ts';
import { compareMinors, compareVersions } from '../plan/versions.ts';
import { describeTarget } from '../platform/platform.ts';
import type { Platform, PlatformUpdate, UpdateTarget } from '../platform/platform.ts';
import { clientToken } from './clientToken.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { describeUpdate } from './identify.ts';
import { activityScope } from './scope.ts';
import type { Activities, StartedUpdate } from './types.ts';

/** Starts updates of versions: looks first, adopts what is under way to the same end, and sends only then. */
export function startUpdateActivities({
  clusters,
}: Pick<ActivityDependencies, 'clusters'>): Pick<
  Activities,
  'startControlPlaneUpdate' | 'startAddonUpdate' | 'startNodeGroupUpdate'
> {
  return {
    async startControlPlaneUpdate({ context, to, force, runId, attempt }) {
      const { signal } = activityScope();
      const { platform } = await clusters.open(context, signal);
      const cluster = await platform.describeCluster(signal);
      if (cluster.status !== 'ACTIVE' && cluster.status !== 'UPDATING') {
        throw new StepladderError(
          'ClusterNotActive',
          `Cluster ${cluster.name} is ${cluster.status}: its control plane can't be updated to ${to}. Mend what its health issues in the EKS console name, and start again.`,
          { status: cluster.status },
        );
      }
      return startUpdate({
        platform,
        signal,
        target: { kind: 'control-plane' },
        there: compareMinors(cluster.version, to) >= 0,
        busy: cluster.status === 'UPDATING',
        sameEnd: (update) => update.changes === 'version' && update.to === to,
        send: () =>
          platform.updateControlPlane(
            { to, force, token: clientToken(runId, 'control-plane', [to], attempt) },
            signal,
          ),
      });
    },

    async startAddonUpdate({ context, name, to, resolveConflicts, runId, attempt }) {
      const { signal } = activityScope();
      const { platform } = await clusters.open(context, signal);
      const addon = await platform.describeAddon(name, signal);
      return startUpdate({
        platform,
        signal,
        target: { kind: 'add-on', name },
        // After a failed update EKS may name the new version although it was never rolled out.
        there: compareVersions(addon.version, to) >= 0 && addon.status !== 'UPDATE_FAILED',
        busy: addon.status === 'UPDATING',
        sameEnd: (update) => update.changes === 'version' && update.to === to,
        send: () =>
          platform.updateAddon(
            { name, to, resolveConflicts, token: clientToken(runId, 'add-on', [name, to], attempt) },
            signal,
          ),
      });
    },

    async startNodeGroupUpdate({ context, nodeGroup: name, to, templateVersion, force, runId, attempt }) {
      const { signal } = activityScope();
      const { platform } = await clusters.open(context, signal);
      const group = await platform.describeNodeGroup(name, signal);
      return startUpdate({
        platform,
        signal,
        target: { kind: 'node-group', name },
        there:
          group.version !== undefined &&
          compareMinors(group.version, to) >= 0 &&
          (templateVersion === undefined || templateVersion === group.templateVersion),
        busy: group.status === 'UPDATING',
        sameEnd: (update) => update.changes === 'version' && update.to === to,
        send: () =>
          platform.updateNodeGroupVersion(
            {
              name,
              to,
              ...(templateVersion === undefined ? {} : { templateVersion }),
              ...(force === true ? { force } : {}),
              token: clientToken(
                runId,
                'node-group',
                [
                  name,
                  to,
                  ...(templateVersion === undefined ? [] : [templateVersion]),
                  ...(force === true ? ['force'] : []),
                ],
                attempt,
              ),
            },
            signal,
          ),
      });
    },
  };
}

export interface UpdateStart {
  platform: Platform;
  signal: AbortSignal;
  target: UpdateTarget;
  /** It is there already, as far as its description tells. */
  there: boolean;
  /** Its description says that an update is under way. */
  busy: boolean;
  /** Whether an update comes to what we want. */
  sameEnd: (update: PlatformUpdate) => boolean;
  send: () => Promise<PlatformUpdate>;
}

/** Starts an update unless it is there or under way. Throws `UpdateInProgress` for one that is not ours. */
export async function startUpdate(start: UpdateStart): Promise<StartedUpdate> {
  const { platform, signal, target } = start;
  const underWay = start.busy ? await platform.findUpdatesInProgress(target, signal) : [];
  const same = underWay.find(start.sameEnd);
  if (same !== undefined) return { state: 'adopted', updateId: same.id };
  if (start.there) return { state: 'already-done' };
  if (underWay.length > 0) throw busyWith(target, underWay);
  try {
    const update = await start.send();
    return { state: 'started', updateId: update.id };
  } catch (error) {
    if (!(error instanceof StepladderError && error.type === 'UpdateInProgress')) throw error;
    // EKS refuses while it is busy although its descriptions may say ACTIVE: look what it is busy with.
    const found = await platform.findUpdatesInProgress(target, signal);
    const ours = found.find(start.sameEnd);
    if (ours !== undefined) return { state: 'adopted', updateId: ours.id };
    throw found.length === 0 ? error : busyWith(target, found);
  }
}

function busyWith(target: UpdateTarget, updates: PlatformUpdate[]): StepladderError {
  return new StepladderError(
    'UpdateInProgress',
    `EKS is busy with ${updates.map(describeUpdate).join(', ')} of ${describeTarget(target)}, which is not part of this upgrade and must end first.`,
    { updates: updates.map(({ id, type, to }) => ({ id, type, ...(to === undefined ? {} : { to }) })) },
  );
}
