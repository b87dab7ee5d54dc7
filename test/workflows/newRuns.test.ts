import { WorkflowFailedError } from '@temporalio/client';
import type { WorkflowHandle } from '@temporalio/client';
import { CancelledFailure } from '@temporalio/common';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { startEmbeddedServer } from '../../src/temporal/embedded.ts';
import type { EmbeddedServer } from '../../src/temporal/embedded.ts';
import { fakeWorkers, planOf, replacedStage } from './fakeWorkers.ts';
import type { FakeWorkers } from './fakeWorkers.ts';
import { openWorkbench } from './harness.ts';
import type { RunningUpgrade, Workbench } from './harness.ts';
import type { Activities } from './scriptedActivities.ts';

/** Events of a history at which the server says that it is long: a wave or two. */
const long = 60;
const nodeCount = 7;

let server: EmbeddedServer | undefined;
let bench: Workbench | undefined;
const workbench = (): Workbench => {
  if (bench === undefined) throw new Error('the workbench is not open yet');
  return bench;
};

// Only a server of one's own has another limit than all servers have.
beforeAll(async () => {
  server = await startEmbeddedServer({
    port: 0,
    uiPort: 0,
    dynamicConfig: { 'limit.historyCount.suggestContinueAsNew': long },
    log: () => undefined,
  });
  bench = await openWorkbench(server.address);
});
afterAll(async () => {
  await bench?.close();
  await server?.close();
});

/** A roll of a node a wave. */
async function roll(
  strategy: 'surge' | 'in-place',
  change: (workers: FakeWorkers) => Partial<Activities> = () => ({}),
): Promise<{ workers: FakeWorkers; upgrade: RunningUpgrade; stage: WorkflowHandle }> {
  const workers = fakeWorkers(nodeCount);
  const upgrade = await workbench().start({
    plan: planOf(replacedStage(strategy, 1)),
    activities: {
      ...workers.activities,
      requestCancellation: async ({ workflowId, runId }) => {
        await workbench().client.workflow.getHandle(workflowId, runId).cancel();
      },
      ...change(workers),
    },
  });
  await upgrade.approve('plan');
  const stage = workbench().client.workflow.getHandle(`${upgrade.handle.workflowId}/1.32/workers/blue`);
  return { workers, upgrade, stage };
}

/** How often a workflow has gone on as a new run, and the most events that one of its runs has. */
async function runsOf(stage: WorkflowHandle): Promise<{ newRuns: number; mostEvents: number }> {
  let newRuns = 0;
  let mostEvents = 0;
  let runId: string | undefined;
  for (;;) {
    const { events } = await workbench().client.workflow.getHandle(stage.workflowId, runId).fetchHistory();
    mostEvents = Math.max(mostEvents, events?.length ?? 0);
    runId = events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId ?? '';
    if (runId === '') return { newRuns, mostEvents };
    newRuns += 1;
  }
}

/** How many waves there had been at each look for the next one. */
const wavesBefore = ({ calls }: RunningUpgrade): number[] =>
  calls.flatMap(({ activity, input }) =>
    activity === 'nextWave' ? [(input as Parameters<Activities['nextWave']>[0]).waves] : [],
  );

describe.concurrent('a roll whose history grows long', () => {
  it.for(['surge', 'in-place'] as const)(
    'goes on in new runs that know all that was done (%s)',
    async (strategy, { expect }) => {
      const { workers, upgrade, stage } = await roll(strategy);
      if (strategy === 'surge') await upgrade.approve('retire');
      expect(await upgrade.handle.result()).toMatchObject({ outcome: 'completed' });

      const { newRuns, mostEvents } = await runsOf(stage);
      expect(newRuns).toBeGreaterThanOrEqual(2);
      // Some waves are carried out before a run that has grown too long is left, and no more.
      expect(mostEvents).toBeLessThan(4 * long);
      // Every wave is the next one, whichever run it is of; the last look finds none.
      expect(wavesBefore(upgrade)).toEqual(Array.from({ length: nodeCount + 1 }, (_, index) => index));
      if (strategy === 'surge') expect(workers.evictions).toHaveLength(2 * nodeCount);
      expect(upgrade.changes().filter((change) => change.startsWith('createNodeGroup'))).toHaveLength(1);
      expect([...workers.groups.keys()]).toEqual(['blue-1-32']);
      expect(workers.nodes).toHaveLength(nodeCount);
      expect(workers.traces()).toEqual([]);
      const { compensations } = await upgrade.status();
      expect(compensations.filter(({ state }) => state === 'open' || state === 'failed')).toEqual([]);
    },
  );

  it('is put back whole by an abort that comes in a later run', async ({ expect }) => {
    let abort: () => Promise<void> = () => Promise.resolve();
    let drains = 0;
    const { workers, upgrade, stage } = await roll('surge', (fake) => ({
      drainWave: async (input) => {
        if (++drains === nodeCount - 1) await abort();
        return fake.activities.drainWave(input);
      },
    }));
    abort = async () => {
      await upgrade.handle.signal('abort', { by: 'on-call' });
    };
    const question = await upgrade.question();
    const { newRuns } = await runsOf(stage);
    expect(newRuns).toBeGreaterThanOrEqual(1);
    expect(question).toMatchObject({ about: 'hold', options: ['forward', 'back', 'stay'] });
    await upgrade.decide('back');
    const ending: unknown = await upgrade.handle.result().catch((error: unknown) => error);
    expect(ending instanceof WorkflowFailedError && ending.cause).toBeInstanceOf(CancelledFailure);

    expect([...workers.groups.keys()]).toEqual(['blue']);
    expect(workers.nodes).toHaveLength(nodeCount);
    expect(workers.traces()).toEqual([]);
    const { compensations } = await upgrade.status();
    expect(compensations.filter(({ state }) => state === 'open' || state === 'failed')).toEqual([]);
  });
});
