import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, it } from 'vitest';
import type { UpdateOutcome } from '../../src/activities/types.ts';
import type { StuckPod } from '../../src/contract/workers.ts';
import { fakeWorkers, planOf } from './fakeWorkers.ts';
import type { Activities } from './scriptedActivities.ts';
import { useWorkbench } from './server.ts';

const workbench = useWorkbench();

const evictionFailure: UpdateOutcome = {
  status: 'Failed',
  errors: [{ code: 'PodEvictionFailure', message: 'Reached max retries', resourceIds: ['node-1'] }],
};

/** A Pod whose budget has room again once another Pod is Ready. */
const mayGo: StuckPod = {
  namespace: 'shop',
  name: 'slow-0',
  uid: 'slow-0-0',
  node: 'blue-1',
  reason: 'budget',
  budgets: [],
  since: '2026-11-23T00:00:00Z',
  message: 'Pod shop/slow-0 on blue-1 may not be evicted.',
};

/** EKS's own roll, which fails until no Pod is bound by its budget, or it is forced. */
async function stuckRoll(find?: Activities['findStuckPods'], stuck: Record<string, string> = {}) {
  const workers = fakeWorkers(2);
  const [bound] = workers.pods;
  if (bound === undefined) throw new Error('no Pod');
  bound.bound = true;
  let forced = false;
  let updates = 0;
  const upgrade = await workbench().start({
    plan: planOf({ stage: 'workers', strategy: 'managed', nodeGroup: 'blue', from: '1.31', to: '1.32' }),
    activities: {
      ...workers.activities,
      ...(find === undefined ? {} : { findStuckPods: find }),
      startNodeGroupUpdate: async ({ force }) => {
        forced = force === true;
        return { state: 'started', updateId: `update-${String(++updates)}` };
      },
      awaitUpdate: async () => {
        // A roll that was started again has time to be helped.
        for (let look = 0; updates > 1 && look < 10_000 && bound.bound === true && !forced; look++)
          await sleep(5);
        return forced || bound.bound !== true ? { status: 'Successful', errors: [] } : evictionFailure;
      },
    },
    request: { workers: { tries: 1, stuck } },
  });
  await upgrade.approve('plan');
  const starts = () =>
    upgrade.calls
      .filter(({ activity }) => activity === 'startNodeGroupUpdate')
      .map(({ input }) => {
        const { attempt, force } = input as { attempt: number; force?: boolean };
        return { attempt, force: force === true };
      });
  return { upgrade, bound, starts };
}

describe.concurrent('EKS’s own roll that could not evict Pods', () => {
  it('names Pod and budget, and force starts it again unforced and deletes that Pod then', async ({
    expect,
  }) => {
    const { upgrade, starts } = await stuckRoll();
    const question = await upgrade.question();
    expect(question).toMatchObject({ about: 'drain', options: ['wait', 'force', 'force-group', 'stay'] });
    expect(question.shown.join()).toContain('budget shop/web-pdb allows 0 disruptions');
    expect(question.shown.join()).toContain('ignores EVERY budget of blue');
    await upgrade.decide('force');
    await upgrade.handle.result();
    expect(starts()).toEqual([
      { attempt: 1, force: false },
      { attempt: 2, force: false },
    ]);
    // Before it has started there are no new nodes for a successor.
    expect(upgrade.changes()).toEqual([
      'startNodeGroupUpdate blue 1.32 1',
      'startNodeGroupUpdate blue 1.32 2',
      'deletePodsOnceReplaced blue',
    ]);
    const { notes } = await upgrade.status();
    expect(notes.map(({ text }) => text).join()).toContain('shop/web-0a deleted whatever the budgets say');
  });

  it('is forced for the whole group only when a person says just that', async ({ expect }) => {
    const { upgrade, starts } = await stuckRoll();
    await upgrade.decide('force-group');
    await upgrade.handle.result();
    expect(starts()).toEqual([
      { attempt: 1, force: false },
      { attempt: 2, force: true },
    ]);
    expect(upgrade.changes().join()).not.toContain('deletePods');
  });

  it('offers no force where every Pod may go by waiting, and starts it again when nobody answers', async ({
    expect,
  }) => {
    const { upgrade, bound, starts } = await stuckRoll(
      async () => ({ stuck: [], stuckCount: 0, waiting: [mayGo], waitingCount: 1 }),
      { byDefault: 'force', timeout: '1h' },
    );
    // Looked up in what was asked: its time may be over before anybody looks.
    const [question] =
      (await upgrade.until('a question', ({ decisions = [] }) => decisions.length > 0)).decisions ?? [];
    expect(question).toMatchObject({ options: ['wait', 'force-group', 'stay'], byDefault: 'wait', pods: [] });
    expect(question?.shown.join()).toContain('These may go later:,- Pod shop/slow-0');
    bound.bound = false;
    await upgrade.handle.result();
    expect(starts()).toEqual([
      { attempt: 1, force: false },
      { attempt: 2, force: false },
    ]);
    expect(upgrade.changes().join()).not.toContain('deletePods');
  });

  it('leaves alone what may go by waiting when the others are forced', async ({ expect }) => {
    const stuck = { ...mayGo, name: 'web-0a', uid: 'web-0a-0' };
    const { upgrade } = await stuckRoll(async () => ({
      stuck: [stuck],
      stuckCount: 1,
      waiting: [mayGo],
      waitingCount: 1,
    }));
    expect((await upgrade.question()).shown.join()).toContain('`force` leaves them alone:,- Pod shop/slow-0');
    await upgrade.decide('force');
    await upgrade.handle.result();
    const deleted = upgrade.calls.filter(({ activity }) => activity === 'deletePodsOnceReplaced');
    expect(
      deleted.map(({ input }) => (input as { pods: { name: string }[] }).pods.map(({ name }) => name)),
    ).toEqual([['web-0a']]);
  });

  it('ends with EKS’s words when it stays', async ({ expect }) => {
    const { upgrade } = await stuckRoll();
    await upgrade.decide('stay');
    const error: unknown = await upgrade.handle.result().catch((reason: unknown) => reason);
    const cause = error instanceof WorkflowFailedError ? error.cause : error;
    expect(cause).toBeInstanceOf(ApplicationFailure);
    expect(cause).toMatchObject({ type: 'UpdateFailed' });
    expect((cause as ApplicationFailure).message).toContain('PodEvictionFailure');
  });
});
