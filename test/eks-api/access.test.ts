import {
  AssociateAccessPolicyCommand,
  CreateAccessEntryCommand,
  CreateClusterCommand,
  CreateNodegroupCommand,
  CreatePodIdentityAssociationCommand,
  DeleteAccessEntryCommand,
  DeletePodIdentityAssociationCommand,
  DescribeAccessEntryCommand,
  DescribeClusterCommand,
  DescribePodIdentityAssociationCommand,
  DisassociateAccessPolicyCommand,
  ListAccessEntriesCommand,
  ListAccessPoliciesCommand,
  ListAssociatedAccessPoliciesCommand,
  ListPodIdentityAssociationsCommand,
  ListTagsForResourceCommand,
  TagResourceCommand,
  UpdateAccessEntryCommand,
  UpdatePodIdentityAssociationCommand,
} from '@aws-sdk/client-eks';
import type { CreateAccessEntryCommandInput } from '@aws-sdk/client-eks';
import { describe, expect, it } from 'vitest';
import { MemoryFactory } from './memoryFactory.ts';
import { MemoryInfrastructure } from './memoryInfrastructure.ts';
import { accessKey, exampleState, refusal, startTestApi } from './startTestApi.ts';

const clusterName = 'demo';
const principalArn = 'arn:aws:iam::111122223333:role/teams/shop';
const policy = (name: string) => `arn:aws:eks::aws:cluster-access-policy/${name}`;
const ofEntry = { clusterName, principalArn };
const createEntry = (change: Partial<CreateAccessEntryCommandInput> = {}) =>
  new CreateAccessEntryCommand({ ...ofEntry, kubernetesGroups: ['shop'], ...change });
const listEntries = new ListAccessEntriesCommand({ clusterName });

describe('access entries', () => {
  it('are created, described, updated, listed and deleted', async () => {
    const { client, journal } = await startTestApi();
    const { accessEntry } = await client.send(createEntry({ tags: { team: 'shop' } }));
    expect(accessEntry).toMatchObject({
      ...ofEntry,
      type: 'STANDARD',
      kubernetesGroups: ['shop'],
      username: 'arn:aws:sts::111122223333:assumed-role/shop/{{SessionName}}',
      tags: { team: 'shop' },
    });
    expect((await client.send(new DescribeAccessEntryCommand(ofEntry))).accessEntry).toEqual(accessEntry);
    await client.send(new UpdateAccessEntryCommand({ ...ofEntry, kubernetesGroups: ['others'] }));
    expect((await client.send(new DescribeAccessEntryCommand(ofEntry))).accessEntry).toMatchObject({
      kubernetesGroups: ['others'],
      username: accessEntry?.username,
    });
    const resourceArn = accessEntry?.accessEntryArn;
    await client.send(new TagResourceCommand({ resourceArn, tags: { more: 'yes' } }));
    expect((await client.send(new ListTagsForResourceCommand({ resourceArn }))).tags).toEqual({
      team: 'shop',
      more: 'yes',
    });
    expect((await client.send(listEntries)).accessEntries).toEqual([principalArn]);
    await client.send(new DeleteAccessEntryCommand(ofEntry));
    expect(await refusal(client.send(new DescribeAccessEntryCommand(ofEntry)))).toMatchObject({
      name: 'ResourceNotFoundException',
      code: 404,
    });
    expect((await client.send(listEntries)).accessEntries).toEqual([]);
    expect(journal[0]).toMatchObject({ resource: `cluster/demo/access-entry/${principalArn}` });
  });

  it.each<[string, Partial<CreateAccessEntryCommandInput>, string]>([
    [
      'who is no IAM principal',
      { principalArn: 'arn:aws:sts::111122223333:assumed-role/a/b' },
      'principalArn',
    ],
    ["a group of Kubernetes' own", { kubernetesGroups: ['system:masters'] }, 'system:masters'],
    ["a name of AWS's own", { username: 'aws:me' }, 'aws:me'],
    ['groups for nodes', { type: 'EC2_LINUX' }, 'EC2_LINUX'],
    ['an unknown type', { type: 'OTHER' }, "'type'"],
  ])('refuse %s', async (_what, change, message) => {
    const { client } = await startTestApi();
    const refused = await refusal(client.send(createEntry(change)));
    expect(refused.name).toBe('InvalidParameterException');
    expect(refused.message).toContain(message);
  });

  it('are one for each principal, and the same request gets the same answer', async () => {
    const { client } = await startTestApi();
    const first = await client.send(createEntry({ clientRequestToken: 'token' }));
    const again = await client.send(createEntry({ clientRequestToken: 'token' }));
    expect(again.accessEntry).toEqual(first.accessEntry);
    expect(await refusal(client.send(createEntry()))).toMatchObject({
      name: 'ResourceInUseException',
      code: 409,
    });
  });

  it('are not known where only the ConfigMap is', async () => {
    const state = exampleState();
    state.cluster.settings = { authenticationMode: 'CONFIG_MAP' };
    const { client } = await startTestApi({ state });
    for (const command of [createEntry(), listEntries] as const)
      expect(await refusal(client.send(command as typeof listEntries))).toMatchObject({
        name: 'InvalidRequestException',
        message: expect.stringContaining('authentication mode'),
      });
  });

  it('let the nodes of a new group in', async () => {
    const { client } = await startTestApi();
    const nodeRole = 'arn:aws:iam::111122223333:role/nodes';
    const group = { clusterName, nodegroupName: 'green', subnets: ['subnet-a'], nodeRole };
    await client.send(new CreateNodegroupCommand(group));
    const entry = new DescribeAccessEntryCommand({ clusterName, principalArn: nodeRole });
    expect((await client.send(entry)).accessEntry).toMatchObject({
      type: 'EC2_LINUX',
      kubernetesGroups: ['system:nodes'],
    });
  });

  it('let in who creates a cluster, by the role where one was assumed', async () => {
    const machines = new MemoryInfrastructure();
    const api = await startTestApi({ machines, factory: new MemoryFactory(machines.clock) });
    api.api.accessKeys.add({
      ...accessKey,
      accessKeyId: 'ASIAROLE',
      principalArn: 'arn:aws:sts::111122223333:assumed-role/upgrader/session',
    });
    const assumed = api.connect({ credentials: { ...accessKey, accessKeyId: 'ASIAROLE' } });
    await assumed.send(
      new CreateClusterCommand({
        name: 'green',
        roleArn: 'arn:aws:iam::111122223333:role/control-plane',
        resourcesVpcConfig: { subnetIds: ['subnet-a', 'subnet-c'] },
        accessConfig: { authenticationMode: 'API' },
      }),
    );
    const creator = { clusterName: 'green', principalArn: 'arn:aws:iam::111122223333:role/upgrader' };
    expect(
      (await assumed.send(new ListAccessEntriesCommand({ clusterName: 'green' }))).accessEntries,
    ).toEqual([creator.principalArn]);
    const policies = await assumed.send(new ListAssociatedAccessPoliciesCommand(creator));
    expect(policies.associatedAccessPolicies).toMatchObject([
      { policyArn: policy('AmazonEKSClusterAdminPolicy'), accessScope: { type: 'cluster' } },
    ]);
    await machines.clock.until(
      async () =>
        (await assumed.send(new DescribeClusterCommand({ name: 'green' }))).cluster?.status === 'ACTIVE',
    );
  });
});

describe('access policies', () => {
  const view = policy('AmazonEKSViewPolicy');

  it('are associated, scoped anew, listed and taken away', async () => {
    const { client } = await startTestApi();
    await client.send(createEntry());
    const known = (await client.send(new ListAccessPoliciesCommand())).accessPolicies ?? [];
    expect(known.map(({ arn }) => arn)).toContain(view);
    const ofPolicy = { ...ofEntry, policyArn: view };
    const first = await client.send(
      new AssociateAccessPolicyCommand({ ...ofPolicy, accessScope: { type: 'cluster' } }),
    );
    expect(first).toMatchObject({
      ...ofEntry,
      associatedAccessPolicy: { policyArn: view, accessScope: { type: 'cluster', namespaces: [] } },
    });
    const scope = { type: 'namespace' as const, namespaces: ['shop'] };
    await client.send(new AssociateAccessPolicyCommand({ ...ofPolicy, accessScope: scope }));
    const list = new ListAssociatedAccessPoliciesCommand(ofEntry);
    expect((await client.send(list)).associatedAccessPolicies).toMatchObject([
      { policyArn: view, accessScope: scope },
    ]);
    const having = (associatedPolicyArn: string) =>
      client.send(new ListAccessEntriesCommand({ clusterName, associatedPolicyArn }));
    expect((await having(view)).accessEntries).toEqual([principalArn]);
    expect((await having(policy('AmazonEKSAdminPolicy'))).accessEntries).toEqual([]);
    await client.send(new DisassociateAccessPolicyCommand(ofPolicy));
    expect((await client.send(list)).associatedAccessPolicies).toEqual([]);
    expect((await refusal(client.send(new DisassociateAccessPolicyCommand(ofPolicy)))).name).toBe(
      'ResourceNotFoundException',
    );
  });

  it('are refused where they are not known, without namespaces, and for nodes', async () => {
    const { client } = await startTestApi();
    await client.send(createEntry());
    const nodes = 'arn:aws:iam::111122223333:role/nodes';
    await client.send(new CreateAccessEntryCommand({ clusterName, principalArn: nodes, type: 'EC2_LINUX' }));
    const wrong = [
      { policyArn: policy('Other'), accessScope: { type: 'cluster' as const } },
      { policyArn: view, accessScope: { type: 'namespace' as const } },
      { policyArn: view, accessScope: { type: 'cluster' as const }, principalArn: nodes },
    ];
    for (const change of wrong) {
      const command = new AssociateAccessPolicyCommand({ ...ofEntry, ...change });
      expect((await refusal(client.send(command))).name).toBe('InvalidParameterException');
    }
  });
});

describe('Pod Identity associations', () => {
  const roleArn = 'arn:aws:iam::111122223333:role/cart';
  const cart = { clusterName, namespace: 'shop', serviceAccount: 'cart', roleArn };
  const create = (change: object = {}) => new CreatePodIdentityAssociationCommand({ ...cart, ...change });

  it('are created, described, updated, listed and deleted', async () => {
    const { client, journal } = await startTestApi();
    const { association } = await client.send(create({ tags: { team: 'shop' } }));
    expect(association).toMatchObject({ ...cart, tags: { team: 'shop' }, disableSessionTags: false });
    expect(association?.associationId).toMatch(/^a-[0-9a-f]{17}$/);
    const one = { clusterName, associationId: association?.associationId };
    await client.send(create({ serviceAccount: 'search' }));
    const list = (narrowed: object = {}) =>
      client.send(new ListPodIdentityAssociationsCommand({ clusterName, ...narrowed }));
    expect((await list()).associations).toHaveLength(2);
    expect((await list({ serviceAccount: 'cart' })).associations).toMatchObject([
      { associationId: one.associationId, namespace: 'shop', serviceAccount: 'cart' },
    ]);
    expect((await list({ namespace: 'other' })).associations).toEqual([]);
    const targetRoleArn = 'arn:aws:iam::999900001111:role/elsewhere';
    await client.send(new UpdatePodIdentityAssociationCommand({ ...one, targetRoleArn }));
    const described = await client.send(new DescribePodIdentityAssociationCommand(one));
    expect(described.association).toMatchObject({ roleArn, targetRoleArn });
    expect(described.association?.externalId).toBeDefined();
    await client.send(new DeletePodIdentityAssociationCommand(one));
    expect((await refusal(client.send(new DescribePodIdentityAssociationCommand(one)))).name).toBe(
      'ResourceNotFoundException',
    );
    expect(journal[0]).toMatchObject({ resource: 'cluster/demo/pod-identity/shop/cart' });
  });

  it('are one for each service account', async () => {
    const { client } = await startTestApi();
    await client.send(create());
    expect(await refusal(client.send(create({ roleArn: `${roleArn}-2` })))).toMatchObject({
      name: 'ResourceInUseException',
      code: 409,
    });
  });

  it('and access entries may be there from the start', async () => {
    const { client } = await startTestApi({
      state: exampleState({
        accessEntries: [{ principalArn, policies: [{ policyArn: policy('AmazonEKSViewPolicy') }] }],
        podIdentityAssociations: [{ namespace: 'shop', serviceAccount: 'cart', roleArn }],
      }),
    });
    expect((await client.send(listEntries)).accessEntries).toEqual([principalArn]);
    const { associations } = await client.send(new ListPodIdentityAssociationsCommand({ clusterName }));
    expect(associations).toMatchObject([{ serviceAccount: 'cart' }]);
  });
});
