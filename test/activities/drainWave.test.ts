import { CancelledFailure } from '@temporalio/common';
import { describe, expect, it, vi } from 'vitest';
import { deployments, nodes } from '../../simulator/cluster/kinds.ts';
import type { OwnerReference } from '../../src/contract/workers.ts';
import type { DrainProgress } from '../../src/activities/workerTypes.ts';
import { activityEnvironment } from './environment.ts';
import { drainPolicy, madeBy, startRoll } from './drainRoll.ts';
import type { Roll } from './drainRoll.ts';
import { longEnough } from './simulated.ts';

const patiently = { timeout: 60_000 };
const web = {
  kind: 'Deployment',
  namespace: 'shop',
  name: 'web',
  replicas: 8,
  budget: { maxUnavailable: 2 },
};
const database = {
  kind: 'StatefulSet',
  namespace: 'shop',
  name: 'database',
  replicas: 3,
  budget: { maxUnavailable: 1 },
};
const single = { kind: 'Deployment', namespace: 'shop', name: 'single', budget: { minAvailable: 1 } };

const barePod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { namespace: 'shop', name: 'bare' },
  spec: { containers: [{ name: 'main', image: 'example:1' }] },
};
const secondBudget = {
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { namespace: 'shop', name: 'everything' },
  spec: { maxUnavailable: 1, selector: { matchLabels: { 'app.kubernetes.io/name': 'web' } } },
};

/** An environment that keeps what is heartbeated, and resolves when something of it is as asked. */
function listening(info: Parameters<typeof activityEnvironment>[0] = {}) {
  const environment = activityEnvironment({ ...longEnough, ...info });
  const heartbeats: DrainProgress[] = [];
  environment.on('heartbeat', (details: DrainProgress) => heartbeats.push(details));
  const heard = (wanted: (progress: DrainProgress) => boolean) =>
    new Promise<DrainProgress>((resolve) => {
      environment.on('heartbeat', (details: DrainProgress) => {
        if (wanted(details)) resolve(details);
      });
    });
  return { environment, heartbeats, heard };
}

const ofDaemonSet = ({ metadata }: { metadata: { ownerReferences?: { kind: string }[] } }): boolean =>
  metadata.ownerReferences?.[0]?.kind === 'DaemonSet';

/** The fewest Ready Pods that a Deployment had from now on. */
function fewestReady({ simulator }: Roll, name: string): () => number {
  let fewest = Infinity;
  simulator.cluster.store.watch(deployments, undefined, ({ object }) => {
    if (object.metadata.name === name)
      fewest = Math.min(
        fewest,
        (object as { status?: { readyReplicas?: number } }).status?.readyReplicas ?? 0,
      );
  });
  return () => fewest;
}

describe('draining a wave', () => {
  it('empties its nodes, evicts each Pod once, and never more than the budgets allow', async () => {
    const roll = await startRoll([web, database, { kind: 'DaemonSet', namespace: 'shop', name: 'agent' }]);
    const moving = roll.podsOnOld().filter((pod) => !ofDaemonSet(pod));
    const fewest = fewestReady(roll, 'web');
    const outcome = await roll.drain();
    expect(outcome).toMatchObject({
      state: 'drained',
      evicted: moving.length,
      refused: 0,
      stuck: [],
      stuckCount: 0,
      vanished: [],
    });
    expect([...outcome.drained].sort()).toEqual([...roll.old].sort());
    expect(roll.podsOnOld().every(ofDaemonSet)).toBe(true);
    expect(fewest()).toBeGreaterThanOrEqual(6);
    const owners = (await roll.evidence.read(outcome.owners)) as OwnerReference[];
    expect(owners.map(({ kind, name }) => `${kind} ${name}`).sort()).toEqual([
      'Deployment web',
      'StatefulSet database',
    ]);
    // Twice is once.
    expect(await roll.drain()).toMatchObject({ state: 'drained', evicted: 0, owners: { count: 2 } });
  });

  it('lets no more Pods of an owner without a budget be away than the owner itself would', async () => {
    const roll = await startRoll([{ ...web, budget: undefined, replicas: 6, maxUnavailable: '34%' }]);
    const fewest = fewestReady(roll, 'web');
    expect(await roll.drain()).toMatchObject({ state: 'drained', refused: 0 });
    expect(fewest()).toBeGreaterThanOrEqual(4);
    expect(fewest()).toBeLessThan(6);
  });

  it('is stuck after the time limit, and says on which Pod, which budget and since when', async () => {
    const roll = await startRoll([single, web]);
    const pod = roll.podsOnOld().find(({ metadata }) => metadata.name.startsWith('single'))!;
    // Web moves meanwhile: so long does nothing stand still that can.
    const outcome = await roll.drain({ timeoutMs: 8_000 });
    expect(outcome).toMatchObject({
      state: 'stuck',
      stuckCount: 1,
      stuck: [
        {
          namespace: 'shop',
          name: pod.metadata.name,
          uid: pod.metadata.uid,
          node: pod.spec.nodeName,
          owner: { kind: 'Deployment', name: 'single' },
          reason: 'budget',
          budgets: [
            {
              namespace: 'shop',
              name: 'single',
              disruptionsAllowed: 0,
              currentHealthy: 1,
              desiredHealthy: 1,
            },
          ],
        },
      ],
    });
    expect(outcome.stuck[0]!.message).toBe(
      `Pod shop/${pod.metadata.name} on ${pod.spec.nodeName ?? ''} may not be evicted: PodDisruptionBudget shop/single allows 0 disruptions: 1 of 1 Pods are healthy and 1 must be. It demands every Pod that there is, so waiting does not mend that: restart the owner, add a replica, or let the budget allow one disruption.`,
    );
    expect(outcome.drained).toHaveLength(2);

    const { owner } = outcome.stuck[0]!;
    const restart = { context: roll.context, owners: [owner!], restartedAt: '2026-05-01T00:00:00Z' };
    expect(await roll.run('restartOwners', restart)).toEqual({ restarted: 1, problems: [] });
    expect(await roll.drain()).toMatchObject({ state: 'drained', refused: 0 });
  });

  it('deletes what a person has named, and only while it is the same Pod', async () => {
    const roll = await startRoll([single]);
    const { stuck } = await roll.drain({ timeoutMs: 500 });
    const { context } = roll;
    const [pod] = stuck;
    const other = { ...pod!, uid: 'another' };
    expect(await roll.run('deletePods', { context, pods: [other] })).toEqual({ deleted: 0, gone: 1 });
    expect(await roll.run('deletePods', { context, pods: [pod!] })).toEqual({ deleted: 1, gone: 0 });
    expect(await roll.drain()).toMatchObject({ state: 'drained', evicted: 0 });
    expect(await roll.run('deletePods', { context, pods: [pod!] })).toEqual({ deleted: 0, gone: 1 });
  });

  it('deletes what the platform’s own roll is to move only where that has cordoned', async () => {
    const roll = await startRoll([single]);
    const { context } = roll;
    const { stuck } = await roll.drain({ timeoutMs: 500 });
    const pods = stuck.map(({ namespace, name, uid, node }) => ({ namespace, name, uid, node }));
    const uidsOnOld = () => roll.podsOnOld().map(({ metadata }) => metadata.uid);
    const cordoned = { context, nodeGroup: 'old', pods, pollMs: 20 };
    expect(pods).toHaveLength(1);

    await roll.run('uncordonNodes', { context, nodeGroup: 'old', madeBy });
    const waiting = listening();
    const waited = roll.run('deletePodsOnceReplaced', cordoned, waiting.environment);
    await vi.waitFor(() => expect(waiting.heartbeats).not.toEqual([]), patiently);
    waiting.environment.cancel();
    await expect(waited).rejects.toThrow(CancelledFailure);
    expect(uidsOnOld()).toContain(pods[0]!.uid);

    await roll.run('cordonNodes', { context, nodeGroup: 'old', nodes: [pods[0]!.node], madeBy });
    expect(await roll.run('deletePodsOnceReplaced', cordoned)).toEqual({ deleted: 1, gone: 0 });
    await vi.waitFor(() => expect(uidsOnOld()).not.toContain(pods[0]!.uid), patiently);
    expect(await roll.run('deletePodsOnceReplaced', cordoned)).toEqual({ deleted: 0, gone: 1 });
  });

  it.each([
    ['has no controller', [], [barePod], 'no-controller'],
    ['keeps data in an emptyDir', [{ ...web, emptyDir: true }], [], 'local-storage'],
    ['is under two budgets', [web], [secondBudget], 'several-budgets'],
  ])('evicts nobody while a Pod stands in the way that %s', async (_, workloads, manifests, reason) => {
    const roll = await startRoll([...workloads, database], { manifests });
    const moving = () => roll.podsOnOld().flatMap((pod) => (ofDaemonSet(pod) ? [] : [pod.metadata.uid]));
    const before = moving();
    const outcome = await roll.drain({ policy: { deleteEmptyDirData: false } });
    expect(outcome).toMatchObject({ state: 'stuck', evicted: 0 });
    expect(outcome.stuckCount).toBe(outcome.stuck.length);
    expect(outcome.stuck[0]).toMatchObject({ reason, namespace: 'shop' });
    expect(moving()).toEqual(before);
    // Whoever decides to pass them over has the rest done.
    const passOver = outcome.stuck.filter((pod) => pod.reason === reason);
    const { context, old: nodeNames } = roll;
    const input = {
      context,
      nodeGroup: 'old',
      nodes: nodeNames,
      policy: drainPolicy,
      timeoutMs: 100_000,
      passOver,
    };
    expect(await roll.run('drainWave', input)).toMatchObject({
      state: 'drained',
      evicted: before.length - passOver.length,
    });
  });

  it('counts a node that vanishes as drained, and names it', async () => {
    const roll = await startRoll([single, web]);
    const pod = roll.podsOnOld().find(({ metadata }) => metadata.name.startsWith('single'))!;
    const { environment, heard } = listening();
    const outcome = roll.drain({}, environment);
    await heard(({ line }) => line.includes('waits for shop/single'));
    roll.simulator.cluster.store.remove(nodes, undefined, pod.spec.nodeName!);
    expect(await outcome).toMatchObject({ state: 'drained', vanished: [pod.spec.nodeName] });
    expect(await roll.drain()).toMatchObject({ state: 'drained', vanished: [pod.spec.nodeName] });
  });

  it('stops at an eviction API that fails each time, and names the Pod', async () => {
    const roll = await startRoll([web]);
    roll.simulator.cluster.faults.turnOn({
      calls: [{ operation: 'create pods/eviction', kind: 'server-error' }],
    });
    const outcome = await roll.drain();
    expect(outcome).toMatchObject({ state: 'stuck', evicted: 0 });
    expect(new Set(outcome.stuck.map(({ reason }) => reason))).toEqual(new Set(['eviction-error']));
    expect(outcome.stuck[0]!.message).toMatch(/could not be evicted: the eviction API answered 500/);
  });

  it('outlives watches that break, throttling and single failures', async () => {
    const roll = await startRoll([web, database]);
    roll.simulator.cluster.faults.turnOn({
      calls: [
        { operation: 'watch *', kind: 'drop-watch', rate: 0.7 },
        { surface: 'kubernetes', kind: 'throttle', rate: 0.1 },
        { operation: 'create pods/eviction', kind: 'server-error', rate: 0.2 },
      ],
    });
    const fewest = fewestReady(roll, 'web');
    expect(await roll.drain()).toMatchObject({ state: 'drained' });
    expect(fewest()).toBeGreaterThanOrEqual(6);
  });

  it('stops at once when it is cancelled', async () => {
    const roll = await startRoll([single]);
    const { environment, heard } = listening();
    const outcome = roll.drain({}, environment);
    await heard(({ line }) => line.includes('waits for shop/single'));
    environment.cancel();
    await expect(outcome).rejects.toBeInstanceOf(CancelledFailure);
  });

  it('goes on counting where an attempt that died had come to', async () => {
    const roll = await startRoll([single]);
    const [stuck] = (await roll.drain({ timeoutMs: 500 })).stuck;
    const since = '2026-05-01T00:00:00.000Z';
    const heartbeatDetails: DrainProgress = {
      line: '',
      evicted: 7,
      refused: 1,
      granted: ['some'],
      stuck: [{ ...stuck!, since }],
    };
    const { environment, heartbeats } = listening({ heartbeatDetails });
    const outcome = await roll.drain({ timeoutMs: 3_500 }, environment);
    expect(outcome).toMatchObject({ state: 'stuck', evicted: 7, refused: 1, stuck: [{ since }] });
    expect(heartbeats.at(-1)).toMatchObject({ evicted: 7, granted: ['some'] });
  });
});
