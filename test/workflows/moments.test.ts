import { WorkflowFailedError } from '@temporalio/client';
import { describe, it } from 'vitest';
import { fakeWorkers, planOf, replacedStage } from './fakeWorkers.ts';
import type { FakeWorkers } from './fakeWorkers.ts';
import { seededRandom } from './random.ts';
import { useWorkbench } from './server.ts';

const workbench = useWorkbench();

/** How many random moments; `npm run test:moments -- --count 200` has more. */
const count = Number(process.env['STEPLADDER_MOMENTS'] ?? '12');
const seed = Number(process.env['STEPLADDER_SEED'] ?? '1');

/** What a roll calls that can be broken into, about as often as it does. */
const boundaries = [
  'describeNodeGroup',
  'holdOffAutoscalers',
  'createNodeGroup',
  'awaitNodeGroupNodes',
  'cordonNodes',
  'nextWave',
  'drainWave',
  'verifyOwners',
] as const;

type Moment = { activity: (typeof boundaries)[number]; call: number; after: boolean };

const random = seededRandom(seed);
const moments: { strategy: 'surge' | 'in-place'; moment: Moment }[] = Array.from(
  { length: count },
  (_, index) => ({
    strategy: index % 2 === 0 ? 'surge' : 'in-place',
    moment: {
      activity: boundaries[Math.floor(random() * boundaries.length)] ?? 'drainWave',
      call: 1 + Math.floor(random() * 2),
      after: random() < 0.5,
    },
  }),
);

describe.concurrent(`an abort at a random moment (seed ${String(seed)})`, { timeout: 240_000 }, () => {
  it.for(moments)(
    '$strategy, $moment.activity, call $moment.call, after: $moment.after',
    async ({ strategy, moment }, { expect }) => {
      const workers = fakeWorkers(4);
      let abort: () => Promise<void> = () => Promise.resolve();
      let calls = 0;
      const original = workers.activities[moment.activity].bind(workers.activities) as (
        input: unknown,
      ) => Promise<unknown>;
      const broken = async (input: unknown) => {
        const now = ++calls === moment.call;
        if (now && !moment.after) await abort();
        const result = await original(input);
        if (now && moment.after) await abort();
        return result;
      };
      const upgrade = await workbench().start({
        plan: planOf(replacedStage(strategy)),
        activities: {
          ...workers.activities,
          [moment.activity]: broken,
          requestCancellation: async ({ workflowId, runId }) => {
            await workbench().client.workflow.getHandle(workflowId, runId).cancel();
          },
        },
        request: { workers: { hold: { byDefault: 'stay', timeout: '1m' } } },
      });
      abort = async () => upgrade.handle.signal('abort', { by: 'on-call' });
      await upgrade.approve('plan');
      if (strategy === 'surge') {
        // One that is aborted holds, and takes its default; it never opens the gate.
        await Promise.race([
          upgrade.gate('retire').catch(() => undefined),
          upgrade.handle.result().catch(() => undefined),
        ]);
        if ((await upgrade.status()).endedAt === undefined)
          await upgrade.approve('retire').catch(() => undefined);
      }
      const ending: unknown = await upgrade.handle.result().catch((error: unknown) => error);
      if (ending instanceof Error && !(ending instanceof WorkflowFailedError)) throw ending;
      const { compensations, decisions = [], waits } = await upgrade.status();
      expect(waits).toEqual([]);
      expect(compensations.filter(({ state }) => state === 'open' || state === 'failed')).toEqual([]);
      expect(decisions.filter(({ outcome }) => outcome === undefined)).toEqual([]);
      expectComplete(expect, workers, strategy);
    },
  );
});

/** The end states of a roll: nothing of it, all of it, or, after a hold, both groups with every Pod on a node. */
function expectComplete(
  expect: (value: unknown, message?: string) => { toEqual(expected: unknown): void },
  workers: FakeWorkers,
  strategy: 'surge' | 'in-place',
): void {
  const groups = [...workers.groups.keys()];
  const traces = workers.traces();
  expect(workers.pods.filter(({ node }) => node === undefined)).toEqual([]);
  expect(workers.nodes.filter(({ heldOffBy }) => heldOffBy !== undefined)).toEqual([]);
  if (groups.length === 1 || strategy === 'in-place') {
    expect(traces, groups.join()).toEqual([]);
    expect(workers.nodes.length).toEqual(4);
    return;
  }
  // Surge that stays: only the old nodes are cordoned, and all of them.
  expect(workers.evictions.length > 0 || traces.length > 0).toEqual(true);
  expect(
    workers.nodes.filter(({ cordonedBy }) => cordonedBy !== undefined).map(({ group }) => group),
  ).toEqual(Array.from({ length: 4 }, () => 'blue'));
}
