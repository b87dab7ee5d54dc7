import { describe, expect, test } from 'vitest';
import { ClusterView } from '../../../src/kubernetes/watching/clusterView.ts';
import { EvictionAccount } from '../../../src/kubernetes/watching/evictionAccount.ts';
import { budget, pod } from '../drain/pods.ts';

function heard(view: ClusterView): string[] {
  const said: string[] = [];
  view.listen({
    podChanged: ({ uid }) => said.push(`changed ${uid}`),
    podGone: ({ uid }) => said.push(`gone ${uid}`),
    budgetChanged: (key) => said.push(`budget ${key}`),
    nodeGone: (name) => said.push(`node ${name}`),
  });
  return said;
}

describe('what is known of a cluster', () => {
  test('Pods are filed by node and counted by controller, through all their changes', () => {
    const view = new ClusterView();
    const { set, remove } = view.podReflection;
    set(pod({ name: 'a' }));
    set(pod({ name: 'b', version: 11, ready: false }));
    expect(view.podsOn('node-1').map(({ name }) => name)).toEqual(['a', 'b']);
    expect(view.tally('uid-web')).toEqual({ ready: 1, unready: 1, leaving: 0 });
    set(pod({ name: 'b', version: 12 }));
    set(pod({ name: 'a', version: 13, deletionTimestamp: '2026-05-01T12:00:00Z' }));
    expect(view.tally('uid-web')).toEqual({ ready: 1, unready: 0, leaving: 1 });
    set(pod({ name: 'b', version: 14, phase: 'Succeeded' }));
    remove(pod({ name: 'a', version: 15 }));
    expect(view.tally('uid-web')).toEqual({ ready: 0, unready: 0, leaving: 0 });
    expect(view.podsOn('node-1').map(({ name }) => name)).toEqual(['b']);
  });

  test('another uid under the same name means that the old Pod is gone', () => {
    const view = new ClusterView();
    view.podReflection.set(pod({ name: 'db-0', uid: 'old' }));
    const said = heard(view);
    view.podReflection.set(pod({ name: 'db-0', uid: 'new', version: 12, node: 'node-2' }));
    view.podReflection.remove(pod({ name: 'db-0', uid: 'old' }));
    expect(said).toEqual(['gone old', 'changed new']);
    expect(view.podsOn('node-1')).toEqual([]);
    expect(view.pod({ namespace: 'shop', name: 'db-0' })?.uid).toBe('new');
  });

  test('a new list tells of what came, changed and went meanwhile, and of nothing else', () => {
    const view = new ClusterView();
    view.podReflection.replace([pod({ name: 'same' }), pod({ name: 'changes' }), pod({ name: 'goes' })]);
    view.budgetReflection.replace([budget()]);
    view.nodeReflection.replace([
      { name: 'stays', uid: '1', unschedulable: false },
      { name: 'vanishes', uid: '2', unschedulable: false },
    ]);
    const said = heard(view);
    view.podReflection.replace([
      pod({ name: 'same' }),
      pod({ name: 'changes', version: 11 }),
      pod({ name: 'comes' }),
    ]);
    view.budgetReflection.replace([]);
    view.nodeReflection.replace([{ name: 'stays', uid: '1', unschedulable: true }]);
    expect(said).toEqual([
      'gone uid-goes',
      'changed uid-changes',
      'changed uid-comes',
      'budget shop/web',
      'node vanishes',
    ]);
    expect(view.nodes.get('stays')?.unschedulable).toBe(true);
  });

  test('budgets are found by what they select, in their own namespace', () => {
    const view = new ClusterView();
    const { set, remove } = view.budgetReflection;
    set(budget());
    set(budget({ name: 'all', selector: {} }));
    set(budget({ name: 'none', selector: undefined }));
    set(
      budget({
        name: 'others',
        selector: { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web'] }] },
      }),
    );
    set(budget({ name: 'web', namespace: 'other' }));
    const over = (fields = {}) =>
      view.budgets
        .over(pod(fields))
        .map(({ name }) => name)
        .sort();
    expect(over()).toEqual(['all', 'web']);
    expect(over({ labels: { app: 'api' } })).toEqual(['all', 'others']);
    expect(over({ namespace: 'third' })).toEqual([]);
    // Its selector changes: it is found by the new one only.
    set(budget({ selector: { matchLabels: { app: 'api' } } }));
    expect(over()).toEqual(['all']);
    remove(budget({ name: 'all' }));
    expect(over({ labels: { app: 'api' } })).toEqual(['others', 'web']);
  });
});

describe('what has been taken and does not show yet', () => {
  const gate = 'budget shop/web';
  const taken = (account: EvictionAccount): number => account.count(gate, () => false);

  test.each<[string, Parameters<typeof budget>[0], Parameters<typeof pod>[0] | undefined, number]>([
    ['shows when the budget names the Pod', { disruptedPods: new Set(['a']) }, { name: 'a' }, 0],
    [
      'shows in a status from after the Pod was asked to go',
      { version: 30 },
      { name: 'a', version: 25, deletionTimestamp: '2026-05-01T12:00:00Z' },
      0,
    ],
    [
      'does not show in a status from before',
      { version: 24 },
      { name: 'a', version: 25, deletionTimestamp: '2026-05-01T12:00:00Z' },
      1,
    ],
    ['does not show while nothing has happened', { version: 30 }, { name: 'a', version: 25 }, 1],
    ['shows when the Pod is gone', {}, undefined, 0],
    ['shows when another has its name', {}, { name: 'a', uid: 'another' }, 0],
  ])('%s', (_, budgetFields, podFields, expected) => {
    const view = new ClusterView();
    if (podFields !== undefined) view.podReflection.set(pod(podFields));
    const account = new EvictionAccount();
    account.take(gate, pod({ name: 'a' }));
    account.granted(gate, 'uid-a');
    account.settle(budget(budgetFields), view);
    expect(taken(account)).toBe(expected);
  });

  test('is given back by a refusal, and forgotten when it never shows', () => {
    let now = 0;
    const account = new EvictionAccount(() => now);
    account.take(gate, pod({ name: 'a' }));
    account.take(gate, pod({ name: 'b' }));
    account.giveBack(gate, 'uid-a');
    expect(taken(account)).toBe(1);
    now = 3_600_000;
    // No answer yet: it may still be granted.
    expect(taken(account)).toBe(1);
    account.granted(gate, 'uid-b');
    now += 15_001;
    expect(taken(account)).toBe(0);
  });

  test('a budget that has refused is asked again when it has changed, or after half a minute', () => {
    let now = 0;
    const account = new EvictionAccount(() => now);
    account.refused(gate, 20);
    expect(account.refuses(gate, 20)).toBe(true);
    expect(account.refuses(gate, 21)).toBe(false);
    account.refused(gate, 21);
    now = 30_000;
    expect(account.refuses(gate, 21)).toBe(false);
  });
});
