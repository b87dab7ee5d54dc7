import type { Cluster, Nodegroup } from '@aws-sdk/client-eks';
import { describe, expect, it } from 'vitest';
import { notCopied } from '../../src/platform/eks/notCopied.ts';
import type { BlueprintFacts, NotCopied } from '../../src/platform/eks/notCopied.ts';

const facts: BlueprintFacts = {
  cluster: { name: 'shop', accessConfig: { authenticationMode: 'API' } },
  nodeGroups: [{ nodegroupName: 'general', status: 'ACTIVE', amiType: 'AL2023_x86_64_STANDARD' }],
  crossAccountIdentities: [],
  addons: [{ name: 'coredns', configurationValues: '{"replicaCount":3}' }],
  fargateProfiles: [],
  identityProviders: [],
  capabilities: [],
  subnets: [{ id: 'subnet-1', freeAddresses: 9 }],
};

const found = (change: Partial<BlueprintFacts> = {}): NotCopied[] => notCopied({ ...facts, ...change });
const usual = found();

describe('what a new cluster lacks or has otherwise', () => {
  it('is, for a plain cluster, only who administers the new one', () => {
    expect(usual).toMatchObject([{ severity: 'info', what: 'who administers the new cluster' }]);
  });

  const ofCluster = (change: Partial<Cluster>): Partial<BlueprintFacts> => ({
    cluster: { ...facts.cluster, ...change },
  });
  const ofGroup = (change: Partial<Nodegroup>): Partial<BlueprintFacts> => ({
    nodeGroups: facts.nodeGroups.map((group) => ({ ...group, ...change })),
  });
  it.each<[string, Partial<BlueprintFacts>, NotCopied['severity'], RegExp]>([
    ['a connected cluster', ofCluster({ connectorConfig: { provider: 'AKS' } }), 'blocker', /connected/],
    [
      'a cluster on an Outpost',
      ofCluster({ outpostConfig: { outpostArns: [], controlPlaneInstanceType: 'm5.large' } }),
      'blocker',
      /Outpost/,
    ],
    ['protection', ofCluster({ deletionProtection: true }), 'warning', /deletion protection/],
    [
      'an unhealthy cluster',
      ofCluster({
        health: { issues: [{ code: 'Ec2SubnetNotFound', message: 'gone', resourceIds: ['subnet-1'] }] },
      }),
      'warning',
      /Ec2SubnetNotFound: gone \(subnet-1\)/,
    ],
    ['EKS Auto Mode', ofCluster({ computeConfig: { enabled: true } }), 'info', /Auto Mode/],
    ['hybrid nodes', ofCluster({ remoteNetworkConfig: {} }), 'warning', /hybrid nodes/],
    [
      'the cluster security group',
      ofCluster({ resourcesVpcConfig: { clusterSecurityGroupId: 'sg-1' } }),
      'warning',
      /security group sg-1/,
    ],
    [
      'the ConfigMap as the only way in',
      ofCluster({ accessConfig: { authenticationMode: 'CONFIG_MAP' } }),
      'warning',
      /CONFIG_MAP/,
    ],
    [
      'a role of another account',
      {
        crossAccountIdentities: [
          { namespace: 'shop', serviceAccount: 'orders', targetRoleArn: 'arn:aws:iam::2:role/target' },
        ],
      },
      'warning',
      /arn:aws:iam::2:role\/target.*shop\/orders/,
    ],
    ['a degraded group', ofGroup({ status: 'DEGRADED' }), 'warning', /general.*DEGRADED/],
    ['a capacity block', ofGroup({ capacityType: 'CAPACITY_BLOCK' }), 'warning', /capacity block.*general/],
    [
      'a launch template',
      ofGroup({ launchTemplate: { id: 'lt-1', name: 'nodes', version: '3' } }),
      'warning',
      /launch template nodes of node group general/,
    ],
    [
      'an add-on that is told the name of the cluster',
      { addons: [{ name: 'x', configurationValues: '{"clusterName":"shop"}' }] },
      'warning',
      /configuration of add-on x/,
    ],
    ['Fargate', { fargateProfiles: ['a', 'b'] }, 'blocker', /Fargate profiles a, b/],
    [
      'another way to sign in',
      { identityProviders: [{ type: 'oidc', name: 'okta' }] },
      'warning',
      /identity provider okta \(oidc\)/,
    ],
    [
      'subnets that are tagged for the old cluster only',
      { subnets: [{ id: 'subnet-1', freeAddresses: 9, clusters: ['shop'] }] },
      'warning',
      /tag kubernetes\.io\/cluster\/shop of subnets subnet-1/,
    ],
    ['a capability', { capabilities: ['gitops (ARGOCD)'] }, 'blocker', /capability gitops/],
  ])('%s', (_what, change, severity, text) => {
    const more = found(change).filter(({ what }) => !usual.some((each) => each.what === what));
    expect(more).toHaveLength(1);
    expect(more[0]?.severity).toBe(severity);
    expect(`${more[0]?.what ?? ''}: ${more[0]?.why ?? ''}`).toMatch(text);
    expect(more[0]?.remedy).not.toBe('');
  });

  it.each([
    ['a word that only contains it', '{"name":"shopping"}'],
    ['nothing', undefined],
  ])("is not an add-on's configuration with %s of the cluster's name", (_what, configurationValues) => {
    expect(found({ addons: [{ name: 'x', configurationValues }] })).toEqual(usual);
  });

  it('is no subnet that is tagged for others as well, the new one perhaps', () => {
    const clusters = ['shop', 'shop-1-34'];
    expect(found({ subnets: [{ id: 'subnet-1', freeAddresses: 9, clusters }] })).toEqual(usual);
  });

  it('is not a template that brings its own image, which needs a new version in any case', () => {
    expect(found(ofGroup({ amiType: 'CUSTOM', launchTemplate: { id: 'lt-1' } }))).toEqual(usual);
  });
});
