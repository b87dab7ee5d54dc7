import { DescribeClusterCommand, DescribeClusterVersionsCommand } from '@aws-sdk/client-eks';
import type { Cluster } from '@aws-sdk/client-eks';
import { StepladderError } from '../../contract/errors.ts';
import type { ObservedVersion } from '../../plan/observation.ts';
import type { PlatformCluster } from '../platform.ts';
import type { EksConnection } from './connection.ts';
import { healthLines } from './health.ts';

/** DescribeCluster. */
export async function describeCluster(
  connection: EksConnection,
  signal?: AbortSignal,
): Promise<PlatformCluster> {
  const cluster = await describeRawCluster(connection, signal);
  if (cluster.arn === undefined || cluster.version === undefined || cluster.status === undefined) {
    throw new StepladderError(
      'ClusterNotActive',
      `EKS describes cluster ${connection.cluster} without ARN, version or status: it is not one that EKS runs (a connected cluster, say), and Stepladder can't upgrade it.`,
    );
  }
  const certificate = cluster.certificateAuthority?.data;
  const oidcIssuer = cluster.identity?.oidc?.issuer;
  return {
    name: cluster.name ?? connection.cluster,
    arn: cluster.arn,
    region: regionOfArn(cluster.arn) ?? (await connection.region()),
    version: cluster.version,
    status: cluster.status,
    ...(cluster.platformVersion === undefined ? {} : { platformVersion: cluster.platformVersion }),
    ...(cluster.resourcesVpcConfig?.subnetIds === undefined
      ? {}
      : { subnetIds: cluster.resourcesVpcConfig.subnetIds }),
    ...(cluster.endpoint === undefined ? {} : { endpoint: cluster.endpoint }),
    ...(certificate === undefined
      ? {}
      : { certificateAuthorityPem: Buffer.from(certificate, 'base64').toString('utf8') }),
    ...(oidcIssuer === undefined ? {} : { oidcIssuer }),
    tags: cluster.tags ?? {},
    autoMode: cluster.computeConfig?.enabled === true,
    ...(cluster.deletionProtection === true ? { deletionProtection: true } : {}),
    healthIssues: healthLines(cluster.health?.issues),
  };
}

/** DescribeCluster; undefined when there is none of that name. */
export async function findCluster(
  connection: EksConnection,
  signal?: AbortSignal,
): Promise<PlatformCluster | undefined> {
  try {
    return await describeCluster(connection, signal);
  } catch (error) {
    if (error instanceof StepladderError && error.type === 'ClusterNotFound') return undefined;
    throw error;
  }
}

/** DescribeCluster, as EKS gives it. */
export async function describeRawCluster(connection: EksConnection, signal?: AbortSignal): Promise<Cluster> {
  const { cluster } = await connection.call('DescribeCluster', undefined, signal, (client, options) =>
    client.send(new DescribeClusterCommand({ name: connection.cluster }), options),
  );
  if (cluster !== undefined) return cluster;
  throw new StepladderError(
    'ServerError',
    `EKS answered DescribeCluster of ${connection.cluster} with nothing.`,
  );
}

/** DescribeClusterVersions. */
export async function listVersions(
  connection: EksConnection,
  signal?: AbortSignal,
): Promise<ObservedVersion[]> {
  const versions = await connection.all(
    'DescribeClusterVersions',
    undefined,
    signal,
    async (client, nextToken, options) => {
      const answer = await client.send(
        new DescribeClusterVersionsCommand({ includeAll: true, nextToken }),
        options,
      );
      return { entries: answer.clusterVersions, nextToken: answer.nextToken };
    },
  );
  return versions.flatMap((version) =>
    version.clusterVersion === undefined
      ? []
      : [
          {
            version: version.clusterVersion,
            status: version.versionStatus ?? supportOf(version.status),
            ...(version.endOfStandardSupportDate === undefined
              ? {}
              : { endOfStandardSupport: version.endOfStandardSupportDate.toISOString() }),
            ...(version.endOfExtendedSupportDate === undefined
              ? {}
              : { endOfExtendedSupport: version.endOfExtendedSupportDate.toISOString() }),
          },
        ],
  );
}

/** The older field of the same meaning, in lower case with hyphens. */
function supportOf(status: string | undefined): ObservedVersion['status'] {
  if (status === 'standard-support') return 'STANDARD_SUPPORT';
  return status === 'extended-support' ? 'EXTENDED_SUPPORT' : 'UNSUPPORTED';
}

/** The region in `arn:aws:eks:<region>:<account>:cluster/<name>`. */
export function regionOfArn(arn: string): string | undefined {
  const region = arn.split(':')[3];
  return region === undefined || region === '' ? undefined : region;
}
