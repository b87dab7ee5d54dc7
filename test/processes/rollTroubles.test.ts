import { describe, it } from 'vitest';
import { NodeFleet, imageOf } from '../../eks-api/nodeFleet.ts';
import { marks, settingsOf } from './nodeMarks.ts';
import { beforeTheRoll, expectReplaced, expectSettled, groupNames, nodesOf } from './rollStage.ts';
import type { Strategy } from './rollStage.ts';
import { crawlOnceAPodLeaves, fullSpeed, setSpeed } from './simulated.ts';
import type { Stage } from './stage.ts';

const strategies: Strategy[] = ['surge', 'in-place'];

describe.concurrent('a roll by our own waves in trouble', () => {
  it.for(strategies)(
    'goes on when a node vanishes while it is drained (%s)',
    async (strategy, { expect, onTestFinished }) => {
      const { stage, upgrade } = await beforeTheRoll(onTestFinished, strategy);
      // From that moment on the Pod does not get any further before its node is gone.
      const leaving = crawlOnceAPodLeaves(stage, 'general');
      await upgrade.approve('workers');
      const node = await leaving;
      await stage.control('DELETE', `/nodes/${node}`);
      setSpeed(stage, fullSpeed);
      if (strategy === 'surge') await upgrade.approve('retire');
      expect(await upgrade.completed()).toMatchObject({ outcome: 'completed' });

      // Named once, unless its Pods, which go with it, are heard of first: Pods and nodes are watched apart, and a node that
      // is known to be empty is drained. That one that is known to be gone is named, the drain's own tests say.
      const { notes } = await upgrade.status();
      const told = notes.filter(({ text }) => text.includes('vanished'));
      expect(told.length).toBeLessThanOrEqual(1);
      for (const { text } of told) expect(text).toContain(node);
      await expectReplaced(stage, expect);
    },
  );

  it.for([
    ['surge', 'back'],
    ['surge', 'stay'],
    ['in-place', 'stay'],
  ] as const)(
    'holds when a Pod never becomes Ready on its new node, until a person answers (%s, %s)',
    async ([strategy, answer], { expect, onTestFinished }) => {
      const { stage, upgrade } = await beforeTheRoll(onTestFinished, strategy, { settleTimeout: '50m' });
      const before = settingsOf(stage);
      await stage.control('POST', '/faults', {
        pods: [{ namespace: 'shop', name: 'orders-db-*', kind: 'never-ready', count: 1 }],
      });
      await upgrade.approve('workers');
      const question = await upgrade.question();
      expect(question).toMatchObject({ about: 'hold', at: '1.32/workers/general' });
      expect(question.shown.join()).toContain('orders-db');
      const { waits } = await upgrade.status();
      expect(waits.map(({ kind }) => kind).sort()).toEqual(['decision', 'workloads']);

      await upgrade.decide(answer);
      expect((await upgrade.failed()).message).toContain('orders-db');
      await expectSettled(upgrade, expect);
      const groups = groupNames(stage);
      if (answer === 'back') {
        expect(groups).toEqual(['general', 'platform']);
        expect(settingsOf(stage)).toEqual(before);
        return;
      }
      expect(groups).toEqual(['general', 'general-1-32', 'platform']);
      const [old, fresh] = [nodesOf(stage, 'general'), nodesOf(stage, 'general-1-32')];
      if (strategy === 'surge') {
        expect([old.length, fresh.length]).toEqual([3, 3]);
        // That the old nodes take no Pods is part of that state, and the only mark that is left.
        expect(marks(stage).filter((mark) => !mark.includes('cordoned'))).toEqual([]);
        expect(marks(stage).filter((mark) => mark.endsWith('is cordoned'))).toHaveLength(3);
      } else {
        expect([old.length, fresh.length]).toEqual([2, 1]);
        expect(marks(stage)).toEqual([]);
      }
    },
  );

  it('puts everything back when the new group can not have its nodes (surge)', async ({
    expect,
    onTestFinished,
  }) => {
    const { stage, upgrade } = await beforeTheRoll(onTestFinished, 'surge');
    const before = settingsOf(stage);
    await stage.control('POST', '/faults', noCapacity);
    await upgrade.approve('workers');
    const { type, message } = await upgrade.failed();
    expect([type, message]).toEqual(['NodesMissing', expect.stringContaining('general-1-32')]);
    await expectSettled(upgrade, expect);
    expect(groupNames(stage)).toEqual(['general', 'platform']);
    expect(settingsOf(stage)).toEqual(before);
  });

  it('holds when the nodes that take the place of ended ones do not come, and goes on once they do (in-place)', async ({
    expect,
    onTestFinished,
  }) => {
    const { stage, upgrade } = await beforeTheRoll(onTestFinished, 'in-place');
    await stage.control('POST', '/faults', noCapacity);
    await upgrade.approve('workers');
    const question = await upgrade.question();
    expect(question).toMatchObject({ about: 'hold', options: ['forward', 'stay'] });
    expect(question.shown.join()).toContain('general-1-32');
    await stage.control('DELETE', '/faults');
    await tryAgain(stage, 'general-1-32');
    await upgrade.decide('forward');
    expect(await upgrade.completed()).toMatchObject({ outcome: 'completed' });
    await expectReplaced(stage, expect);
  });

  it.for(strategies)(
    'asks when the eviction API answers 500, and goes on by itself once it does not (%s)',
    async (strategy, { expect, onTestFinished }) => {
      const { stage, upgrade } = await beforeTheRoll(onTestFinished, strategy);
      await stage.control('POST', '/faults', {
        calls: [{ surface: 'kubernetes', operation: 'create pods/eviction', kind: 'server-error' }],
      });
      await upgrade.approve('workers');
      const question = await upgrade.question();
      expect(question).toMatchObject({ about: 'drain', at: '1.32/workers/general' });
      expect(new Set(question.pods.map(({ reason }) => reason))).toEqual(new Set(['eviction-error']));
      const { waits } = await upgrade.status();
      expect(waits.map(({ kind }) => kind).sort()).toEqual(['decision', 'drain']);

      await stage.control('DELETE', '/faults');
      if (strategy === 'surge') await upgrade.approve('retire');
      expect(await upgrade.completed()).toMatchObject({ outcome: 'completed' });
      const { decisions = [] } = await upgrade.status();
      expect(decisions[0]).toMatchObject({ digest: question.digest, outcome: 'void' });
      await expectReplaced(stage, expect);
    },
  );
});

/** There are machines again, and the Auto Scaling group, which never gives up, gets the one that it lacks. */
async function tryAgain({ simulator: { eks } }: Stage, nodeGroup: string): Promise<void> {
  const group = eks.findNodeGroup(nodeGroup);
  group.issues.length = 0;
  await new NodeFleet(eks, group).launch(1, imageOf(group));
}

const noCapacity = { nodes: [{ nodeGroup: 'general-1-32', kind: 'no-capacity' }] };
