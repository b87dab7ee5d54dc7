import { WorkflowFailedError } from '@temporalio/client';
import { CancelledFailure } from '@temporalio/common';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { expectSettled } from './rollStage.ts';
import { setMigrationStage } from './migrationStage.ts';
import type { MigrationStage } from './migrationStage.ts';
import { atWork, world } from './migrationState.ts';
import { eventually } from './patience.ts';
import { crawl, fullSpeed } from './simulated.ts';
import { quickTiming } from './stage.ts';
import type { Upgrade } from './upgrade.ts';

/** Steps that last long enough for something to go wrong in them. */
const watched = { steps: { weights: [25, 50, 100], soak: '10m', lookEvery: '30s' } };

/** One shop, from which one migration after the other fails, and leaves it as it was. */
describe('a migration in trouble leaves blue as it was, and nothing of its own', () => {
  let stage: MigrationStage;
  let clear: () => Promise<void>;
  let before: Record<string, unknown>;
  let failedBefore = 0;

  beforeAll(async () => {
    stage = await setMigrationStage((end) => (clear = end));
    await stage.startWorker();
    before = world(stage);
  });
  afterEach(async () => {
    stage.simulator.clusters.setSpeed(fullSpeed);
    await stage.control('DELETE', '/faults');
    await stage.control('PUT', '/denied', { operations: [] });
    await stage.control('PUT', '/load-balancers/shop/tags', { tags: {} });
    failedBefore = stage.load().failed;
  });
  afterAll(() => clear());

  it('when it is aborted while green is half made', async () => {
    const upgrade = await stage.migrate();
    await upgrade.gate('plan');
    stage.simulator.clusters.setSpeed(crawl);
    await upgrade.approve('plan');
    await upgrade.running('awaitGreenCluster');
    expect(stage.simulator.account.peek(stage.green)?.cluster.status).toBe('CREATING');
    await upgrade.handle.signal('abort', { by: 'on-call' });
    stage.simulator.clusters.setSpeed(fullSpeed);
    await expectCancelled(upgrade);
    await expectAsBefore(upgrade);
  });

  it('when a workload is never Ready on green', async () => {
    await stage.onGreen('/faults', {
      pods: [{ namespace: 'shop', name: 'search-*', kind: 'never-ready' }],
    });
    const upgrade = await stage.migrate({ healthyTimeout: '5m' });
    await upgrade.approve('plan');
    const { type, message } = await upgrade.failed();
    expect([type, message]).toEqual(['WorkloadsBroken', expect.stringContaining('shop/search')]);
    await expectAsBefore(upgrade);
    expect(stage.load().failed).toBe(failedBefore);
  });

  it('when probes fail at a step, and the request wants an end then', async () => {
    const upgrade = await stage.migrate({ ...watched, afterReturn: 'end' });
    await upgrade.approve('plan');
    await upgrade.approve('cutover');
    await breakGreenAtAStep();
    const { type, message } = await upgrade.failed();
    expect([type, message]).toEqual(['RolledBack', expect.stringContaining('web')]);
    await expectAsBefore(upgrade);
    expect((await upgrade.status()).migration?.moves.at(-1)?.to).toEqual({ blue: 100, green: 0 });
  });

  it('when probes fail at a step, and a person rejects the gate that opens again', async () => {
    const upgrade = await stage.migrate(watched);
    await upgrade.approve('plan');
    await upgrade.approve('cutover');
    await breakGreenAtAStep();
    const back = await upgrade.until(
      'the users back on blue',
      ({ migration }) => migration?.moves.at(-1)?.to.green === 0,
    );
    expect(stage.weights()).toEqual({ blue: 100, green: 0 });
    const [step] = back.migration?.moves.slice(-2) ?? [];
    expect(step?.to.green).toBeGreaterThan(0);
    await eventually('the work back on blue', () => atWork(stage, stage.cluster).length === 2);
    expect(atWork(stage, stage.green)).toEqual([]);
    await stage.control('PUT', `/pods?cluster=${stage.green}`, { status: 200 });
    const again = await upgrade.gate('cutover');
    expect(again.opening).toBe(2);
    expect(again.shown.join('\n')).toContain(`${step?.to.green} %`);
    const { digest } = again;
    await upgrade.handle.executeUpdate('reject', { args: [{ gate: 'cutover', by: 'on-call', digest }] });
    expect((await upgrade.failed()).type).toBe('Rejected');
    await expectAsBefore(upgrade);
  });

  it('when a controller has taken the load balancer over before the first step', async () => {
    const upgrade = await stage.migrate({ afterReturn: 'end' });
    await upgrade.approve('plan');
    await upgrade.gate('cutover');
    const tags = { 'elbv2.k8s.aws/cluster': stage.cluster };
    await stage.control('PUT', '/load-balancers/shop/tags', { tags });
    await upgrade.approve('cutover');
    const { type, message } = await upgrade.failed();
    expect([type, message]).toEqual(['RolledBack', expect.stringContaining('elbv2.k8s.aws/cluster')]);
    await expectAsBefore(upgrade);
    expect((await upgrade.status()).migration?.moves).toEqual([]);
    expect(stage.load().failed).toBe(failedBefore);
  });

  it('when the worker may not change the weights, on the way there and on the way back', async () => {
    // Nobody leaves the first step by itself.
    const upgrade = await stage.migrate({ steps: { weights: [25, 100], soak: '300d', lookEvery: '1h' } });
    await upgrade.approve('plan');
    await upgrade.gate('cutover');
    await deny('ModifyRule');
    await upgrade.approve('cutover');
    await expectNamedWait(upgrade);
    expect(stage.weights()).toEqual({ blue: 100, green: 0 });

    await deny();
    await upgrade.until('users on green', ({ migration }) => migration?.weights?.green === 25);
    await deny('ModifyRule');
    await upgrade.handle.signal('rollback', { by: 'on-call' });
    await expectNamedWait(upgrade);
    expect(stage.weights()).toEqual({ blue: 75, green: 25 });

    await deny();
    const again = await upgrade.until('the second opening', ({ gates }) => gates.at(-1)?.opening === 2);
    expect(stage.weights()).toEqual({ blue: 100, green: 0 });
    expect(again.migration?.moves.map(({ to }) => to.green)).toEqual([25, 0]);
    const { digest } = await upgrade.gate('cutover');
    await upgrade.handle.executeUpdate('reject', { args: [{ gate: 'cutover', by: 'on-call', digest }] });
    expect((await upgrade.failed()).type).toBe('Rejected');
    await expectAsBefore(upgrade);
    expect(stage.load().failed).toBe(failedBefore);
  });

  it('when it is aborted while a step is watched', async () => {
    const upgrade = await stage.migrate(watched);
    await upgrade.approve('plan');
    await upgrade.approve('cutover');
    await eventually('users on green', () => stage.weights().green > 0);
    await upgrade.handle.signal('abort', { by: 'on-call' });
    await expectCancelled(upgrade);
    await expectAsBefore(upgrade);
    expect(stage.load().failed).toBe(failedBefore);
  });

  it('when a person sets the weights, and it is aborted after that', async () => {
    const upgrade = await stage.migrate({ routing: { manual: { instructions: 'Ask the network team.' } } });
    await upgrade.approve('plan');
    await upgrade.approve('cutover');
    for (const green of [25, 50, 100]) {
      const question = await upgrade.question();
      expect(question).toMatchObject({ about: 'routing', options: ['done', 'wait', 'back'] });
      expect(question.shown.join('\n')).toContain(`green ${green}`);
      await upgrade.decide('done');
      await upgrade.until(`${green} % on green`, ({ migration }) => migration?.weights?.green === green);
    }
    await upgrade.handle.signal('abort', { by: 'on-call' });
    expect((await upgrade.question()).shown.join('\n')).toContain('green 0');
    await upgrade.decide('done');
    await expectCancelled(upgrade);
    await expectAsBefore(upgrade);
    expect((await upgrade.status()).migration?.moves.map(({ to }) => to.green)).toEqual([25, 50, 100, 0]);
  });

  it('but keeps green for inspection where the request says so', async () => {
    await stage.onGreen('/faults', { nodes: [{ nodeGroup: 'platform', kind: 'never-joins' }] });
    const upgrade = await stage.migrate(
      { green: { onFailure: 'keep' } },
      // The other group has to have its nodes in that time.
      { timing: { ...quickTiming, nodesTimeout: '45m' } },
    );
    await upgrade.approve('plan');
    const { type, message } = await upgrade.failed();
    expect([type, message]).toEqual(['NodesMissing', expect.stringContaining('platform')]);
    const { compensations } = await upgrade.status();
    expect(compensations.map(({ undo, state }) => [undo, state])).toEqual([
      ['removeGreenCluster', 'kept'],
      ['distrustGreen', 'kept'],
    ]);
    const { clusters, objects, nodeGroups, rule } = world(stage);
    expect(clusters).toEqual([stage.cluster, stage.green]);
    expect({ objects, nodeGroups, rule }).toEqual({
      ...{ objects: before['objects'], nodeGroups: before['nodeGroups'], rule: before['rule'] },
    });
  });

  /** Blue, IAM and the load balancer are as they were, green is gone, and nothing is owed. */
  async function expectAsBefore(upgrade: Upgrade): Promise<void> {
    expect(world(stage)).toEqual(before);
    await expectSettled(upgrade, expect);
  }

  /** Has AWS refuse these operations, and no others. */
  async function deny(...operations: string[]): Promise<void> {
    await stage.control('PUT', '/denied', { operations });
  }

  /** It waits for the permission by name. */
  async function expectNamedWait(upgrade: Upgrade): Promise<void> {
    const { waits } = await upgrade.until('the wait', (status) =>
      status.waits.some(({ kind }) => kind === 'credentials'),
    );
    expect(waits.map(({ what }) => what).join()).toContain('elasticloadbalancing:ModifyRule');
  }

  /** Has green answer 500 as soon as the first users are there. */
  async function breakGreenAtAStep(): Promise<void> {
    await eventually('users on green', () => stage.weights().green > 0);
    await stage.control('PUT', `/pods?cluster=${stage.green}`, { status: 500 });
  }
});

async function expectCancelled({ handle }: Upgrade): Promise<void> {
  const reason: unknown = await handle.result().catch((error: unknown) => error);
  if (!(reason instanceof WorkflowFailedError && reason.cause instanceof CancelledFailure)) throw reason;
}
