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

const nodeCount = 4;
const holds = ['stay', 'forward', 'back'] as const;
type Hold = (typeof holds)[number];

type Moment = { activity: (typeof boundaries)[number]; call: number; after: boolean };

const random = seededRandom(seed);
const moments: { strategy: 'surge' | 'in-place'; moment: Moment; hold: Hold }[] = Array.from(
  { length: count },
  (_, index) => ({
    strategy: index % 2 === 0 ? 'surge' : 'in-place',
    moment: {
      activity: boundaries[Math.floor(random() * boundaries.length)] ?? 'drainWave',
      call: 1 + Math.floor(random() * 2),
      after: random() < 0.5,
    },
    hold: holds[Math.floor(random() * holds.length)] ?? 'stay',
  }),
);

describe.concurrent(`an abort at a random moment (seed ${String(seed)})`, () => {
  it.for(moments)(
    '$strategy, $moment.activity, call $moment.call, after: $moment.after, then $hold',
    async ({ strategy, moment, hold }, { expect }) => {
      const workers = fakeWorkers(nodeCount);
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
        request: { workers: { hold: { byDefault: hold, timeout: '1m' } } },
      });
      const sent = { abort: false };
      abort = async () => {
        sent.abort = true;
        await upgrade.handle.signal('abort', { by: 'on-call' });
      };
      await upgrade.approve('plan');
      if (strategy === 'surge') {
        // What holds takes its default; only what went on, or goes forward, opens the gate.
        await upgrade
          .until(
            'the gate retire, or the end',
            ({ gates, endedAt }) => endedAt !== undefined || gates.some(({ gate }) => gate === 'retire'),
          )
          .catch(() => undefined);
        if ((await upgrade.status()).endedAt === undefined)
          await upgrade.approve('retire').catch(() => undefined);
      }
      const ending: unknown = await upgrade.handle.result().catch((error: unknown) => error);
      if (ending instanceof Error && !(ending instanceof WorkflowFailedError)) throw ending;
      const { compensations, decisions = [], waits, phase } = await upgrade.status();
      expect(waits).toEqual([]);
      expect(compensations.filter(({ state }) => state === 'open' || state === 'failed')).toEqual([]);
      expect(decisions.filter(({ outcome }) => outcome === undefined)).toEqual([]);
      expect(['aborted', ...(sent.abort ? [] : ['completed'])]).toContain(phase);

      const held = decisions.filter(({ about, outcome }) => about === 'hold' && outcome !== 'aborted');
      expect(held.length).toBeLessThanOrEqual(1);
      const choice = held[0]?.outcome;
      if (choice !== undefined) expect(choice).toBe(defaultOf(strategy, hold));
      const end = endState(workers);
      if (choice === undefined) {
        // Nothing was asked: either no Pod had been touched, or it was past the point of return.
        const moved = workers.evictions.length > 0;
        expect(end).toEqual(moved ? replaced : untouched);
        if (!moved) expect(phase).toBe('aborted');
      } else if (choice === 'forward') {
        expect(end).toEqual(replaced);
      } else if (choice === 'back') {
        expect(end).toEqual(untouched);
      } else if (strategy === 'surge') {
        expect(end).toEqual(bothStay);
      } else {
        const { blue = 0, 'blue-1-32': fresh = 0 } = end.nodes;
        expect(blue + fresh).toBe(nodeCount);
        expect({ ...end, nodes: {} }).toEqual({ ...bothStay, traces: [], nodes: {} });
      }
    },
  );
});

/** In place there is nothing to go back to. */
function defaultOf(strategy: 'surge' | 'in-place', hold: Hold): Hold {
  return strategy === 'in-place' && hold === 'back' ? 'stay' : hold;
}

/** All that a roll changes, as it stands when it has ended. */
function endState(workers: FakeWorkers) {
  const { groups, nodes, pods } = workers;
  const count: Record<string, number> = {};
  for (const { group } of nodes) count[group] = (count[group] ?? 0) + 1;
  const homeless = pods.filter(({ node }) => !nodes.some(({ name }) => name === node));
  return { groups: [...groups.keys()], nodes: count, traces: workers.traces(), homeless };
}

const untouched = { groups: ['blue'], nodes: { blue: nodeCount }, traces: [], homeless: [] };
const replaced = { groups: ['blue-1-32'], nodes: { 'blue-1-32': nodeCount }, traces: [], homeless: [] };
/** Surge: the old nodes are cordoned, all of them and they alone, and nothing else is left on any. */
const bothStay = {
  groups: ['blue', 'blue-1-32'],
  nodes: { blue: nodeCount, 'blue-1-32': nodeCount },
  traces: Array.from({ length: nodeCount }, (_, index) => `blue-${String(index + 1)} is cordoned`),
  homeless: [],
};
