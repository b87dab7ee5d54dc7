import { describe, expect, it } from 'vitest';
import { Clusters } from '../../../src/activities/clusters.ts';
import { observeBlueprint } from '../../../src/activities/migration/observeBlueprint.ts';
import { Sight } from '../../../src/activities/sight.ts';
import { auditor, operators, orders, startGreen } from './startGreen.ts';
import type { Green } from './startGreen.ts';

async function look(green: Green) {
  const clusters = new Clusters();
  try {
    const seen = new Sight();
    const cluster = await clusters.open(green.context);
    const blueprint = await observeBlueprint(cluster, '1.34', seen, new AbortController().signal);
    return { blueprint, unseen: seen.unseen };
  } finally {
    await clusters.close();
  }
}

const awsAuth = (mapRoles: unknown[]) => ({
  manifests: [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { namespace: 'kube-system', name: 'aws-auth' },
      data: { mapRoles: JSON.stringify(mapRoles) },
    },
  ],
});

describe('what a new cluster is made by', () => {
  it("is all that blue has and EKS lets us make again, with EKS's offers for the target", async () => {
    const { blueprint, unseen } = await look(await startGreen());
    expect(unseen).toEqual([]);
    expect(blueprint).toMatchObject({
      accessEntries: [operators, auditor].sort(),
      podIdentities: [orders],
      nodeGroups: [
        { name: 'general', size: { min: 3, max: 6, desired: 3 }, ownImage: false },
        { name: 'platform', size: { min: 3, max: 5, desired: 3 }, ownImage: false },
      ],
      issuer: expect.stringMatching(/^https:\/\/oidc\.eks\.ap-northeast-1\.amazonaws\.com\/id\//),
    });
    expect(blueprint.addons.map(({ name }) => name).sort()).toEqual([
      'aws-ebs-csi-driver',
      'coredns',
      'kube-proxy',
      'vpc-cni',
    ]);
    expect(blueprint.addonVersions['kube-proxy']).toContainEqual({
      version: 'v1.34.0-eksbuild.2',
      isDefault: true,
    });
    expect(blueprint.addonVersions['kube-proxy']?.every(({ version }) => version.startsWith('v1.34.'))).toBe(
      true,
    );
    expect(blueprint.notCopied.filter(({ severity }) => severity === 'blocker')).toEqual([]);
  });

  it('is told apart from what it lacks: Fargate, sign-in, capabilities, and who comes in by aws-auth', async () => {
    const green = await startGreen({
      scenario: awsAuth([
        { rolearn: 'arn:aws:iam::123456789012:role/nodes', groups: ['system:bootstrappers', 'system:nodes'] },
        { rolearn: 'arn:aws:iam::123456789012:role/deployers', groups: ['deployers'] },
        { rolearn: operators, groups: ['system:masters'] },
      ]),
    });
    const { eks } = green.simulator;
    eks.fargateProfiles.push('batch');
    eks.identityProviders.push('okta');
    eks.capabilities.push({ capabilityName: 'gitops', type: 'ARGOCD' });
    const { blueprint } = await look(green);
    const about = (text: RegExp) => blueprint.notCopied.filter(({ what }) => text.test(what));
    expect(about(/Fargate profile batch/)).toMatchObject([{ severity: 'blocker' }]);
    expect(about(/identity provider okta/)).toMatchObject([{ severity: 'warning' }]);
    expect(about(/capability gitops \(ARGOCD\)/)).toMatchObject([{ severity: 'blocker' }]);
    const [auth] = about(/aws-auth/);
    expect(auth?.what).toContain('role/deployers');
    expect(auth?.what).not.toContain('role/nodes');
    expect(auth?.what).not.toContain(operators);
  });

  it('says what may not be seen, and passes over none of it', async () => {
    const green = await startGreen();
    await green.deny('ListFargateProfiles', 'DescribeAccessEntry', 'DescribeAddonVersions');
    const { blueprint, unseen } = await look(green);
    expect(unseen.map(({ source }) => source)).toEqual(
      expect.arrayContaining([
        'EKS: ListFargateProfiles',
        'EKS: ListAccessEntries and DescribeAccessEntry',
        'EKS: DescribeAddonVersions',
      ]),
    );
    expect(blueprint.accessEntries).toEqual([]);
    // Not known is not the same as none.
    expect(blueprint.addonVersions).toEqual({});
  });
});
