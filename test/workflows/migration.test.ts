import { WorkflowFailedError } from '@temporalio/client';
import { CancelledFailure } from '@temporalio/common';
import { describe, it } from 'vitest';
import type { UpgradeStatus } from '../../src/contract/status.ts';
import { judgeSoak, judgeStep } from '../../src/routing/judgeStep.ts';
import type { StepVerdict } from '../../src/routing/judgeStep.ts';
import { failWith } from './failWith.ts';
import { blue, fakeMigration, green, migration, migrationPlan, planWithTools } from './fakeMigration.ts';
import type { FakeMigration } from './fakeMigration.ts';
import type { RunningUpgrade } from './harness.ts';
import { useWorkbench } from './server.ts';

const workbench = useWorkbench();

const worse: StepVerdict = { verdict: 'return', why: ['shop holds on blue and fails on green.'] };

function start(
  fake: FakeMigration,
  more: Record<string, unknown> = {},
  plan = migrationPlan,
): Promise<RunningUpgrade> {
  return workbench().start({
    plan,
    request: {
      targetVersion: '1.34',
      workers: { strategy: 'blue-green' },
      migration: migration({ keepOldFor: '10m', steps: { soak: '30s' }, ...more }),
    },
    activities: {
      ...fake.activities,
      requestCancellation: async ({ workflowId, runId }) => {
        await workbench().client.workflow.getHandle(workflowId, runId).cancel();
      },
      awaitNodeGroupNodes: async ({ nodes }) => ({ state: 'ready', ready: nodes, problems: [] }),
    },
  });
}

/** What a migration ended with, in our words. */
async function ended(upgrade: RunningUpgrade): Promise<string> {
  try {
    const { outcome } = (await upgrade.handle.result()) as { outcome: string };
    return outcome;
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    const { cause } = error;
    if (cause instanceof CancelledFailure) return 'canceled';
    return (cause as Error & { type?: string }).type ?? String(cause);
  }
}

const owed = ({ compensations }: UpgradeStatus) =>
  Object.fromEntries(compensations.map(({ undo, state }) => [undo, state]));
const stageStates = ({ hops }: UpgradeStatus) =>
  Object.fromEntries(hops.flatMap(({ stages }) => stages.map(({ stage, state }) => [stage, state])));

describe.concurrent('a migration', () => {
  it('makes green, moves work before users, users step by step, and deletes blue when both are approved', async ({
    expect,
  }) => {
    const fake = fakeMigration();
    const upgrade = await start(fake);
    await upgrade.approve('plan');
    const before = await upgrade.gate('cutover');
    expect(before.migration?.weights).toEqual({ blue: 100, green: 0 });
    expect(fake.moves).toEqual([]);
    await upgrade.approve('cutover');
    await upgrade.approve('retire');
    expect(await ended(upgrade)).toBe('completed');
    expect(fake.log).toEqual([
      `create ${green}`,
      `hold ${blue}`,
      `release ${green}`,
      ...[5, 25, 50, 100].map((weight) => `weights ${weight}`),
      `delete ${blue}`,
    ]);
    const status = await upgrade.status();
    expect([...fake.clusters]).toEqual([green]);
    expect(new Set(Object.values(stageStates(status)))).toEqual(new Set(['done']));
    expect(status).toMatchObject({ waits: [], currentVersion: '1.34' });
    expect(status.outcome).toContain(
      `All users are on cluster ${green} at 1.34; ${upgrade.cluster} is deleted`,
    );
    expect(new Set(Object.values(owed(status)))).toEqual(new Set(['kept']));
  });

  it('sends all back when green does worse, says why at the next opening, and goes over again', async ({
    expect,
  }) => {
    const fake = fakeMigration();
    let bad = true;
    fake.look = (at) => (bad && at === 25 ? worse : { verdict: 'go on', why: ['It holds.'] });
    const upgrade = await start(fake);
    await upgrade.approve('plan');
    await upgrade.approve('cutover');
    const again = await upgrade.until('the second opening', ({ gates }) =>
      gates.some(
        ({ gate, opening, outcome }) => gate === 'cutover' && opening === 2 && outcome === undefined,
      ),
    );
    expect(fake.moves).toEqual([5, 25, 0]);
    expect([...fake.working]).toEqual([blue]);
    expect(fake.log.slice(-3)).toEqual(['weights 0', `hold ${green}`, `release ${blue}`]);
    expect(again.gates.at(-1)?.shown.join('\n')).toContain('fails on green');
    bad = false;
    await upgrade.approve('cutover');
    await upgrade.approve('retire');
    expect(await ended(upgrade)).toBe('completed');
    expect(fake.moves).toEqual([5, 25, 0, 5, 25, 50, 100]);
  });

  it('ends when green does worse and the request says so: users on blue, green removed', async ({
    expect,
  }) => {
    const fake = fakeMigration();
    fake.look = (at) => (at === 25 ? worse : { verdict: 'go on', why: ['It holds.'] });
    const upgrade = await start(fake, { afterReturn: 'end' });
    await upgrade.approve('plan');
    await upgrade.approve('cutover');
    expect(await ended(upgrade)).toBe('RolledBack');
    expect(fake.moves).toEqual([5, 25, 0]);
    expect([...fake.clusters]).toEqual([blue]);
    expect([...fake.working]).toEqual([blue]);
    expect(fake.trusted).toBe(false);
    expect(fake.log).toContain('restore routing');
    const status = await upgrade.status();
    expect(new Set(Object.values(owed(status)))).toEqual(new Set(['put-back']));
    expect(status.currentVersion).toBe('1.31');
  });

  it('goes back in one step when a person wants it amid a soak', async ({ expect }) => {
    const fake = fakeMigration();
    // It never ends by itself.
    fake.look = () => ({ verdict: 'go on', why: ['It holds.'] });
    const upgrade = await start(fake, { steps: { soak: '30d', lookEvery: '1d' } });
    await upgrade.approve('plan');
    await upgrade.approve('cutover');
    await upgrade.until('the first soak', ({ waits }) => waits.some(({ kind }) => kind === 'soak'));
    await upgrade.handle.signal('rollback', { by: 'on-call', comment: 'the shop is slow' });
    const again = await upgrade.until('the second opening', ({ gates }) => gates.at(-1)?.opening === 2);
    expect(fake.moves).toEqual([5, 0]);
    expect([...fake.working]).toEqual([blue]);
    expect(again.gates.at(-1)?.shown.join('\n')).toContain('the shop is slow');
    expect(again.actions.at(-1)).toMatchObject({ action: 'rollback', by: 'on-call' });
    await upgrade.handle.signal('rollback', { by: 'colleague' });
    const { refusals } = await upgrade.until('a refusal', (seen) => seen.refusals.length > 0);
    expect(refusals[0]).toMatchObject({ message: 'rollback', by: 'colleague' });
    expect(refusals[0]?.reason).toContain(
      `all users are back on ${upgrade.cluster} already: approve the gate \`cutover\` to send them to ${green} again`,
    );
    await upgrade.handle.signal('abort');
    expect(await ended(upgrade)).toBe('canceled');
    expect([...fake.clusters]).toEqual([blue]);
  });

  it('goes back while blue is kept, and not before anybody was sent over', async ({ expect }) => {
    const fake = fakeMigration();
    const upgrade = await start(fake, { keepOldFor: '300d' });
    await upgrade.approve('plan');
    await upgrade.gate('cutover');
    await upgrade.handle.signal('rollback');
    expect(
      (await upgrade.until('a refusal', ({ refusals }) => refusals.length > 0)).refusals[0]?.reason,
    ).toContain('no users have been sent');
    await upgrade.approve('cutover');
    await upgrade.until('blue is kept', ({ waits }) => waits.some(({ kind }) => kind === 'keep-old'));
    await upgrade.handle.signal('rollback', { by: 'on-call', comment: 'invoices are missing' });
    const back = await upgrade.until('the second opening', ({ gates }) => gates.at(-1)?.opening === 2);
    expect(fake.weights).toEqual({ blue: 100, green: 0 });
    expect(back.currentVersion).toBe('1.31');
    expect(back.gates.at(-1)?.shown.join('\n')).toContain('invoices are missing');
    expect(stageStates(back)).toMatchObject({ cutover: 'running', retirement: 'pending' });
    await upgrade.handle.signal('abort');
    expect(await ended(upgrade)).toBe('canceled');
  });

  it('goes back also while blue’s end is asked for, which is void then', async ({ expect }) => {
    const fake = fakeMigration();
    const upgrade = await start(fake);
    await upgrade.approve('plan');
    await upgrade.approve('cutover');
    await upgrade.gate('retire');
    await upgrade.handle.signal('rollback', { by: 'on-call' });
    const { gates } = await upgrade.until('the second opening', (seen) => seen.gates.at(-1)?.opening === 2);
    expect(gates.map(({ gate, outcome }) => [gate, outcome])).toEqual([
      ['plan', 'approved'],
      ['cutover', 'approved'],
      ['retire', 'void'],
      ['cutover', undefined],
    ]);
    expect(fake.weights).toEqual({ blue: 100, green: 0 });
    expect([...fake.clusters].sort()).toEqual([blue, green]);
    await upgrade.handle.signal('abort');
    expect(await ended(upgrade)).toBe('canceled');
  });

  it('keeps blue when its end is rejected, and is complete all the same', async ({ expect }) => {
    const fake = fakeMigration();
    const upgrade = await start(fake);
    await upgrade.approve('plan');
    await upgrade.approve('cutover');
    await upgrade.handle.executeUpdate('reject', { args: [await upgrade.answer('retire')] });
    expect(await ended(upgrade)).toBe('completed');
    expect([...fake.clusters].sort()).toEqual([blue, green]);
    const status = await upgrade.status();
    expect(stageStates(status)['retirement']).toBe('skipped');
    expect(status.outcome).toContain('still there');
  });

  it.for([
    ['remove', [blue]],
    ['keep', [blue, green]],
  ] as const)('whose cutover is rejected would %s green', async ([onFailure, left], { expect }) => {
    const fake = fakeMigration();
    const upgrade = await start(fake, { green: { onFailure } });
    await upgrade.approve('plan');
    await upgrade.handle.executeUpdate('reject', { args: [await upgrade.answer('cutover')] });
    expect(await ended(upgrade)).toBe('Rejected');
    expect([...fake.clusters].sort()).toEqual(left);
    expect(fake.moves).toEqual([]);
    expect([...fake.working]).toEqual([blue]);
  });

  it('that is aborted while green is made removes it once that is known', async ({ expect }) => {
    const fake = fakeMigration();
    const before = { ...fake.activities };
    let isActive = false;
    fake.activities.awaitGreenCluster = async (input) =>
      isActive ? before.awaitGreenCluster(input) : { state: 'still-running', line: 'CREATING' };
    const upgrade = await start(fake);
    await upgrade.approve('plan');
    await upgrade.until('green is made', ({ waits }) => waits.some(({ kind }) => kind === 'green'));
    await upgrade.handle.signal('abort', { by: 'on-call' });
    isActive = true;
    expect(await ended(upgrade)).toBe('canceled');
    expect(fake.log).toEqual([`create ${green}`, `remove ${green}`]);
  });

  it('that EKS could not make is removed and made once more, and then given up', async ({ expect }) => {
    const fake = fakeMigration({
      awaitGreenCluster: async () => ({ state: 'failed', line: 'IpNotAvailable' }),
    });
    const upgrade = await start(fake);
    await upgrade.approve('plan');
    expect(await ended(upgrade)).toBe('UpdateFailed');
    expect(fake.log).toEqual([`create ${green}`, `remove ${green}`, `create ${green}`, `remove ${green}`]);
  });

  it('tells what an earlier attempt at a tool had left half done on green', async ({ expect }) => {
    const told = 'external-dns on green: it stood at pending-install; it was uninstalled first.';
    const fake = fakeMigration({
      installGreenTools: async () => ({ installed: ['external-dns'], notes: [told] }),
    });
    const upgrade = await start(fake, {}, planWithTools);
    await upgrade.approve('plan');
    const { notes } = await upgrade.gate('cutover');
    expect(notes).toContainEqual(expect.objectContaining({ text: told, stage: 'green-tools' }));
    await upgrade.handle.signal('abort');
    expect(await ended(upgrade)).toBe('canceled');
  });

  it('holds while a difference is unexplained, until a person accepts it', async ({ expect }) => {
    const fake = fakeMigration({
      compareSides: async () => ({
        same: 39,
        explained: [],
        unexplained: ['ConfigMap shop/prices is missing'],
        unexplainedCount: 1,
        evidence: { name: 'compared', key: 'compared', sha256: 'x', count: 1 },
      }),
    });
    const upgrade = await start(fake);
    await upgrade.approve('plan');
    const held = await upgrade.until('it holds', ({ waits }) =>
      waits.some(({ kind, what }) => kind === 'workloads' && what.includes('shop/prices')),
    );
    expect(held.gates.some(({ gate }) => gate === 'cutover')).toBe(false);
    await upgrade.handle.signal('resume', { by: 'on-call' });
    await upgrade.gate('cutover');
    await upgrade.handle.signal('abort');
    expect(await ended(upgrade)).toBe('canceled');
  });

  it('is not held up by what does not say the same as on blue, and shows it at the gate', async ({
    expect,
  }) => {
    const line = 'shop/Deployment/web: spec.template.spec.containers[0].image';
    const fake = fakeMigration({
      compareSides: async () => ({
        ...{ same: 40, explained: [], unexplained: [], unexplainedCount: 0 },
        contents: { compared: 38, differing: 1, onlyGreenSaysMore: 0, lines: [line], isBroughtAgain: true },
        evidence: { name: 'compared', key: 'compared', sha256: 'x', count: 1 },
      }),
    });
    const upgrade = await start(fake);
    await upgrade.approve('plan');
    const { gates, migration } = await upgrade.gate('cutover');
    expect(gates.find(({ gate }) => gate === 'cutover')?.shown).toContain(`  - ${line}`);
    expect(migration?.compared?.contents).toEqual({ compared: 38, differing: 1 });
    await upgrade.handle.signal('abort');
    expect(await ended(upgrade)).toBe('canceled');
  });

  it('sends nobody over while what must not work twice works on blue', async ({ expect }) => {
    const fake = fakeMigration();
    const before = { ...fake.activities };
    let problems = ['Pod shop/scheduler-0 does not end'];
    fake.activities.holdWork = async (input) => ({ ...(await before.holdWork(input)), problems });
    const upgrade = await start(fake);
    await upgrade.approve('plan');
    await upgrade.approve('cutover');
    await upgrade.until('it holds', ({ waits }) =>
      waits.some(({ kind, what }) => kind === 'workloads' && what.includes('scheduler-0')),
    );
    expect(fake.moves).toEqual([]);
    expect(fake.working.has(green)).toBe(false);
    problems = [];
    await upgrade.approve('retire');
    expect(await ended(upgrade)).toBe('completed');
  });

  it('holds while Argo CD does not bring an Application up, which has the time of the request', async ({
    expect,
  }) => {
    const fake = fakeMigration();
    const before = { ...fake.activities };
    const times = new Set<number | undefined>();
    let refused = ['Application argocd/web: Synced, but Degraded'];
    fake.activities.copyResources = async (input) => {
      times.add(input.timeoutMs);
      return { ...(await before.copyResources(input)), refused, refusedCount: refused.length };
    };
    const upgrade = await start(fake, { healthyTimeout: '7m' });
    await upgrade.approve('plan');
    await upgrade.until('it holds', ({ waits }) =>
      waits.some(({ kind, what }) => kind === 'workloads' && what.includes('argocd/web')),
    );
    refused = [];
    await upgrade.gate('cutover');
    expect([...times]).toEqual([expect.any(Number)]);
    await upgrade.approve('cutover');
    await upgrade.approve('retire');
    expect(await ended(upgrade)).toBe('completed');
  });

  it('whose workloads never become well ends, and nobody was sent there', async ({ expect }) => {
    const fake = fakeMigration({
      verifyGreenWorkloads: async () => ({
        well: false,
        behind: ['Deployment shop/web: 0 of 3 Ready'],
        behindCount: 1,
        compared: 7,
        evidence: { name: 'green-workloads', key: 'green-workloads', sha256: 'x', count: 1 },
      }),
    });
    const upgrade = await start(fake);
    await upgrade.approve('plan');
    expect(await ended(upgrade)).toBe('WorkloadsBroken');
    expect(fake.moves).toEqual([]);
    expect([...fake.clusters]).toEqual([blue]);
  });

  it('never removes a cluster that users may be on', async ({ expect }) => {
    const fake = fakeMigration();
    const before = { ...fake.activities };
    fake.activities.setRoutingWeights = async (input) =>
      fake.weights.green === 25
        ? failWith('PlatformRefused', 'The load balancer refuses.')
        : before.setRoutingWeights(input);
    const upgrade = await start(fake, { afterReturn: 'end' });
    await upgrade.approve('plan');
    await upgrade.approve('cutover');
    expect(await ended(upgrade)).toBe('PlatformRefused');
    expect(fake.weights).toEqual({ blue: 75, green: 25 });
    expect([...fake.clusters].sort()).toEqual([blue, green]);
    const status = await upgrade.status();
    expect(owed(status)).toMatchObject({ restoreRouting: 'failed', removeGreenCluster: 'kept' });
    expect(status.notes.map(({ text }) => text).join('\n')).toContain(`Users may be on ${green}`);
  });

  it('leaves users where they are while a permission is missing, and says which, and sends nobody further then', async ({
    expect,
  }) => {
    const fake = fakeMigration();
    const before = { ...fake.activities };
    let isDenied = true;
    let triedBack: () => void = () => undefined;
    const goingBack = new Promise<void>((resolve) => (triedBack = resolve));
    fake.activities.setRoutingWeights = async (input) => {
      if (input.wish.to.green === 0 && fake.moves.length > 0) triedBack();
      if (isDenied && fake.weights.green === 25) {
        failWith('CredentialsRefused', 'Allow them elasticloadbalancing:ModifyRule.');
      }
      return before.setRoutingWeights(input);
    };
    const upgrade = await start(fake);
    await upgrade.approve('plan');
    await upgrade.approve('cutover');
    const { waits } = await upgrade.until('the wait', (seen) =>
      seen.waits.some(({ kind }) => kind === 'credentials'),
    );
    expect(waits.map(({ what }) => what).join()).toContain('elasticloadbalancing:ModifyRule');
    expect(fake.weights).toEqual({ blue: 75, green: 25 });
    await upgrade.handle.signal('rollback', { by: 'on-call' });
    // It has given up going on, and what it tries now is the way back.
    await goingBack;
    isDenied = false;
    const again = await upgrade.until('the second opening', ({ gates }) => gates.at(-1)?.opening === 2);
    expect(fake.moves).toEqual([5, 25, 0]);
    expect([...fake.working]).toEqual([blue]);
    expect(again.waits.map(({ kind }) => kind)).toEqual(['gate']);
    await upgrade.approve('cutover');
    await upgrade.approve('retire');
    expect(await ended(upgrade)).toBe('completed');
  });

  it('asks a person to set the weights where only a person can', async ({ expect }) => {
    const fake = fakeMigration({
      readRouting: async ({ said }) => ({
        ...(said === undefined ? {} : { weights: said }),
        addresses: [],
        router: 'a person',
      }),
      setRoutingWeights: async ({ wish, said }) =>
        (said?.green ?? 0) === wish.to.green
          ? { outcome: 'set', changed: false, before: { kind: 'manual' } }
          : { outcome: 'asked', instruction: `Send ${wish.to.green} % to green.` },
    });
    const upgrade = await start(fake, { routing: { manual: {} } });
    await upgrade.approve('plan');
    await upgrade.approve('cutover');
    for (const weight of [5, 25, 50, 100]) {
      await upgrade.until(`asked for ${weight} %`, ({ decisions = [] }) =>
        decisions.some(
          ({ shown, outcome }) => outcome === undefined && shown.join().includes(` ${weight} %`),
        ),
      );
      await upgrade.decide('done');
    }
    await upgrade.approve('retire');
    expect(await ended(upgrade)).toBe('completed');
    const { migration: seen } = await upgrade.status();
    expect(seen?.moves.map(({ to }) => to.green)).toEqual([5, 25, 50, 100]);
  });

  it('has blue’s work go on when green is not there any more', async ({ expect }) => {
    const fake = fakeMigration();
    const before = { ...fake.activities };
    fake.activities.holdWork = async (input) =>
      input.side === 'green'
        ? failWith('ClusterNotFound', 'There is no such cluster.')
        : before.holdWork(input);
    fake.look = (at) => (at === 25 ? worse : { verdict: 'go on', why: ['It holds.'] });
    const upgrade = await start(fake, { afterReturn: 'end' });
    await upgrade.approve('plan');
    await upgrade.approve('cutover');
    expect(await ended(upgrade)).toBe('RolledBack');
    expect(fake.working.has(blue)).toBe(true);
    const status = await upgrade.status();
    expect(owed(status)).toMatchObject({ releaseWork: 'put-back', restoreRouting: 'put-back' });
    expect(status.notes.map(({ text }) => text).join()).toContain('There is no such cluster.');
  });

  it('has blue’s work go on when green can’t be reached, in a time that ends', async ({ expect }) => {
    const fake = fakeMigration();
    const before = { ...fake.activities };
    fake.activities.holdWork = async (input) =>
      input.side === 'green' ? failWith('Unreachable', 'No route.') : before.holdWork(input);
    fake.look = (at) => (at === 25 ? worse : { verdict: 'go on', why: ['It holds.'] });
    const upgrade = await start(fake, { afterReturn: 'end' });
    await upgrade.approve('plan');
    await upgrade.approve('cutover');
    expect(await ended(upgrade)).toBe('RolledBack');
    expect(fake.working.has(blue)).toBe(true);
  });

  it('asks a person about a green of which nothing tells how it does, before anybody goes', async ({
    expect,
  }) => {
    const fake = fakeMigration();
    fake.look = (at) =>
      at === 0
        ? { verdict: 'unknown', why: ['Neither the router nor a probe tells.'] }
        : { verdict: 'go on', why: ['It holds.'] };
    const upgrade = await start(fake);
    await upgrade.approve('plan');
    await upgrade.approve('cutover');
    expect((await upgrade.question()).shown.join()).toContain('Neither the router nor a probe tells');
    expect(fake.moves).toEqual([]);
    await upgrade.decide('forward');
    await upgrade.approve('retire');
    expect(await ended(upgrade)).toBe('completed');
  });

  it('has green judged at each step by what blue’s Service answers', async ({ expect }) => {
    const fake = fakeMigration();
    const service = { namespace: 'shop', name: 'web', port: 80, https: false };
    const asked: unknown[] = [];
    fake.activities.lookAtStep = async ({ probes, looks, badLooks, isOver }) => {
      const answers = probes.map(({ name, blue: onBlue, green: onGreen }) => {
        const side = (state: 'holds' | 'fails') => ({ name, state, why: '', asked: 1, inARow: 1 });
        asked.push(onBlue, onGreen);
        return { blue: side('holds'), green: side(fake.weights.green === 25 ? 'fails' : 'holds') };
      });
      const tells = { state: 'not offered' as const };
      const look = judgeStep({ health: { blue: tells, green: tells }, probes: answers });
      return { look, soak: judgeSoak([...looks, look], { badLooks, isOver }), line: look.why.join(' ') };
    };
    const probes = [{ name: 'shop', blue: { service }, green: { service } }];
    const upgrade = await start(fake, { afterReturn: 'end', probes });
    await upgrade.approve('plan');
    await upgrade.approve('cutover');
    expect(await ended(upgrade)).toBe('RolledBack');
    expect(fake.moves).toEqual([5, 25, 0]);
    for (const target of asked) expect(target).toEqual({ service });
    expect((await upgrade.status()).notes.map(({ text }) => text).join()).toContain(
      'shop holds on blue and fails on green',
    );
  });

  it('is paused before a step, and not amid the users’ way', async ({ expect }) => {
    const fake = fakeMigration();
    const before = { ...fake.activities };
    // The look that ends the step waits for the pause to be known.
    let know: () => void = () => undefined;
    const known = new Promise<void>((resolve) => (know = resolve));
    fake.activities.lookAtStep = async (input) => {
      if (input.isOver && fake.moves.length > 0) await known;
      return before.lookAtStep(input);
    };
    const upgrade = await start(fake);
    await upgrade.approve('plan');
    await upgrade.approve('cutover');
    await upgrade.until('the first soak', ({ waits }) => waits.some(({ kind }) => kind === 'soak'));
    await upgrade.handle.signal('pause', { by: 'on-call' });
    await upgrade.until('paused', ({ paused }) => paused);
    know();
    await upgrade.until('the pause', ({ waits }) => waits.some(({ kind }) => kind === 'pause'));
    expect(fake.moves).toEqual([5]);
    await upgrade.handle.signal('resume', { by: 'on-call' });
    await upgrade.approve('retire');
    expect(await ended(upgrade)).toBe('completed');
  });
});
