import { createHash } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { startSimulated } from './simulated.ts';

const cluster = { name: 'demo' };

describe('the first look at a cluster', () => {
  it('tells which one it is', async () => {
    const { run, simulator } = await startSimulated();
    const seen = await run('identifyCluster', { cluster });
    expect(seen).toEqual({
      identity: {
        arn: 'arn:aws:eks:ap-northeast-1:111122223333:cluster/demo',
        endpoint: simulator.kubernetesUrl,
        certificateAuthoritySha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
      version: '1.31',
      region: 'ap-northeast-1',
    });
    expect(await run('identifyCluster', { cluster })).toEqual(seen);
    expect(simulator.journal).toEqual([]);
  });

  it('works with a role that is assumed', async () => {
    const { run } = await startSimulated();
    const roleArn = 'arn:aws:iam::111122223333:role/upgrader';
    await expect(run('identifyCluster', { cluster: { ...cluster, roleArn } })).resolves.toMatchObject({
      version: '1.31',
    });
  });

  it.each([
    ['another name', { cluster: { name: 'prod' } }, 'ClusterNotFound', /no cluster prod.*cluster\.region/],
    [
      'a context that the kubeconfig does not have',
      { cluster: { name: 'demo', context: 'nowhere' } },
      'InvalidInput',
      /nowhere/,
    ],
  ])('says what is wrong with %s', async (_what, input, type, message) => {
    const { run } = await startSimulated();
    await expect(run('identifyCluster', input)).rejects.toMatchObject({
      type,
      nonRetryable: true,
      message: expect.stringMatching(message),
    });
  });

  it('says what is not allowed', async () => {
    const { run, deny } = await startSimulated();
    await deny('DescribeCluster');
    await expect(run('identifyCluster', { cluster })).rejects.toMatchObject({
      type: 'CredentialsRefused',
      message: expect.stringMatching(/Allow them eks:DescribeCluster/),
    });
  });

  it('says that credentials have expired', async () => {
    const { run, simulator } = await startSimulated();
    simulator.cluster.faults.refuseCredentials(true);
    await expect(run('identifyCluster', { cluster })).rejects.toMatchObject({ type: 'CredentialsRefused' });
  });

  it('says that AWS does not know the key', async () => {
    const { run } = await startSimulated();
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIANOBODY');
    await expect(run('identifyCluster', { cluster })).rejects.toMatchObject({ type: 'CredentialsRefused' });
  });

  it('says that the Kubernetes API is out of reach', async () => {
    const { run, simulator } = await startSimulated();
    simulator.cluster.faults.turnOn({ calls: [{ surface: 'kubernetes', kind: 'reset' }] });
    await expect(run('identifyCluster', { cluster })).rejects.toMatchObject({
      type: 'Unreachable',
      message: expect.stringContaining(`Kubernetes API of cluster demo at ${simulator.kubernetesUrl}`),
    });
  });

  it.each(['CREATING', 'DELETING', 'FAILED', 'UPDATING'] as const)(
    'refuses one that is %s',
    async (status) => {
      const { run, simulator } = await startSimulated();
      simulator.eks.cluster.status = status;
      await expect(run('identifyCluster', { cluster })).rejects.toMatchObject({
        type: 'ClusterNotActive',
        message: expect.stringMatching(new RegExp(`is ${status}.*Nothing was touched`)),
      });
    },
  );

  it('names the update that EKS is at', async () => {
    const { run, simulator, otherUpdate } = await startSimulated({ speed: 1 });
    const updateId = await otherUpdate({ type: 'LoggingUpdate', seconds: 3_600 });
    simulator.eks.cluster.status = 'UPDATING';
    await expect(run('identifyCluster', { cluster })).rejects.toMatchObject({
      type: 'ClusterNotActive',
      message: expect.stringContaining(`LoggingUpdate ${updateId}`),
    });
  });

  it('goes on with one whose version EKS is updating already', async () => {
    const { run, context, simulator } = await startSimulated({ speed: 1 });
    await run('startControlPlaneUpdate', { context, to: '1.32', force: false, runId: 'r', attempt: 1 });
    expect(simulator.eks.cluster.status).toBe('UPDATING');
    await expect(run('identifyCluster', { cluster })).resolves.toMatchObject({ version: '1.31' });
  });
});

describe('the right cluster', () => {
  it.each([
    ['ARN', { arn: 'arn:aws:eks:ap-northeast-1:444455556666:cluster/demo' }],
    ['endpoint', { endpoint: 'https://elsewhere.example.com' }],
    ['certificate authority', { certificateAuthoritySha256: createHash('sha256').update('').digest('hex') }],
  ])('is refused when its %s is another', async (what, other) => {
    const { run, context, simulator } = await startSimulated();
    const wrong = { ...context, identity: { ...context.identity, ...other } };
    await expect(
      run('startControlPlaneUpdate', { context: wrong, to: '1.32', force: false, runId: 'r', attempt: 1 }),
    ).rejects.toMatchObject({ type: 'WrongCluster', message: expect.stringContaining(what) });
    await expect(run('takeBaseline', { context: wrong })).rejects.toMatchObject({ type: 'WrongCluster' });
    expect(simulator.journal).toEqual([]);
  });
});
