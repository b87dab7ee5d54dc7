import type { Cluster } from '@aws-sdk/client-eks';
import type { EksAccount } from '../account.ts';
import { inPath, pageInQuery } from '../call.ts';
import type { Call } from '../call.ts';
import { describeSettings } from '../clusterSettings.ts';
import { page } from '../pagination.ts';
import { stableHex } from '../random.ts';
import type { EksService } from '../service.ts';
import type { EksHealthIssue } from '../state.ts';
import { findVersion } from '../versions.ts';

/** DescribeCluster. */
export function describeCluster(service: EksService, call: Call) {
  service.findCluster(inPath(call, 'name'), call.region);
  return { cluster: describeClusterRecord(service) };
}

/** A cluster as DescribeCluster tells it. One that is not made yet has no address, certificate or OIDC issuer. */
export function describeClusterRecord(service: EksService): DescribedCluster {
  const { cluster: record } = service;
  const { settings } = record;
  return {
    name: record.name,
    arn: record.arn,
    createdAt: record.createdAt,
    version: record.version,
    ...(record.started ? addressOf(service) : {}),
    ...describeSettings(settings),
    resourcesVpcConfig: {
      subnetIds: record.subnets.map(({ id }) => id),
      securityGroupIds: settings.securityGroupIds,
      clusterSecurityGroupId: `sg-0${stableHex(`${record.identity}/sg`, 16)}`,
      vpcId: settings.vpcId,
      endpointPublicAccess: settings.endpointPublicAccess,
      endpointPrivateAccess: settings.endpointPrivateAccess,
      publicAccessCidrs: settings.publicAccessCidrs,
    },
    status: record.status,
    platformVersion: findVersion(record.version)?.platformVersion ?? 'eks.1',
    tags: record.tags,
    health: { issues: record.health },
    computeConfig: {
      enabled: record.autoMode,
      nodePools: record.autoMode ? ['general-purpose', 'system'] : [],
    },
  };
}

type DescribedCluster = Omit<Cluster, 'health'> & { health: { issues: EksHealthIssue[] } };

function addressOf({
  cluster: { identity, region },
  infrastructure,
}: EksService): Pick<Cluster, 'endpoint' | 'certificateAuthority' | 'identity'> {
  const { url, certificateAuthorityPem } = infrastructure.endpoint();
  const hex = stableHex(identity, 32).toUpperCase();
  return {
    endpoint: url,
    certificateAuthority: { data: Buffer.from(certificateAuthorityPem).toString('base64') },
    identity: { oidc: { issuer: `https://oidc.eks.${region}.amazonaws.com/id/${hex}` } },
  };
}

/** ListClusters: those of the region that is asked. */
export function listClusters(account: EksAccount, call: Call) {
  const names = account
    .clusters()
    .filter(({ cluster }) => call.region === undefined || call.region === cluster.region)
    .map(({ cluster }) => cluster.name);
  const { entries, nextToken } = page(names, 'clusters', pageInQuery(call));
  return { clusters: entries, nextToken };
}
