import { CancelledFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import type { Hop } from '../../src/contract/plan.ts';
import type { WorkloadState } from '../../src/kubernetes/workloads.ts';
import { activityEnvironment } from './environment.ts';
import { longEnough, startSimulated } from './simulated.ts';
import type { Simulated } from './simulated.ts';

const deployments = { group: 'apps', resource: 'deployments' };
const configMaps = { group: '', resource: 'configmaps' };

function breakStorefront({ simulator }: Simulated): void {
  simulator.cluster.store.remove(deployments, 'shop', 'storefront');
}

describe('the baseline and the look against it', () => {
  it('finds what was broken before, and nothing else', async () => {
    const simulated = await startSimulated({ speed: 1 });
    const { run, context, evidence } = simulated;
    const baseline = await run('takeBaseline', { context });
    const states = (await evidence.read(baseline)) as WorkloadState[];
    expect(baseline).toMatchObject({ name: 'baseline', count: states.length });
    expect(states.filter(({ well }) => !well).map(({ name }) => name)).toEqual(['loyalty-beta']);
    expect(await run('takeBaseline', { context })).toEqual(baseline);

    const input = { context, baseline, settleMs: 0, pollMs: 50 };
    const verdict = await run('verifyWorkloads', input);
    expect(verdict).toMatchObject({
      well: true,
      newlyBroken: [],
      newlyBrokenCount: 0,
      alreadyBrokenCount: 1,
    });
    expect(await run('verifyWorkloads', input)).toEqual(verdict);
    expect(simulated.simulator.journal).toEqual([]);
  });

  it('names what is broken since', async () => {
    const simulated = await startSimulated();
    const { run, context } = simulated;
    const baseline = await run('takeBaseline', { context });
    breakStorefront(simulated);
    const verdict = await run('verifyWorkloads', { context, baseline, settleMs: 100, pollMs: 50 });
    expect(verdict).toMatchObject({ well: false, newlyBrokenCount: 1 });
    expect(verdict.newlyBroken).toEqual(['Deployment shop/storefront: it is no longer there']);
  });

  it('waits for what recovers', async () => {
    // So slowly that they are not back before it is looked.
    const simulated = await startSimulated({ speed: 1 });
    const { run, context, simulator } = simulated;
    const baseline = await run('takeBaseline', { context });
    const { store, clock } = simulator.cluster;
    // Its Pods are gone at once, and come back with the time that they take to start.
    const pods = store.list({ group: '', resource: 'pods' }, 'shop').items;
    for (const { metadata } of pods.filter(({ metadata }) => metadata.name.startsWith('storefront'))) {
      store.remove({ group: '', resource: 'pods' }, 'shop', metadata.name, { gracePeriodSeconds: 0 });
    }
    await simulator.cluster.whenIdle();
    const now = await run('verifyWorkloads', { context, baseline, settleMs: 0, pollMs: 50 });
    expect(now.well).toBe(false);
    clock.setSpeed(20);
    const later = await run('verifyWorkloads', { context, baseline, settleMs: 100_000, pollMs: 50 });
    expect(later.well).toBe(true);
  });

  it('stops waiting when it is cancelled, and tells meanwhile what it waits for', async () => {
    const simulated = await startSimulated();
    const { run, context } = simulated;
    const baseline = await run('takeBaseline', { context });
    breakStorefront(simulated);
    const environment = activityEnvironment(longEnough);
    const told = new Promise<void>((resolve) => {
      environment.on('heartbeat', ({ line }: { line: string }) => {
        if (line.includes('Deployment shop/storefront')) resolve();
      });
    });
    const running = run(
      'verifyWorkloads',
      { context, baseline, settleMs: 3_600_000, pollMs: 50 },
      environment,
    );
    const stopped = expect(running).rejects.toBeInstanceOf(CancelledFailure);
    await told;
    environment.cancel();
    await stopped;
  });

  it('fails when it can not look, instead of taking that for well', async () => {
    const simulated = await startSimulated();
    const { run, context, simulator } = simulated;
    const baseline = await run('takeBaseline', { context });
    simulator.cluster.faults.refuseCredentials(true);
    await expect(
      run('verifyWorkloads', { context, baseline, settleMs: 0, pollMs: 50 }),
    ).rejects.toMatchObject({ type: 'CredentialsRefused' });
  });
});

describe('inventories', () => {
  it('name what is missing afterwards', async () => {
    const { run, context, simulator } = await startSimulated();
    const before = await run('takeInventory', { context, name: 'inventory-before-1.32' });
    expect(before.name).toBe('inventory-before-1.32');
    expect(before.count).toBeGreaterThan(50);
    simulator.cluster.store.remove(configMaps, 'shop', 'storefront-settings');
    const after = await run('takeInventory', { context, name: 'inventory-after-1.32' });
    const input = { context, before, after, from: '1.31', to: '1.32' };
    const verdict = await run('compareInventories', input);
    expect(verdict).toMatchObject({
      missing: ['ConfigMap shop/storefront-settings'],
      missingCount: 1,
      unseenCount: 0,
    });
    expect(verdict.comparedCount).toBeGreaterThan(50);
    expect(await run('compareInventories', input)).toEqual(verdict);
  });

  it('say what could not be compared', async () => {
    const { run, context, simulator } = await startSimulated();
    const before = await run('takeInventory', { context, name: 'before' });
    const turnOff = simulator.cluster.faults.turnOn({
      calls: [{ surface: 'kubernetes', operation: 'list secrets', kind: 'unavailable' }],
    });
    const after = await run('takeInventory', { context, name: 'after' });
    turnOff();
    const verdict = await run('compareInventories', { context, before, after, from: '1.31', to: '1.32' });
    expect(verdict).toMatchObject({ missing: [], unseenCount: 1 });
    expect(verdict.unseen).toEqual([expect.stringMatching(/^secrets: .*in the inventory after/)]);
  });

  it('are not overwritten by one that is taken again', async () => {
    const { run, context } = await startSimulated();
    const first = await run('takeInventory', { context, name: 'inventory' });
    const second = await run('takeInventory', { context, name: 'inventory' });
    expect(second.key).not.toBe(first.key);
    expect(second.sha256).toBe(first.sha256);
  });
});

describe('the versions of a hop', () => {
  const hop: Hop = {
    from: '1.31',
    to: '1.32',
    stages: [
      { stage: 'control-plane', from: '1.31', to: '1.32', force: false },
      {
        stage: 'add-ons',
        addons: [
          {
            name: 'coredns',
            from: 'v1.11.4-eksbuild.2',
            to: 'v1.11.4-eksbuild.14',
            resolveConflicts: 'PRESERVE',
          },
        ],
      },
      { stage: 'workers', strategy: 'managed', nodeGroup: 'general', from: '1.31', to: '1.32' },
      { stage: 'verification' },
    ],
  };

  it('are named where they are not there', async () => {
    const { run, context } = await startSimulated();
    const { problems } = await run('verifyVersions', { context, hop });
    expect(problems).toEqual([
      'The control plane is at 1.31, not at 1.32 (as EKS says).',
      'The API server is at 1.31, not at 1.32 (as it says itself).',
      'Add-on coredns is at v1.11.4-eksbuild.2, not at v1.11.4-eksbuild.14.',
      'Node group general is at 1.31, not at 1.32 (as EKS says).',
      expect.stringMatching(/^3 of 3 nodes of node group general are not at 1\.32: .*\(v1\.31/),
    ]);
  });

  it('are all there at the end of it', async () => {
    const simulated = await startSimulated({ speed: 5_000 });
    const { run, context } = simulated;
    const wait = async (
      started: Awaited<ReturnType<typeof simulated.activities.startAddonUpdate>>,
      target: Parameters<typeof simulated.activities.awaitUpdate>[0]['target'],
    ) => {
      const updateId = 'updateId' in started ? started.updateId : '';
      const outcome = await run('awaitUpdate', { context, target, updateId, timeoutMs: 100_000, pollMs: 50 });
      expect(outcome.status).toBe('Successful');
    };
    const again = { context, runId: 'r', attempt: 1 };
    await wait(await run('startControlPlaneUpdate', { ...again, to: '1.32', force: false }), {
      kind: 'control-plane',
    });
    const coredns = { name: 'coredns', to: 'v1.11.4-eksbuild.14', resolveConflicts: 'PRESERVE' } as const;
    await wait(await run('startAddonUpdate', { ...again, ...coredns }), { kind: 'add-on', name: 'coredns' });
    await wait(await run('startNodeGroupUpdate', { ...again, nodeGroup: 'general', to: '1.32' }), {
      kind: 'node-group',
      name: 'general',
    });
    expect(await run('verifyVersions', { context, hop })).toEqual({ problems: [] });
    expect(await run('verifyVersions', { context, hop })).toEqual({ problems: [] });
  });

  it('name an add-on that is gone, and pass over a node group that is', async () => {
    const { run, context } = await startSimulated();
    const { problems } = await run('verifyVersions', {
      context,
      hop: {
        ...hop,
        stages: [
          {
            stage: 'add-ons',
            addons: [{ name: 'gone', from: 'v1.0.0', to: 'v1.1.0', resolveConflicts: 'NONE' }],
          },
          { stage: 'workers', strategy: 'managed', nodeGroup: 'gone', from: '1.31', to: '1.32' },
        ],
      },
    });
    expect(problems).toEqual(['Add-on gone is no longer there.']);
  });
});
