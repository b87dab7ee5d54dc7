import { z } from 'zod';
import { accessEntryRecord } from '../accessEntryRecord.ts';
import { inPath, readBody } from '../call.ts';
import type { Call } from '../call.ts';
import { refuseUnlessBuilt } from '../clusterStatus.ts';
import { EksError, invalidParameter } from '../errors.ts';
import type { EksErrorSubject } from '../errors.ts';
import { readLaunchTemplate, templateImage } from '../launchTemplate.ts';
import { NodeFleet, imageOf } from '../nodeFleet.ts';
import {
  labelsSchema,
  launchTemplateSchema,
  readSizes,
  readUpdateConfig,
  scalingConfigSchema,
  taintSchema,
  updateConfigSchema,
} from '../nodeGroupInput.ts';
import { describeNodeGroupRecord, nodeGroupRecord } from '../nodeGroupRecord.ts';
import type { NodeGroupRecord } from '../nodeGroupRecord.ts';
import { readNodeImage } from '../nodeVersion.ts';
import type { EksService } from '../service.ts';
import { refuseBadTags } from '../tagLimits.ts';
import { taintFromEks } from '../taints.ts';
import { refuseWhileUpdating } from '../updateInProgress.ts';
import { UpdateFailure } from '../updates.ts';

const bodySchema = z.object({
  nodegroupName: z.string().regex(/^[0-9A-Za-z][A-Za-z0-9_-]{0,62}$/),
  subnets: z.array(z.string()).min(1),
  nodeRole: z.string().min(1),
  scalingConfig: scalingConfigSchema.optional(),
  instanceTypes: z.array(z.string()).optional(),
  amiType: z.string().optional(),
  labels: labelsSchema.optional(),
  taints: z.array(taintSchema).optional(),
  tags: z.record(z.string(), z.string()).optional(),
  launchTemplate: launchTemplateSchema.optional(),
  updateConfig: updateConfigSchema.optional(),
  capacityType: z.enum(['ON_DEMAND', 'SPOT']).optional(),
  version: z.string().optional(),
  releaseVersion: z.string().optional(),
  diskSize: z.number().int().min(1).optional(),
  remoteAccess: z
    .object({ ec2SshKey: z.string().optional(), sourceSecurityGroups: z.array(z.string()).optional() })
    .optional(),
  nodeRepairConfig: z.looseObject({ enabled: z.boolean().optional() }).optional(),
});
type Body = z.infer<typeof bodySchema>;

/**
 * CreateNodegroup: launches its nodes and is ACTIVE when all have joined, CREATE_FAILED when one does not.
 *
 * @throws EksError InvalidParameterException, ResourceInUseException (there is one of that name)
 */
export function createNodeGroup(service: EksService, call: Call) {
  const cluster = service.findCluster(inPath(call, 'clusterName'), call.region);
  const body = readBody(bodySchema, call);
  const subject = { clusterName: cluster.name, nodegroupName: body.nodegroupName };
  if (service.nodeGroups.has(body.nodegroupName)) {
    throw new EksError(
      'ResourceInUseException',
      `NodeGroup already exists with name ${body.nodegroupName} and cluster name ${cluster.name}`,
      subject,
    );
  }
  refuseUnlessBuilt(service, 'CreateNodegroup');
  refuseWhileUpdating(service, 'CreateNodegroup', { kind: 'cluster' });
  const group = recordOf(service, body, subject);
  service.nodeGroups.set(group.name, group);
  letNodesIn(service, group);
  service.updates.background((signal) => launchGroup(service, group, signal));
  return () => ({ nodegroup: describeNodeGroupRecord(group, cluster.name) });
}

function recordOf(service: EksService, body: Body, subject: EksErrorSubject): NodeGroupRecord {
  const { cluster } = service;
  const missing = body.subnets.filter((id) => !cluster.subnets.some((subnet) => subnet.id === id));
  if (missing.length > 0) {
    throw invalidParameter(`The subnet IDs ${missing.join(', ')} do not exist`, subject);
  }
  refuseBadTags(body.tags ?? {});
  if (body.amiType === 'CUSTOM' && body.launchTemplate === undefined) {
    throw invalidParameter('A launch template must be given with AMI type CUSTOM.', subject);
  }
  const launchTemplate = readLaunchTemplate(service, body, subject);
  const image =
    launchTemplate?.images === undefined
      ? readNodeImage(body, cluster.version, subject)
      : templateImage(launchTemplate, body, cluster.version, subject);
  const record = nodeGroupRecord(cluster, {
    name: body.nodegroupName,
    ...image,
    createdAt: service.infrastructure.clock.now(),
    status: 'ACTIVE',
    size: readSizes(body.scalingConfig, { min: 1, max: 2, desired: 2 }, subject),
    instanceType: body.instanceTypes?.[0] ?? 't3.medium',
    amiType: body.amiType ?? 'AL2023_x86_64_STANDARD',
    ...(body.capacityType === undefined ? {} : { capacityType: body.capacityType }),
    subnets: body.subnets,
    labels: body.labels ?? {},
    taints: (body.taints ?? []).map(taintFromEks),
    updateConfig: readUpdateConfig(body.updateConfig ?? {}, { maxUnavailable: 1 }, subject),
    ...(launchTemplate === undefined ? {} : { launchTemplate }),
    tags: body.tags ?? {},
    health: [],
  });
  const { diskSize, remoteAccess, nodeRepairConfig } = body;
  return {
    ...record,
    nodeRole: body.nodeRole,
    status: 'CREATING',
    instanceTypes: body.instanceTypes ?? record.instanceTypes,
    kept: {
      ...(diskSize === undefined ? {} : { diskSize }),
      ...(remoteAccess === undefined ? {} : { remoteAccess }),
      ...(nodeRepairConfig === undefined ? {} : { nodeRepairConfig }),
    },
  };
}

/** EKS itself lets the nodes of its groups in. */
function letNodesIn(
  { cluster, accessEntries, infrastructure }: EksService,
  { nodeRole }: NodeGroupRecord,
): void {
  if (cluster.settings.authenticationMode === 'CONFIG_MAP' || accessEntries.has(nodeRole)) return;
  const entry = { principalArn: nodeRole, type: 'EC2_LINUX' };
  accessEntries.set(nodeRole, accessEntryRecord(cluster, entry, infrastructure.clock.now()));
}

async function launchGroup(service: EksService, group: NodeGroupRecord, signal: AbortSignal): Promise<void> {
  const fleet = new NodeFleet(service, group);
  await service.pause(service.timings.nodeGroupChange, signal);
  try {
    await fleet.awaitReady(await fleet.launch(group.size.desired, imageOf(group)), signal);
    group.status = 'ACTIVE';
  } catch (error) {
    if (!(error instanceof UpdateFailure)) throw error;
    group.status = 'CREATE_FAILED';
    group.issues = [
      ...group.issues,
      {
        code: error.problem.code,
        message: 'Instances failed to join the kubernetes cluster',
        resourceIds: error.problem.resourceIds,
      },
    ];
  }
}
