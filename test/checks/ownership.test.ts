import { describe, expect, it } from 'vitest';
import { ownershipHints, unmanagedNodes } from '../../src/checks/index.ts';
import { addon, cluster, node, nodeGroup, observe, plan } from '../plan/fixtures.ts';

function hints(tags: Record<string, string>) {
  const observation = observe({ cluster: cluster({ tags }) });
  return ownershipHints(observation, plan(observation).plan);
}

describe('ownershipHints', () => {
  it.each([
    [{ terraform: 'true' }, 'Terraform', 'terraform=true', 'aws_eks_cluster.version to "1.33"'],
    [{ Terraform: '1' }, 'Terraform', 'Terraform=1', 'aws_eks_cluster.version'],
    [{ ManagedBy: 'Terraform' }, 'Terraform', 'ManagedBy=Terraform', 'aws_eks_cluster.version'],
    [{ 'managed-by': 'opentofu' }, 'Terraform', 'managed-by=opentofu', 'aws_eks_cluster.version'],
    [{ Provisioner: 'terragrunt' }, 'Terraform', 'Provisioner=terragrunt', 'aws_eks_cluster.version'],
    [
      { 'aws:cloudformation:stack-name': 'net' },
      'CloudFormation',
      'aws:cloudformation:stack-name=net',
      'AWS::EKS::Cluster',
    ],
    [
      { 'alpha.eksctl.io/cluster-name': 'demo', 'aws:cloudformation:stack-name': 's' },
      'eksctl',
      'alpha.eksctl.io/cluster-name=demo',
      'metadata.version to "1.33"',
    ],
    [
      { 'eksctl.cluster.k8s.io/v1alpha1/cluster-name': 'demo' },
      'eksctl',
      'eksctl.cluster.k8s.io/v1alpha1/cluster-name=demo',
      'metadata.version',
    ],
    [
      { 'aws-cdk:id': 'x', 'aws:cloudformation:stack-name': 's' },
      'CDK',
      'aws-cdk:id=x',
      "KubernetesVersion.of('1.33')",
    ],
    [{ 'pulumi:stack': 'prod' }, 'Pulumi', 'pulumi:stack=prod', 'aws.eks.Cluster'],
    [
      { 'crossplane-kind': 'cluster.eks' },
      'Crossplane',
      'crossplane-kind=cluster.eks',
      'spec.forProvider.version',
    ],
  ])('%o belongs to %s', (tags, owner, evidence, advice) => {
    expect(hints(tags)).toEqual([
      { resource: 'cluster demo', owner, evidence, advice: expect.stringContaining(advice) },
    ]);
  });

  it.each([
    [{}],
    [{ terraform: 'false' }],
    [{ team: 'terraform-guild' }],
    [{ ManagedBy: 'a person' }],
    [{ toolbox: 'pulumi' }],
  ])('%o belongs to nobody', (tags) => {
    expect(hints(tags)).toEqual([]);
  });

  it('names two owners when two left their tags', () => {
    expect(hints({ ManagedBy: 'Terraform', 'pulumi:stack': 's' }).map((hint) => hint.owner)).toEqual([
      'Terraform',
      'Pulumi',
    ]);
  });

  it('speaks of what is changed only, with the version that it ends at', () => {
    const tags = { terraform: 'true' };
    const observation = observe({
      nodeGroups: [nodeGroup('blue', { tags }), nodeGroup('green', { tags })],
      addons: [
        addon('coredns', 'v1.11.3-eksbuild.1', { tags }),
        addon('vpc-cni', 'v1.19.0-eksbuild.1', { tags }),
      ],
    });
    const made = plan(observation, {
      workers: { skip: ['green'] },
      addons: { versions: { 'vpc-cni': 'v1.19.0-eksbuild.1' } },
    });
    expect(
      ownershipHints(observation, made.plan).map(({ resource, advice }) => `${resource}: ${advice}`),
    ).toEqual([
      'add-on coredns: Set aws_eks_addon.addon_version to "v1.12.1-eksbuild.2" for coredns.',
      'node group blue: Set aws_eks_node_group.version to "1.33" for blue, and release_version, if it is set, to one of 1.33.',
    ]);
  });
});

describe('unmanagedNodes', () => {
  it('counts by provider and gives at most twenty names', () => {
    const nodes = Array.from({ length: 30 }, (_, index) =>
      node(`k${String(index).padStart(2, '0')}`, { provider: 'karpenter' }),
    );
    const [karpenter] = unmanagedNodes(observe({ nodes: nodes.reverse() }));
    expect(karpenter).toMatchObject({
      provider: 'karpenter',
      count: 30,
      kubeletVersions: ['v1.31.4-eks-aeac579'],
    });
    expect(karpenter?.names).toHaveLength(20);
    expect(karpenter?.names[0]).toBe('k00');
  });

  it('is empty when every node has its managed group', () => {
    expect(unmanagedNodes(observe())).toEqual([]);
  });
});
