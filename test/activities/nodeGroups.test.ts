import { CancelledFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { activityEnvironment } from './environment.ts';
import { longEnough, startSimulated } from './simulated.ts';
import type { Simulated } from './simulated.ts';

const like = 'general';
const nodeGroup = 'general-1-31';
const madeBy = 'upgrade/demo';
const common = { like, nodeGroup, to: '1.31', empty: false, madeBy, runId: 'first-run', attempt: 1 };
const waiting = { timeoutMs: 100_000, pollMs: 20 };

const create = (
  { run, context }: Simulated,
  other: Partial<typeof common> & { templateVersion?: string } = {},
) => run('createNodeGroup', { context, ...common, ...other });

const awaitNodes = ({ run, context }: Simulated, nodes: number, other: object = {}) =>
  run('awaitNodeGroupNodes', { context, nodeGroup, nodes, version: '1.31', ...waiting, ...other });

const remove = ({ run, context }: Simulated, because: { madeBy: string } | { retired: true } = { madeBy }) =>
  run('deleteNodeGroup', { context, nodeGroup, because, ...waiting });

describe('a node group in the place of another', () => {
  it('is like it, is noted as ours, gets its nodes, and is deleted again', async () => {
    const simulated = await startSimulated();
    const { run, context, simulator } = simulated;
    expect(await run('describeNodeGroup', { context, nodeGroup })).toMatchObject({
      exists: false,
      joined: 0,
    });
    expect(await create(simulated)).toEqual({ state: 'creating' });

    const old = simulator.eks.findNodeGroup(like);
    const made = simulator.eks.findNodeGroup(nodeGroup);
    for (const field of [
      'size',
      'instanceTypes',
      'amiType',
      'subnets',
      'labels',
      'taints',
      'updateConfig',
      'nodeRole',
      'capacityType',
    ] as const) {
      expect(made[field], field).toEqual(old[field]);
    }
    expect(made.tags).toEqual({
      ...old.tags,
      'stepladder/made-by': madeBy,
      'stepladder/in-place-of': like,
    });

    const nodes = old.size.desired;
    expect(await awaitNodes(simulated, nodes)).toEqual({ state: 'ready', ready: nodes, problems: [] });
    expect(await run('describeNodeGroup', { context, nodeGroup })).toEqual({
      exists: true,
      status: 'ACTIVE',
      size: old.size,
      joined: nodes,
      ready: nodes,
      schedulable: nodes,
      madeBy,
      healthIssues: [],
    });

    expect(await remove(simulated)).toEqual({ state: 'gone', problems: [] });
    expect(await remove(simulated)).toEqual({ state: 'gone', problems: [] });
    expect(simulated.applied()).toEqual([
      `CreateNodegroup cluster/demo/node-group/${nodeGroup}`,
      `DeleteNodegroup cluster/demo/node-group/${nodeGroup}`,
    ]);
  });

  it('is made once however often it is asked for', async () => {
    const simulated = await startSimulated();
    await create(simulated);
    expect(await create(simulated)).toEqual({ state: 'there-already' });
    expect(await create(simulated, { runId: 'other', attempt: 2 })).toEqual({ state: 'there-already' });
    expect(simulated.applied()).toHaveLength(1);
  });

  it('is made once when two workers do it at the same time', async () => {
    const simulated = await startSimulated();
    const states = await Promise.all([create(simulated), create(simulated, { attempt: 2 })]);
    expect(states.map(({ state }) => state).sort()).toEqual(['creating', 'there-already']);
    expect(simulated.applied()).toHaveLength(1);
  });

  it('can be made without nodes, and grow', async () => {
    const simulated = await startSimulated();
    const { run, context, simulator } = simulated;
    const { max } = simulator.eks.findNodeGroup(like).size;
    await create(simulated, { empty: true });
    expect(await awaitNodes(simulated, 0)).toMatchObject({ state: 'ready', ready: 0 });
    expect(simulator.eks.findNodeGroup(nodeGroup).size).toEqual({ min: 0, max, desired: 0 });

    const grow = { context, nodeGroup, size: { min: 0, max, desired: 2 }, runId: 'first-run', attempt: 1 };
    expect(await run('resizeNodeGroup', grow)).toMatchObject({ state: 'started' });
    expect(await awaitNodes(simulated, 2)).toMatchObject({ state: 'ready', ready: 2 });
    expect(await run('resizeNodeGroup', grow)).toEqual({ state: 'already-done' });
  });

  it('has the update settings that the other had before a roll changed them', async () => {
    const simulated = await startSimulated();
    const { run, context, simulator } = simulated;
    await run('changeUpdateSettings', {
      context,
      nodeGroup: like,
      before: { maxUnavailable: 1 },
      settings: { maxUnavailable: 2 },
      runId: 'first-run',
      attempt: 1,
    });
    await create(simulated);
    const { updateConfig, tags } = simulator.eks.findNodeGroup(nodeGroup);
    expect(updateConfig).toMatchObject({ maxUnavailable: 1 });
    expect(tags).not.toHaveProperty('stepladder/update-settings-before');
  });

  it('is not taken over from somebody else, nor deleted', async () => {
    const simulated = await startSimulated();
    await create(simulated, { madeBy: 'another' });
    await expect(create(simulated)).rejects.toMatchObject({
      type: 'PlatformRefused',
      message: expect.stringMatching(/general-1-31.*made by the upgrade another.*delete it/s),
    });
    await expect(remove(simulated)).rejects.toMatchObject({
      type: 'PlatformRefused',
      message: expect.stringContaining('was not made by the upgrade upgrade/demo'),
    });
    expect(simulated.applied()).toHaveLength(1);
  });

  it('is refused by EKS where it would be newer than the control plane', async () => {
    const simulated = await startSimulated();
    await expect(create(simulated, { to: '1.32' })).rejects.toMatchObject({
      type: 'PlatformRefused',
      message: expect.stringContaining("can't be newer than the cluster's Kubernetes version 1.31"),
    });
  });

  it('names the permission that is missing', async () => {
    const simulated = await startSimulated();
    await simulated.deny('CreateNodegroup');
    await expect(create(simulated)).rejects.toMatchObject({
      type: 'CredentialsRefused',
      message: expect.stringContaining('Allow them eks:CreateNodegroup'),
    });
  });

  it.each([
    ['never-joins', /NodeCreationFailure/],
    ['no-capacity', /AsgInstanceLaunchFailures.*InsufficientInstanceCapacity/],
  ] as const)('that does not get its nodes (%s) says so, and can be deleted', async (kind, why) => {
    const simulated = await startSimulated();
    simulated.simulator.cluster.faults.turnOn({ nodes: [{ nodeGroup, kind, count: 1 }] });
    await create(simulated);
    const { desired } = simulated.simulator.eks.findNodeGroup(nodeGroup).size;
    const outcome = await awaitNodes(simulated, desired);
    expect(outcome).toMatchObject({ state: 'failed', ready: desired - 1 });
    expect(outcome.problems.join('\n')).toMatch(/CREATE_FAILED/);
    expect(outcome.problems.join('\n')).toMatch(why);
    expect(await remove(simulated)).toMatchObject({ state: 'gone' });
  });

  it('that is being made is waited for only so long, and deleted when it is there', async () => {
    const simulated = await startSimulated({ speed: 1 });
    await create(simulated);
    expect(await awaitNodes(simulated, 1, { timeoutMs: 1 })).toMatchObject({ state: 'waiting', ready: 0 });
    simulated.simulator.cluster.clock.setSpeed(2_000);
    expect(await remove(simulated)).toMatchObject({ state: 'gone' });
  });

  it('is waited for until the wait is cancelled', async () => {
    const simulated = await startSimulated({ speed: 1 });
    await create(simulated);
    const environment = activityEnvironment(longEnough);
    const beaten = new Promise((resolve) => environment.once('heartbeat', resolve));
    const { context } = simulated;
    const input = { context, nodeGroup, nodes: 1, version: '1.31', ...waiting };
    const outcome = simulated.run('awaitNodeGroupNodes', input, environment);
    await beaten;
    environment.cancel();
    await expect(outcome).rejects.toBeInstanceOf(CancelledFailure);
  });
});
