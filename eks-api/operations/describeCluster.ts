import type { Cluster } from '@aws-sdk/client-eks';
import { inPath, pageInQuery } from '../call.ts';
import type { Call } from '../call.ts';
import { page } from '../pagination.ts';
import { stableHex } from '../random.ts';
import type { EksService } from '../service.ts';
import { findVersion } from '../versions.ts';

/** DescribeCluster. */
export function describeCluster(service: EksService, call: Call) {
  const record = service.findCluster(inPath(call, 'name'), call.region);
  const { url, certificateAuthorityPem } = service.infrastructure.endpoint();
  const hex = stableHex(record.arn, 32).toUpperCase();
  const cluster: Omit<Cluster, 'health'> & { health: { issues: typeof record.health } } = {
    name: record.name,
    arn: record.arn,
    createdAt: record.createdAt,
    version: record.version,
    endpoint: url,
    roleArn: `arn:aws:iam::${record.account}:role/${record.name}-cluster`,
    resourcesVpcConfig: {
      subnetIds: record.subnets.map(({ id }) => id),
      securityGroupIds: [],
      clusterSecurityGroupId: `sg-0${stableHex(`${record.arn}/sg`, 16)}`,
      vpcId: `vpc-0${stableHex(`${record.arn}/vpc`, 16)}`,
      endpointPublicAccess: true,
      endpointPrivateAccess: true,
      publicAccessCidrs: ['0.0.0.0/0'],
    },
    kubernetesNetworkConfig: { serviceIpv4Cidr: '10.100.0.0/16', ipFamily: 'ipv4' },
    logging: {
      clusterLogging: [
        { types: ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'], enabled: false },
      ],
    },
    identity: { oidc: { issuer: `https://oidc.eks.${record.region}.amazonaws.com/id/${hex}` } },
    status: record.status,
    certificateAuthority: { data: Buffer.from(certificateAuthorityPem).toString('base64') },
    platformVersion: findVersion(record.version)?.platformVersion ?? 'eks.1',
    tags: record.tags,
    health: { issues: record.health },
    accessConfig: { authenticationMode: 'API_AND_CONFIG_MAP' },
    upgradePolicy: { supportType: 'EXTENDED' },
    deletionProtection: false,
    computeConfig: {
      enabled: record.autoMode,
      nodePools: record.autoMode ? ['general-purpose', 'system'] : [],
    },
  };
  return { cluster };
}

/** ListClusters: the one that there is, for its own region. */
export function listClusters(service: EksService, call: Call) {
  const { cluster } = service;
  const names = call.region === undefined || call.region === cluster.region ? [cluster.name] : [];
  const { entries, nextToken } = page(names, 'clusters', pageInQuery(call));
  return { clusters: entries, nextToken };
}
