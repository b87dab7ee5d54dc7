import type {
  Cluster,
  CreateAccessConfigRequest,
  CreateClusterRequest,
  EncryptionConfig,
  KubernetesNetworkConfigRequest,
  Logging,
  VpcConfigRequest,
} from '@aws-sdk/client-eks';
import { StepladderError } from '../../contract/errors.ts';
import type { ClusterCopy } from '../clusterCopy.ts';
import { copyTags } from './copyTags.ts';

/**
 * What CreateCluster is asked for so that the new cluster is like another: what DescribeCluster tells of that one, less
 * what is EKS's own (address, certificate, issuer, the cluster security group) and what EKS refuses beside something
 * else (the fields of CreateClusterRequest say which). Left out on purpose, and told by `notCopied`:
 *
 * - deletion protection: while a migration may have to take back what it made, its cluster has to be deletable;
 * - the authentication mode `CONFIG_MAP`, which knows no access entries: the new cluster knows both ways.
 *
 * Whoever creates the cluster becomes its administrator, because resources of all kinds are brought to it.
 *
 * @throws StepladderError `PlatformRefused` for a cluster that EKS does not run in its own cloud
 */
export function copyCluster(name: string, like: Cluster, copy: ClusterCopy): CreateClusterRequest {
  const { roleArn, resourcesVpcConfig: vpc, tags } = like;
  if (like.connectorConfig !== undefined || like.outpostConfig !== undefined) {
    throw cannotBeLike(name, copy.like, 'it is connected from elsewhere, or on an Outpost');
  }
  if (roleArn === undefined || vpc?.subnetIds === undefined) {
    throw cannotBeLike(name, copy.like, 'EKS does not tell its role and its subnets');
  }
  const { tier } = like.controlPlaneScalingConfig ?? {};
  return {
    name,
    version: copy.to,
    clientRequestToken: copy.token,
    roleArn,
    resourcesVpcConfig: network(vpc, vpc.subnetIds),
    ...given('kubernetesNetworkConfig', services(like.kubernetesNetworkConfig)),
    ...given('logging', logs(like.logging)),
    ...given('encryptionConfig', encryption(like.encryptionConfig)),
    accessConfig: access(like.accessConfig?.authenticationMode),
    bootstrapSelfManagedAddons: copy.bootstrapAddons,
    ...given('upgradePolicy', like.upgradePolicy),
    ...given('zonalShiftConfig', like.zonalShiftConfig),
    ...given('remoteNetworkConfig', like.remoteNetworkConfig),
    ...autoMode(like),
    ...(tier === undefined || tier === 'standard' ? {} : { controlPlaneScalingConfig: { tier } }),
    ...given('kubeApiServerConfig', like.kubeApiServerConfig),
    ...given('kubeSchedulerConfig', like.kubeSchedulerConfig),
    ...given('kubeControllerManagerConfig', like.kubeControllerManagerConfig),
    tags: { ...copyTags(tags), ...copy.notes },
  };
}

/** Without `clusterSecurityGroupId`: EKS makes one for each cluster. */
function network(vpc: NonNullable<Cluster['resourcesVpcConfig']>, subnetIds: string[]): VpcConfigRequest {
  const { securityGroupIds, endpointPublicAccess, endpointPrivateAccess, publicAccessCidrs } = vpc;
  return {
    subnetIds,
    ...(securityGroupIds === undefined || securityGroupIds.length === 0 ? {} : { securityGroupIds }),
    ...given('endpointPublicAccess', endpointPublicAccess),
    ...given('endpointPrivateAccess', endpointPrivateAccess),
    ...(endpointPublicAccess === false ? {} : given('publicAccessCidrs', publicAccessCidrs)),
    ...given('controlPlaneEgressMode', vpc.controlPlaneEgressMode),
  };
}

/** Addresses of Services may be the same in both clusters: they are known inside each only. */
function services(config: Cluster['kubernetesNetworkConfig']): KubernetesNetworkConfigRequest | undefined {
  if (config === undefined) return undefined;
  const { ipFamily, serviceIpv4Cidr, elasticLoadBalancing } = config;
  return {
    ...given('ipFamily', ipFamily),
    // EKS chooses the IPv6 block, and takes none of IPv4 beside it.
    ...(ipFamily === 'ipv6' ? {} : given('serviceIpv4Cidr', serviceIpv4Cidr)),
    ...(elasticLoadBalancing?.enabled === true ? { elasticLoadBalancing } : {}),
  };
}

/** Only what is logged; the rest is off unless it is asked for. */
function logs(logging: Cluster['logging']): Logging | undefined {
  const types = (logging?.clusterLogging ?? []).flatMap((setup) =>
    setup.enabled === true ? (setup.types ?? []) : [],
  );
  return types.length === 0 ? undefined : { clusterLogging: [{ types, enabled: true }] };
}

/** Only with a key of one's own: with AWS's, secrets are encrypted in every cluster. */
function encryption(configs: Cluster['encryptionConfig']): EncryptionConfig[] | undefined {
  const own = (configs ?? []).filter(({ provider }) => provider?.keyArn !== undefined);
  return own.length === 0 ? undefined : own;
}

function access(
  mode: CreateAccessConfigRequest['authenticationMode'] = 'API_AND_CONFIG_MAP',
): CreateAccessConfigRequest {
  return {
    authenticationMode: mode === 'CONFIG_MAP' ? 'API_AND_CONFIG_MAP' : mode,
    bootstrapClusterCreatorAdminPermissions: true,
  };
}

/** Its three capabilities are on together; where they are off, EKS has nothing to be told. */
function autoMode({
  computeConfig,
  storageConfig,
}: Cluster): Pick<CreateClusterRequest, 'computeConfig' | 'storageConfig'> {
  return {
    ...(computeConfig?.enabled === true ? { computeConfig } : {}),
    ...(storageConfig?.blockStorage?.enabled === true ? { storageConfig } : {}),
  };
}

function given<Key extends string, Value>(key: Key, value: Value | undefined): { [K in Key]?: Value } {
  return value === undefined ? {} : ({ [key]: value } as { [K in Key]: Value });
}

function cannotBeLike(name: string, like: string, why: string): StepladderError {
  return new StepladderError(
    'PlatformRefused',
    `Cluster ${name} can't be made like ${like}: ${why}. Nothing was created. Make the new cluster by other means, and name it in migration.green with "existing": true.`,
    { reason: 'not-copyable' },
  );
}
