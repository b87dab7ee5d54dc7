import { EksError } from './errors.ts';
import type { EksService } from './service.ts';
import type { UpdateTarget } from './updates.ts';

/**
 * Refuses a change while an update of the same thing, or of the cluster as a whole, has not ended. What counts is the
 * update, not a status: the cluster may say ACTIVE while one is still in progress.
 *
 * @param change type of the update that was asked for, or the operation where it is none
 * @throws EksError ResourceInUseException
 */
export function refuseWhileUpdating(service: EksService, change: string, target: UpdateTarget): void {
  const { updates, cluster } = service;
  const ofTarget = target.kind === 'cluster' ? undefined : updates.inProgress(target);
  const blocking = ofTarget ?? updates.inProgress({ kind: 'cluster' });
  if (blocking === undefined) return;
  const subject =
    ofTarget === undefined || target.kind === 'cluster'
      ? `cluster ${cluster.name}`
      : `${target.kind === 'node-group' ? 'nodegroup' : 'addon'} ${target.name}`;
  throw new EksError(
    'ResourceInUseException',
    `Cannot ${change} because ${subject} currently has update ${blocking.id ?? ''} in progress`,
    {
      clusterName: cluster.name,
      ...(target.kind === 'node-group' ? { nodegroupName: target.name } : {}),
      ...(target.kind === 'add-on' ? { addonName: target.name } : {}),
    },
  );
}
