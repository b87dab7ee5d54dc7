import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { describe, it } from 'vitest';
import { lockWorkflowId } from '../../src/contract/workflowTypes.ts';
import { useWorkbench } from './server.ts';
import type { UpdateOutcome } from '../../src/activities/types.ts';
import { failWith } from './failWith.ts';
import { oneHop, summarize, twoHops } from './scriptedActivities.ts';

const workbench = useWorkbench();

/** What a workflow failed with. */
async function failureOf(result: Promise<unknown>): Promise<ApplicationFailure> {
  const error = await result.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof WorkflowFailedError) || !(error.cause instanceof ApplicationFailure)) {
    throw new Error(`expected a failed workflow, and it was ${String(error)}`);
  }
  return error.cause;
}

describe.concurrent('a whole upgrade', () => {
  it('carries out hop by hop: control plane, add-ons, workers, and reports', async ({ expect }) => {
    const upgrade = await workbench().start({ plan: twoHops, request: { targetVersion: '1.33' } });
    await upgrade.approve('plan');
    const result = await upgrade.handle.result();
    expect(result).toMatchObject({
      outcome: 'completed',
      version: '1.33',
      report: `${upgrade.cluster}/report`,
    });
    expect(upgrade.changes()).toEqual([
      'startControlPlaneUpdate 1.32 1',
      'startAddonUpdate coredns v1-1.32 1',
      'changeUpdateSettings blue {"maxUnavailable":2} 1',
      'startNodeGroupUpdate blue 1.32 1',
      'restoreUpdateSettings blue 1',
      'startControlPlaneUpdate 1.33 1',
      'startAddonUpdate coredns v1-1.33 1',
      'changeUpdateSettings blue {"maxUnavailable":2} 1',
      'startNodeGroupUpdate blue 1.33 1',
      'restoreUpdateSettings blue 1',
    ]);
    const status = await upgrade.status();
    expect(status.phase).toBe('completed');
    expect(status.hops.map(({ state }) => state)).toEqual(['done', 'done']);
    expect(status.hops[0]?.stages[0]?.probe?.downtimeSeconds).toBe(0);
    expect(status.compensations.map(({ state }) => state)).toEqual(['put-back', 'put-back']);
    expect(status.waits).toEqual([]);
  });

  it('gives its stages IDs that tell where they belong', async ({ expect }) => {
    const upgrade = await workbench().start();
    await upgrade.approve();
    await upgrade.handle.result();
    const ids = (await upgrade.status()).hops.flatMap(({ stages }) =>
      stages.map(({ workflowId }) => workflowId),
    );
    expect(ids.slice(0, 4)).toEqual([
      `upgrade-${upgrade.cluster}/1.32/control-plane`,
      `upgrade-${upgrade.cluster}/1.32/add-ons`,
      `upgrade-${upgrade.cluster}/1.32/workers/blue`,
      undefined,
    ]);
  });

  it('refuses bad input at once, naming each problem, and touches nothing', async ({ expect }) => {
    const upgrade = await workbench().start({ request: { targetVersion: '2', colour: 'blue' } });
    const failure = await failureOf(upgrade.handle.result());
    expect(failure.type).toBe('InvalidInput');
    expect(failure.message).toContain('targetVersion: ');
    expect(failure.message).toContain('colour: ');
    expect(upgrade.calls.map(({ activity }) => activity)).toEqual(['readRequest']);
  });

  it('stops before the gate when a blocker stands against the plan', async ({ expect }) => {
    const upgrade = await workbench().start({
      activities: { makePlan: async () => summarize(oneHop, ['version-skew/Node/a: kubelet 1.28']) },
    });
    const failure = await failureOf(upgrade.handle.result());
    expect(failure.type).toBe('Blocked');
    expect(failure.message).toContain('version-skew/Node/a');
    expect(upgrade.changes()).toEqual([]);
    expect((await upgrade.status()).gates).toEqual([]);
  });

  it('refuses a second upgrade of the same cluster with the first one’s workflow ID', async ({ expect }) => {
    const first = await workbench().start();
    await first.gate('plan');
    const second = await workbench().start({
      cluster: first.cluster,
      workflowId: `second-${first.cluster}`,
      activities: { describeLockHolder: async () => ({ workflowId: first.handle.workflowId, runId: 'r' }) },
    });
    const failure = await failureOf(second.handle.result());
    expect(failure.type).toBe('ClusterLocked');
    expect(failure.message).toContain(first.handle.workflowId);
    await first.approve();
    await first.handle.result();
    const third = await workbench().start({ cluster: first.cluster, workflowId: `third-${first.cluster}` });
    await third.gate('plan');
    await third.handle.terminate();
  });

  it('refuses a stage that is started by hand while an upgrade holds the cluster', async ({ expect }) => {
    const first = await workbench().start();
    await first.gate('plan');
    const stage = await workbench().start({
      workflowType: 'upgradeNodeGroup',
      cluster: first.cluster,
      workflowId: `stage-${first.cluster}`,
      request: { nodeGroup: 'blue' },
    });
    expect((await failureOf(stage.handle.result())).type).toBe('ClusterLocked');
    await first.handle.terminate();
  });

  it('ends as it ends although somebody has terminated its lock', async ({ expect }) => {
    const upgrade = await workbench().start();
    await upgrade.gate('plan');
    const lockId = lockWorkflowId((await upgrade.status()).cluster.arn ?? '');
    await workbench().client.workflow.getHandle(lockId).terminate();
    await upgrade.approve();
    expect(await upgrade.handle.result()).toMatchObject({ outcome: 'completed' });
  });

  it('runs a stage alone with a plan, a gate and a report of its own', async ({ expect }) => {
    const workers = oneHop.hops[0]!.stages.filter(({ stage }) => stage === 'workers');
    const upgrade = await workbench().start({
      workflowType: 'upgradeNodeGroup',
      plan: { ...oneHop, hops: [{ from: '1.32', to: '1.32', stages: workers }] },
      request: { nodeGroup: 'blue', targetVersion: '1.32' },
    });
    await upgrade.approve('plan');
    expect(await upgrade.handle.result()).toMatchObject({ outcome: 'completed' });
    expect(upgrade.changes()).toContain('startNodeGroupUpdate blue 1.32 1');
    expect(upgrade.changes()).not.toContain('startControlPlaneUpdate 1.32 1');
  });

  it('puts back first what a terminated upgrade has left', async ({ expect }) => {
    const upgrade = await workbench().start({
      plan: { ...oneHop, putBack: [{ nodeGroup: 'green', settings: { maxUnavailable: 1 } }] },
    });
    await upgrade.approve();
    await upgrade.handle.result();
    expect(upgrade.changes()[0]).toBe('restoreUpdateSettings green 1');
  });

  it('puts back what it has left on nodes, and deletes the group that it has left, however long that takes', async ({
    expect,
  }) => {
    let looks = 0;
    const because: unknown[] = [];
    const upgrade = await workbench().start({
      plan: {
        ...oneHop,
        putBack: [
          { nodeGroup: 'blue', cordonedBy: 'upgrade-dead' },
          { nodeGroup: 'blue', heldOffBy: 'upgrade-dead' },
          { nodeGroup: 'blue-1-32', madeBy: 'upgrade-dead', inPlaceOf: 'blue' },
        ],
      },
      activities: {
        deleteNodeGroup: async (input) => {
          because.push(input.because);
          looks += 1;
          return { state: looks === 1 ? 'waiting' : 'gone', problems: [] };
        },
      },
    });
    await upgrade.approve();
    await upgrade.handle.result();
    expect(upgrade.changes().slice(0, 4)).toEqual([
      'uncordonNodes blue',
      'releaseAutoscalers',
      'deleteNodeGroup blue-1-32',
      'deleteNodeGroup blue-1-32',
    ]);
    expect(because).toEqual([{ madeBy: 'upgrade-dead' }, { madeBy: 'upgrade-dead' }]);
  });
});

describe.concurrent('a least size that a roll in place had lowered', () => {
  const lowered = { ...oneHop, putBack: [{ nodeGroup: 'blue', leastSize: 3 }] };

  it('is put back with as many nodes as it demands, and is looked at until it is there', async ({
    expect,
  }) => {
    let size = { min: 1, max: 2, desired: 2 };
    const asked: unknown[] = [];
    const upgrade = await workbench().start({
      plan: lowered,
      activities: {
        describeNodeGroup: async () => ({
          ...{ exists: true, status: 'ACTIVE', size, joined: 2, ready: 2, schedulable: 2, healthIssues: [] },
        }),
        resizeNodeGroup: async (input) => {
          asked.push(input.size);
          const there = size.min === input.size.min;
          size = input.size;
          return there ? { state: 'already-done' } : { state: 'started', updateId: 'update-1' };
        },
      },
    });
    await upgrade.approve();
    expect(await upgrade.handle.result()).toMatchObject({ outcome: 'completed' });
    const back = { min: 3, max: 3, desired: 3 };
    expect(asked).toEqual([back, back]);
    const { notes } = await upgrade.status();
    expect(notes.map(({ text }) => text).join()).toContain('put back the least size of node group blue, 3');
  });

  it('ends the upgrade when EKS does not take it', async ({ expect }) => {
    const upgrade = await workbench().start({
      plan: lowered,
      activities: {
        describeNodeGroup: async () => ({
          ...{ exists: true, status: 'ACTIVE', size: { min: 1, max: 2, desired: 2 } },
          ...{ joined: 2, ready: 2, schedulable: 2, healthIssues: [] },
        }),
        resizeNodeGroup: async () => ({ state: 'started', updateId: 'update-1' }),
        awaitUpdate: async () => ({
          status: 'Failed',
          errors: [{ code: 'Unknown', message: 'no room', resourceIds: [] }],
        }),
      },
    });
    await upgrade.approve();
    const reason: unknown = await upgrade.handle.result().catch((error: unknown) => error);
    expect(reason instanceof WorkflowFailedError && reason.cause?.message).toContain(
      'least size of node group blue could not be put back: EKS update update-1 ended as Failed. Unknown: no room',
    );
  });
});

describe.concurrent('when an update fails', () => {
  it('starts it again with the next attempt, so that EKS does not give the old one back', async ({
    expect,
  }) => {
    let failed = false;
    const upgrade = await workbench().start({
      activities: {
        awaitUpdate: async ({ target }) => {
          if (target.kind === 'add-on' && !failed) {
            failed = true;
            return {
              status: 'Failed',
              errors: [{ code: 'AdmissionRequestDenied', message: 'no', resourceIds: [] }],
            };
          }
          return { status: 'Successful', errors: [] };
        },
      },
    });
    await upgrade.approve();
    await upgrade.handle.result();
    expect(upgrade.changes().slice(1, 3)).toEqual([
      'startAddonUpdate coredns v1-1.32 1',
      'startAddonUpdate coredns v1-1.32 2',
    ]);
    expect((await upgrade.status()).notes.some(({ text }) => text.includes('AdmissionRequestDenied'))).toBe(
      true,
    );
  });

  it('ends as failed with EKS’s words, the settings put back and the report’s key', async ({ expect }) => {
    const upgrade = await workbench().start({
      activities: {
        awaitUpdate: async ({ target, updateId }) =>
          target.kind === 'node-group' && updateId !== 'update-3'
            ? {
                status: 'Failed',
                errors: [{ code: 'NodeCreationFailure', message: 'subnet-1 is full', resourceIds: [] }],
              }
            : { status: 'Successful', errors: [] },
      },
    });
    await upgrade.approve();
    const failure = await failureOf(upgrade.handle.result());
    expect(failure.type).toBe('UpdateFailed');
    expect(failure.message).toContain('NodeCreationFailure: subnet-1 is full');
    expect(failure.details?.[0]).toEqual({ report: `${upgrade.cluster}/report` });
    expect(upgrade.changes().at(-1)).toBe('restoreUpdateSettings blue 1');
    const status = await upgrade.status();
    expect(status.phase).toBe('failed');
    expect(status.hops[0]?.stages[2]?.state).toBe('failed');
    expect(status.compensations[0]?.state).toBe('put-back');
  });

  it('keeps waiting for one that takes longer than it may, and says so', async ({ expect }) => {
    let looks = 0;
    const upgrade = await workbench().start({
      activities: {
        awaitUpdate: async ({ target }) =>
          target.kind === 'control-plane' && ++looks < 3
            ? { status: 'StillRunning', errors: [] }
            : { status: 'Successful', errors: [] },
        notify: async () => ({ reached: 1, failed: 0 }),
      },
      request: { notify: [{ webhookEnv: 'STEPLADDER_WEBHOOK' }] },
    });
    await upgrade.approve();
    await upgrade.handle.result();
    const told = upgrade.calls
      .filter(({ activity }) => activity === 'notify')
      .map(({ input }) => (input as { notification: { title: string } }).notification.title);
    expect(told).toContain('Waiting: slow-update (1.32/control-plane)');
    expect(told.at(-1)).toBe('Upgrade completed');
  });
});

describe.concurrent('when credentials are refused', () => {
  it('ends at once before the first change', async ({ expect }) => {
    const upgrade = await workbench().start({
      activities: { identifyCluster: async () => failWith('CredentialsRefused', 'The token has expired.') },
    });
    const failure = await failureOf(upgrade.handle.result());
    expect(failure.type).toBe('CredentialsRefused');
    expect(failure.message).toContain('The token has expired.');
  });

  it('waits by name after the first change, and goes on when they are renewed', async ({ expect }) => {
    let renewed = false;
    const upgrade = await workbench().start({
      activities: {
        startAddonUpdate: async () => {
          if (!renewed) failWith('CredentialsRefused', 'The token has expired.');
          return { state: 'started', updateId: 'addon' };
        },
      },
    });
    await upgrade.approve();
    const waiting = await upgrade.until('a wait for credentials', ({ waits }) =>
      waits.some(({ kind }) => kind === 'credentials'),
    );
    expect(waiting.waits[0]).toMatchObject({ at: '1.32/add-ons' });
    renewed = true;
    await upgrade.handle.result();
    expect((await upgrade.status()).waits).toEqual([]);
  });

  it('shows the wait no longer than the trouble lasts, however long the update takes', async ({ expect }) => {
    const update = Promise.withResolvers<UpdateOutcome>();
    let renewed = false;
    let looks = 0;
    const upgrade = await workbench().start({
      activities: {
        awaitUpdate: async ({ timeoutMs }) => {
          if (!renewed) failWith('CredentialsRefused', 'The token has expired.');
          if (timeoutMs > 1) return update.promise;
          looks += 1;
          return { status: 'StillRunning', errors: [] };
        },
      },
    });
    await upgrade.approve();
    await upgrade.until('a wait for credentials', ({ waits }) => waits[0]?.kind === 'credentials');
    renewed = true;
    await upgrade.until('no wait', ({ waits }) => waits.length === 0);
    expect(looks).toBe(1);
    update.resolve({ status: 'Successful', errors: [] });
    await upgrade.handle.result();
    expect((await upgrade.status()).waits).toEqual([]);
  });

  it('waits for an API that is out of reach in the same way', async ({ expect }) => {
    let calls = 0;
    const upgrade = await workbench().start({
      activities: {
        awaitUpdate: async () => {
          if (++calls <= 3) failWith('Unreachable', 'connect ECONNREFUSED');
          return { status: 'Successful', errors: [] };
        },
      },
    });
    await upgrade.approve();
    await upgrade.handle.result();
    expect(calls).toBeGreaterThan(3);
  });
});

describe.concurrent('workloads that break', () => {
  const broken = {
    well: false,
    newlyBroken: ['Deployment shop/web: 1 of 3 Pods Ready'],
    newlyBrokenCount: 1,
    alreadyBrokenCount: 0,
    recoveredCount: 0,
    evidence: { name: 'workloads', key: 'w', sha256: 'x', count: 1 },
  };

  it('hold the upgrade until they recover', async ({ expect }) => {
    let looks = 0;
    const upgrade = await workbench().start({
      activities: {
        verifyWorkloads: async () => (++looks < 4 ? broken : { ...broken, well: true, newlyBroken: [] }),
      },
    });
    await upgrade.approve();
    await upgrade.handle.result();
    expect((await upgrade.status()).notes[0]?.text).toContain('Deployment shop/web');
  });

  it('can be accepted by a person, and then count as broken already', async ({ expect }) => {
    let accepted = false;
    const upgrade = await workbench().start({
      activities: {
        verifyWorkloads: async () => (accepted ? { ...broken, well: true, newlyBroken: [] } : broken),
      },
      request: { timing: { scale: 0.001, brokenTimeout: '30d' } },
    });
    await upgrade.approve();
    await upgrade.until('a hold', ({ waits }) => waits.some(({ kind }) => kind === 'workloads'));
    accepted = true;
    await upgrade.handle.signal('resume', { by: 'on-call', comment: 'known' });
    await upgrade.handle.result();
    const status = await upgrade.status();
    expect(status.actions[0]).toMatchObject({ action: 'resume', by: 'on-call' });
  });

  it('end the upgrade as failed when nobody decides in time', async ({ expect }) => {
    const upgrade = await workbench().start({
      activities: { verifyWorkloads: async () => broken },
      request: { timing: { scale: 0.001, brokenTimeout: '2m' } },
    });
    await upgrade.approve();
    const failure = await failureOf(upgrade.handle.result());
    expect(failure.type).toBe('WorkloadsBroken');
    expect(failure.message).toContain('Deployment shop/web');
  });
});
