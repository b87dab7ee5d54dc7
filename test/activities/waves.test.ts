import { describe, expect, it } from 'vitest';
import type { ReplacedWorkersStage } from '../../src/contract/plan.ts';
import type { OwnerReference } from '../../src/contract/workers.ts';
import { startSimulated } from './simulated.ts';

const stage = (change: Partial<ReplacedWorkersStage> = {}): ReplacedWorkersStage => ({
  stage: 'workers',
  strategy: 'surge',
  nodeGroup: 'platform',
  newNodeGroup: 'platform-1-32',
  from: '1.31',
  to: '1.32',
  waves: { maxParallel: '100%', canary: true, order: [] },
  drain: { ignoreDaemonSets: true, deleteEmptyDirData: true, force: false },
  ...change,
});
const before = { waves: 0, drained: [], skipped: [], groupNodes: 3 };

describe('the next wave', () => {
  it('comes from the group’s own nodes, the canary first, and changes nothing', async () => {
    const { run, context, simulator } = await startSimulated({ speed: 1 });
    const canary = await run('nextWave', { context, stage: stage(), ...before });
    // Two of the three nodes have a Prometheus of a StatefulSet.
    expect(canary).toMatchObject({ number: 1, canary: true, left: 2, unplaceable: [] });
    expect(canary.why).toMatch(/^Canary: \S+ \(\d+ Pods, none stateful\)\.$/);
    expect(await run('nextWave', { context, stage: stage(), ...before })).toEqual(canary);

    const rest = await run('nextWave', {
      context,
      stage: stage(),
      ...before,
      waves: 1,
      drained: canary.nodes,
    });
    expect(rest).toMatchObject({ number: 2, canary: false, left: 0 });
    expect(rest.nodes).toHaveLength(2);
    expect(rest.nodes).not.toContain(canary.nodes[0]);
    expect(rest.why).toContain('2 with stateful Pods; tightest: budget ');
    expect(simulator.journal).toEqual([]);

    const none = await run('nextWave', { context, stage: stage({ nodeGroup: 'gone' }), ...before });
    expect(none).toMatchObject({ nodes: [], left: 0 });
  });

  const shop = (replicas: number, cpu: string) => ({
    workloads: [
      {
        kind: 'Deployment',
        namespace: 'shop',
        name: 'web',
        replicas,
        image: 'registry.example.com/shop/web:1.0.0',
        requests: { cpu, memory: '256Mi' },
        nodeSelector: { workload: 'general' },
      },
    ],
  });
  const inPlace = stage({
    strategy: 'in-place',
    nodeGroup: 'general',
    waves: { maxParallel: '100%', canary: false, order: [] },
  });

  it('is, in place, as small as its Pods need to fit elsewhere', async () => {
    // Three Pods of one core on three nodes of four: two nodes at a time can do without a home of their own.
    const { run, context } = await startSimulated({ speed: 1, scenario: shop(3, '1') });
    const wave = await run('nextWave', { context, stage: inPlace, ...before });
    expect(wave).toMatchObject({ left: 1, unplaceable: [] });
    expect(wave.nodes).toHaveLength(2);
    expect(wave.why).toContain('3 were its turn; the Pods of the others would not fit');
  });

  it('names, in place, the Pods that would find no other node', async () => {
    const { run, context } = await startSimulated({ speed: 1, scenario: shop(3, '3') });
    const wave = await run('nextWave', { context, stage: inPlace, ...before });
    expect(wave.nodes).toHaveLength(1);
    expect(wave.unplaceable).toEqual([expect.stringMatching(/^shop\/web-\S+: .*cpu/)]);
  });
});

describe('the owners of evicted Pods', () => {
  it('are looked at, and no others', async () => {
    const { run, context, evidence, simulator } = await startSimulated();
    const baseline = await run('takeBaseline', { context });
    simulator.cluster.store.remove({ group: 'apps', resource: 'deployments' }, 'shop', 'storefront');
    const owner = (name: string): OwnerReference => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      namespace: 'shop',
      name,
      uid: `uid-${name}`,
    });
    const look = async (...owners: OwnerReference[]) =>
      run('verifyOwners', {
        context,
        baseline,
        owners: await evidence.write(
          'owners',
          `demo/owners-${owners.map(({ name }) => name).join()}`,
          owners,
          owners.length,
        ),
        settleMs: 0,
        pollMs: 50,
      });
    expect(await look(owner('cart'), owner('loyalty-beta'))).toMatchObject({
      well: true,
      newlyBrokenCount: 0,
      alreadyBrokenCount: 1,
    });
    expect(await look(owner('cart'), owner('storefront'))).toMatchObject({
      well: false,
      newlyBroken: ['Deployment shop/storefront: it is no longer there'],
    });
    expect(await look()).toMatchObject({ well: true });
  });
});
