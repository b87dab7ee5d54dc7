import { z } from 'zod';
import { defaultAddonVersion, findAddonInfo, isOffered } from '../addonCatalogue.ts';
import { addonRecord, describeAddonRecord } from '../addonRecord.ts';
import type { AddonRecord } from '../addonRecord.ts';
import { isMapping, notEnoughReplicas, rollWorkload } from '../addonRoll.ts';
import { inPath, readBody } from '../call.ts';
import type { Call } from '../call.ts';
import { refuseUnlessBuilt } from '../clusterStatus.ts';
import { EksError, invalidParameter } from '../errors.ts';
import type { EksService } from '../service.ts';
import { refuseBadTags } from '../tagLimits.ts';
import { UpdateFailure } from '../updates.ts';
import { addPodIdentity } from './podIdentityAssociations.ts';

const bodySchema = z.object({
  addonName: z.string().min(1),
  addonVersion: z.string().optional(),
  serviceAccountRoleArn: z.string().optional(),
  resolveConflicts: z.enum(['NONE', 'OVERWRITE', 'PRESERVE']).optional(),
  configurationValues: z.string().optional(),
  tags: z.record(z.string(), z.string()).optional(),
  podIdentityAssociations: z.array(z.object({ serviceAccount: z.string(), roleArn: z.string() })).optional(),
});
type Body = z.infer<typeof bodySchema>;

/**
 * CreateAddon: puts an add-on into the cluster, or takes over one that is there by other means. It is ACTIVE when its
 * Pods run; DEGRADED when they do not in time (no nodes, say), and ACTIVE as soon as they do after all.
 *
 * @throws EksError ResourceInUseException (EKS manages it already), InvalidParameterException, InvalidRequestException
 */
export function createAddon(service: EksService, call: Call) {
  const cluster = service.findCluster(inPath(call, 'clusterName'), call.region);
  const body = readBody(bodySchema, call);
  const subject = { clusterName: cluster.name, addonName: body.addonName };
  refuseUnlessBuilt(service, 'CreateAddon');
  if (service.addons.has(body.addonName)) {
    throw new EksError('ResourceInUseException', 'Addon already exists.', subject);
  }
  const info = findAddonInfo(body.addonName);
  if (info === undefined) {
    throw invalidParameter('Addon specified is not supported', subject);
  }
  const version = body.addonVersion ?? defaultAddonVersion(body.addonName, cluster.version) ?? '';
  if (!isOffered(body.addonName, version, cluster.version)) {
    throw invalidParameter(
      `Addon version specified is not supported: ${body.addonName} ${version} on Kubernetes ${cluster.version}`,
      subject,
    );
  }
  if (body.configurationValues !== undefined && !isMapping(body.configurationValues)) {
    throw invalidParameter('ConfigurationValue provided in request is not supported', subject);
  }
  refuseBadTags(body.tags ?? {});
  const addon = addRecord(service, body, version, info.defaultNamespace);
  service.updates.background((signal) => install(service, addon, body, signal));
  return () => ({ addon: describeAddonRecord(addon, cluster.name) });
}

function addRecord(service: EksService, body: Body, version: string, namespace: string): AddonRecord {
  const { serviceAccountRoleArn, configurationValues, tags = {} } = body;
  const record = addonRecord(service.cluster, {
    name: body.addonName,
    version,
    createdAt: service.infrastructure.clock.now(),
    tags,
    ...(serviceAccountRoleArn === undefined ? {} : { serviceAccountRoleArn }),
    ...(configurationValues === undefined ? {} : { configurationValues }),
  });
  record.status = 'CREATING';
  record.podIdentities = (body.podIdentityAssociations ?? []).map(
    ({ serviceAccount, roleArn }) =>
      addPodIdentity(service, { namespace, serviceAccount, roleArn, ownerArn: record.arn }).arn,
  );
  service.addons.set(record.name, record);
  return record;
}

async function install(
  service: EksService,
  addon: AddonRecord,
  { resolveConflicts = 'NONE' }: Body,
  signal: AbortSignal,
): Promise<void> {
  const { infrastructure, timings } = service;
  try {
    await service.failIfMeantTo('AddonCreation', addon.name, signal);
    await service.pause(timings.addonUpdate, signal);
    if (resolveConflicts !== 'OVERWRITE') await refuseConflict(service, addon);
    await infrastructure.installAddon(addon.name, addon.version);
    await awaitRunning(service, addon, signal);
    if (service.addons.get(addon.name) === addon && addon.status !== 'DELETING') {
      addon.status = 'ACTIVE';
      addon.issues = [];
    }
  } catch (error) {
    if (signal.aborted) throw error;
    const problem =
      error instanceof UpdateFailure
        ? error.problem
        : {
            code: 'InternalFailure',
            message: error instanceof Error ? error.message : String(error),
            resourceIds: [],
          };
    addon.status = 'CREATE_FAILED';
    addon.issues = [problem];
  } finally {
    addon.modifiedAt = infrastructure.clock.now();
  }
}

/** What somebody else has installed is not taken over without being told to. */
async function refuseConflict(service: EksService, addon: AddonRecord): Promise<void> {
  const present = await service.infrastructure.addonImage(addon.name);
  if (present === undefined) return;
  throw new UpdateFailure({
    code: 'ConfigurationConflict',
    message:
      'Conflicts found when trying to apply. Will not continue due to resolve conflicts mode. Conflicts: ' +
      `${addon.name} ${present} is installed and not managed by EKS`,
    resourceIds: [],
  });
}

/** Tries for as long as it takes; the add-on is DEGRADED meanwhile. One without Pods has nothing to wait for. */
async function awaitRunning(service: EksService, addon: AddonRecord, signal: AbortSignal): Promise<void> {
  if ((await service.infrastructure.addonImage(addon.name)) === undefined) return;
  for (;;) {
    try {
      await rollWorkload(service, addon, addon.version, signal);
      return;
    } catch (error) {
      const gone = service.addons.get(addon.name) !== addon || addon.status === 'DELETING';
      if (gone) return;
      if (!(error instanceof UpdateFailure && error.problem.code === notEnoughReplicas)) throw error;
      addon.status = 'DEGRADED';
      await service.pause(service.timings.retryInterval, signal);
    }
  }
}
