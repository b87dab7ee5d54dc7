import { describe, it } from 'vitest';
import { seededRandom } from '../workflows/random.ts';
import { marks, settingsOf } from './nodeMarks.ts';
import { eventually } from './patience.ts';
import { beforeTheRoll, expectReplaced, expectSettled, groupNames, nodesOf } from './rollStage.ts';
import type { Stage } from './stage.ts';

/** How many random moments; `npm run test:moments -- --simulator --count 20` has more. */
const count = Number(process.env['STEPLADDER_MOMENTS'] ?? '3');
const seed = Number(process.env['STEPLADDER_SEED'] ?? '1');

/** About so many calls that change something are made in a roll of the group. */
const changesOfARoll = 45;
const holds = ['stay', 'forward', 'back'] as const;

const random = seededRandom(seed);
const moments = Array.from({ length: count }, (_, index) => ({
  strategy: index % 2 === 0 ? ('surge' as const) : ('in-place' as const),
  what: index % 4 < 2 ? ('abort' as const) : ('crash' as const),
  change: 1 + Math.floor(random() * changesOfARoll),
  hold: holds[Math.floor(random() * holds.length)] ?? 'stay',
}));

describe.concurrent(`a roll at a random moment (seed ${String(seed)})`, () => {
  it.for(moments)(
    '$strategy, $what at change $change, then $hold',
    async ({ strategy, what, change, hold }, { expect, onTestFinished }) => {
      // In place there is nothing to go back to.
      const choice = strategy === 'in-place' && hold === 'back' ? 'stay' : hold;
      const { stage, upgrade, worker } = await beforeTheRoll(onTestFinished, strategy, {
        hold: { byDefault: hold, timeout: '1m' },
      });
      const groups = groupNames(stage);
      const before = settingsOf(stage);
      const changes = atChange(stage, change, async () => {
        if (what === 'abort') await upgrade.handle.signal('abort', { by: 'on-call' });
        else {
          await worker.kill();
          await stage.startWorker();
        }
      });
      await upgrade.approve('workers');
      if (strategy === 'surge') {
        // What was aborted may end without that gate.
        const asked = upgrade.approve('retire');
        await (what === 'abort' ? asked.catch(() => undefined) : asked);
      }
      await upgrade.handle.result().catch(() => undefined);
      await changes.done();
      const { phase, decisions = [] } = await upgrade.status();
      await expectSettled(upgrade, expect);
      await eventually('a node for every Pod', () => homeless(stage).length === 0);
      const held = decisions.filter(({ about, outcome }) => about === 'hold' && outcome !== 'aborted');
      expect(held.map(({ outcome }) => outcome)).toEqual(held.length === 0 ? [] : [choice]);

      if (what === 'crash' || !changes.reached()) {
        expect([phase, held]).toEqual(['completed', []]);
        return expectReplaced(stage, expect);
      }
      if (held.length === 0 ? changes.evictions() > 0 : choice === 'forward')
        return expectReplaced(stage, expect);
      if (phase !== 'aborted') throw new Error(`it ended as ${phase}`);
      if (held.length === 0 || choice === 'back') {
        expect(groupNames(stage)).toEqual(groups);
        expect(settingsOf(stage)).toEqual(before);
        return;
      }
      expect(groupNames(stage)).toEqual([...groups, 'general-1-32'].sort());
      const [old, fresh] = [nodesOf(stage, 'general'), nodesOf(stage, 'general-1-32')];
      const cordoned = marks(stage).filter((mark) => mark.includes('cordoned'));
      expect(marks(stage)).toEqual(cordoned);
      expect(old.length + fresh.length).toBe(strategy === 'surge' ? 6 : 3);
      // Surge: the old nodes take no Pods, all of them and they alone.
      expect(cordoned.filter((mark) => mark.endsWith('is cordoned')).sort()).toEqual(
        strategy === 'surge' ? old.map((name) => `${name} is cordoned`).sort() : [],
      );
    },
  );
});

const isChange = /^((create|patch|update|delete) (?!.*reviews)|Create|Update|Delete|Terminate)/;

/** Does something when that many calls that change something have come to either API. */
function atChange({ simulator }: Stage, change: number, act: () => Promise<void>) {
  const { faults } = simulator.cluster;
  const ask = faults.onCall.bind(faults);
  let acting: Promise<void> | undefined;
  let [seen, evictions] = [0, 0];
  faults.onCall = (surface, operation) => {
    if (operation === 'create pods/eviction') evictions += 1;
    if (isChange.test(operation) && ++seen === change) acting = act();
    return ask(surface, operation);
  };
  return { reached: () => acting !== undefined, evictions: () => evictions, done: async () => acting };
}

/** Pods that no node has. */
function homeless({ simulator }: Stage): string[] {
  const { items } = simulator.cluster.store.list({ group: '', resource: 'pods' });
  return items
    .filter(({ spec }) => !(typeof spec === 'object' && spec !== null && Reflect.has(spec, 'nodeName')))
    .map(({ metadata }) => metadata.name);
}
