import { describe, expect, test } from 'vitest';
import type { BudgetCounts } from '../../simulator/cluster/budgetStatus.ts';
import { countBudget } from '../../simulator/cluster/budgetStatus.ts';
import type { SimulatedCluster } from '../../simulator/cluster/cluster.ts';
import type { Pod, PodDisruptionBudget } from '../../simulator/cluster/kinds.ts';
import { podDisruptionBudgets, pods } from '../../simulator/cluster/kinds.ts';
import type { ScenarioInput } from '../../scenario/scenario.ts';
import { StatusError } from '../../simulator/cluster/types.ts';
import { emptyStore, eventually, podManifest, readyCondition, startCluster } from './fixture.ts';

type Budget = NonNullable<NonNullable<ScenarioInput['workloads']>[number]['budget']>;

function members(ready: number, unready = 0): Pod[] {
  const store = emptyStore();
  return Array.from({ length: ready + unready }, (_, index) =>
    store.create(pods, {
      ...podManifest(`p${index}`),
      status: { phase: 'Running', conditions: [{ type: 'Ready', status: index < ready ? 'True' : 'False' }] },
    }),
  );
}

describe('what a budget allows', () => {
  const now = new Date('2026-05-01T00:00:00Z');
  test.each<[string, PodDisruptionBudget['spec'], number, number, number | undefined, Partial<BudgetCounts>]>(
    [
      [
        'minAvailable as a number counts the Pods there are',
        { minAvailable: 2 },
        3,
        0,
        5,
        { expectedPods: 3, desiredHealthy: 2, currentHealthy: 3, disruptionsAllowed: 1 },
      ],
      [
        'minAvailable in percent is of the owners’ size, rounded up',
        { minAvailable: '60%' },
        3,
        0,
        3,
        { expectedPods: 3, desiredHealthy: 2, disruptionsAllowed: 1 },
      ],
      [
        'minAvailable 50% of 7 is 4',
        { minAvailable: '50%' },
        7,
        0,
        7,
        { desiredHealthy: 4, disruptionsAllowed: 3 },
      ],
      ['minAvailable 100% never gives way', { minAvailable: '100%' }, 4, 0, 4, { disruptionsAllowed: 0 }],
      [
        'maxUnavailable is taken from the owners’ size',
        { maxUnavailable: 1 },
        3,
        0,
        4,
        { expectedPods: 4, desiredHealthy: 3, disruptionsAllowed: 0 },
      ],
      [
        'maxUnavailable in percent is rounded up',
        { maxUnavailable: '30%' },
        5,
        0,
        5,
        { desiredHealthy: 3, disruptionsAllowed: 2 },
      ],
      ['maxUnavailable 7% of 100 is 7', { maxUnavailable: '7%' }, 100, 0, 100, { desiredHealthy: 93 }],
      ['maxUnavailable 0 never gives way', { maxUnavailable: 0 }, 2, 0, 2, { disruptionsAllowed: 0 }],
      [
        'more may be unavailable than there are',
        { maxUnavailable: 9 },
        2,
        0,
        2,
        { desiredHealthy: 0, disruptionsAllowed: 2 },
      ],
      [
        'Pods that are not Ready are not healthy',
        { minAvailable: 1 },
        2,
        1,
        undefined,
        { expectedPods: 3, currentHealthy: 2, disruptionsAllowed: 1 },
      ],
      [
        'nothing selected allows nothing',
        { maxUnavailable: 1 },
        0,
        0,
        0,
        { expectedPods: 0, disruptionsAllowed: 0 },
      ],
    ],
  )('%s', (_what, spec, ready, unready, scale, expected) =>
    expect(countBudget({ spec }, members(ready, unready), scale, now)).toMatchObject(expected),
  );

  test('can not be counted in percent when a Pod has no owner', () => {
    expect(countBudget({ spec: { maxUnavailable: 1 } }, members(2), undefined, now)).toBeUndefined();
  });

  test('a granted eviction counts as gone for two minutes, then as not made', () => {
    const status = {
      disruptionsAllowed: 0,
      currentHealthy: 2,
      desiredHealthy: 2,
      expectedPods: 3,
      disruptedPods: { p0: '2026-05-01T00:00:00Z', 'not-there': '2026-05-01T00:00:00Z' },
    };
    const at = (seconds: number) =>
      countBudget(
        { spec: { minAvailable: 2 }, status },
        members(3),
        undefined,
        new Date(now.getTime() + seconds * 1000),
      );
    expect(at(60)).toMatchObject({
      currentHealthy: 2,
      disruptionsAllowed: 0,
      disruptedPods: { p0: expect.any(String) },
    });
    expect(Object.keys(at(60)?.disruptedPods ?? {})).toEqual(['p0']);
    expect(at(121)).toMatchObject({ currentHealthy: 3, disruptionsAllowed: 1, disruptedPods: {} });
  });
});

const clusterWith = (
  budget: Budget | undefined,
  replicas = 3,
  more: Partial<ScenarioInput> = {},
): Promise<SimulatedCluster> =>
  startCluster({
    workloads: [
      {
        kind: 'Deployment',
        namespace: 'shop',
        name: 'cart',
        replicas,
        startSeconds: 3600,
        ...(budget === undefined ? {} : { budget }),
      },
    ],
    ...more,
  });

const names = (cluster: SimulatedCluster): string[] =>
  cluster.store.list(pods, 'shop').items.map(({ metadata }) => metadata.name);

function answer(
  cluster: SimulatedCluster,
  name: string,
  options: Parameters<SimulatedCluster['evict']>[2] = {},
): string | StatusError {
  try {
    cluster.evict('shop', name, options);
    return 'evicted';
  } catch (error) {
    if (error instanceof StatusError) return error;
    throw error;
  }
}

/** Makes a Pod lose its readiness, as a failing probe would. */
async function makeUnready(cluster: SimulatedCluster, name: string, phase = 'Running'): Promise<void> {
  cluster.store.mutate(
    pods,
    'shop',
    name,
    (pod) => ({
      ...pod,
      status: { ...pod.status, phase, conditions: [{ type: 'Ready', status: 'False' as const }] },
    }),
    { status: true },
  );
  await cluster.whenIdle();
}

describe('the eviction API', () => {
  test('evicts a Pod that no budget selects, and says so on the Pod', async () => {
    const cluster = await clusterWith(undefined);
    const [name] = names(cluster);
    expect(answer(cluster, name!)).toBe('evicted');
    const pod = cluster.store.get(pods, 'shop', name!);
    expect(pod.metadata.deletionTimestamp).toBeDefined();
    expect(pod.status?.conditions?.find(({ type }) => type === 'DisruptionTarget')?.reason).toBe(
      'EvictionByEvictionAPI',
    );
  });

  test('answers 404 for a Pod that is not there', async () => {
    const cluster = await clusterWith(undefined);
    expect(answer(cluster, 'none')).toMatchObject({
      code: 404,
      reason: 'NotFound',
      message: 'pods "none" not found',
    });
  });

  test('answers 409 for another uid, and takes nothing from the budget', async () => {
    const cluster = await clusterWith({ minAvailable: 2 });
    const [name] = names(cluster);
    expect(answer(cluster, name!, { preconditions: { uid: 'another' } })).toMatchObject({
      code: 409,
      reason: 'Conflict',
    });
    expect(cluster.store.get(podDisruptionBudgets, 'shop', 'cart').status?.disruptionsAllowed).toBe(1);
  });

  test('of two in the same moment only one gets the last that the budget allows', async () => {
    const cluster = await clusterWith({ minAvailable: 2 });
    const [first, second] = names(cluster);
    expect(answer(cluster, first!)).toBe('evicted');
    expect(cluster.store.get(podDisruptionBudgets, 'shop', 'cart').status).toMatchObject({
      disruptionsAllowed: 0,
      disruptedPods: { [first!]: expect.any(String) },
    });
    expect(answer(cluster, second!)).toMatchObject({ code: 429 });
  });

  test('answers 429 with the budget’s name and numbers, and lets go when it gives way', async () => {
    const cluster = await clusterWith({ minAvailable: 2 }, 2);
    const [name] = names(cluster);
    const refused = answer(cluster, name!);
    expect(refused).toMatchObject({
      code: 429,
      reason: 'TooManyRequests',
      message: "Cannot evict pod as it would violate the pod's disruption budget.",
      causes: [
        {
          reason: 'DisruptionBudget',
          message: 'The disruption budget cart needs 2 healthy pods and has 2 currently',
        },
      ],
    });
    expect((refused as StatusError).retryAfterSeconds).toBeUndefined();
    cluster.store.mutate(podDisruptionBudgets, 'shop', 'cart', (budget) => ({
      ...budget,
      spec: { ...budget.spec, minAvailable: 1 },
    }));
    expect(answer(cluster, name!)).toMatchObject({
      code: 429,
      retryAfterSeconds: 10,
      causes: [{ message: 'The disruption budget cart is still being processed by the server.' }],
    });
    await cluster.whenIdle();
    expect(answer(cluster, name!)).toBe('evicted');
  });

  test('answers 500 when two budgets select the Pod', async () => {
    const cluster = await clusterWith({ minAvailable: 1 });
    cluster.store.create(podDisruptionBudgets, {
      kind: 'PodDisruptionBudget',
      metadata: { name: 'second', namespace: 'shop' },
      spec: { minAvailable: 1, selector: { matchLabels: { 'app.kubernetes.io/name': 'cart' } } },
    });
    await cluster.whenIdle();
    expect(answer(cluster, names(cluster)[0]!)).toMatchObject({
      code: 500,
      reason: '',
      message:
        'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    });
  });

  test.each(['Pending', 'Succeeded', 'Failed'])(
    'lets a Pod go that is %s, whatever the budget says',
    async (phase) => {
      const cluster = await clusterWith({ maxUnavailable: 0 });
      const [name] = names(cluster);
      await makeUnready(cluster, name!, phase);
      expect(answer(cluster, name!)).toBe('evicted');
    },
  );

  test('lets a Pod go again that is going already', async () => {
    const cluster = await clusterWith({ minAvailable: 2 });
    const [name] = names(cluster);
    expect(answer(cluster, name!)).toBe('evicted');
    expect(answer(cluster, name!)).toBe('evicted');
  });

  test.each<[string, Budget, number, 'evicted' | 429]>([
    ['IfHealthyBudget, enough others healthy', { minAvailable: 2 }, 1, 'evicted'],
    ['IfHealthyBudget, too few healthy', { minAvailable: 3 }, 1, 429],
    [
      'AlwaysAllow, too few healthy',
      { minAvailable: 3, unhealthyPodEvictionPolicy: 'AlwaysAllow' },
      1,
      'evicted',
    ],
    ['IfHealthyBudget of a budget that wants none healthy', { minAvailable: 0 }, 3, 429],
  ])('a Pod that is not Ready: %s', async (_what, budget, unready, expected) => {
    const cluster = await clusterWith(budget);
    const all = names(cluster);
    for (const name of all.slice(0, unready)) await makeUnready(cluster, name);
    const result = answer(cluster, all[0]!);
    expect(result instanceof StatusError ? result.code : result).toBe(expected);
  });

  test('a Pod that is not Ready takes nothing from the budget', async () => {
    const cluster = await clusterWith({ minAvailable: 1 });
    const [unready, other] = names(cluster);
    await makeUnready(cluster, unready!);
    expect(answer(cluster, unready!)).toBe('evicted');
    expect(cluster.store.get(podDisruptionBudgets, 'shop', 'cart').status?.disruptionsAllowed).toBe(1);
    expect(answer(cluster, other!)).toBe('evicted');
  });

  test('tells why a budget over a Pod without an owner refuses', async () => {
    const cluster = await clusterWith(undefined, 0);
    cluster.store.create(pods, podManifest('alone', {}, { app: 'alone' }));
    cluster.store.create(podDisruptionBudgets, {
      kind: 'PodDisruptionBudget',
      metadata: { name: 'alone', namespace: 'shop' },
      spec: { maxUnavailable: 1, selector: { matchLabels: { app: 'alone' } } },
    });
    await eventually(cluster, pods, (items) =>
      items.some((pod) => pod.metadata.name === 'alone' && readyCondition(pod) === 'True'),
    );
    await cluster.whenIdle();
    const refused = answer(cluster, 'alone');
    expect(refused).toMatchObject({ code: 429 });
    expect((refused as StatusError).causes[0]?.message).toContain('failed sync');
  });

  test('a dry run answers the same and changes nothing', async () => {
    const cluster = await clusterWith({ minAvailable: 2 });
    const [name] = names(cluster);
    const before = cluster.store.resourceVersion;
    expect(answer(cluster, name!, { dryRun: true })).toBe('evicted');
    expect(cluster.store.resourceVersion).toBe(before);
    cluster.store.mutate(podDisruptionBudgets, 'shop', 'cart', (budget) => ({
      ...budget,
      spec: { ...budget.spec, minAvailable: 3 },
    }));
    await cluster.whenIdle();
    expect(answer(cluster, name!, { dryRun: true })).toMatchObject({ code: 429 });
  });
});
