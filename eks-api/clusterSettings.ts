import type {
  AuthenticationMode,
  Cluster,
  EncryptionConfig,
  LogType,
  SupportType,
} from '@aws-sdk/client-eks';
import { stableHex } from './random.ts';

/** What a cluster was created with, besides its name, version and tags, and DescribeCluster tells again. */
export interface ClusterSettings {
  roleArn: string;
  vpcId: string;
  securityGroupIds: string[];
  endpointPublicAccess: boolean;
  endpointPrivateAccess: boolean;
  publicAccessCidrs: string[];
  serviceIpv4Cidr: string;
  ipFamily: 'ipv4' | 'ipv6';
  /** The control plane's logs that go to CloudWatch. */
  enabledLogs: LogType[];
  /** Undefined where secrets are not encrypted with a key of one's own. */
  encryptionConfig: EncryptionConfig[] | undefined;
  authenticationMode: AuthenticationMode;
  /** Undefined for a cluster of which nobody knows any more. */
  bootstrapClusterCreatorAdminPermissions: boolean | undefined;
  supportType: SupportType;
  zonalShift: boolean | undefined;
  deletionProtection: boolean;
}

/** The control plane's logs, in the order in which EKS lists them. */
export const logTypes = ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'] as const;

/** The settings of a cluster of which nothing else is said. */
export function usualSettings(cluster: { name: string; account: string; arn: string }): ClusterSettings {
  return {
    roleArn: `arn:aws:iam::${cluster.account}:role/${cluster.name}-cluster`,
    vpcId: `vpc-0${stableHex(`${cluster.arn}/vpc`, 16)}`,
    securityGroupIds: [],
    endpointPublicAccess: true,
    endpointPrivateAccess: true,
    publicAccessCidrs: ['0.0.0.0/0'],
    serviceIpv4Cidr: '10.100.0.0/16',
    ipFamily: 'ipv4',
    enabledLogs: [],
    encryptionConfig: undefined,
    authenticationMode: 'API_AND_CONFIG_MAP',
    bootstrapClusterCreatorAdminPermissions: undefined,
    supportType: 'EXTENDED',
    zonalShift: undefined,
    deletionProtection: false,
  };
}

/** The settings as DescribeCluster tells them. */
export function describeSettings(
  settings: ClusterSettings,
): Pick<
  Cluster,
  | 'roleArn'
  | 'kubernetesNetworkConfig'
  | 'logging'
  | 'encryptionConfig'
  | 'accessConfig'
  | 'upgradePolicy'
  | 'zonalShiftConfig'
  | 'deletionProtection'
> {
  const { enabledLogs, bootstrapClusterCreatorAdminPermissions, zonalShift } = settings;
  const disabled = logTypes.filter((type) => !enabledLogs.includes(type));
  return {
    roleArn: settings.roleArn,
    kubernetesNetworkConfig: { serviceIpv4Cidr: settings.serviceIpv4Cidr, ipFamily: settings.ipFamily },
    logging: {
      clusterLogging: [
        ...(enabledLogs.length > 0 ? [{ types: enabledLogs, enabled: true }] : []),
        ...(disabled.length > 0 ? [{ types: disabled, enabled: false }] : []),
      ],
    },
    ...(settings.encryptionConfig === undefined ? {} : { encryptionConfig: settings.encryptionConfig }),
    accessConfig: {
      authenticationMode: settings.authenticationMode,
      ...(bootstrapClusterCreatorAdminPermissions === undefined
        ? {}
        : { bootstrapClusterCreatorAdminPermissions }),
    },
    upgradePolicy: { supportType: settings.supportType },
    ...(zonalShift === undefined ? {} : { zonalShiftConfig: { enabled: zonalShift } }),
    deletionProtection: settings.deletionProtection,
  };
}
