import { describe, it } from 'vitest';
import { lockWorkflowId } from '../../src/contract/workflowTypes.ts';
import { updateSettingsNoteKey } from '../../src/activities/updateSettingsNote.ts';
import { askCluster, askNodeGroup, notAt } from './clusterState.ts';
import { eventually } from './patience.ts';
import { crawlOnceCordoned, fullSpeed, setSpeed, underWay } from './simulated.ts';
import { setStage } from './stage.ts';
import type { Stage } from './stage.ts';
import type { Upgrade } from './upgrade.ts';

describe.concurrent('one upgrade of a cluster at a time', () => {
  it('however each is started, and the refusal names who holds it', async ({ expect, onTestFinished }) => {
    const stage = await setStage(onTestFinished);
    await stage.startWorker();
    const first = await stage.start();
    await first.gate('plan');
    const refused = async (second: Upgrade, holder: Upgrade) => {
      const { type, message } = await second.failed();
      expect(type).toBe('ClusterLocked');
      expect(message).toContain(`is being upgraded by workflow ${holder.workflowId} `);
      expect(message).toContain('Nothing was touched');
    };
    // The same cluster, in other words: the lock goes by its ARN.
    await refused(await stage.start({ cluster: { name: stage.cluster, region: 'ap-northeast-1' } }), first);
    const group = { targetVersion: '1.31', nodeGroup: 'general' };
    await refused(await stage.start(group, { workflowType: 'upgradeNodeGroup' }), first);
    const next = { targetVersion: '1.32' };
    await refused(await stage.start(next, { workflowType: 'upgradeControlPlane' }), first);
    const { code, err } = await stage.commandLine(
      ...['start', '--cluster', stage.cluster, '--target', '1.33', '--task-queue', stage.taskQueue],
    );
    expect(err).toContain(`is being upgraded by workflow ${first.workflowId} `);
    expect(code).toBe(1);

    await first.handle.terminate();
    await lockGone(stage);
    const second = await stage.start(next, { workflowType: 'upgradeControlPlane' });
    await second.gate('plan');
    await refused(await stage.start(), second);
    expect(await stage.journal()).toEqual([]);
  });

  it('and the next finds what one left behind that was terminated with its stages', async ({
    expect,
    onTestFinished,
  }) => {
    const stage = await setStage(onTestFinished);
    const first = await terminatedInRoll(stage);
    await stage.temporal.client.workflow.getHandle(`${first.workflowId}/1.32/workers/general`).terminate();
    expect(await settingsOf(stage)).toEqual({
      updateConfig: { maxUnavailable: 2 },
      noted: 'maxUnavailable=1',
    });

    const second = await stage.start({ targetVersion: '1.32' });
    setSpeed(stage, fullSpeed);
    await second.approve('plan');
    expect(await second.completed()).toMatchObject({ outcome: 'completed', version: '1.32' });
    expect(await settingsOf(stage)).toEqual({ updateConfig: { maxUnavailable: 1 }, noted: undefined });
    expect(notAt('1.32', await askCluster(stage.simulator, stage.cluster))).toEqual([]);
  });

  it('and the next goes together with a stage that still finishes what it began', async ({
    expect,
    onTestFinished,
  }) => {
    const stage = await setStage(onTestFinished);
    const first = await terminatedInRoll(stage);
    const left = stage.temporal.client.workflow.getHandle(`${first.workflowId}/1.32/workers/general`);
    expect((await left.describe()).status.name).toBe('RUNNING');

    const second = await stage.start({ targetVersion: '1.32' });
    setSpeed(stage, fullSpeed);
    await second.approve('plan');
    expect(await second.completed()).toMatchObject({ outcome: 'completed', version: '1.32' });
    await eventually('the end of the stage', async () => (await left.describe()).status.name !== 'RUNNING');
    expect(await settingsOf(stage)).toEqual({ updateConfig: { maxUnavailable: 1 }, noted: undefined });
    expect(notAt('1.32', await askCluster(stage.simulator, stage.cluster))).toEqual([]);
  });
});

/** Temporal ends the lock of an upgrade that was terminated, a moment after the upgrade itself. */
async function lockGone({ temporal, simulator }: Stage): Promise<void> {
  const lock = temporal.client.workflow.getHandle(lockWorkflowId(simulator.eks.cluster.arn));
  await eventually('the end of the lock', async () => (await lock.describe()).status.name !== 'RUNNING');
}

/** An upgrade that was terminated while a node group was rolled with settings that are not its own. */
async function terminatedInRoll(stage: Stage): Promise<Upgrade> {
  await stage.startWorker();
  const upgrade = await stage.start({
    targetVersion: '1.32',
    gates: { workers: true },
    workers: { maxUnavailable: 2 },
  });
  await upgrade.approve('plan');
  await upgrade.gate('workers');
  const begun = crawlOnceCordoned(stage, 'general');
  await upgrade.approve('workers');
  await begun;
  await upgrade.awaiting('1.32/workers/general');
  if (underWay(stage).join() !== 'node-group/general')
    throw new Error(`under way: ${underWay(stage).join()}`);
  await upgrade.handle.terminate();
  await lockGone(stage);
  return upgrade;
}

async function settingsOf({
  simulator,
  cluster,
}: Stage): Promise<{ updateConfig: unknown; noted: string | undefined }> {
  const { updateConfig, tags } = await askNodeGroup(simulator, cluster, 'general');
  return { updateConfig, noted: tags?.[updateSettingsNoteKey] };
}
