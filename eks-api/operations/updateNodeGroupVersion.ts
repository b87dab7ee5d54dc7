import { z } from 'zod';
import { inPath, readBody } from '../call.ts';
import type { Call } from '../call.ts';
import { invalidParameter } from '../errors.ts';
import type { EksErrorSubject } from '../errors.ts';
import { refuseVersionOfOwnImage, templateImage } from '../launchTemplate.ts';
import { launchTemplateSchema } from '../nodeGroupInput.ts';
import { NodeFleet, imageOf } from '../nodeFleet.ts';
import type { NodeImage } from '../nodeFleet.ts';
import { hasOwnImage } from '../nodeGroupRecord.ts';
import type { NodeGroupRecord } from '../nodeGroupRecord.ts';
import { rollNodeGroup } from '../nodeGroupRoll.ts';
import { settleNodeGroup } from '../nodeGroupHealth.ts';
import { readNodeImage } from '../nodeVersion.ts';
import { refuseUnlessSteady } from '../nodeGroupStatus.ts';
import type { EksService } from '../service.ts';
import { param } from '../updates.ts';
import { refuseWhileUpdating } from '../updateInProgress.ts';
import { minorOf } from '../versions.ts';

const bodySchema = z.object({
  version: z.string().optional(),
  releaseVersion: z.string().optional(),
  launchTemplate: launchTemplateSchema.optional(),
  force: z.boolean().optional(),
});
type Body = z.infer<typeof bodySchema>;

/** What a group is updated to. */
interface Goal {
  image: NodeImage;
  templateVersion: string | undefined;
}

/**
 * UpdateNodegroupVersion: replaces the group's nodes by such with another image.
 *
 * @throws EksError InvalidParameterException (newer than the control plane, older than now, version of an own image,
 * unknown version or release, nothing to do), ResourceInUseException, ResourceNotFoundException
 */
export function updateNodeGroupVersion(service: EksService, call: Call) {
  const cluster = service.findCluster(inPath(call, 'clusterName'), call.region);
  const group = service.findNodeGroup(inPath(call, 'nodegroupName'));
  const subject = { clusterName: cluster.name, nodegroupName: group.name };
  const body = readBody(bodySchema, call);
  refuseWhileUpdating(service, 'VersionUpdate', { kind: 'node-group', name: group.name });
  refuseUnlessSteady(cluster.name, group);
  const goal = hasOwnImage(group)
    ? readTemplateGoal(service, group, body, subject)
    : readImageGoal(service, group, body, subject);
  const update = service.updates.start({
    target: { kind: 'node-group', name: group.name },
    type: 'VersionUpdate',
    params: [
      param('Version', goal.image.version),
      ...(hasOwnImage(group) ? [] : [param('ReleaseVersion', goal.image.releaseVersion)]),
      ...(goal.templateVersion === undefined ? [] : [param('LaunchTemplateVersion', goal.templateVersion)]),
    ],
    work: (signal) => replaceNodes(service, group, goal, body.force === true, signal),
  });
  return () => ({ update });
}

async function replaceNodes(
  service: EksService,
  group: NodeGroupRecord,
  { image, templateVersion }: Goal,
  force: boolean,
  signal: AbortSignal,
): Promise<void> {
  group.status = 'UPDATING';
  try {
    await service.failIfMeantTo('NodegroupVersionUpdate', group.name, signal);
    await rollNodeGroup(service, group, image, force, signal);
    group.version = image.version;
    group.releaseVersion = image.releaseVersion;
    if (group.launchTemplate !== undefined && templateVersion !== undefined) {
      group.launchTemplate = { ...group.launchTemplate, version: templateVersion };
    }
  } finally {
    await settleNodeGroup(service, group, new NodeFleet(service, group));
  }
}

function readImageGoal(
  service: EksService,
  group: NodeGroupRecord,
  body: Body,
  subject: EksErrorSubject,
): Goal {
  const { launchTemplate } = body;
  if (launchTemplate !== undefined) readTemplateVersion(group, launchTemplate, subject);
  const image = readNodeImage(body, service.cluster.version, subject);
  if (minorOf(image.version) < minorOf(group.version)) {
    throw invalidParameter(
      `Nodegroup ${group.name} can't be downgraded from Kubernetes version ${group.version} to ${image.version}`,
      subject,
    );
  }
  const templateVersion = launchTemplate?.version;
  const { version, releaseVersion } = imageOf(group);
  if (
    image.version === version &&
    image.releaseVersion === releaseVersion &&
    (templateVersion === undefined || templateVersion === group.launchTemplate?.version)
  ) {
    throw invalidParameter(
      `Nodegroup ${group.name} is already at version ${version} and release ${releaseVersion}`,
      subject,
    );
  }
  return { image, templateVersion };
}

/** A group whose template brings its own image goes to another version of that template, and to nothing else. */
function readTemplateGoal(
  service: EksService,
  group: NodeGroupRecord,
  body: Body,
  subject: EksErrorSubject,
): Goal {
  refuseVersionOfOwnImage(body, subject);
  if (body.launchTemplate === undefined) {
    throw invalidParameter(
      `Nodegroup ${group.name} uses a custom AMI: a launch template version must be given.`,
      subject,
    );
  }
  const templateVersion = readTemplateVersion(group, body.launchTemplate, subject);
  const { launchTemplate } = group;
  if (launchTemplate === undefined) throw new Error(`node group ${group.name} has no launch template`);
  const template = { ...launchTemplate, version: templateVersion };
  return { image: templateImage(template, body, service.cluster.version, subject), templateVersion };
}

function readTemplateVersion(
  group: NodeGroupRecord,
  asked: NonNullable<Body['launchTemplate']>,
  subject: EksErrorSubject,
): string {
  const own = group.launchTemplate;
  if (own === undefined) {
    throw invalidParameter(`Nodegroup ${group.name} was created without a launch template.`, subject);
  }
  if ((asked.id ?? own.id) !== own.id || (asked.name ?? own.name) !== own.name) {
    throw invalidParameter(
      `Nodegroup ${group.name} can only be updated with the launch template that it was created with.`,
      subject,
    );
  }
  if (asked.version === undefined) {
    throw invalidParameter('A launch template version must be given.', subject);
  }
  return asked.version;
}
