import { describe, expect, it } from 'vitest';
import type {
  ObservedBudget,
  ObservedOwner,
  ObservedPod,
  ObservedWorkloads,
  PodKind,
} from '../../../src/plan/observedWorkloads.ts';
import { paceOf } from '../../../src/plan/waves/index.ts';

const kind = (app: string, placement: Partial<PodKind['placement']> = {}): PodKind => ({
  placement: { labels: { app }, requests: {}, ...placement },
  localVolumes: [],
  graceSeconds: 30,
  heldBy: [],
});
const owner = (name: string, change: Partial<ObservedOwner> = {}): ObservedOwner => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  namespace: 'shop',
  name,
  wanted: 3,
  ready: 3,
  well: true,
  ...change,
});
const pod = (name: string, change: Partial<ObservedPod> = {}): ObservedPod => ({
  namespace: 'shop',
  name,
  node: 'n1',
  kind: 0,
  owner: 0,
  ready: true,
  ...change,
});
const budget = (name: string, app: string, expectedPods: number, desiredHealthy: number): ObservedBudget => ({
  namespace: 'shop',
  name,
  selector: { matchLabels: { app } },
  // That none is allowed at this moment, because a Pod is away, makes no difference.
  status: { disruptionsAllowed: 0, currentHealthy: desiredHealthy, desiredHealthy, expectedPods },
});

function pace(change: Partial<ObservedWorkloads>) {
  const { pods, limits } = paceOf({
    kinds: [kind('web')],
    owners: [owner('web')],
    pods: [pod('web-1')],
    budgets: [],
    ...change,
  });
  return pods.map(({ limits: over, ...rest }) => ({ ...rest, limits: over.map((index) => limits[index]) }));
}

describe('what holds the pace of a Pod', () => {
  it('is its budget: what it allows when all are well', () => {
    expect(pace({ budgets: [budget('web-pdb', 'web', 10, 8), budget('db-pdb', 'db', 3, 3)] })).toEqual([
      { node: 'n1', stateful: false, limits: [{ name: 'budget shop/web-pdb', allowed: 2 }] },
    ]);
  });

  it.each<[string, Partial<ObservedBudget>, number]>([
    ['lets none go where all must be well', budget('b', 'web', 3, 3), 0],
    ['lets none go where fewer are there than must be', budget('b', 'web', 1, 3), 0],
    [
      'lets none go where its numbers can’t be worked out',
      { ...budget('b', 'web', 3, 1), syncFailed: 'no' },
      0,
    ],
  ])('is a budget that %s', (_, given, allowed) => {
    const budgets = [{ ...budget('b', 'web', 3, 1), ...given }];
    expect(pace({ budgets })[0]?.limits).toEqual([{ name: 'budget shop/b', allowed }]);
  });

  it('is one Pod at a time under a budget that its controller has not looked at', () => {
    const fresh: ObservedBudget = { namespace: 'shop', name: 'b', selector: {} };
    expect(pace({ budgets: [fresh] })[0]?.limits).toEqual([{ name: 'budget shop/b', allowed: 1 }]);
  });

  it('is not a budget of another namespace, or one without a selector', () => {
    const elsewhere = { ...budget('b', 'web', 3, 1), namespace: 'other' };
    const none: ObservedBudget = { namespace: 'shop', name: 'c' };
    expect(pace({ budgets: [elsewhere, none] })[0]?.limits).toEqual([
      { name: 'Deployment shop/web (no budget)', allowed: 1 },
    ]);
  });

  it('lets none go under two budgets, however much each allows', () => {
    const budgets = [budget('b', 'web', 10, 1), budget('a', 'web', 10, 1)];
    expect(pace({ budgets })[0]?.limits).toEqual([
      { name: 'budgets shop/a and shop/b over the same Pods', allowed: 0 },
    ]);
  });

  it.each<[Partial<ObservedOwner>, number]>([
    [{ wanted: 3 }, 1],
    [{ wanted: 20 }, 5],
    [{ kind: 'StatefulSet', wanted: 20 }, 1],
  ])('without a budget is what an owner like %j bears', (change, allowed) => {
    expect(pace({ owners: [owner('web', change)] })[0]?.limits).toEqual([
      expect.objectContaining({ allowed }),
    ]);
  });

  it('is nothing for a Pod that nobody owns', () => {
    expect(
      pace({ pods: [{ namespace: 'shop', name: 'x', node: 'n1', kind: 0, bare: true, ready: true }] }),
    ).toEqual([{ node: 'n1', stateful: false, limits: [] }]);
  });

  it('is shared by all Pods under the same limit', () => {
    const { limits } = paceOf({
      kinds: [kind('web'), kind('web', { requests: { cpu: 1 } })],
      owners: [owner('web'), owner('web2')],
      pods: [pod('a'), pod('b', { kind: 1 }), pod('c', { owner: 1 })],
      budgets: [budget('b', 'web', 3, 2)],
    });
    expect(limits).toHaveLength(1);
  });
});

describe('Pods', () => {
  it('that stay on their node, or have none, are passed over', () => {
    const pods = [
      pod('log', { staysOnNode: 'DaemonSet' }),
      pod('etcd', { staysOnNode: 'mirror' }),
      { namespace: 'shop', name: 'pending', kind: 0, ready: false },
    ];
    expect(pace({ pods })).toEqual([]);
  });

  it.each<[string, Partial<ObservedWorkloads>]>([
    ['a StatefulSet', { owners: [owner('db', { kind: 'StatefulSet' })] }],
    ['a volume that is bound to a place', { kinds: [kind('db', { volumeAffinities: [[{}]] })] }],
    ['a claim that could not be found out about', { kinds: [kind('db', { unknownClaims: ['shop/data'] })] }],
  ])('of %s are stateful', (_, change) => {
    expect(pace(change)[0]?.stateful).toBe(true);
  });
});
