import {
  CreateNodegroupCommand,
  DeleteNodegroupCommand,
  DescribeNodegroupCommand,
  ListNodegroupsCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateNodegroupConfigCommand,
  UpdateNodegroupVersionCommand,
} from '@aws-sdk/client-eks';
import type { Nodegroup } from '@aws-sdk/client-eks';
import { StepladderError } from '../../contract/errors.ts';
import type { UpdateSettings } from '../../contract/plan.ts';
import type { NodeGroupSize } from '../../contract/workers.ts';
import type {
  NodeGroupCopy,
  NodeGroupVersionChange,
  PlatformNodeGroup,
  PlatformUpdate,
} from '../platform.ts';
import type { EksConnection } from './connection.ts';
import { copyNodeGroup } from './copyNodeGroup.ts';
import { healthLines } from './health.ts';
import { isNotFound } from './presence.ts';
import { idOrName } from './launchTemplate.ts';
import { readUpdate } from './updates.ts';

/** ListNodegroups: the names. */
export async function listNodeGroups(connection: EksConnection, signal?: AbortSignal): Promise<string[]> {
  return connection.all('ListNodegroups', undefined, signal, async (client, nextToken, options) => {
    const answer = await client.send(
      new ListNodegroupsCommand({ clusterName: connection.cluster, nextToken }),
      options,
    );
    return { entries: answer.nodegroups, nextToken: answer.nextToken };
  });
}

/** DescribeNodegroup. */
export async function describeNodeGroup(
  connection: EksConnection,
  name: string,
  signal?: AbortSignal,
): Promise<PlatformNodeGroup> {
  const group = await describeRaw(connection, name, signal);
  return {
    name,
    ...(group.version === undefined ? {} : { version: group.version }),
    ...(group.releaseVersion === undefined ? {} : { releaseVersion: group.releaseVersion }),
    status: group.status ?? 'UNKNOWN',
    ...(group.amiType === undefined ? {} : { amiType: group.amiType }),
    // EKS gives this type to a group whose launch template names its image.
    ownImage: group.amiType === 'CUSTOM',
    size: {
      min: group.scalingConfig?.minSize ?? 0,
      max: group.scalingConfig?.maxSize ?? 0,
      desired: group.scalingConfig?.desiredSize ?? 0,
    },
    subnets: group.subnets?.length ?? 0,
    subnetIds: group.subnets ?? [],
    ...(group.launchTemplate?.version === undefined ? {} : { templateVersion: group.launchTemplate.version }),
    updateSettings: settingsOf(group.updateConfig),
    tags: group.tags ?? {},
    healthIssues: healthLines(group.health?.issues),
  };
}

/** DescribeNodegroup; undefined when there is none of that name. */
export async function findNodeGroup(
  connection: EksConnection,
  name: string,
  signal?: AbortSignal,
): Promise<PlatformNodeGroup | undefined> {
  try {
    return await describeNodeGroup(connection, name, signal);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** CreateNodegroup, of one that is like another, of the same cluster or of another one. */
export async function createNodeGroup(
  connection: EksConnection,
  copy: NodeGroupCopy,
  signal?: AbortSignal,
): Promise<void> {
  const source = connection.to(copy.likeCluster ?? connection.cluster);
  const request = copyNodeGroup(connection.cluster, await describeRaw(source, copy.like, signal), copy);
  try {
    await connection.call('CreateNodegroup', `node group ${copy.name}`, signal, (client, options) =>
      client.send(new CreateNodegroupCommand(request), options),
    );
  } catch (error) {
    // EKS has one name for a name that is taken and for a cluster that is busy.
    if (!(error instanceof StepladderError) || !/already exists with name/i.test(error.message)) throw error;
    throw new StepladderError(
      'PlatformRefused',
      `There is a node group ${copy.name} already in cluster ${connection.cluster}.`,
      { reason: 'name-taken' },
    );
  }
}

/** DeleteNodegroup; one that is not there is fine. */
export async function deleteNodeGroup(
  connection: EksConnection,
  name: string,
  signal?: AbortSignal,
): Promise<void> {
  try {
    await connection.call('DeleteNodegroup', `node group ${name}`, signal, (client, options) =>
      client.send(
        new DeleteNodegroupCommand({ clusterName: connection.cluster, nodegroupName: name }),
        options,
      ),
    );
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

/**
 * UpdateNodegroupVersion, to EKS's latest image of that Kubernetes version, or to the image of a launch template's
 * version. Budgets are honoured unless it is forced.
 */
export async function updateNodeGroupVersion(
  connection: EksConnection,
  change: NodeGroupVersionChange,
  signal?: AbortSignal,
): Promise<PlatformUpdate> {
  const { templateVersion } = change;
  // What EKS needs to know of the template: which it is, and whether it brings the image.
  const group =
    templateVersion === undefined ? undefined : await describeRaw(connection, change.name, signal);
  const { update } = await connection.call(
    'UpdateNodegroupVersion',
    `node group ${change.name}`,
    signal,
    (client, options) =>
      client.send(
        new UpdateNodegroupVersionCommand({
          clusterName: connection.cluster,
          nodegroupName: change.name,
          clientRequestToken: change.token,
          ...(group?.amiType === 'CUSTOM' ? {} : { version: change.to }),
          ...(group === undefined
            ? {}
            : { launchTemplate: { ...idOrName(group.launchTemplate), version: templateVersion } }),
          ...(change.force === true ? { force: true } : {}),
        }),
        options,
      ),
  );
  return readUpdate(update);
}

/** UpdateNodegroupConfig, of the sizes only. */
export async function resizeNodeGroup(
  connection: EksConnection,
  change: { name: string; size: NodeGroupSize; token: string },
  signal?: AbortSignal,
): Promise<PlatformUpdate> {
  const { min, max, desired } = change.size;
  const { update } = await connection.call(
    'UpdateNodegroupConfig',
    `node group ${change.name}`,
    signal,
    (client, options) =>
      client.send(
        new UpdateNodegroupConfigCommand({
          clusterName: connection.cluster,
          nodegroupName: change.name,
          scalingConfig: { minSize: min, maxSize: max, desiredSize: desired },
          clientRequestToken: change.token,
        }),
        options,
      ),
  );
  return readUpdate(update);
}

/** UpdateNodegroupConfig, of the update settings only. */
export async function updateNodeGroupSettings(
  connection: EksConnection,
  change: { name: string; settings: UpdateSettings; token: string },
  signal?: AbortSignal,
): Promise<PlatformUpdate> {
  const { update } = await connection.call(
    'UpdateNodegroupConfig',
    `node group ${change.name}`,
    signal,
    (client, options) =>
      client.send(
        new UpdateNodegroupConfigCommand({
          clusterName: connection.cluster,
          nodegroupName: change.name,
          updateConfig: change.settings,
          clientRequestToken: change.token,
        }),
        options,
      ),
  );
  return readUpdate(update);
}

/** Sets a tag on a node group. */
export async function tagNodeGroup(
  connection: EksConnection,
  name: string,
  key: string,
  value: string,
  signal?: AbortSignal,
): Promise<void> {
  const resourceArn = await arnOf(connection, name, signal);
  await connection.call('TagResource', `node group ${name}`, signal, (client, options) =>
    client.send(new TagResourceCommand({ resourceArn, tags: { [key]: value } }), options),
  );
}

/** Takes a tag off a node group; one that is not there is fine with EKS. */
export async function untagNodeGroup(
  connection: EksConnection,
  name: string,
  key: string,
  signal?: AbortSignal,
): Promise<void> {
  const resourceArn = await arnOf(connection, name, signal);
  await connection.call('UntagResource', `node group ${name}`, signal, (client, options) =>
    client.send(new UntagResourceCommand({ resourceArn, tagKeys: [key] }), options),
  );
}

async function arnOf(connection: EksConnection, name: string, signal?: AbortSignal): Promise<string> {
  const { nodegroupArn } = await describeRaw(connection, name, signal);
  if (nodegroupArn !== undefined) return nodegroupArn;
  throw new StepladderError(
    'PlatformRefused',
    `EKS gives no ARN for node group ${name}, so it can't be tagged.`,
  );
}

/** DescribeNodegroup, as EKS gives it. */
export async function describeRaw(
  connection: EksConnection,
  name: string,
  signal?: AbortSignal,
): Promise<Nodegroup> {
  const { nodegroup } = await connection.call(
    'DescribeNodegroup',
    `node group ${name}`,
    signal,
    (client, options) =>
      client.send(
        new DescribeNodegroupCommand({ clusterName: connection.cluster, nodegroupName: name }),
        options,
      ),
  );
  if (nodegroup !== undefined) return nodegroup;
  throw new StepladderError('ServerError', `EKS answered DescribeNodegroup of ${name} with nothing.`);
}

function settingsOf(config: Nodegroup['updateConfig']): UpdateSettings {
  return {
    ...(config?.maxUnavailable === undefined ? {} : { maxUnavailable: config.maxUnavailable }),
    ...(config?.maxUnavailablePercentage === undefined
      ? {}
      : { maxUnavailablePercentage: config.maxUnavailablePercentage }),
    ...(config?.updateStrategy === undefined ? {} : { updateStrategy: config.updateStrategy }),
  };
}
