import type { Cluster, CreateClusterRequest } from '@aws-sdk/client-eks';
import { describe, expect, it } from 'vitest';
import type { ClusterCopy } from '../../src/platform/clusterCopy.ts';
import { copyCluster } from '../../src/platform/eks/copyCluster.ts';

const roleArn = 'arn:aws:iam::123456789012:role/control-plane';

/** As DescribeCluster tells of a plain cluster. */
const blue: Cluster = {
  name: 'shop',
  arn: 'arn:aws:eks:ap-northeast-1:123456789012:cluster/shop',
  createdAt: new Date('2025-01-01'),
  version: '1.31',
  endpoint: 'https://shop',
  certificateAuthority: { data: 'x' },
  identity: { oidc: { issuer: 'https://oidc/shop' } },
  status: 'ACTIVE',
  platformVersion: 'eks.9',
  health: { issues: [] },
  roleArn,
  resourcesVpcConfig: {
    subnetIds: ['subnet-1', 'subnet-2'],
    securityGroupIds: [],
    clusterSecurityGroupId: 'sg-cluster',
    vpcId: 'vpc-1',
    endpointPublicAccess: true,
    endpointPrivateAccess: false,
    publicAccessCidrs: ['0.0.0.0/0'],
  },
  kubernetesNetworkConfig: {
    serviceIpv4Cidr: '10.100.0.0/16',
    ipFamily: 'ipv4',
    elasticLoadBalancing: { enabled: false },
  },
  logging: { clusterLogging: [{ types: ['api', 'audit'], enabled: false }] },
  accessConfig: { authenticationMode: 'API' },
  upgradePolicy: { supportType: 'EXTENDED' },
  computeConfig: { enabled: false, nodePools: [] },
  storageConfig: { blockStorage: { enabled: false } },
  deletionProtection: false,
  controlPlaneScalingConfig: { tier: 'standard' },
  tags: {},
};

const copy: ClusterCopy = {
  like: 'shop',
  to: '1.34',
  bootstrapAddons: false,
  notes: { 'stepladder/made-by': 'migration/shop' },
  token: 't',
};

const request = (change: Partial<Cluster> = {}, more: Partial<ClusterCopy> = {}): CreateClusterRequest =>
  copyCluster('shop-1-34', { ...blue, ...change }, { ...copy, ...more });

describe('a cluster that is made like another', () => {
  it('has the same role, network and settings, a version and a name of its own, and nothing that EKS makes itself', () => {
    expect(request()).toEqual({
      name: 'shop-1-34',
      version: '1.34',
      clientRequestToken: 't',
      roleArn,
      resourcesVpcConfig: {
        subnetIds: ['subnet-1', 'subnet-2'],
        endpointPublicAccess: true,
        endpointPrivateAccess: false,
        publicAccessCidrs: ['0.0.0.0/0'],
      },
      kubernetesNetworkConfig: { serviceIpv4Cidr: '10.100.0.0/16', ipFamily: 'ipv4' },
      accessConfig: { authenticationMode: 'API', bootstrapClusterCreatorAdminPermissions: true },
      bootstrapSelfManagedAddons: false,
      upgradePolicy: { supportType: 'EXTENDED' },
      tags: { 'stepladder/made-by': 'migration/shop' },
    } satisfies CreateClusterRequest);
  });

  const vpc = blue.resourcesVpcConfig;
  const cases: [string, Partial<Cluster>, Partial<CreateClusterRequest>][] = [
    [
      'security groups of its own, and a route out of the control plane',
      {
        resourcesVpcConfig: {
          ...vpc,
          securityGroupIds: ['sg-1', 'sg-2'],
          controlPlaneEgressMode: 'CUSTOMER_ROUTED',
        },
      },
      {
        resourcesVpcConfig: {
          subnetIds: ['subnet-1', 'subnet-2'],
          securityGroupIds: ['sg-1', 'sg-2'],
          endpointPublicAccess: true,
          endpointPrivateAccess: false,
          publicAccessCidrs: ['0.0.0.0/0'],
          controlPlaneEgressMode: 'CUSTOMER_ROUTED',
        },
      },
    ],
    [
      'a private endpoint, beside which EKS takes no public addresses',
      { resourcesVpcConfig: { ...vpc, endpointPublicAccess: false, endpointPrivateAccess: true } },
      {
        resourcesVpcConfig: {
          subnetIds: ['subnet-1', 'subnet-2'],
          endpointPublicAccess: false,
          endpointPrivateAccess: true,
        },
      },
    ],
    [
      'IPv6, whose block EKS chooses',
      { kubernetesNetworkConfig: { ipFamily: 'ipv6', serviceIpv6Cidr: 'fd00::/108' } },
      { kubernetesNetworkConfig: { ipFamily: 'ipv6' } },
    ],
    [
      'the logs that are on',
      {
        logging: {
          clusterLogging: [
            { types: ['audit'], enabled: true },
            { types: ['api'], enabled: false },
          ],
        },
      },
      { logging: { clusterLogging: [{ types: ['audit'], enabled: true }] } },
    ],
    [
      'secrets encrypted with a key of its own',
      { encryptionConfig: [{ provider: { keyArn: 'arn:aws:kms:…:key/1' } }] },
      { encryptionConfig: [{ provider: { keyArn: 'arn:aws:kms:…:key/1' } }] },
    ],
    [
      "secrets encrypted with AWS's key, as they are in every cluster",
      { encryptionConfig: [{ provider: {} }] },
      { encryptionConfig: undefined },
    ],
    [
      'both ways of letting people in',
      {
        accessConfig: {
          authenticationMode: 'API_AND_CONFIG_MAP',
          bootstrapClusterCreatorAdminPermissions: false,
        },
      },
      {
        accessConfig: {
          authenticationMode: 'API_AND_CONFIG_MAP',
          bootstrapClusterCreatorAdminPermissions: true,
        },
      },
    ],
    [
      'access entries, where the other has the ConfigMap only',
      { accessConfig: { authenticationMode: 'CONFIG_MAP' } },
      {
        accessConfig: {
          authenticationMode: 'API_AND_CONFIG_MAP',
          bootstrapClusterCreatorAdminPermissions: true,
        },
      },
    ],
    [
      'standard support',
      { upgradePolicy: { supportType: 'STANDARD' } },
      { upgradePolicy: { supportType: 'STANDARD' } },
    ],
    ['zonal shift', { zonalShiftConfig: { enabled: true } }, { zonalShiftConfig: { enabled: true } }],
    [
      'a larger control plane',
      { controlPlaneScalingConfig: { tier: 'tier-xl' } },
      { controlPlaneScalingConfig: { tier: 'tier-xl' } },
    ],
    [
      'flags of the control plane',
      {
        kubeApiServerConfig: { eventTtl: '30m' },
        kubeSchedulerConfig: { nodeResourcesFit: { scoringStrategy: { type: 'MostAllocated' } } },
        kubeControllerManagerConfig: { podGcControllerConfig: { terminatedPodGcThreshold: 100 } },
      },
      {
        kubeApiServerConfig: { eventTtl: '30m' },
        kubeSchedulerConfig: { nodeResourcesFit: { scoringStrategy: { type: 'MostAllocated' } } },
        kubeControllerManagerConfig: { podGcControllerConfig: { terminatedPodGcThreshold: 100 } },
      },
    ],
    [
      'hybrid networks',
      { remoteNetworkConfig: { remoteNodeNetworks: [{ cidrs: ['10.200.0.0/16'] }] } },
      { remoteNetworkConfig: { remoteNodeNetworks: [{ cidrs: ['10.200.0.0/16'] }] } },
    ],
    [
      'EKS Auto Mode, all of its three capabilities',
      {
        computeConfig: { enabled: true, nodePools: ['system'], nodeRoleArn: 'arn:aws:iam::1:role/auto' },
        storageConfig: { blockStorage: { enabled: true } },
        kubernetesNetworkConfig: {
          ...blue.kubernetesNetworkConfig,
          elasticLoadBalancing: { enabled: true },
        },
      },
      {
        computeConfig: { enabled: true, nodePools: ['system'], nodeRoleArn: 'arn:aws:iam::1:role/auto' },
        storageConfig: { blockStorage: { enabled: true } },
        kubernetesNetworkConfig: {
          serviceIpv4Cidr: '10.100.0.0/16',
          ipFamily: 'ipv4',
          elasticLoadBalancing: { enabled: true },
        },
      },
    ],
    [
      'its tags, without those of AWS and of earlier upgrades',
      { tags: { team: 'shop', 'aws:cloudformation:stack-name': 'x', 'stepladder/made-by': 'before' } },
      { tags: { team: 'shop', 'stepladder/made-by': 'migration/shop' } },
    ],
    [
      'no deletion protection, so that it can be removed again',
      { deletionProtection: true },
      { deletionProtection: undefined },
    ],
  ];
  it.each(cases)('has %s', (_what, change, expected) => {
    for (const [field, value] of Object.entries(expected)) {
      expect(request(change)[field as keyof CreateClusterRequest], field).toEqual(value);
    }
  });

  it("gets EKS's own network add-ons where it is asked for", () => {
    expect(request({}, { bootstrapAddons: true }).bootstrapSelfManagedAddons).toBe(true);
  });

  it.each<[string, Partial<Cluster>]>([
    ['is connected from elsewhere', { connectorConfig: { provider: 'GKE' } }],
    [
      'stands on an Outpost',
      { outpostConfig: { outpostArns: ['arn'], controlPlaneInstanceType: 'm5.large' } },
    ],
    ['has no role that EKS tells', { roleArn: undefined }],
    ['has no subnets that EKS tells', { resourcesVpcConfig: {} }],
  ])('can not be like one that %s', (_what, change) => {
    expect(() => request(change)).toThrow(/can't be made like shop: .*"existing": true/s);
  });

  it('leaves no field undecided that EKS has', () => {
    // A field that a later SDK adds does not compile here, until somebody has decided what becomes of it.
    const decided = {
      name: 'its own',
      arn: "EKS's",
      createdAt: "EKS's",
      version: 'its own',
      endpoint: "EKS's",
      roleArn: 'copied',
      resourcesVpcConfig: 'copied',
      kubernetesNetworkConfig: 'copied',
      logging: 'copied',
      identity: "EKS's",
      status: "EKS's",
      certificateAuthority: "EKS's",
      clientRequestToken: 'its own',
      platformVersion: "EKS's",
      tags: 'copied',
      encryptionConfig: 'copied',
      connectorConfig: 'refused',
      id: "EKS's",
      health: 'told',
      outpostConfig: 'refused',
      accessConfig: 'copied',
      upgradePolicy: 'copied',
      zonalShiftConfig: 'copied',
      remoteNetworkConfig: 'copied',
      computeConfig: 'copied',
      storageConfig: 'copied',
      deletionProtection: 'told',
      controlPlaneScalingConfig: 'copied',
      kubeApiServerConfig: 'copied',
      kubeSchedulerConfig: 'copied',
      kubeControllerManagerConfig: 'copied',
    } satisfies Record<keyof Cluster, string>;
    const asked: Record<Exclude<keyof CreateClusterRequest, 'bootstrapSelfManagedAddons'>, string> = decided;
    expect(Object.values(asked)).not.toContain(undefined);
  });
});
