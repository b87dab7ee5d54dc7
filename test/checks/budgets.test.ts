import { describe, expect, it } from 'vitest';
import { judgeBudget } from '../../src/checks/budgets/judgeBudget.ts';
import type { ObservedBudget } from '../../src/plan/observedWorkloads.ts';
import { findings, found, running, without } from './findings.ts';

const status = (
  disruptionsAllowed: number,
  currentHealthy: number,
  desiredHealthy: number,
  expectedPods: number,
): NonNullable<ObservedBudget['status']> => ({
  disruptionsAllowed,
  currentHealthy,
  desiredHealthy,
  expectedPods,
});

function budget(change: Partial<ObservedBudget> = {}): ObservedBudget {
  return {
    namespace: 'shop',
    name: 'web',
    selector: { matchLabels: { app: 'web' } },
    maxUnavailable: 0,
    status: status(0, 2, 2, 2),
    ...change,
  };
}

describe('judging a budget by itself', () => {
  it.each<[string, Partial<ObservedBudget>, string]>([
    ['one that allows a disruption now', { status: status(1, 3, 2, 3) }, 'gives-way'],
    ['maxUnavailable 0', {}, 'never'],
    ['minAvailable as many as there are', { minAvailable: 2 }, 'never'],
    ['minAvailable 100%', { minAvailable: '100%', status: status(0, 3, 3, 3) }, 'never'],
    ['one replica, minAvailable 1', { minAvailable: 1, status: status(0, 1, 1, 1) }, 'never'],
    ['one replica, minAvailable 50%', { minAvailable: '50%', status: status(0, 1, 1, 1) }, 'never'],
    ['more wanted than there are', { minAvailable: 5, status: status(0, 2, 5, 2) }, 'never'],
    ['one that selects nothing', { status: status(0, 0, 0, 0) }, 'gives-way'],
    ['Pods that are not Ready', { minAvailable: 2, status: status(0, 2, 2, 3) }, 'not-now'],
    ['one that was changed just now', { status: undefined as never }, 'unknown'],
    ['one that its controller fails on', { syncFailed: 'no scale subresource.' }, 'never'],
  ])('%s', (_, change, expected) => {
    expect(judgeBudget(budget(change)).state).toBe(expected);
  });

  it('says which number makes it so', () => {
    expect(judgeBudget(budget({ maxUnavailable: undefined as never, minAvailable: '100%' }))).toMatchObject({
      why: 'minAvailable 100% wants 2 of 2 Pods healthy, so none may be missing',
    });
  });
});

describe('budgets', () => {
  const web = running([{ name: 'web' }], { budgets: [budget()] });

  it('blocks where Pods of a node group that is rolled are under one that never gives way', () => {
    expect(found('budgets', web)).toEqual(['blocker budgets/PodDisruptionBudget/shop/web']);
    expect(findings('budgets', web)[0]?.message).toBe(
      'Budget shop/web never lets a Pod be evicted: maxUnavailable 0 wants 2 of 2 Pods healthy, so none may be missing. The drain of web on node group blue would wait until it fails.',
    );
  });

  it.each([
    ['it gives way', running([{ name: 'web' }], { budgets: [budget({ status: status(1, 2, 1, 2) })] })],
    ['it selects other Pods', running([{ name: 'cart' }], { budgets: [budget()] })],
    ['it is in another namespace', running([{ name: 'web', namespace: 'other' }], { budgets: [budget()] })],
    [
      'it selects none at all',
      running([{ name: 'web' }], { budgets: [budget({ selector: undefined as never })] }),
    ],
    [
      'only DaemonSet Pods are under it',
      running([{ name: 'web', pod: { staysOnNode: 'DaemonSet' } }], { budgets: [budget()] }),
    ],
    [
      'its Pods are on nodes that nobody rolls',
      running([{ name: 'web', node: 'other' }], { budgets: [budget()] }),
    ],
    [
      'its Pods are not Ready and may always be evicted then',
      running([{ name: 'web', pod: { ready: false } }], {
        budgets: [budget({ unhealthyPodEvictionPolicy: 'AlwaysAllow' })],
      }),
    ],
  ])('is silent when %s', (_, change) => {
    expect(found('budgets', change)).toEqual([]);
  });

  it('is silent when no node group is rolled', () => {
    expect(found('budgets', web, {}, { workflowType: 'upgradeControlPlane' })).toEqual([]);
  });

  it('warns when a budget would give way if its Pods were Ready', () => {
    const late = running([{ name: 'web' }], {
      budgets: [budget({ minAvailable: 2, status: status(0, 1, 2, 3) })],
    });
    expect(found('budgets', late)).toEqual(['warning budgets/PodDisruptionBudget/shop/web']);
  });

  it('does not know when the controller has not looked, or nobody has', () => {
    const fresh = running([{ name: 'web' }], { budgets: [budget({ status: undefined as never })] });
    expect(found('budgets', fresh)).toEqual(['unknown budgets/PodDisruptionBudget/shop/web']);
    expect(found('budgets', without('workloads'))).toEqual(['unknown budgets/Observation/pods']);
  });

  it('says why when Pods could not be seen', () => {
    const [finding] = findings('budgets', {
      ...without('workloads'),
      unseen: [
        { what: 'Pods', why: 'list pods is forbidden', source: 'Kubernetes: Pods', part: 'workloads' },
      ],
    });
    expect(finding?.message).toContain('list pods is forbidden');
    expect(finding?.evidence[0]?.source).toBe('Kubernetes: Pods');
  });
});

describe('overlapping-budgets', () => {
  const loose = status(1, 2, 1, 2);
  const two = [budget({ status: loose }), budget({ name: 'all', selector: {}, status: loose })];

  it('blocks for Pods under two budgets, however loose', () => {
    const change = running([{ name: 'web', owner: {} }, { name: 'cart' }], { budgets: two });
    expect(found('overlapping-budgets', change)).toEqual([
      'blocker overlapping-budgets/PodDisruptionBudget/shop/all+web',
    ]);
    expect(findings('overlapping-budgets', change)[0]?.message).toContain('Pods of Deployment web in shop');
  });

  it('is silent for Pods under one, or that nobody moves', () => {
    expect(found('overlapping-budgets', running([{ name: 'cart' }], { budgets: two }))).toEqual([]);
    expect(found('overlapping-budgets', running([{ name: 'web', node: 'x' }], { budgets: two }))).toEqual([]);
  });

  it('does not know without Pods', () => {
    expect(found('overlapping-budgets', without('workloads'))).toEqual([
      'unknown overlapping-budgets/Observation/pods',
    ]);
  });
});
