import { describe, expect, it } from 'vitest';
import { addPodIdentity } from '../../../eks-api/operations/podIdentityAssociations.ts';
import { auditor, madeBy, name, operators, startGreen } from './startGreen.ts';
import type { Green } from './startGreen.ts';

const note = { 'stepladder/made-by': madeBy };

/** What EKS was made to do to green, without the looks. */
const applied = ({ simulator }: Green): string[] =>
  simulator.journal
    .filter(({ outcome, cluster }) => outcome === 'applied' && cluster === name)
    .map(({ operation, resource }) =>
      `${operation} ${resource.replace(`cluster/${name}`, '').slice(1)}`.trim(),
    );

describe('a new cluster beside the old one', () => {
  it('is made like it at the version of the plan, with its access, add-ons and nodes, and bears our note', async () => {
    const green = await startGreen();
    const sides = await green.whole();
    const { cluster, addons, nodeGroups, accessEntries, podIdentities } = green.record();
    const blue = green.simulator.eks;
    expect(cluster).toMatchObject({ status: 'ACTIVE', version: '1.34', subnets: blue.cluster.subnets });
    expect(cluster.settings).toEqual({
      ...blue.cluster.settings,
      bootstrapClusterCreatorAdminPermissions: true,
    });
    expect(cluster.tags).toEqual({ ...blue.cluster.tags, ...note });
    expect(sides.green.cluster).toEqual({ name, region: 'ap-northeast-1' });
    expect(sides.green.identity.endpoint).not.toBe(sides.blue.identity.endpoint);

    const operator = accessEntries.get(operators);
    expect(operator).toMatchObject({
      kubernetesGroups: ['stepladder', 'operators'],
      tags: { team: 'platform', ...note },
    });
    expect(
      [...(operator?.policies.values() ?? [])].map(({ policyArn, namespaces }) => [
        policyArn.split('/').pop(),
        namespaces,
      ]),
    ).toEqual([
      ['AmazonEKSClusterAdminPolicy', undefined],
      ['AmazonEKSEditPolicy', ['shop']],
    ]);
    expect(accessEntries.get(auditor)).toMatchObject({ username: auditor, kubernetesGroups: [] });
    expect([...podIdentities.values()]).toMatchObject([
      { namespace: 'shop', serviceAccount: 'orders', tags: { team: 'shop', ...note } },
    ]);
    expect(
      [...addons.values()].map(({ name: addon, version, status, tags }) => [addon, version, status, tags]),
    ).toEqual(green.addons.addons.map((addon) => [addon.name, addon.version, 'ACTIVE', note]));
    for (const group of nodeGroups.values()) {
      const like = blue.findNodeGroup(group.name);
      for (const field of [
        'size',
        'instanceTypes',
        'amiType',
        'subnets',
        'labels',
        'taints',
        'updateConfig',
        'nodeRole',
      ] as const) {
        expect(group[field], `${field} of ${group.name}`).toEqual(like[field]);
      }
      expect(group).toMatchObject({ version: '1.34', tags: { ...like.tags, ...note } });
    }
    expect([...nodeGroups.keys()].sort()).toEqual(['general', 'platform']);
  });

  it('is made once however often it is asked for', async () => {
    const green = await startGreen();
    const sides = await green.whole();
    const before = applied(green);
    expect(await green.create()).toEqual({ state: 'already-there' });
    expect(await green.create({ runId: 'other', attempt: 2 })).toEqual({ state: 'already-there' });
    expect(await green.go('grantGreenAccess', { sides, stage: green.stage, madeBy })).toEqual({ made: 0 });
    expect(await green.go('createGreenAddons', { sides, stage: green.addons, madeBy })).toEqual({ made: 0 });
    expect(
      await green.go('createGreenNodeGroups', { sides, stage: green.workers, madeBy, runId: 'other' }),
    ).toEqual({ made: 0 });
    expect(applied(green)).toEqual(before);
    expect(before.filter((each) => each.startsWith('CreateCluster'))).toHaveLength(1);
  });

  it('is made once when two workers do it at the same time', async () => {
    const green = await startGreen();
    const states = await Promise.all([green.create(), green.create({ attempt: 2 })]);
    expect(states).toEqual(expect.arrayContaining([{ state: 'created' }, { state: 'already-there' }]));
    expect(applied(green)).toEqual(['CreateCluster']);
  });

  it('has add-ons with the settings, roles and tags that the old ones have', async () => {
    const green = await startGreen();
    const sides = await green.made();
    const old = green.simulator.eks.addons.get('vpc-cni');
    if (old === undefined) throw new Error('The demo has vpc-cni.');
    old.configurationValues = '{"env":{"ENABLE_PREFIX_DELEGATION":"true"}}';
    old.serviceAccountRoleArn = 'arn:aws:iam::123456789012:role/cni';
    old.tags = { team: 'network', 'aws:x': 'y' };
    const { arn } = addPodIdentity(green.simulator.eks, {
      ...{ namespace: 'kube-system', serviceAccount: 'aws-node', ownerArn: old.arn },
      roleArn: 'arn:aws:iam::123456789012:role/cni-pods',
    });
    old.podIdentities = [arn];
    await green.go('createGreenAddons', { sides, stage: green.addons, madeBy });
    const { addons, podIdentities } = green.record();
    const { configurationValues, serviceAccountRoleArn } = old;
    expect(addons.get('vpc-cni')).toMatchObject({ configurationValues, serviceAccountRoleArn });
    expect(addons.get('vpc-cni')?.tags).toEqual({ team: 'network', ...note });
    expect([...podIdentities.values()]).toMatchObject([
      { serviceAccount: 'aws-node', roleArn: 'arn:aws:iam::123456789012:role/cni-pods' },
    ]);
  });

  it.each([
    ['all are managed by EKS', true, false],
    ['one of them is not', false, true],
  ])(
    "gets EKS's own network add-ons only where the old one has some: %s",
    async (_what, managed, bootstrap) => {
      const green = await startGreen({
        scenario: {
          addons: [
            { name: 'coredns', version: 'v1.11.4-eksbuild.2', managed },
            { name: 'kube-proxy', version: 'v1.31.3-eksbuild.2' },
          ],
        },
      });
      await green.create();
      const [asked] = green.simulator.journal.filter(({ operation }) => operation === 'CreateCluster');
      expect(asked?.parameters).toMatchObject({ bootstrapSelfManagedAddons: bootstrap });
    },
  );
});
