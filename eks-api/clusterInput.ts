import { z } from 'zod';
import { logTypes } from './clusterSettings.ts';
import type { ClusterSettings } from './clusterSettings.ts';
import { invalidParameter } from './errors.ts';
import type { EksErrorSubject } from './errors.ts';
import type { AccountSubnet } from './account.ts';
import { defaultVersion, findVersion } from './versions.ts';

const vpcConfigSchema = z.object({
  subnetIds: z.array(z.string()).min(1),
  securityGroupIds: z.array(z.string()).optional(),
  endpointPublicAccess: z.boolean().optional(),
  endpointPrivateAccess: z.boolean().optional(),
  publicAccessCidrs: z.array(z.string()).optional(),
});

/** The body of CreateCluster, as far as it makes a difference here. */
export const createClusterSchema = z.object({
  name: z
    .string()
    .max(100)
    .regex(/^[0-9A-Za-z][A-Za-z0-9_-]*$/),
  version: z.string().optional(),
  roleArn: z.string().regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/),
  resourcesVpcConfig: vpcConfigSchema,
  kubernetesNetworkConfig: z
    .object({ serviceIpv4Cidr: z.string().optional(), ipFamily: z.enum(['ipv4', 'ipv6']).optional() })
    .optional(),
  logging: z
    .object({
      clusterLogging: z
        .array(z.object({ types: z.array(z.enum(logTypes)).optional(), enabled: z.boolean().optional() }))
        .optional(),
    })
    .optional(),
  tags: z.record(z.string(), z.string()).optional(),
  encryptionConfig: z
    .array(
      z.object({
        resources: z.array(z.literal('secrets')).optional(),
        provider: z.object({ keyArn: z.string() }),
      }),
    )
    .max(1)
    .optional(),
  accessConfig: z
    .object({
      bootstrapClusterCreatorAdminPermissions: z.boolean().optional(),
      authenticationMode: z.enum(['API', 'API_AND_CONFIG_MAP', 'CONFIG_MAP']).optional(),
    })
    .optional(),
  bootstrapSelfManagedAddons: z.boolean().optional(),
  upgradePolicy: z.object({ supportType: z.enum(['STANDARD', 'EXTENDED']).optional() }).optional(),
  zonalShiftConfig: z.object({ enabled: z.boolean().optional() }).optional(),
  deletionProtection: z.boolean().optional(),
});
export type CreateClusterBody = z.infer<typeof createClusterSchema>;

/** What CreateCluster knows but can't have here; EKS Auto Mode among it. */
const unsupportedFields = [
  'computeConfig',
  'storageConfig',
  'outpostConfig',
  'remoteNetworkConfig',
  'controlPlaneScalingConfig',
  'kubeApiServerConfig',
  'kubeSchedulerConfig',
  'kubeControllerManagerConfig',
];

/** @throws EksError InvalidParameterException for a setting that would be lost without a word */
export function refuseUnsupported(body: Record<string, unknown>, subject: EksErrorSubject): void {
  const field = unsupportedFields.find((name) => body[name] !== undefined);
  if (field !== undefined) {
    throw invalidParameter(`${field} is not supported by this API: create the cluster without it.`, subject);
  }
}

/**
 * The version that is asked for, or EKS's default.
 *
 * @throws EksError InvalidParameterException: not offered, or out of the support that is asked for
 */
export function readVersion({ version, upgradePolicy }: CreateClusterBody, subject: EksErrorSubject): string {
  const known = version === undefined ? defaultVersion() : findVersion(version);
  if (known === undefined || known.status === 'UNSUPPORTED') {
    throw invalidParameter(`unsupported Kubernetes version ${version ?? ''}`, subject);
  }
  if (upgradePolicy?.supportType === 'STANDARD' && known.status !== 'STANDARD_SUPPORT') {
    throw invalidParameter(
      `Kubernetes version ${known.version} is not in standard support: it needs the support type EXTENDED.`,
      subject,
    );
  }
  return known.version;
}

/**
 * The subnets that are asked for.
 *
 * @param known those of the account in the region
 * @throws EksError InvalidParameterException: one that is not there, fewer than two zones, more than one VPC
 */
export function readSubnets(
  { resourcesVpcConfig }: CreateClusterBody,
  known: readonly AccountSubnet[],
  subject: EksErrorSubject,
): AccountSubnet[] {
  const subnets = [...new Set(resourcesVpcConfig.subnetIds)].map((id) => {
    const found = known.find((subnet) => subnet.id === id);
    if (found === undefined) throw invalidParameter(`The subnet ID '${id}' does not exist`, subject);
    return found;
  });
  if (new Set(subnets.map(({ zone }) => zone)).size < 2) {
    throw invalidParameter('Subnets specified must be in at least two different AZs', subject);
  }
  if (new Set(subnets.map(({ vpcId }) => vpcId)).size > 1) {
    throw invalidParameter('Subnets specified must be in the same VPC', subject);
  }
  return subnets;
}

/** The settings that are asked for, with EKS's defaults for the others. */
export function readSettings(body: CreateClusterBody, vpcId: string): ClusterSettings {
  const { resourcesVpcConfig: vpc, kubernetesNetworkConfig: network, accessConfig } = body;
  const enabled = (body.logging?.clusterLogging ?? []).flatMap(({ types, enabled: on }) =>
    on === true ? (types ?? []) : [],
  );
  return {
    roleArn: body.roleArn,
    vpcId,
    securityGroupIds: vpc.securityGroupIds ?? [],
    endpointPublicAccess: vpc.endpointPublicAccess ?? true,
    endpointPrivateAccess: vpc.endpointPrivateAccess ?? false,
    publicAccessCidrs: vpc.publicAccessCidrs ?? ['0.0.0.0/0'],
    serviceIpv4Cidr: network?.serviceIpv4Cidr ?? '10.100.0.0/16',
    ipFamily: network?.ipFamily ?? 'ipv4',
    enabledLogs: logTypes.filter((type) => enabled.includes(type)),
    encryptionConfig: body.encryptionConfig,
    // The default of the API; the console's is another.
    authenticationMode: accessConfig?.authenticationMode ?? 'CONFIG_MAP',
    bootstrapClusterCreatorAdminPermissions: accessConfig?.bootstrapClusterCreatorAdminPermissions ?? true,
    supportType: body.upgradePolicy?.supportType ?? 'EXTENDED',
    zonalShift: body.zonalShiftConfig?.enabled,
    deletionProtection: body.deletionProtection ?? false,
  };
}
