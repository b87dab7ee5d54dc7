import { describe, it } from 'vitest';
import type { CallFaultRule, FaultSettingsInput } from '../../scenario/faultsSchema.ts';
import { askCluster, notAt } from './clusterState.ts';
import { applied, hopTo132, repetitions, wholeUpgrade } from './journal.ts';
import { setStage } from './stage.ts';
import type { Stage } from './stage.ts';

type CallFaultRuleInput = NonNullable<FaultSettingsInput['calls']>[number];

const surfaces = ['eks', 'kubernetes'] as const;

/** A rule for each API: what hits one shall not depend on how often the other is called. */
const onBoth = (...kinds: [CallFaultRule['kind'], number][]): CallFaultRuleInput[] =>
  kinds.flatMap(([kind, rate]) => surfaces.map((surface) => ({ surface, kind, rate })));

const throttling = onBoth(['throttle', 0.1]);
const serverErrors = onBoth(['server-error', 0.05], ['unavailable', 0.05]);
const resets = onBoth(['reset', 0.1]);
const droppedWatches: CallFaultRuleInput[] = [{ kind: 'drop-watch', rate: 0.1 }];

/** Each befalls a tenth of the calls, from the first look to the report. */
const cases: { name: string; calls: CallFaultRuleInput[]; hits: boolean }[] = [
  {
    name: 'all of them at once',
    calls: [...throttling, ...serverErrors, ...resets, ...droppedWatches],
    hits: true,
  },
  { name: 'throttling (429)', calls: throttling, hits: true },
  { name: 'server errors (500 and 503)', calls: serverErrors, hits: true },
  { name: 'connection resets', calls: resets, hits: true },
  // Whoever lists and looks again instead of watching is not hit by these.
  { name: 'dropped watches', calls: droppedWatches, hits: false },
];

describe.concurrent('a whole upgrade', () => {
  it.for(cases)(
    'is delayed by $name in a tenth of all calls, and does not fail',
    async ({ calls, hits }, { expect, onTestFinished }) => {
      const stage = await setStage(onTestFinished);
      const hit = countFaults(stage);
      await stage.startWorker();
      await stage.control('POST', '/faults', { calls });
      const upgrade = await stage.start();
      await upgrade.approve('plan');
      expect(await upgrade.completed()).toMatchObject({ outcome: 'completed', version: '1.33' });
      await stage.control('DELETE', '/faults');

      if (hits) for (const surface of surfaces) expect(hit[surface], surface).toBeGreaterThan(3);
      expect(notAt('1.33', await askCluster(stage.simulator, stage.cluster))).toEqual([]);
      const journal = await stage.journal();
      expect(repetitions(journal)).toEqual([]);
      expect(applied(journal)).toEqual(wholeUpgrade(stage.cluster));
    },
  );

  it('sends a change again under the same token when its answer was lost', async ({
    expect,
    onTestFinished,
  }) => {
    const stage = await setStage(onTestFinished);
    await stage.startWorker();
    // Only changes are hit: which of them, and whether before or after they are applied, follows from the seed alone.
    const calls = [{ surface: 'eks', operation: 'Update*', kind: 'reset', rate: 0.6 }];
    await stage.control('POST', '/faults', { calls });
    const upgrade = await stage.start({ targetVersion: '1.32' });
    await upgrade.approve('plan');
    expect(await upgrade.completed()).toMatchObject({ outcome: 'completed', version: '1.32' });

    const journal = await stage.journal();
    expect(journal.map(({ outcome }) => outcome)).toContain('repeated');
    expect(repetitions(journal)).toEqual([]);
    expect(applied(journal)).toEqual(hopTo132(stage.cluster));
  });
});

/** How many calls of each API are befallen by a fault from now on. */
function countFaults({ simulator }: Stage): Record<(typeof surfaces)[number], number> {
  const { faults } = simulator.cluster;
  const ask = faults.onCall.bind(faults);
  const hit = { eks: 0, kubernetes: 0 };
  faults.onCall = (surface, operation) => {
    const fault = ask(surface, operation);
    if (fault !== undefined) hit[surface] += 1;
    return fault;
  };
  return hit;
}
