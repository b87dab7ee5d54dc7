import { z } from 'zod';
import { isOffered } from '../addonCatalogue.ts';
import type { AddonRecord } from '../addonRecord.ts';
import { isMapping, notEnoughReplicas, rollWorkload } from '../addonRoll.ts';
import { inPath, readBody } from '../call.ts';
import type { Call } from '../call.ts';
import { EksError, invalidParameter } from '../errors.ts';
import type { EksService } from '../service.ts';
import { UpdateFailure, param } from '../updates.ts';
import { refuseWhileUpdating } from '../updateInProgress.ts';

const bodySchema = z.object({
  addonVersion: z.string().optional(),
  serviceAccountRoleArn: z.string().optional(),
  resolveConflicts: z.enum(['NONE', 'OVERWRITE', 'PRESERVE']).optional(),
  configurationValues: z.string().optional(),
});
type Body = z.infer<typeof bodySchema>;

/**
 * UpdateAddon: rolls the add-on's workload to another version. What people changed stops it with NONE (the default), is
 * kept with PRESERVE, and is reset with OVERWRITE.
 *
 * @throws EksError InvalidParameterException (a version that does not go with the cluster's, unreadable configuration),
 * ResourceInUseException, ResourceNotFoundException
 */
export function updateAddon(service: EksService, call: Call) {
  const cluster = service.findCluster(inPath(call, 'clusterName'), call.region);
  const addon = service.findAddon(inPath(call, 'addonName'));
  const subject = { clusterName: cluster.name, addonName: addon.name };
  const body = readBody(bodySchema, call);
  refuseWhileUpdating(service, 'AddonUpdate', { kind: 'add-on', name: addon.name });
  if (addon.status === 'CREATING' || addon.status === 'DELETING') {
    throw new EksError(
      'ResourceInUseException',
      `Addon ${addon.name} cannot be updated as it is currently in ${addon.status} state`,
      subject,
    );
  }
  if (addon.status === 'CREATE_FAILED') {
    throw new EksError(
      'InvalidRequestException',
      `Addon ${addon.name} can't be updated in status CREATE_FAILED`,
      subject,
    );
  }
  const to = body.addonVersion ?? addon.version;
  // Staying at a version that EKS no longer offers is fine; going to one is not.
  if (to !== addon.version && !isOffered(addon.name, to, cluster.version)) {
    throw invalidParameter(
      `Addon version specified is not supported: ${addon.name} ${to} on Kubernetes ${cluster.version}`,
      subject,
    );
  }
  if (body.configurationValues !== undefined && !isMapping(body.configurationValues)) {
    throw invalidParameter('ConfigurationValue provided in request is not supported', subject);
  }
  const update = service.updates.start({
    target: { kind: 'add-on', name: addon.name },
    type: 'AddonUpdate',
    params: [
      param('AddonVersion', to),
      param('ResolveConflicts', body.resolveConflicts ?? 'NONE'),
      ...(body.configurationValues === undefined
        ? []
        : [param('ConfigurationValues', body.configurationValues)]),
      ...(body.serviceAccountRoleArn === undefined
        ? []
        : [param('ServiceAccountRoleArn', body.serviceAccountRoleArn)]),
    ],
    work: (signal) => roll(service, addon, to, body, signal),
  });
  return () => ({ update });
}

async function roll(
  service: EksService,
  addon: AddonRecord,
  to: string,
  body: Body,
  signal: AbortSignal,
): Promise<void> {
  const { infrastructure, timings } = service;
  addon.status = 'UPDATING';
  try {
    await service.failIfMeantTo('AddonUpdate', addon.name, signal);
    await service.pause(timings.addonUpdate, signal);
    resolveConflicts(addon, body.resolveConflicts ?? 'NONE');
    await rollWorkload(service, addon, to, signal);
    addon.version = to;
    addon.serviceAccountRoleArn = body.serviceAccountRoleArn;
    addon.configurationValues = body.configurationValues ?? addon.configurationValues;
    addon.status = 'ACTIVE';
    addon.issues = [];
  } catch (error) {
    addon.status = isUnhealthy(error) ? 'DEGRADED' : 'UPDATE_FAILED';
    throw error;
  } finally {
    addon.modifiedAt = infrastructure.clock.now();
  }
}

/** @throws UpdateFailure ConfigurationConflict */
function resolveConflicts(addon: AddonRecord, mode: 'NONE' | 'OVERWRITE' | 'PRESERVE'): void {
  if (mode === 'OVERWRITE') addon.modifiedFields = [];
  if (mode !== 'NONE' || addon.modifiedFields.length === 0) return;
  throw new UpdateFailure({
    code: 'ConfigurationConflict',
    message:
      'Conflicts found when trying to apply. Will not continue due to resolve conflicts mode. Conflicts: ' +
      addon.modifiedFields.join(', '),
    resourceIds: [],
  });
}

const isUnhealthy = (error: unknown): boolean =>
  error instanceof UpdateFailure && error.problem.code === notEnoughReplicas;
