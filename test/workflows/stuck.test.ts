import { WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { describe, it } from 'vitest';
import { fakeWorkers, planOf, replacedStage } from './fakeWorkers.ts';
import { fast } from './harness.ts';
import { useWorkbench } from './server.ts';

const workbench = useWorkbench();

async function refusalOf(update: Promise<unknown>): Promise<string> {
  const error = await update.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure) {
    return error.cause.message;
  }
  throw new Error(`expected a refusal, and it was ${String(error)}`);
}

/** A surge roll whose first Pod is bound by its budget. */
async function stuckRoll(request: Record<string, unknown> = {}) {
  const workers = fakeWorkers(3);
  const [bound] = workers.pods;
  if (bound === undefined) throw new Error('no Pod');
  bound.bound = true;
  const upgrade = await workbench().start({
    plan: planOf(replacedStage('surge')),
    activities: workers.activities,
    request,
  });
  await upgrade.approve('plan');
  return { workers, upgrade, bound };
}

describe.concurrent('a drain that is stuck', () => {
  it('names Pod, budget, numbers and since when, and asks', async ({ expect }) => {
    const { upgrade } = await stuckRoll();
    const question = await upgrade.question();
    expect(question).toMatchObject({
      about: 'drain',
      at: '1.32/workers/blue',
      opening: 1,
      options: ['wait', 'restart', 'skip', 'force'],
      byDefault: 'wait',
    });
    expect(question.shown.join()).toContain('Pod shop/web-0a');
    expect(question.shown.join()).toContain('budget shop/web-pdb allows 0 disruptions');
    expect(question.shown.join()).toContain('since 2026-11-23T00:00:00Z');
    const { waits } = await upgrade.status();
    expect(waits.map(({ kind }) => kind).sort()).toEqual(['decision', 'drain']);
    await upgrade.handle.terminate();
  });

  it('is answered by force, which deletes only the Pods that are named', async ({ expect }) => {
    const { upgrade, workers, bound } = await stuckRoll();
    const uid = bound.uid;
    await upgrade.decide('force', { pods: ['shop/web-0a'], comment: 'a batch of no use' });
    await upgrade.approve('retire');
    await upgrade.handle.result();
    const deleted = upgrade.calls.filter(({ activity }) => activity === 'deletePods');
    expect(
      deleted.map(({ input }) => (input as { pods: { uid: string }[] }).pods.map((pod) => pod.uid)),
    ).toEqual([[uid]]);
    const status = await upgrade.status();
    expect(status.decisions?.[0]).toMatchObject({
      outcome: 'force',
      by: 'on-call',
      comment: 'a batch of no use',
    });
    expect(status.actions).toContainEqual(expect.objectContaining({ action: 'decide', by: 'on-call' }));
    expect(
      status.notes.some(({ text }) => text.includes('shop/web-0a deleted whatever the budgets say')),
    ).toBe(true);
    expect(workers.traces()).toEqual([]);
  });

  it('is answered by restart, which rolls the owner', async ({ expect }) => {
    const { upgrade } = await stuckRoll();
    await upgrade.handle.signal('decide', {
      decision: 'restart',
      by: 'on-call',
      digest: (await upgrade.question()).digest,
    });
    await upgrade.approve('retire');
    expect(await upgrade.handle.result()).toMatchObject({ outcome: 'completed' });
    expect(upgrade.changes()).toContain('restartOwners');
    expect(upgrade.changes()).not.toContain('deletePods');
  });

  it('goes on by itself when what binds it is mended, and the question is void', async ({ expect }) => {
    const { upgrade, bound } = await stuckRoll();
    await upgrade.question();
    bound.bound = false;
    await upgrade.approve('retire');
    await upgrade.handle.result();
    expect((await upgrade.status()).decisions?.[0]?.outcome).toBe('void');
  });

  it('is answered by skip: the node stays, takes Pods again, and so does its group', async ({ expect }) => {
    const { upgrade, workers } = await stuckRoll();
    await upgrade.decide('skip');
    await upgrade.approve('retire');
    expect(await upgrade.handle.result()).toMatchObject({ outcome: 'completed' });
    expect(workers.nodes.filter(({ group }) => group === 'blue').map(({ name }) => name)).toEqual(['blue-1']);
    expect(workers.traces()).toEqual([]);
    expect(upgrade.changes()).not.toContain('deleteNodeGroup blue');
    const { notes } = await upgrade.status();
    expect(notes.some(({ text }) => text.includes('stays at 1.31') && text.includes('blue-1'))).toBe(true);
  });

  it('is decided by the request when nobody answers in time', async ({ expect }) => {
    const { upgrade } = await stuckRoll({ workers: { stuck: { byDefault: 'force', timeout: '1m' } } });
    await upgrade.approve('retire');
    await upgrade.handle.result();
    const [question] = (await upgrade.status()).decisions ?? [];
    expect(question?.outcome).toBe('force');
    expect(question).not.toHaveProperty('by');
  });

  it('asks anew after wait', async ({ expect }) => {
    const { upgrade } = await stuckRoll();
    const first = await upgrade.question();
    await upgrade.decide('wait');
    await upgrade.until('a second question', ({ decisions }) => decisions?.length === 2);
    const again = upgrade.handle.executeUpdate('decide', {
      args: [{ decision: 'force', by: 'on-call', digest: first.digest.slice(0, 8) }],
    });
    expect(await refusalOf(again)).toContain('of an earlier question');
    await upgrade.decide('force');
    await upgrade.approve('retire');
    await upgrade.handle.result();
  });

  it('refuses what does not fit where the person sees it', async ({ expect }) => {
    const { upgrade } = await stuckRoll();
    const { digest } = await upgrade.question();
    for (const [payload, reason] of [
      [{ decision: 'back' }, '"back" is no answer to this question: wait, restart, skip, force'],
      [{ decision: 'force', pods: ['shop/other'] }, 'shop/other is not part of this question: shop/web-0a'],
      [{ decision: 'skip', node: 'green-1' }, 'node green-1 is not part of this question'],
      [{ decision: 'wait', node: 'blue-1' }, '"node" goes with "skip" only'],
      [{ decision: 'force', digest: '00000000' }, 'digest 00000000 is not of this question'],
      [{ decision: 'shoot' }, '"decision" must be one of'],
    ] as const) {
      const update = upgrade.handle.executeUpdate('decide', {
        args: [{ by: 'on-call', digest, ...payload }],
      });
      expect(await refusalOf(update)).toContain(reason);
    }
    await upgrade.handle.signal('decide', { decision: 'force', by: 'on-call', digest: '00000000' });
    const { refusals } = await upgrade.until('a refusal', (seen) => seen.refusals.length === 1);
    expect(refusals[0]).toMatchObject({ message: 'decide', by: 'on-call' });
    expect(refusals[0]?.instead).toContain(digest.slice(0, 8));
    await upgrade.handle.terminate();
  });
});

describe.concurrent('guards', () => {
  it('pause the roll after a wave while one fails or can’t be known, and it goes on when they hold', async ({
    expect,
  }) => {
    const workers = fakeWorkers(3);
    let state: 'holds' | 'fails' | 'unknown' = 'unknown';
    const upgrade = await workbench().start({
      plan: planOf(replacedStage('surge')),
      activities: {
        ...workers.activities,
        checkGuards: async ({ guards }) => ({
          results: guards.map(({ name }) => ({ name, state, why: 'no answer' })),
        }),
      },
      request: { guards: [{ name: 'checkout answers', http: 'http://127.0.0.1:1/' }], timing: fast },
    });
    await upgrade.approve('plan');
    const question = await upgrade.question();
    expect(question).toMatchObject({
      about: 'guard',
      options: ['forward', 'back', 'stay'],
      byDefault: 'stay',
    });
    expect(question.shown.join()).toContain('guard "checkout answers" can\'t be known: no answer');
    expect((await upgrade.status()).waits.map(({ kind }) => kind)).toContain('guard');
    // Only the canary has been drained.
    expect(workers.evictions).toHaveLength(2);
    state = 'holds';
    await upgrade.approve('retire');
    await upgrade.handle.result();
    expect((await upgrade.status()).decisions?.[0]?.outcome).toBe('void');
  });
});
