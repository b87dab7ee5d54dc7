import { describe, expect, it } from 'vitest';
import { clientToken } from '../../src/activities/clientToken.ts';
import type { Activities } from '../../src/activities/types.ts';
import { startSimulated } from './simulated.ts';
import type { Simulated } from './simulated.ts';

type Starter = 'startControlPlaneUpdate' | 'startAddonUpdate' | 'startNodeGroupUpdate';

const again = { runId: 'first-run', attempt: 1 };
const inputs: [
  Starter,
  string,
  object,
  { kind: 'control-plane' } | { kind: 'add-on' | 'node-group'; name: string },
][] = [
  [
    'startControlPlaneUpdate',
    'UpdateClusterVersion',
    { to: '1.32', force: false },
    { kind: 'control-plane' },
  ],
  [
    'startAddonUpdate',
    'UpdateAddon',
    { name: 'coredns', to: 'v1.11.4-eksbuild.14', resolveConflicts: 'PRESERVE' },
    { kind: 'add-on', name: 'coredns' },
  ],
  [
    'startNodeGroupUpdate',
    'UpdateNodegroupVersion',
    { nodeGroup: 'platform', to: '1.31' },
    { kind: 'node-group', name: 'platform' },
  ],
];

function start({ run, context }: Simulated, name: Starter, input: object) {
  return run(name, { context, ...again, ...input } as Parameters<Activities[Starter]>[0]);
}

/** Node groups that are a minor behind, so that they can be rolled at once. */
const scenario = {
  nodeGroups: [{ name: 'platform', size: 1, version: '1.30', labels: { workload: 'platform' } }],
  workloads: [],
};

describe.each(inputs)('%s', (name, operation, input, target) => {
  it('starts an update once, adopts it while it runs, and is content when it is done', async () => {
    const simulated = await startSimulated({ speed: 1, scenario });
    const { simulator, run, context } = simulated;
    const first = await start(simulated, name, input);
    expect(first).toEqual({ state: 'started', updateId: expect.any(String) });
    expect(await start(simulated, name, input)).toEqual({ ...first, state: 'adopted' });
    simulator.cluster.clock.setSpeed(5_000);
    const updateId = 'updateId' in first ? first.updateId : '';
    await expect(
      run('awaitUpdate', { context, target, updateId, timeoutMs: 100_000, pollMs: 50 }),
    ).resolves.toMatchObject({ status: 'Successful', errors: [] });
    expect(await start(simulated, name, input)).toEqual({ state: 'already-done' });
    expect(simulated.applied().map((line) => line.split(' ')[0])).toEqual([operation]);
  });

  it('sends the same token when the answer was lost', async () => {
    const simulated = await startSimulated({ speed: 1, scenario });
    simulated.simulator.cluster.faults.turnOn({
      calls: [{ surface: 'eks', operation, kind: 'reset', count: 2 }],
    });
    const { state } = await start(simulated, name, input);
    expect(state).toBe('started');
    const sent = simulated.simulator.journal.filter((record) => record.operation === operation);
    expect(new Set(sent.map(({ clientRequestToken }) => clientRequestToken)).size).toBe(1);
    expect(sent.filter(({ outcome }) => outcome === 'applied')).toHaveLength(1);
  });

  it('says what is not allowed', async () => {
    const simulated = await startSimulated({ speed: 1, scenario });
    await simulated.deny(operation);
    await expect(start(simulated, name, input)).rejects.toMatchObject({
      type: 'CredentialsRefused',
      message: expect.stringContaining(`eks:${operation}`),
    });
    expect(simulated.applied()).toEqual([]);
  });
});

describe('updates that are not ours', () => {
  it('are named and waited for', async () => {
    const simulated = await startSimulated({ speed: 1, scenario });
    const updateId = await simulated.otherUpdate({ type: 'LoggingUpdate', seconds: 3_600 });
    await expect(
      start(simulated, 'startControlPlaneUpdate', { to: '1.32', force: false }),
    ).rejects.toMatchObject({
      type: 'UpdateInProgress',
      message: expect.stringContaining(`LoggingUpdate ${updateId}`),
      nonRetryable: true,
    });
    expect(simulated.applied()).toEqual([]);
  });

  it('of a node group are told from its roll', async () => {
    const simulated = await startSimulated({ speed: 1, scenario });
    const updateId = await simulated.otherUpdate({
      type: 'ConfigUpdate',
      seconds: 3_600,
      nodegroupName: 'platform',
    });
    await expect(
      start(simulated, 'startNodeGroupUpdate', { nodeGroup: 'platform', to: '1.31' }),
    ).rejects.toMatchObject({ type: 'UpdateInProgress', message: expect.stringContaining(updateId) });
  });
});

describe('what EKS refuses', () => {
  it.each([
    ['a skipped version', 'startControlPlaneUpdate', { to: '1.33', force: false }, /1\.33/],
    [
      'a node group newer than its control plane',
      'startNodeGroupUpdate',
      { nodeGroup: 'platform', to: '1.32' },
      /1\.32/,
    ],
    ['a node group that is not there', 'startNodeGroupUpdate', { nodeGroup: 'nobody', to: '1.31' }, /nobody/],
    [
      'an add-on version that it does not offer',
      'startAddonUpdate',
      { name: 'coredns', to: 'v9.9.9-eksbuild.1', resolveConflicts: 'NONE' },
      /v9\.9\.9/,
    ],
  ] as const)('%s', async (_what, name, input, message) => {
    const simulated = await startSimulated({ speed: 1, scenario });
    await expect(start(simulated, name, input)).rejects.toMatchObject({
      type: 'PlatformRefused',
      message: expect.stringMatching(message),
    });
    expect(simulated.applied()).toEqual([]);
  });

  it('a readiness insight, unless it is overridden', async () => {
    const insights = [{ name: 'Deprecated APIs', kubernetesVersion: '1.32', status: 'ERROR' }];
    const simulated = await startSimulated({ speed: 1, scenario: { ...scenario, insights } });
    await expect(
      start(simulated, 'startControlPlaneUpdate', { to: '1.32', force: false }),
    ).rejects.toMatchObject({
      type: 'PlatformRefused',
      message: expect.stringContaining('overrideInsights'),
    });
    await expect(
      start(simulated, 'startControlPlaneUpdate', { to: '1.32', force: true }),
    ).resolves.toMatchObject({ state: 'started' });
  });

  it('an update of a cluster that has failed', async () => {
    const simulated = await startSimulated({ speed: 1, scenario });
    simulated.simulator.eks.cluster.status = 'FAILED';
    await expect(
      start(simulated, 'startControlPlaneUpdate', { to: '1.32', force: false }),
    ).rejects.toMatchObject({ type: 'ClusterNotActive' });
  });
});

describe('an update that failed', () => {
  it('is given back for the same attempt and started anew for the next', async () => {
    const simulated = await startSimulated({ speed: 5_000, scenario });
    const { run, context, simulator } = simulated;
    simulator.cluster.faults.turnOn({
      updates: [{ kind: 'VersionUpdate', code: 'IpNotAvailable', message: 'no addresses left', count: 1 }],
    });
    const input = { to: '1.32', force: false };
    const wait = (updateId: string) =>
      run('awaitUpdate', {
        context,
        target: { kind: 'control-plane' },
        updateId,
        timeoutMs: 100_000,
        pollMs: 20,
      });
    const first = (await start(simulated, 'startControlPlaneUpdate', input)) as { updateId: string };
    expect(await wait(first.updateId)).toMatchObject({
      status: 'Failed',
      errors: [{ code: 'IpNotAvailable', message: 'no addresses left' }],
    });
    expect(await start(simulated, 'startControlPlaneUpdate', input)).toEqual(first);
    const second = (await start(simulated, 'startControlPlaneUpdate', {
      ...input,
      attempt: 2,
    })) as typeof first;
    expect(second.updateId).not.toBe(first.updateId);
    expect(await wait(second.updateId)).toMatchObject({ status: 'Successful' });
  });
});

describe('client tokens', () => {
  it('differ by run, step, target and attempt, and fit what EKS takes', () => {
    const tokens = [
      clientToken('r', 's', ['t'], 1),
      clientToken('r2', 's', ['t'], 1),
      clientToken('r', 's2', ['t'], 1),
      clientToken('r', 's', ['t2'], 1),
      clientToken('r', 's', ['t', ''], 1),
      clientToken('r', 's', ['t'], 2),
    ];
    expect(new Set(tokens).size).toBe(tokens.length);
    for (const token of tokens) expect(token).toMatch(/^[!-~]{1,64}$/);
    expect(clientToken('r', 's', ['t'], 1)).toBe(tokens[0]);
  });
});
