import { WorkflowFailedError } from '@temporalio/client';
import { CancelledFailure } from '@temporalio/common';
import { describe, it } from 'vitest';
import type { Report } from '../../src/contract/report.ts';
import { updateSettingsNoteKey } from '../../src/activities/updateSettingsNote.ts';
import { askCluster, askNodeGroup } from './clusterState.ts';
import { applied, hopTo132 } from './journal.ts';
import { crawl, crawlOnceCordoned, fullSpeed, setSpeed, underWay } from './simulated.ts';
import { setStage } from './stage.ts';
import type { Stage } from './stage.ts';
import type { Upgrade } from './upgrade.ts';

describe.concurrent('an upgrade that is aborted', () => {
  it('during the update of the control plane lets EKS finish it, and starts nothing else', async ({
    expect,
    onTestFinished,
  }) => {
    const stage = await setStage(onTestFinished);
    await stage.startWorker();
    const upgrade = await stage.start();
    await upgrade.gate('plan');
    setSpeed(stage, crawl);
    await upgrade.approve('plan');
    await upgrade.awaiting('1.32/control-plane');
    await abort(stage, upgrade);
    expect(underWay(stage)).toEqual(['cluster']);
    setSpeed(stage, fullSpeed);

    const report = await reportOf(stage, upgrade);
    expect(applied(await stage.journal())).toEqual(hopTo132(stage.cluster).slice(0, 1));
    const { controlPlane, nodeGroups } = await askCluster(stage.simulator, stage.cluster);
    expect(controlPlane).toEqual({ version: '1.32', status: 'ACTIVE' });
    expect(Object.values(nodeGroups).map(({ version }) => version)).toEqual(['1.31', '1.31']);

    const { status } = report;
    expect(status).toMatchObject({ phase: 'aborted', currentVersion: '1.32' });
    expect(status.outcome).toContain('What EKS had begun was finished');
    expect(status.actions).toEqual([
      expect.objectContaining({ action: 'abort', by: 'on-call', comment: 'the shop is on fire' }),
    ]);
    const [controlPlaneStage, addons] = status.hops[0]?.stages ?? [];
    expect(controlPlaneStage).toMatchObject({ stage: 'control-plane', inventory: { missingCount: 0 } });
    expect(controlPlaneStage?.detail).toContain('at 1.32');
    expect(addons).toMatchObject({ stage: 'add-ons', state: 'pending' });
  });

  it('during the roll of a node group lets EKS finish it, and puts its settings back', async ({
    expect,
    onTestFinished,
  }) => {
    const stage = await setStage(onTestFinished);
    await stage.startWorker();
    const upgrade = await stage.start({ gates: { workers: true }, workers: { maxUnavailable: 2 } });
    await upgrade.approve('plan');
    await upgrade.gate('workers');
    const begun = crawlOnceCordoned(stage, 'general');
    await upgrade.approve('workers');
    await begun;
    await abort(stage, upgrade);
    expect(underWay(stage)).toEqual(['node-group/general']);
    setSpeed(stage, fullSpeed);

    const { status } = await reportOf(stage, upgrade);
    expect(status.compensations).toEqual([
      expect.objectContaining({ undo: 'restoreUpdateSettings', state: 'put-back' }),
    ]);
    const { updateConfig, tags, version } = await askNodeGroup(stage.simulator, stage.cluster, 'general');
    expect({ updateConfig, version }).toEqual({ updateConfig: { maxUnavailable: 1 }, version: '1.32' });
    expect(tags).not.toHaveProperty(updateSettingsNoteKey);
    const { nodeGroups } = await askCluster(stage.simulator, stage.cluster);
    expect(nodeGroups['general']?.kubelets).toEqual(['1.32', '1.32', '1.32']);
    expect(nodeGroups['platform']).toMatchObject({ version: '1.31' });
  });
});

async function abort(stage: Stage, upgrade: Upgrade): Promise<void> {
  const { code, err } = await stage.commandLine(
    ...['abort', upgrade.workflowId, '--by', 'on-call', '--comment', 'the shop is on fire'],
  );
  if (code !== 0) throw new Error(err);
  await upgrade.until('the abort taken', ({ phase }) => phase === 'aborting');
}

/** Waits until it has ended as Canceled, and reads its report as a person does. */
async function reportOf(stage: Stage, { handle, workflowId }: Upgrade): Promise<Report> {
  const reason: unknown = await handle.result().catch((error: unknown) => error);
  if (!(reason instanceof WorkflowFailedError && reason.cause instanceof CancelledFailure)) throw reason;
  const { status } = await handle.describe();
  if (status.name !== 'CANCELLED') throw new Error(`It ended as ${status.name}.`);
  const { code, out, err } = await stage.commandLine('report', workflowId, '-o', 'json');
  if (code !== 0) throw new Error(err);
  return JSON.parse(out) as Report;
}
