import { describe, expect, it } from 'vitest';
import { updateSettingsNoteKey } from '../../src/activities/updateSettingsNote.ts';
import type { UpdateSettings } from '../../src/contract/plan.ts';
import { startSimulated } from './simulated.ts';
import type { Simulated } from './simulated.ts';

const nodeGroup = 'general';
const before: UpdateSettings = { maxUnavailable: 1 };
const settings: UpdateSettings = { maxUnavailable: 2, updateStrategy: 'MINIMAL' };
const common = { nodeGroup, before, runId: 'first-run', attempt: 1 };

function group({ simulator }: Simulated) {
  const { updateConfig, tags } = simulator.eks.findNodeGroup(nodeGroup);
  return { updateConfig, note: tags[updateSettingsNoteKey] };
}

async function change({ run, context }: Simulated, other: Partial<typeof common> = {}) {
  const started = await run('changeUpdateSettings', { context, ...common, settings, ...other });
  if (started.state === 'already-done') return started.state;
  const { status } = await run('awaitUpdate', {
    context,
    target: { kind: 'node-group', name: nodeGroup },
    updateId: started.updateId,
    timeoutMs: 100_000,
    pollMs: 20,
  });
  expect(status).toBe('Successful');
  return started.state;
}

function restore({ run, context }: Simulated) {
  return run('restoreUpdateSettings', { context, ...common, pollMs: 20 });
}

describe('update settings of a node group', () => {
  it('are changed with a note of what they were, and put back without one', async () => {
    const simulated = await startSimulated();
    const { run, context } = simulated;
    expect(await run('readUpdateSettings', { context, nodeGroup })).toEqual(before);

    expect(await change(simulated)).toBe('started');
    expect(group(simulated)).toMatchObject({ updateConfig: settings, note: 'maxUnavailable=1' });
    expect(await change(simulated)).toBe('already-done');
    expect(await run('readUpdateSettings', { context, nodeGroup })).toEqual(before);

    await restore(simulated);
    expect(group(simulated).note).toBeUndefined();
    expect(group(simulated).updateConfig).toMatchObject({ maxUnavailable: 1 });
    const applied = simulated.applied().length;
    await restore(simulated);
    expect(simulated.applied()).toHaveLength(applied);
  });

  it('are noted before they are changed', async () => {
    const simulated = await startSimulated();
    await change(simulated);
    expect(simulated.applied().map((line) => line.split(' ')[0])).toEqual([
      'TagResource',
      'UpdateNodegroupConfig',
    ]);
  });

  it('come back as they were before the upgrade that was terminated, not as it left them', async () => {
    const simulated = await startSimulated();
    await change(simulated);
    const now = { maxUnavailable: 5 };
    const started = await simulated.run('changeUpdateSettings', {
      context: simulated.context,
      ...common,
      runId: 'second-run',
      before: settings,
      settings: now,
    });
    expect(started.state).toBe('started');
    expect(group(simulated).note).toBe('maxUnavailable=1');
  });

  it('can be changed and put back again and again in one upgrade', async () => {
    const simulated = await startSimulated();
    for (let roll = 0; roll < 3; roll += 1) {
      expect(await change(simulated)).toBe('started');
      expect(group(simulated).updateConfig).toMatchObject(settings);
      await restore(simulated);
      expect(group(simulated)).toMatchObject({ updateConfig: { maxUnavailable: 1 }, note: undefined });
    }
  });

  it('are adopted when the change is under way', async () => {
    const simulated = await startSimulated({ speed: 1 });
    const { run, context } = simulated;
    const first = await run('changeUpdateSettings', { context, ...common, settings });
    const second = await run('changeUpdateSettings', { context, ...common, settings });
    expect(second).toEqual({ ...first, state: 'adopted' });
    expect(simulated.applied()).toHaveLength(2);
  });

  it('that are a percentage come back as one', async () => {
    const simulated = await startSimulated();
    const { run, context, simulator } = simulated;
    const platform = { ...common, nodeGroup: 'platform', before: { maxUnavailablePercentage: 34 } };
    const started = await run('changeUpdateSettings', {
      context,
      ...platform,
      settings: { maxUnavailable: 2 },
    });
    await run('awaitUpdate', {
      context,
      target: { kind: 'node-group', name: 'platform' },
      updateId: 'updateId' in started ? started.updateId : '',
      timeoutMs: 100_000,
      pollMs: 20,
    });
    await run('restoreUpdateSettings', { context, ...platform, pollMs: 20 });
    const { updateConfig, tags } = simulator.eks.findNodeGroup('platform');
    expect(updateConfig).toMatchObject({ maxUnavailablePercentage: 34 });
    expect(updateConfig).not.toHaveProperty('maxUnavailable');
    expect(tags).not.toHaveProperty(updateSettingsNoteKey);
  });

  it('keep their note when they could not be put back', async () => {
    const simulated = await startSimulated();
    await change(simulated);
    simulated.simulator.cluster.faults.turnOn({
      updates: [{ kind: 'NodegroupConfigUpdate', code: 'InternalFailure', count: 1 }],
    });
    await expect(restore(simulated)).rejects.toMatchObject({
      type: 'UpdateFailed',
      message: expect.stringMatching(/InternalFailure.*stepladder\/update-settings-before/),
    });
    expect(group(simulated).note).toBe('maxUnavailable=1');
    await simulated.run('restoreUpdateSettings', {
      context: simulated.context,
      ...common,
      attempt: 2,
      pollMs: 20,
    });
    expect(group(simulated)).toMatchObject({ updateConfig: { maxUnavailable: 1 }, note: undefined });
  });

  it('have nothing to come back to when the group is gone', async () => {
    const { run, context } = await startSimulated();
    await expect(
      run('restoreUpdateSettings', { context, ...common, nodeGroup: 'gone', pollMs: 20 }),
    ).resolves.toBeUndefined();
  });

  it('are not touched while EKS rolls the group', async () => {
    const simulated = await startSimulated({ speed: 1 });
    const updateId = await simulated.otherUpdate({
      type: 'VersionUpdate',
      seconds: 3_600,
      nodegroupName: nodeGroup,
    });
    await expect(change(simulated)).rejects.toMatchObject({
      type: 'UpdateInProgress',
      message: expect.stringContaining(updateId),
    });
  });
});
