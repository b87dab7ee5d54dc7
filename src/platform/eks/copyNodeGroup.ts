import type { CreateNodegroupRequest, Nodegroup } from '@aws-sdk/client-eks';
import { StepladderError } from '../../contract/errors.ts';
import type { NodeGroupCopy } from '../platform.ts';
import { copyTags } from './copyTags.ts';
import { idOrName } from './launchTemplate.ts';

/**
 * What CreateNodegroup is asked for so that the new group is like another: what DescribeNodegroup tells of that one,
 * less what EKS does not take beside a launch template (docs.aws.amazon.com, "Customize managed nodes with launch
 * templates"). A label, taint or tag that is EKS's or AWS's own is not told there, or begins with `aws:`.
 *
 * @throws StepladderError `PlatformRefused` where the other group's image is its launch template's and no new version
 * of the template is given: a copy would bring the old image back
 */
export function copyNodeGroup(cluster: string, like: Nodegroup, copy: NodeGroupCopy): CreateNodegroupRequest {
  const template = templateOf(like, copy);
  const ownImage = like.amiType === 'CUSTOM';
  if (ownImage && copy.templateVersion === undefined) {
    throw new StepladderError(
      'PlatformRefused',
      `Node group ${copy.like} takes its image from its launch template, so ${copy.name} would get the old image again. Make a version of the template with an image of Kubernetes ${copy.to}, and name it in the request.`,
      { reason: 'own-image' },
    );
  }
  if (like.subnets === undefined || like.nodeRole === undefined) {
    throw new StepladderError(
      'PlatformRefused',
      `EKS does not tell the subnets and the node role of node group ${copy.like}, so there can't be another one like it.`,
    );
  }
  return {
    clusterName: cluster,
    nodegroupName: copy.name,
    clientRequestToken: copy.token,
    subnets: like.subnets,
    nodeRole: like.nodeRole,
    scalingConfig: {
      minSize: copy.size.min,
      maxSize: copy.size.max,
      desiredSize: copy.size.desired,
    },
    updateConfig: copy.updateSettings ?? like.updateConfig,
    labels: like.labels,
    taints: like.taints,
    capacityType: like.capacityType,
    instanceTypes: like.instanceTypes?.length === 0 ? undefined : like.instanceTypes,
    nodeRepairConfig: like.nodeRepairConfig,
    warmPoolConfig: like.warmPoolConfig,
    tags: { ...copyTags(like.tags), ...copy.notes },
    // With an image of one's own EKS takes neither a type nor a version of images.
    ...(ownImage ? {} : { amiType: like.amiType, version: copy.to }),
    // What stands in a launch template must not be given beside it.
    ...(template === undefined
      ? { diskSize: like.diskSize, remoteAccess: like.remoteAccess }
      : { launchTemplate: template }),
  };
}

function templateOf({ launchTemplate }: Nodegroup, copy: NodeGroupCopy): Nodegroup['launchTemplate'] {
  if (launchTemplate === undefined) return undefined;
  return { ...idOrName(launchTemplate), version: copy.templateVersion ?? launchTemplate.version };
}
