import type { AddonRecord } from '../addonRecord.ts';
import { describeAddonRecord } from '../addonRecord.ts';
import { inPath, inQuery } from '../call.ts';
import type { Call } from '../call.ts';
import { EksError } from '../errors.ts';
import type { EksService } from '../service.ts';
import { refuseWhileUpdating } from '../updateInProgress.ts';

/**
 * DeleteAddon: takes an add-on out of the cluster; with `preserve` only EKS's management of it ends.
 *
 * @throws EksError ResourceNotFoundException, ResourceInUseException
 */
export function deleteAddon(service: EksService, call: Call) {
  const cluster = service.findCluster(inPath(call, 'clusterName'), call.region);
  const addon = service.findAddon(inPath(call, 'addonName'));
  refuseWhileUpdating(service, 'DeleteAddon', { kind: 'add-on', name: addon.name });
  if (addon.status === 'DELETING') {
    throw new EksError('ResourceInUseException', `Addon ${addon.name} is being deleted already.`, {
      clusterName: cluster.name,
      addonName: addon.name,
    });
  }
  const preserve = inQuery(call, 'preserve') === 'true';
  addon.status = 'DELETING';
  service.updates.background((signal) => remove(service, addon, preserve, signal));
  return () => ({ addon: describeAddonRecord(addon, cluster.name) });
}

async function remove(
  service: EksService,
  addon: AddonRecord,
  preserve: boolean,
  signal: AbortSignal,
): Promise<void> {
  await service.pause(service.timings.addonUpdate, signal);
  if (!preserve) await service.infrastructure.removeAddon(addon.name);
  for (const [id, { ownerArn }] of service.podIdentities) {
    if (ownerArn === addon.arn) service.podIdentities.delete(id);
  }
  service.addons.delete(addon.name);
}
