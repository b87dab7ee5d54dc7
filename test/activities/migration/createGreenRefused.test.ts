import { CreateClusterCommand, EKSClient } from '@aws-sdk/client-eks';
import { CancelledFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { activityEnvironment } from '../environment.ts';
import { longEnough } from '../simulated.ts';
import { madeBy, name, startGreen, waiting } from './startGreen.ts';
import type { Green } from './startGreen.ts';

/** Lets somebody else create a cluster of green's name. */
async function takeName({ simulator }: Green, version = '1.34', tags: Record<string, string> = {}) {
  const client = new EKSClient({ region: 'ap-northeast-1' });
  try {
    await client.send(
      new CreateClusterCommand({
        ...{ name, version, tags },
        roleArn: 'arn:aws:iam::123456789012:role/other',
        resourcesVpcConfig: { subnetIds: simulator.eks.cluster.subnets.map(({ id }) => id) },
        accessConfig: { authenticationMode: 'API' },
      }),
    );
  } finally {
    client.destroy();
  }
}

const wait = ({ go, context: blue }: Green, other: object = {}) =>
  go('awaitGreenCluster', { blue, cluster: name, ...waiting, ...other });

describe('a new cluster that can not be made', () => {
  it.each([
    ['nobody of us', {}, /was not made by Stepladder/],
    ['another migration', { 'stepladder/made-by': 'another' }, /was made by another/],
  ])('because its name was taken by %s is refused, and left alone', async (_who, tags, whose) => {
    const green = await startGreen();
    await takeName(green, '1.34', tags);
    await expect(green.create()).rejects.toMatchObject({
      type: 'PlatformRefused',
      message: expect.stringMatching(whose),
    });
    await expect(green.create()).rejects.toThrow(/migration\.green\.name/);
    await expect(green.remove()).rejects.toMatchObject({
      type: 'PlatformRefused',
      message: expect.stringMatching(whose),
    });
    expect(green.record().cluster.tags).toEqual(tags);
  });

  it("has not the old one's name", async () => {
    const green = await startGreen();
    await expect(green.create({ stage: { ...green.stage, cluster: 'demo' } })).rejects.toMatchObject({
      type: 'PlatformRefused',
      message: expect.stringContaining("can't have the old one's name"),
    });
  });

  it('is named as one that is there already, and is not there or is at another version', async () => {
    const green = await startGreen();
    const stage = { ...green.stage, create: false };
    await expect(green.create({ stage })).rejects.toThrow(/There is no cluster demo-1-34/);
    await takeName(green, '1.33');
    await expect(green.create({ stage })).rejects.toThrow(/is at 1\.33, and the plan goes to 1\.34/);
    expect(green.record().cluster.version).toBe('1.33');
  });

  it('because EKS fails says why, is removed, and made again', async () => {
    const green = await startGreen();
    const { faults } = green.simulator.cluster;
    const end = faults.turnOn({
      updates: [{ kind: 'ClusterCreation', code: 'Ec2SubnetInvalid', message: 'the subnet is full' }],
    });
    await green.create();
    const outcome = await wait(green);
    expect(outcome).toMatchObject({
      state: 'failed',
      line: expect.stringMatching(/FAILED.*the subnet is full/),
    });
    end();
    expect(await green.remove()).toMatchObject({ state: 'gone' });
    await green.create({ attempt: 2 });
    expect(await wait(green)).toMatchObject({ state: 'active' });
  });

  it('yet is waited for only so long, and is not begun anew while it is being deleted', async () => {
    const green = await startGreen({ speed: 1 });
    await green.create();
    expect(await wait(green, { timeoutMs: 1 })).toEqual({
      state: 'still-running',
      line: `cluster ${name}: CREATING`,
    });
    green.simulator.clusters.setSpeed(6_000);
    expect(await wait(green)).toMatchObject({ state: 'active' });
    green.simulator.clusters.setSpeed(1);
    await green.remove({ timeoutMs: 1 });
    await expect(green.create()).rejects.toMatchObject({ type: 'UpdateInProgress' });
    expect(await wait(green)).toMatchObject({ state: 'failed', line: `cluster ${name}: DELETING` });
  });

  it('is waited for until the wait is cancelled', async () => {
    const green = await startGreen({ speed: 1 });
    await green.create();
    const environment = activityEnvironment(longEnough);
    const beaten = new Promise((resolve) => environment.once('heartbeat', resolve));
    const outcome = green.go(
      'awaitGreenCluster',
      { blue: green.context, cluster: name, ...waiting },
      environment,
    );
    await beaten;
    environment.cancel();
    await expect(outcome).rejects.toBeInstanceOf(CancelledFailure);
  });

  it('for want of a permission names it', async () => {
    const green = await startGreen();
    await green.deny('CreateCluster');
    await expect(green.create()).rejects.toMatchObject({
      type: 'CredentialsRefused',
      message: expect.stringContaining('eks:CreateCluster'),
    });
  });
});

describe('what is put into a new cluster', () => {
  it('says which add-on EKS could not create', async () => {
    const green = await startGreen();
    const sides = await green.made();
    green.simulator.clusters.turnOnFaults(name, {
      updates: [{ kind: 'AddonCreation', name: 'kube-proxy', code: 'AccessDenied', message: 'no such role' }],
    });
    await green.go('createGreenAddons', { sides, stage: green.addons, madeBy });
    const outcome = await green.go('awaitGreenAddons', {
      green: sides.green,
      stage: green.addons,
      ...waiting,
    });
    expect(outcome.state).toBe('failed');
    expect(outcome.problems).toContainEqual(
      expect.stringMatching(/^add-on kube-proxy is CREATE_FAILED: .*no such role/),
    );
  });

  it('says which add-ons have no nodes to run on yet', async () => {
    const green = await startGreen();
    const sides = await green.made();
    await green.go('createGreenAddons', { sides, stage: green.addons, madeBy });
    const outcome = await green.go('awaitGreenAddons', {
      ...{ green: sides.green, stage: green.addons },
      ...{ timeoutMs: 1, pollMs: 1 },
    });
    expect(outcome.state).toBe('still-running');
    expect(outcome.problems).toContainEqual(expect.stringMatching(/^add-on coredns is (CREATING|DEGRADED)/));
  });

  it('gets no node group in the place of one that somebody else has made there', async () => {
    const green = await startGreen();
    const sides = await green.made();
    const stage = green.workers;
    await green.go('createGreenNodeGroups', { sides, stage, madeBy: 'another', runId: 'theirs' });
    await expect(
      green.go('createGreenNodeGroups', { sides, stage, madeBy, runId: 'first-run' }),
    ).rejects.toMatchObject({
      type: 'PlatformRefused',
      message: expect.stringMatching(/Node group general.*was made by another/),
    });
  });

  it('leaves alone who somebody else has let in to a cluster that was there', async () => {
    const green = await startGreen();
    const sides = await green.made();
    const stage = { ...green.stage, create: false };
    const [operator = ''] = stage.accessEntries;
    const others = { ...green.stage, accessEntries: [operator], podIdentities: [] };
    await green.go('grantGreenAccess', { sides, stage: others, madeBy: 'another' });
    green.record().accessEntries.get(operator)?.policies.clear();
    expect(await green.go('grantGreenAccess', { sides, stage, madeBy })).toEqual({ made: 2 });
    expect(green.record().accessEntries.get(operator)?.policies.size).toBe(0);
    // What we have made ourselves, and not to its end, is completed.
    const [, second = ''] = stage.accessEntries;
    green.record().accessEntries.get(second)?.policies.clear();
    expect(await green.go('grantGreenAccess', { sides, stage, madeBy })).toEqual({ made: 1 });
    // The same on a cluster that is ours brings back what is missing.
    expect(await green.go('grantGreenAccess', { sides, stage: green.stage, madeBy })).toEqual({ made: 1 });
    expect(green.record().accessEntries.get(operator)?.policies.size).toBe(2);
  });
});
