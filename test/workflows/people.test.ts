import { WorkflowFailedError, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { describe, it } from 'vitest';
import type { UpdateOutcome } from '../../src/activities/types.ts';
import { useWorkbench } from './server.ts';
import { oneHop, summarize, twoHops } from './scriptedActivities.ts';
import { fast } from './harness.ts';
import { untilStageTold } from './untilStageTold.ts';

const workbench = useWorkbench();

async function causeOf(result: Promise<unknown>): Promise<unknown> {
  const error = await result.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof WorkflowFailedError || error instanceof WorkflowUpdateFailedError
    ? error.cause
    : error;
}

/** An update that ends when it is told to. */
function heldUpdate() {
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const outcome: UpdateOutcome = { status: 'Successful', errors: [] };
  return { finish: () => finish(), wait: () => finished.then(() => outcome), outcome };
}

describe.concurrent('gates', () => {
  it('refuse an answer with another digest where the person sees it, by update and by signal', async ({
    expect,
  }) => {
    const upgrade = await workbench().start();
    await upgrade.gate('plan');
    const wrong = { gate: 'plan', by: 'on-call', digest: '00000000' };
    const refusal = await causeOf(upgrade.handle.executeUpdate('approve', { args: [wrong] }));
    expect(refusal).toBeInstanceOf(ApplicationFailure);
    expect((refusal as ApplicationFailure).message).toContain('digest 00000000 is not of this opening');
    await upgrade.handle.signal('approve', wrong);
    const status = await upgrade.until('a refusal', ({ refusals }) => refusals.length === 1);
    const digest = status.gates[0]!.digest.slice(0, 8);
    expect(status.refusals[0]).toMatchObject({ message: 'approve', by: 'on-call' });
    expect(status.refusals[0]?.instead).toContain(digest);
    expect(upgrade.changes()).toEqual([]);
    await upgrade.handle.terminate();
  });

  it('refuse an answer to a gate that is not open, and what is no answer at all', async ({ expect }) => {
    const upgrade = await workbench().start();
    const answer = await upgrade.answer();
    for (const [payload, reason] of [
      [{ ...answer, gate: 'workers' }, 'gate "workers" is not open, "plan" is'],
      [{ gate: 'plan' }, '"by" must be a text'],
      ['yes', 'the payload must be a JSON object'],
      [{ ...answer, by: 'your name' }, '"by" must be your own name'],
    ] as const) {
      const refusal = await causeOf(upgrade.handle.executeUpdate('approve', { args: [payload] }));
      expect((refusal as ApplicationFailure).message).toContain(reason);
    }
    await upgrade.handle.terminate();
  });

  it('show a signal that came in another encoding as refused, and stay answerable', async ({ expect }) => {
    const upgrade = await workbench().start();
    await upgrade.gate('plan');
    await workbench().client.workflowService.signalWorkflowExecution({
      namespace: 'default',
      workflowExecution: { workflowId: upgrade.handle.workflowId },
      signalName: 'approve',
      input: {
        payloads: [{ metadata: { encoding: Buffer.from('binary/plain') }, data: Buffer.from([1, 2, 3]) }],
      },
    });
    const status = await upgrade.until('a refusal', ({ refusals }) => refusals.length === 1);
    expect(status.refusals[0]?.reason).toContain('binary/plain');
    expect(status.refusals[0]?.instead).toContain('"gate":"plan"');
    await upgrade.approve();
    expect(await upgrade.handle.result()).toMatchObject({ outcome: 'completed' });
  });

  it('can be answered by a signal', async ({ expect }) => {
    const upgrade = await workbench().start();
    await upgrade.handle.signal('approve', { ...(await upgrade.answer()), comment: 'go' });
    await upgrade.handle.result();
    expect((await upgrade.status()).gates[0]).toMatchObject({
      outcome: 'approved',
      by: 'on-call',
      comment: 'go',
    });
  });

  it('end the upgrade as failed when they are rejected, with nothing changed', async ({ expect }) => {
    const upgrade = await workbench().start();
    await upgrade.handle.executeUpdate('reject', {
      args: [{ ...(await upgrade.answer()), comment: 'not tonight' }],
    });
    const failure = (await causeOf(upgrade.handle.result())) as ApplicationFailure;
    expect(failure.type).toBe('Rejected');
    expect(failure.message).toContain('on-call rejected the plan: not tonight');
    expect(failure.details?.[0]).toHaveProperty('report');
    expect(upgrade.changes()).toEqual([]);
    expect((await upgrade.status()).phase).toBe('rejected');
  });

  it('close by themselves when the request says so', async ({ expect }) => {
    const upgrade = await workbench().start({ request: { gates: { timeout: '1m' } } });
    const failure = (await causeOf(upgrade.handle.result())) as ApplicationFailure;
    expect(failure.type).toBe('Rejected');
    expect(failure.message).toContain('Nobody answered for the plan within 1m');
  });

  it('remind people and wait on when the request says that', async ({ expect }) => {
    const upgrade = await workbench().start({
      request: {
        gates: { timeout: '1m', onTimeout: 'wait' },
        notify: [{ webhookEnv: 'STEPLADDER_WEBHOOK' }],
      },
    });
    const reminders = () =>
      upgrade.calls.filter(({ input }) => JSON.stringify(input).includes('still waits for approval')).length;
    await upgrade.until('two reminders', () => reminders() >= 2);
    await upgrade.approve();
    expect(await upgrade.handle.result()).toMatchObject({ outcome: 'completed' });
  });

  it('void an approval when the plan has changed by then, and ask again', async ({ expect }) => {
    let plans = 0;

    const upgrade = await workbench().start({
      activities: { makePlan: async () => summarize(++plans === 1 ? twoHops : oneHop) },
      request: { timing: { ...fast, observationMaxAge: '10ms' } },
    });
    const first = await upgrade.answer('plan');
    await upgrade.handle.executeUpdate('approve', { args: [first] });
    const status = await upgrade.until('a second opening', ({ gates }) => gates.length === 2);
    expect(status.gates[0]).toMatchObject({ outcome: 'void', by: 'on-call' });
    expect(status.notes.some(({ text }) => text.includes('void'))).toBe(true);
    const again = await causeOf(upgrade.handle.executeUpdate('approve', { args: [first] }));
    expect((again as ApplicationFailure).message).toContain('of an earlier opening');
    await upgrade.approve('plan');
    expect(await upgrade.handle.result()).toMatchObject({ outcome: 'completed', version: '1.32' });
  });

  it('open before hops and workers on request', async ({ expect }) => {
    const upgrade = await workbench().start({
      plan: twoHops,
      request: { targetVersion: '1.33', gates: { hop: true, workers: true } },
    });
    for (const gate of ['plan', 'workers', 'hop', 'workers'] as const) await upgrade.approve(gate);
    await upgrade.handle.result();
    expect((await upgrade.status()).gates.map(({ gate, hop }) => [gate, hop])).toEqual([
      ['plan', undefined],
      ['workers', '1.32'],
      ['hop', '1.33'],
      ['workers', '1.33'],
    ]);
  });
});

describe.concurrent('pause', () => {
  it('lets nothing new start until resume, and finishes what runs', async ({ expect }) => {
    const held = heldUpdate();
    const upgrade = await workbench().start({
      activities: {
        awaitUpdate: ({ target }) =>
          target.kind === 'control-plane' ? held.wait() : Promise.resolve(held.outcome),
      },
    });
    await upgrade.approve();
    await upgrade.called('awaitUpdate');
    await upgrade.handle.signal('pause', { by: 'on-call' });
    await upgrade.until('paused', ({ paused }) => paused);
    held.finish();
    const status = await upgrade.until('a wait for resume', ({ waits }) =>
      waits.some(({ kind }) => kind === 'pause'),
    );
    expect(status.hops[0]?.stages[0]?.state).toBe('done');
    expect(upgrade.changes()).toEqual(['startControlPlaneUpdate 1.32 1']);
    await upgrade.handle.signal('resume');
    await upgrade.handle.result();
    expect((await upgrade.status()).actions.map(({ action }) => action)).toEqual(['pause', 'resume']);
  });

  it('reaches a stage that is under way', async ({ expect }) => {
    const held = heldUpdate();
    const upgrade = await workbench().start({
      activities: {
        awaitUpdate: ({ target }) =>
          target.kind === 'node-group' ? held.wait() : Promise.resolve(held.outcome),
      },
    });
    await upgrade.approve();
    await upgrade.called('changeUpdateSettings');
    await upgrade.handle.signal('pause');
    await upgrade.until('paused', ({ paused }) => paused);
    await untilStageTold(upgrade.handle, '1.32/workers/blue', 'pause');
    held.finish();
    const status = await upgrade.until('the stage waiting', ({ waits }) =>
      waits.some(({ kind }) => kind === 'pause'),
    );
    expect(status.waits[0]?.at).toBe('1.32/workers/blue');
    expect(upgrade.changes()).not.toContain('startNodeGroupUpdate blue 1.32 1');
    await upgrade.handle.signal('resume');
    await upgrade.handle.result();
  });
});

describe.concurrent('abort', () => {
  it('finishes the update that runs, puts back what was changed, and ends as Canceled', async ({
    expect,
  }) => {
    const held = heldUpdate();
    const upgrade = await workbench().start({
      activities: {
        awaitUpdate: ({ target, updateId }) =>
          target.kind === 'node-group' && updateId === 'update-4'
            ? held.wait()
            : Promise.resolve(held.outcome),
        requestCancellation: async ({ workflowId, runId }) => {
          await workbench().client.workflow.getHandle(workflowId, runId).cancel();
        },
      },
    });
    await upgrade.approve();
    await upgrade.called('startNodeGroupUpdate');
    await upgrade.handle.signal('abort', { by: 'on-call', comment: 'pager' });
    await untilStageTold(upgrade.handle, '1.32/workers/blue', 'abort');
    expect(upgrade.changes()).not.toContain('restoreUpdateSettings blue 1');
    held.finish();
    expect(await causeOf(upgrade.handle.result())).toBeInstanceOf(CancelledFailure);
    expect((await upgrade.handle.describe()).status.name).toBe('CANCELLED');
    expect(upgrade.changes().at(-1)).toBe('restoreUpdateSettings blue 1');
    const status = await upgrade.status();
    expect(status.phase).toBe('aborted');
    expect(status.actions).toMatchObject([{ action: 'abort', by: 'on-call', comment: 'pager' }]);
    expect(status.compensations[0]?.state).toBe('put-back');
    expect((await upgrade.handle.describe()).memo).toHaveProperty('report');
  });

  it('by the Temporal UI’s Cancel is the same', async ({ expect }) => {
    const held = heldUpdate();
    const upgrade = await workbench().start({ activities: { awaitUpdate: () => held.wait() } });
    await upgrade.approve();
    await upgrade.called('awaitUpdate');
    await upgrade.handle.cancel();
    await untilStageTold(upgrade.handle, '1.32/control-plane', 'abort');
    held.finish();
    expect(await causeOf(upgrade.handle.result())).toBeInstanceOf(CancelledFailure);
    const status = await upgrade.status();
    expect(status.phase).toBe('aborted');
    expect(status.hops[0]?.stages[0]).toMatchObject({ state: 'stopped' });
    expect(status.hops[0]?.stages[0]?.inventory?.missingCount).toBe(0);
    expect(upgrade.changes()).toEqual(['startControlPlaneUpdate 1.32 1']);
  });

  it('at an open gate ends the upgrade with nothing changed', async ({ expect }) => {
    const upgrade = await workbench().start();
    await upgrade.gate('plan');
    await upgrade.handle.cancel();
    expect(await causeOf(upgrade.handle.result())).toBeInstanceOf(CancelledFailure);
    const status = await upgrade.status();
    expect(status.gates[0]?.outcome).toBe('aborted');
    expect(status.outcome).toContain('before anything was changed');
    expect(upgrade.changes()).toEqual([]);
  });
});

describe.concurrent('the maintenance window', () => {
  it('holds each change until it opens', async ({ expect }) => {
    let isOpen = false;
    const upgrade = await workbench().start({
      activities: {
        nextWindow: async ({ at }) => ({
          waitMs: isOpen ? 0 : 400,
          opensAt: new Date(Date.parse(at) + 400).toISOString(),
          closesAt: at,
        }),
      },
      request: { window: { from: '22:00', to: '04:00', timeZone: 'Asia/Tokyo' } },
    });
    await upgrade.approve();
    const status = await upgrade.until('a wait for the window', ({ waits }) =>
      waits.some(({ kind }) => kind === 'window'),
    );
    expect(status.waits[0]?.until).toBeDefined();
    expect(upgrade.changes()).toEqual([]);
    isOpen = true;
    await upgrade.handle.result();
  });
});
