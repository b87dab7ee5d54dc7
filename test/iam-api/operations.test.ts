import {
  CreateOpenIDConnectProviderCommand,
  DeleteOpenIDConnectProviderCommand,
  GetOpenIDConnectProviderCommand,
  GetRoleCommand,
  IAMClient,
  ListOpenIDConnectProvidersCommand,
  TagOpenIDConnectProviderCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { MutationRecord } from '../../eks-api/index.ts';
import { startIamApi } from '../../iam-api/index.ts';
import type { IamApiOptions } from '../../iam-api/index.ts';

const account = '111122223333';
const role = `arn:aws:iam::${account}:role/apps/orders`;
const providerOf = (name: string) => `arn:aws:iam::${account}:oidc-provider/${name}`;
const accessKey = {
  accessKeyId: 'AKIAEXAMPLE',
  secretAccessKey: 'secret',
  principalArn: `arn:aws:iam::${account}:user/tester`,
};
const trustPolicy = {
  Version: '2012-10-17',
  Statement: [{ Sid: 'A&B', Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }],
};
const said = (...statements: object[]) => JSON.stringify({ ...trustPolicy, Statement: statements });

async function startTestIam(options: Partial<IamApiOptions> = {}) {
  const journal: MutationRecord[] = [];
  const api = await startIamApi({
    setup: {
      account,
      roles: [{ arn: role, trustPolicy }],
      providers: [{ url: 'https://issuer.example/id/BLUE', clientIds: ['sts.amazonaws.com'] }],
    },
    accessKeys: [accessKey],
    onMutation: (record) => journal.push(record),
    ...options,
  });
  const client = new IAMClient({
    endpoint: api.url,
    region: 'us-east-1',
    credentials: accessKey,
    maxAttempts: 1,
  });
  onTestFinished(async () => {
    client.destroy();
    await api.close();
  });
  return { client, journal, store: api.store };
}

describe('a role', () => {
  it('is read with its trust policy as IAM encodes it', async () => {
    const { client } = await startTestIam();
    const { Role: found } = await client.send(new GetRoleCommand({ RoleName: 'orders' }));
    expect(found).toMatchObject({ Arn: role, Path: '/apps/', RoleName: 'orders' });
    expect(found?.CreateDate).toBeInstanceOf(Date);
    expect(JSON.parse(decodeURIComponent(found?.AssumeRolePolicyDocument ?? ''))).toEqual(trustPolicy);
  });

  it('gets another trust policy', async () => {
    const { client, journal } = await startTestIam();
    const policy = said({ Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' });
    await client.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'orders', PolicyDocument: policy }));
    const { Role: found } = await client.send(new GetRoleCommand({ RoleName: 'orders' }));
    expect(decodeURIComponent(found?.AssumeRolePolicyDocument ?? '')).toBe(policy);
    expect(journal).toMatchObject([
      { operation: 'UpdateAssumeRolePolicy', resource: 'orders', outcome: 'applied' },
    ]);
  });

  it.each([
    ['no JSON', '{', 'MalformedPolicyDocumentException'],
    ['no statement', said(), 'MalformedPolicyDocumentException'],
    ['nobody whom it is for', said({ Effect: 'Allow' }), 'MalformedPolicyDocumentException'],
    [
      'a Sid with other characters',
      said({ Sid: 'a-b', Effect: 'Allow', Principal: '*' }),
      'MalformedPolicyDocumentException',
    ],
    [
      'a Sid twice',
      said({ Sid: 'a', Effect: 'Allow', Principal: '*' }, { Sid: 'a', Effect: 'Allow', Principal: '*' }),
      'MalformedPolicyDocumentException',
    ],
    [
      'more characters than its quota',
      said({ Effect: 'Allow', Principal: { AWS: 'x'.repeat(2_000) } }),
      'LimitExceededException',
    ],
  ])('refuses a trust policy with %s', async (_what, PolicyDocument, name) => {
    const { client, store } = await startTestIam();
    await expect(
      client.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'orders', PolicyDocument })),
    ).rejects.toMatchObject({ name });
    expect(JSON.parse(store.findRole('orders').trustPolicy)).toEqual(trustPolicy);
  });

  it('that is not there is not found', async () => {
    const { client } = await startTestIam();
    await expect(client.send(new GetRoleCommand({ RoleName: 'nobody' }))).rejects.toMatchObject({
      name: 'NoSuchEntityException',
      $metadata: { httpStatusCode: 404 },
    });
  });
});

describe('an OIDC provider', () => {
  it('is made with its tags, read, tagged, listed, and deleted', async () => {
    const { client } = await startTestIam();
    const { OpenIDConnectProviderArn: arn } = await client.send(
      new CreateOpenIDConnectProviderCommand({
        Url: 'https://issuer.example/id/GREEN',
        ClientIDList: ['sts.amazonaws.com', 'me'],
        Tags: [{ Key: 'stepladder/made-by', Value: 'migrate' }],
      }),
    );
    expect(arn).toBe(providerOf('issuer.example/id/GREEN'));
    await client.send(
      new TagOpenIDConnectProviderCommand({
        OpenIDConnectProviderArn: arn,
        Tags: [{ Key: 'team', Value: 'shop' }],
      }),
    );
    expect(
      await client.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn })),
    ).toMatchObject({
      Url: 'issuer.example/id/GREEN',
      ClientIDList: ['sts.amazonaws.com', 'me'],
      Tags: [
        { Key: 'stepladder/made-by', Value: 'migrate' },
        { Key: 'team', Value: 'shop' },
      ],
    });
    const list = async () =>
      (await client.send(new ListOpenIDConnectProvidersCommand({}))).OpenIDConnectProviderList;
    expect(await list()).toEqual([{ Arn: providerOf('issuer.example/id/BLUE') }, { Arn: arn }]);
    // The second time it is not there, which is no error.
    for (let time = 0; time < 2; time += 1) {
      await client.send(new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn }));
    }
    expect(await list()).toEqual([{ Arn: providerOf('issuer.example/id/BLUE') }]);
    await expect(
      client.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn })),
    ).rejects.toMatchObject({ name: 'NoSuchEntityException' });
  });

  it.each([
    ['that is there already', 'https://issuer.example/id/BLUE', 'EntityAlreadyExistsException'],
    ['without TLS', 'http://issuer.example', 'InvalidInputException'],
  ])('%s is refused', async (_what, Url, name) => {
    const { client } = await startTestIam();
    await expect(client.send(new CreateOpenIDConnectProviderCommand({ Url }))).rejects.toMatchObject({
      name,
    });
  });
});

describe('a call', () => {
  const read = new GetRoleCommand({ RoleName: 'orders' });

  it('that is not allowed is denied', async () => {
    const { client } = await startTestIam({ isDenied: (operation) => operation === 'GetRole' });
    await expect(client.send(read)).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining('not authorized to perform: iam:GetRole'),
    });
  });

  it('with keys that nobody knows is refused', async () => {
    const { client } = await startTestIam({ accessKeys: [{ ...accessKey, accessKeyId: 'AKIAOTHER' }] });
    await expect(client.send(read)).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
  });

  it('can be struck by a fault', async () => {
    const { client } = await startTestIam({
      onCall: () => ({ kind: 'status', code: 429, reason: 'Throttling', message: 'Rate exceeded' }),
    });
    await expect(client.send(read)).rejects.toMatchObject({ $metadata: { httpStatusCode: 429 } });
  });
});
