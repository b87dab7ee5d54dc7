import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { describe, it } from 'vitest';
import { fakeWorkers, planOf, replacedStage, untilAborted } from './fakeWorkers.ts';
import type { FakeWorkers } from './fakeWorkers.ts';
import type { RunningUpgrade, StartOptions } from './harness.ts';
import { failWith } from './failWith.ts';
import type { Activities } from './scriptedActivities.ts';
import { useWorkbench } from './server.ts';

const workbench = useWorkbench();

async function start(
  strategy: 'surge' | 'in-place',
  change: (workers: FakeWorkers) => Partial<Activities> = () => ({}),
  options: StartOptions = {},
): Promise<{ workers: FakeWorkers; upgrade: RunningUpgrade }> {
  const workers = fakeWorkers(5);
  const upgrade = await workbench().start({
    plan: planOf(replacedStage(strategy)),
    ...options,
    activities: {
      ...workers.activities,
      requestCancellation: async ({ workflowId, runId }) => {
        await workbench().client.workflow.getHandle(workflowId, runId).cancel();
      },
      ...change(workers),
    },
  });
  await upgrade.approve('plan');
  return { workers, upgrade };
}

async function causeOf(result: Promise<unknown>): Promise<ApplicationFailure | CancelledFailure> {
  const error = await result.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  const cause = error instanceof WorkflowFailedError ? error.cause : error;
  if (cause instanceof ApplicationFailure || cause instanceof CancelledFailure) return cause;
  throw new Error(`expected a failed workflow, and it was ${String(error)}`);
}

const untouched = (workers: FakeWorkers) => ({
  traces: workers.traces(),
  groups: [...workers.groups.keys()],
  nodes: workers.nodes.length,
});
const asBefore = { traces: [], groups: ['blue'], nodes: 5 };

/** The second wave's drain waits until it is let go. */
function heldDrain(workers: FakeWorkers) {
  let waves = 0;
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  return {
    release: () => release(),
    drainWave: (async (input) => {
      const outcome = await workers.activities.drainWave(input);
      if (++waves === 2) await held;
      return outcome;
    }) satisfies Activities['drainWave'],
  };
}

/** The drain of the second wave fails until it is mended. */
function failingDrain(workers: FakeWorkers) {
  const state = { waves: 0, broken: true };
  const drainWave: Activities['drainWave'] = async (input) => {
    if (++state.waves > 1 && state.broken) failWith('PlatformRefused', 'the eviction API said no');
    return workers.activities.drainWave(input);
  };
  return { state, drainWave };
}

describe.concurrent('before the first eviction', () => {
  it.for(['surge', 'in-place'] as const)(
    'a group that can’t get its nodes puts everything back (%s)',
    async (strategy, { expect }) => {
      const { workers, upgrade } = await start(strategy, () => ({
        awaitNodeGroupNodes: async () => ({
          state: 'failed',
          ready: 0,
          problems: ['InsufficientFreeAddresses: subnet-1'],
        }),
      }));
      const failure = await causeOf(upgrade.handle.result());
      expect(failure).toMatchObject({ type: 'NodesMissing' });
      expect(failure.message).toContain('InsufficientFreeAddresses');
      expect(untouched(workers)).toEqual(asBefore);
      const { compensations } = await upgrade.status();
      expect(compensations.map(({ state }) => state)).not.toContain('open');
      expect(workers.evictions).toEqual([]);
    },
  );

  it('an abort puts everything back, the last change first', async ({ expect }) => {
    const { workers, upgrade } = await start(
      'surge',
      () => ({
        awaitNodeGroupNodes: untilAborted,
      }),
      { request: { timing: { scale: 0.001 } } },
    );
    await upgrade.until('the wait for nodes', ({ waits }) => waits.some(({ kind }) => kind === 'nodes'));
    await upgrade.handle.signal('abort', { by: 'on-call' });
    expect(await causeOf(upgrade.handle.result())).toBeInstanceOf(CancelledFailure);
    expect(untouched(workers)).toEqual(asBefore);
    expect(upgrade.changes().slice(-2)).toEqual(['deleteNodeGroup blue-1-32', 'releaseAutoscalers']);
    const { outcome } = await upgrade.status();
    expect(outcome).toContain('during the roll of blue, and all that had been changed for it was put back');
  });
});

describe.concurrent('after the first eviction', () => {
  it('a failure holds, keeps both groups, and asks', async ({ expect }) => {
    const { workers, upgrade } = await start('surge', (fake) => failingDrain(fake));
    const question = await upgrade.question();
    expect(question).toMatchObject({
      about: 'hold',
      options: ['forward', 'back', 'stay'],
      byDefault: 'stay',
    });
    expect(question.shown[0]).toContain('the eviction API said no');
    expect([...workers.groups.keys()]).toEqual(['blue', 'blue-1-32']);
    await upgrade.handle.terminate();
  });

  it('forward goes on to the end once it is mended', async ({ expect }) => {
    const failing = { state: { waves: 0, broken: true } };
    const { workers, upgrade } = await start('surge', (fake) => {
      const { state, drainWave } = failingDrain(fake);
      failing.state = state;
      return { drainWave };
    });
    await upgrade.question();
    failing.state.broken = false;
    await upgrade.decide('forward');
    await upgrade.approve('retire');
    expect(await upgrade.handle.result()).toMatchObject({ outcome: 'completed' });
    expect(untouched(workers)).toEqual({ traces: [], groups: ['blue-1-32'], nodes: 5 });
  });

  it('back moves Pods to the old nodes and takes the new group away', async ({ expect }) => {
    const failing = { state: { waves: 0, broken: true } };
    const { workers, upgrade } = await start('surge', (fake) => {
      const { state, drainWave } = failingDrain(fake);
      failing.state = state;
      return { drainWave };
    });
    await upgrade.question();
    failing.state.broken = false;
    await upgrade.decide('back');
    const failure = await causeOf(upgrade.handle.result());
    expect(failure).toMatchObject({ type: 'PlatformRefused' });
    expect(untouched(workers)).toEqual(asBefore);
    const { notes } = await upgrade.status();
    expect(notes.some(({ text }) => text.includes('Pods were moved back to blue (1.31)'))).toBe(true);
  });

  it('stay ends with both groups, cordons where they are, autoscalers let go, and says how each stands', async ({
    expect,
  }) => {
    const { workers, upgrade } = await start('surge', (fake) => failingDrain(fake), {
      request: { workers: { hold: { timeout: '1m' } } },
    });
    expect(await causeOf(upgrade.handle.result())).toMatchObject({ type: 'PlatformRefused' });
    const status = await upgrade.status();
    expect(status.decisions?.[0]?.outcome).toBe('stay');
    expect([...workers.groups.keys()]).toEqual(['blue', 'blue-1-32']);
    expect(workers.traces()).toEqual(['1', '2', '3', '4', '5'].map((number) => `blue-${number} is cordoned`));
    expect(status.notes.at(-1)?.text).toContain('blue at 1.31 with 5 nodes (0 of them take Pods)');
    expect(status.compensations.map(({ undo, state }) => [undo, state])).toEqual([
      ['releaseAutoscalers', 'put-back'],
      ['deleteNodeGroup', 'kept'],
      ['uncordonNodes', 'kept'],
    ]);
  });

  it('an abort holds too, and a second one ends it as it is', async ({ expect }) => {
    const held: { release?: () => void } = {};
    const { workers, upgrade } = await start('surge', (fake) => {
      const { drainWave, release } = heldDrain(fake);
      held.release = release;
      return { drainWave };
    });
    await upgrade.until('the second wave', () => workers.evictions.length > 2);
    await upgrade.handle.signal('abort', { by: 'on-call' });
    await upgrade.until('aborting', ({ phase }) => phase === 'aborting');
    held.release?.();
    expect(await upgrade.question()).toMatchObject({ about: 'hold' });
    await upgrade.handle.signal('abort', { by: 'chief' });
    expect(await causeOf(upgrade.handle.result())).toBeInstanceOf(CancelledFailure);
    const status = await upgrade.status();
    expect(status.decisions?.[0]).toMatchObject({ outcome: 'stay', by: 'chief' });
    expect(status.phase).toBe('aborted');
    expect(status.outcome).toContain('see the stages and the notes for how its nodes stand now');
    expect([...workers.groups.keys()]).toEqual(['blue', 'blue-1-32']);
  });

  it('forward after an abort finishes the group, and then the upgrade ends as aborted', async ({
    expect,
  }) => {
    const held: { release?: () => void } = {};
    const { workers, upgrade } = await start('surge', (fake) => {
      const { drainWave, release } = heldDrain(fake);
      held.release = release;
      return { drainWave };
    });
    await upgrade.until('the second wave', () => workers.evictions.length > 2);
    await upgrade.handle.signal('abort', { by: 'on-call' });
    held.release?.();
    await upgrade.decide('forward');
    await upgrade.approve('retire');
    expect(await causeOf(upgrade.handle.result())).toBeInstanceOf(CancelledFailure);
    expect(untouched(workers)).toEqual({ traces: [], groups: ['blue-1-32'], nodes: 5 });
  });

  it('rollback at the gate retire moves everything back', async ({ expect }) => {
    const { workers, upgrade } = await start('surge');
    await upgrade.gate('retire');
    await upgrade.handle.signal('rollback', { by: 'on-call', comment: 'latency' });
    const failure = await causeOf(upgrade.handle.result());
    expect(failure).toMatchObject({ type: 'RolledBack' });
    expect(failure.message).toContain('on-call');
    expect(untouched(workers)).toEqual(asBefore);
    const status = await upgrade.status();
    expect(status.gates.at(-1)).toMatchObject({ gate: 'retire', outcome: 'aborted' });
    expect(status.decisions).toBeUndefined();
    expect(status.compensations.map(({ state }) => state)).not.toContain('open');
  });

  it('a rejected retire holds: the old group is not deleted', async ({ expect }) => {
    const { workers, upgrade } = await start('surge');
    await upgrade.handle.executeUpdate('reject', { args: [await upgrade.answer('retire')] });
    expect((await upgrade.question()).shown[0]).toContain('rejected');
    await upgrade.decide('back');
    expect(await causeOf(upgrade.handle.result())).toMatchObject({ type: 'Rejected' });
    expect(untouched(workers)).toEqual(asBefore);
  });

  it('rollback is refused where no workers are replaced', async ({ expect }) => {
    const upgrade = await workbench().start();
    await upgrade.gate('plan');
    await upgrade.handle.signal('rollback', { by: 'on-call' });
    const { refusals } = await upgrade.until('a refusal', (seen) => seen.refusals.length === 1);
    expect(refusals[0]).toMatchObject({ message: 'rollback', reason: 'no workers are being replaced now' });
    await upgrade.handle.terminate();
  });
});

describe.concurrent('a roll in place', () => {
  it('ends a wave of nodes, starts as many new ones, and asks for no end of the old group', async ({
    expect,
  }) => {
    const { workers, upgrade } = await start('in-place');
    expect(await upgrade.handle.result()).toMatchObject({ outcome: 'completed' });
    expect(untouched(workers)).toEqual({ traces: [], groups: ['blue-1-32'], nodes: 5 });
    expect((await upgrade.status()).gates.map(({ gate }) => gate)).toEqual(['plan']);
  });

  it('asks before it drains what has no room elsewhere', async ({ expect }) => {
    let room = false;
    const { workers, upgrade } = await start('in-place', (fake) => ({
      nextWave: async (input) => ({
        ...(await fake.activities.nextWave(input)),
        unplaceable: room ? [] : ['Pod shop/big wants 7 CPUs and no other node has them'],
      }),
    }));
    const question = await upgrade.question();
    expect(question.options).toEqual(['forward', 'stay']);
    expect(question.shown.join()).toContain('shop/big');
    expect(workers.evictions).toEqual([]);
    expect(workers.nodes.some(({ cordonedBy }) => cordonedBy !== undefined)).toBe(false);
    room = true;
    expect(await upgrade.handle.result()).toMatchObject({ outcome: 'completed' });
  });

  it('has its full size at the end when the last old node vanishes while it is drained', async ({
    expect,
  }) => {
    const { workers, upgrade } = await start('in-place', (fake) => ({
      drainWave: async (input) => {
        const old = fake.nodes.filter(({ group }) => group === 'blue');
        const last = old.length === input.nodes.length ? old.at(-1) : undefined;
        // The old group goes on wanting it, and its successor there has not joined before the group is deleted.
        if (last !== undefined) fake.vanish(last.name);
        return fake.activities.drainWave(input);
      },
    }));
    expect(await upgrade.handle.result()).toMatchObject({ outcome: 'completed' });
    const { notes } = await upgrade.status();
    expect(notes.map(({ text }) => text)).toContainEqual(expect.stringContaining('Nodes that vanished'));
    expect(untouched(workers)).toEqual({ traces: [], groups: ['blue-1-32'], nodes: 5 });
  });

  it('has its full size again when it stays, with the versions named', async ({ expect }) => {
    let drains = 0;
    const { workers, upgrade } = await start(
      'in-place',
      (fake) => ({
        awaitNodeGroupNodes: async (input) =>
          ++drains === 3
            ? { state: 'failed', ready: 0, problems: ['out of capacity'] }
            : fake.activities.awaitNodeGroupNodes(input),
      }),
      { request: { workers: { hold: { timeout: '1m' } } } },
    );
    expect(await causeOf(upgrade.handle.result())).toMatchObject({ type: 'NodesMissing' });
    expect(workers.traces()).toEqual([]);
    expect(workers.nodes).toHaveLength(5);
    const { notes } = await upgrade.status();
    expect(notes.at(-1)?.text).toMatch(/blue at 1\.31 with \d nodes .*, blue-1-32 at 1\.32 with \d nodes/);
  });
});
