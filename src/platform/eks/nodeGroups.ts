import {
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
import type { PlatformNodeGroup, PlatformUpdate } from '../platform.ts';
import type { EksConnection } from './connection.ts';
import { healthLines } from './health.ts';
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
  const group = await describe(connection, name, signal);
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
    updateSettings: settingsOf(group.updateConfig),
    tags: group.tags ?? {},
    healthIssues: healthLines(group.health?.issues),
  };
}

/** UpdateNodegroupVersion, to EKS's latest image of that Kubernetes version. Never forced: budgets are honoured. */
export async function updateNodeGroupVersion(
  connection: EksConnection,
  change: { name: string; to: string; token: string },
  signal?: AbortSignal,
): Promise<PlatformUpdate> {
  const { update } = await connection.call(
    'UpdateNodegroupVersion',
    `node group ${change.name}`,
    signal,
    (client, options) =>
      client.send(
        new UpdateNodegroupVersionCommand({
          clusterName: connection.cluster,
          nodegroupName: change.name,
          version: change.to,
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
  const { nodegroupArn } = await describe(connection, name, signal);
  if (nodegroupArn !== undefined) return nodegroupArn;
  throw new StepladderError(
    'PlatformRefused',
    `EKS gives no ARN for node group ${name}, so it can't be tagged.`,
  );
}

async function describe(connection: EksConnection, name: string, signal?: AbortSignal): Promise<Nodegroup> {
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
