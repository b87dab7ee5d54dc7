import {
  DescribeAddonCommand,
  DescribeClusterCommand,
  EKSClient,
  UpdateAddonCommand,
  UpdateClusterVersionCommand,
} from '@aws-sdk/client-eks';
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { describe, expect, it } from 'vitest';
import type { CallInterruption } from '../../eks-api/index.ts';
import { accessKey, refusal, region, startTestApi } from './startTestApi.ts';

const look = new DescribeClusterCommand({ name: 'demo' });
const upgrade = (clientRequestToken: string) =>
  new UpdateClusterVersionCommand({ name: 'demo', version: '1.32', clientRequestToken });

describe('authentication', () => {
  it('refuses an unknown access key', async () => {
    const { connect } = await startTestApi();
    const stranger = connect({ credentials: { accessKeyId: 'AKIASTRANGER', secretAccessKey: 'secret' } });
    expect(await refusal(stranger.send(look))).toEqual({
      name: 'UnrecognizedClientException',
      code: 403,
      message: 'The security token included in the request is invalid.',
    });
  });

  it('refuses credentials whose time is over', async () => {
    let expired = true;
    const { api, connect, client } = await startTestApi({ credentialsExpired: () => expired });
    expect(await refusal(client.send(look))).toMatchObject({ name: 'ExpiredTokenException', code: 403 });
    expired = false;
    await client.send(look);
    api.accessKeys.add({ ...accessKey, accessKeyId: 'ASIAOLD', expiresAt: new Date(Date.now() - 1000) });
    const late = connect({ credentials: { accessKeyId: 'ASIAOLD', secretAccessKey: 'secret' } });
    expect(await refusal(late.send(look))).toMatchObject({ name: 'ExpiredTokenException', code: 403 });
  });

  it('refuses a request without a signature, and one whose signature can not be read', async () => {
    const { api } = await startTestApi();
    const missing = await fetch(`${api.url}/clusters/demo`);
    expect([missing.status, missing.headers.get('x-amzn-errortype')]).toEqual([
      403,
      'MissingAuthenticationTokenException',
    ]);
    const odd = await fetch(`${api.url}/clusters/demo`, { headers: { authorization: 'Bearer abc' } });
    expect(odd.headers.get('x-amzn-errortype')).toBe('IncompleteSignatureException');
  });

  it('refuses single operations, by name', async () => {
    const { client, infrastructure, journal } = await startTestApi({
      isDenied: (operation) => operation === 'UpdateClusterVersion',
    });
    await client.send(look);
    const refused = await refusal(client.send(upgrade('token')));
    expect(refused).toMatchObject({ name: 'AccessDeniedException', code: 403 });
    expect(refused.message).toContain('eks:UpdateClusterVersion');
    expect(infrastructure.log).toEqual([]);
    expect(journal).toMatchObject([{ outcome: 'refused', error: { name: 'AccessDeniedException' } }]);
  });

  it('takes the credentials of a role that was assumed', async () => {
    const { api, connect } = await startTestApi();
    const assume = (RoleArn: string) =>
      fromTemporaryCredentials({
        masterCredentials: accessKey,
        params: { RoleArn, RoleSessionName: 'test' },
        clientConfig: { endpoint: api.url, region },
      });
    const assumed = connect({ credentials: assume('arn:aws:iam::111122223333:role/upgrader') });
    expect((await assumed.send(look)).cluster?.name).toBe('demo');
    const foreign = connect({ credentials: assume('arn:aws:iam::999900001111:role/upgrader') });
    expect(await refusal(foreign.send(look))).toMatchObject({ name: 'AccessDenied' });
  });
});

describe('faults', () => {
  const throttle: CallInterruption = {
    kind: 'status',
    code: 429,
    reason: 'TooManyRequests',
    message: 'Rate exceeded',
  };

  it.each<[string, CallInterruption, string]>([
    ['a throttle', throttle, 'ThrottlingException'],
    ['a 500', { ...throttle, code: 500 }, 'ServerException'],
    ['a 503', { ...throttle, code: 503 }, 'ServiceUnavailableException'],
  ])('%s is what the SDK tries again', async (_name, fault, name) => {
    const faults = [fault, fault, fault];
    const { client, connect } = await startTestApi({ onCall: () => faults.shift() });
    expect(await refusal(client.send(look))).toMatchObject({
      name,
      code: fault.kind === 'status' && fault.code,
    });
    const patient = connect({ maxAttempts: 4 });
    const { $metadata } = await patient.send(look);
    expect($metadata.attempts).toBe(3);
  });

  it('a reset connection is tried again, and the request is not lost', async () => {
    const faults: CallInterruption[] = [{ kind: 'reset', when: 'before' }];
    const { connect, journal } = await startTestApi({ onCall: () => faults.shift() });
    await connect({ maxAttempts: 3 }).send(upgrade('token'));
    expect(journal.map(({ outcome }) => outcome)).toEqual(['applied']);
  });

  it('an answer that is lost does not make the update happen twice', async () => {
    const faults: CallInterruption[] = [{ kind: 'reset', when: 'after' }];
    const { connect, journal, infrastructure } = await startTestApi({ onCall: () => faults.shift() });
    const { update } = await connect({ maxAttempts: 3 }).send(upgrade('token'));
    expect(journal.map(({ outcome, updateId }) => [outcome, updateId])).toEqual([
      ['applied', update?.id],
      ['repeated', update?.id],
    ]);
    expect(infrastructure.log).toEqual(['upgrade 1.32']);
  });

  it('is asked for by the name of the operation, and written down for mutations', async () => {
    const asked: string[] = [];
    const { client, journal } = await startTestApi({
      onCall: (operation) => {
        asked.push(operation);
        return operation === 'UpdateClusterVersion' ? throttle : undefined;
      },
    });
    await client.send(look);
    await refusal(client.send(upgrade('token')));
    expect(asked).toEqual(['DescribeCluster', 'UpdateClusterVersion']);
    expect(journal).toMatchObject([
      { outcome: 'refused', clientRequestToken: 'token', error: { name: 'ThrottlingException' } },
    ]);
  });
});

describe('the journal', () => {
  it('tells what was asked for, without secrets', async () => {
    const { client, journal } = await startTestApi();
    const configurationValues = '{"password":"hunter2"}';
    const { update } = await client.send(
      new UpdateAddonCommand({
        clusterName: 'demo',
        addonName: 'coredns',
        addonVersion: 'v1.11.4-eksbuild.2',
        clientRequestToken: 'token',
        configurationValues,
      }),
    );
    await client.send(new DescribeAddonCommand({ clusterName: 'demo', addonName: 'coredns' }));
    expect(journal).toEqual([
      {
        at: expect.stringMatching(/^\d{4}-.*Z$/),
        operation: 'UpdateAddon',
        resource: 'cluster/demo/add-on/coredns',
        cluster: 'demo',
        clientRequestToken: 'token',
        parameters: { addonVersion: 'v1.11.4-eksbuild.2', configurationValues: '(22 characters)' },
        outcome: 'applied',
        updateId: update?.id,
      },
    ]);
  });
});

describe('what is not EKS', () => {
  it('is refused with an error of its own', async () => {
    const { api } = await startTestApi();
    const unknown = await fetch(`${api.url}/fargate`);
    expect([unknown.status, unknown.headers.get('x-amzn-errortype')]).toEqual([
      404,
      'UnknownOperationException',
    ]);
    const broken = await fetch(`${api.url}/clusters/demo/updates`, {
      method: 'POST',
      body: '{"version":',
      headers: {
        authorization: `AWS4-HMAC-SHA256 Credential=${accessKey.accessKeyId}/20260101/${region}/eks/aws4_request, SignedHeaders=host, Signature=00`,
      },
    });
    expect([broken.status, broken.headers.get('x-amzn-errortype')]).toEqual([400, 'SerializationException']);
  });

  it('can not be reached once it is closed', async () => {
    const { api } = await startTestApi();
    await api.close();
    const client = new EKSClient({ endpoint: api.url, region, credentials: accessKey, maxAttempts: 1 });
    await expect(client.send(look)).rejects.toThrow(/ECONNREFUSED/);
    client.destroy();
  });
});
