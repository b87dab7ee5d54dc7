import { describe, expect, test } from 'vitest';
import { compareInventories, describeMissing } from '../../src/kubernetes/inventory.ts';
import type { InventoryEntry } from '../../src/kubernetes/inventory.ts';
import { inventoryExceptions } from '../../src/kubernetes/inventoryExceptions.ts';

const hop = { from: '1.31', to: '1.32' };

function named(resource: string, name: string, more: Record<string, string | undefined> = {}) {
  return {
    group: '',
    resource,
    kind: resource,
    namespace: 'shop' as string | undefined,
    name,
    uid: `uid-${name}`,
    ...more,
  };
}
const settings = named('configmaps', 'settings');
const prices = named('configmaps', 'prices');

describe('an object is there by kind, namespace, name and uid', () => {
  test.each<[string, InventoryEntry[], InventoryEntry[], string[]]>([
    ['all are there, in another order', [settings, prices], [prices, settings], []],
    ['more are there', [settings], [settings, prices], []],
    ['one is gone', [settings, prices], [prices], ['configmaps shop/settings']],
    [
      'one was made anew',
      [settings],
      [{ ...settings, uid: 'other' }],
      ['configmaps shop/settings (replaced: another object has its name now)'],
    ],
    [
      'it is in another namespace',
      [settings],
      [{ ...settings, namespace: 'b' }],
      ['configmaps shop/settings'],
    ],
    ['it is of another group', [settings], [{ ...settings, group: 'x.org' }], ['configmaps shop/settings']],
    ['it has no namespace', [{ ...settings, namespace: undefined }], [], ['configmaps settings']],
    [
      'its kind is counted now',
      [settings],
      [{ group: '', resource: 'configmaps', counted: 1 }],
      ['configmaps shop/settings'],
    ],
    [
      'counts differ',
      [{ group: '', resource: 'pods', counted: 9 }],
      [{ group: '', resource: 'pods', counted: 2 }],
      [],
    ],
  ])('%s', async (_, before, after, missing) => {
    const result = await compareInventories(before, after, hop);
    expect(result.missing.map(describeMissing)).toEqual(missing);
    expect(result).toMatchObject({ excepted: [], unseen: [] });
    expect(result.compared).toBe(before.filter((entry) => 'uid' in entry).length);
  });
});

test('what was not seen afterwards is neither missing nor there', async () => {
  const widget = named('widgets', 'w', { group: 'example.org' });
  const gadget = named('gadgets', 'g', { group: 'example.org' });
  const result = await compareInventories(
    [settings, widget, gadget, { group: 'apps', resource: 'deployments', unseen: 'forbidden' }],
    [
      { group: '', resource: 'configmaps', unseen: 'timeout' },
      { group: 'example.org', resource: '*', unseen: 'v1: down' },
      // Seen through another version of the group that did answer.
      widget,
    ],
    hop,
  );
  expect(result.missing).toEqual([]);
  expect(result.compared).toBe(1);
  expect(result.unseen).toEqual([
    'configmaps: timeout (in the inventory after)',
    '*.example.org: v1: down (in the inventory after)',
    'deployments.apps: forbidden (in the inventory before)',
  ]);
});

const flowcontrol = { group: 'flowcontrol.apiserver.k8s.io', namespace: undefined };
const apiService = (name: string) =>
  named('apiservices', name, { group: 'apiregistration.k8s.io', namespace: undefined });
const dynamicResource = (resource: string) => named(resource, 'x', { group: 'resource.k8s.io' });

describe('what a hop takes away itself is excepted with a reason, and nothing else is', () => {
  test.each<[string, ReturnType<typeof named>, { from: string; to: string }, string | undefined]>([
    ['', named('flowschemas', 'system-leader-election', flowcontrol), hop, 'keeps for itself'],
    ['', named('prioritylevelconfigurations', 'workload-low', flowcontrol), hop, 'keeps for itself'],
    ["somebody's", named('flowschemas', 'my-tenants', flowcontrol), hop, undefined],
    ['', apiService('v1beta3.flowcontrol.apiserver.k8s.io'), hop, 'versions that it serves itself'],
    ['', apiService('v1.apps'), hop, 'versions that it serves itself'],
    ['aggregated', apiService('v1beta1.metrics.k8s.io'), hop, undefined],
    ['', named('configmaps', 'kube-root-ca.crt'), hop, 'in every namespace'],
    [
      '',
      named('configmaps', 'extension-apiserver-authentication', { namespace: 'kube-system' }),
      hop,
      'when it starts',
    ],
    ['of that name elsewhere', named('configmaps', 'extension-apiserver-authentication'), hop, undefined],
    ['', named('configmaps', 'eks-certificates-controller', { namespace: 'kube-system' }), hop, "EKS's own"],
    ['of the people', named('configmaps', 'aws-auth', { namespace: 'kube-system' }), hop, undefined],
    ['', named('services', 'kubernetes', { namespace: 'default' }), hop, 'its own address'],
    ['', named('secrets', 'bootstrap-token-abcdef', { namespace: 'kube-system' }), hop, 'ends by itself'],
    ['of 1.32', dynamicResource('podschedulingcontexts'), hop, 'Kubernetes 1.32'],
    ['a hop later', dynamicResource('podschedulingcontexts'), { from: '1.32', to: '1.33' }, undefined],
    ['a hop earlier', dynamicResource('podschedulingcontexts'), { from: '1.30', to: '1.31' }, undefined],
    ['of 1.31', dynamicResource('resourceclasses'), { from: '1.30', to: '1.31' }, 'Kubernetes 1.31'],
    ['of 1.31', dynamicResource('resourceclaimparameters'), { from: '1.30', to: '1.31' }, 'Kubernetes 1.31'],
    ['of 1.31', dynamicResource('resourceclassparameters'), { from: '1.30', to: '1.31' }, 'Kubernetes 1.31'],
    [
      'of 1.25',
      named('podsecuritypolicies', 'x', { group: 'policy', namespace: undefined }),
      { from: '1.24', to: '1.25' },
      'PodSecurityPolicy',
    ],
  ])('%s %o', async (_, entry, versions, reason) => {
    const result = await compareInventories([entry], [], versions);
    expect(result.excepted.map((each) => each.reason)).toEqual(
      reason === undefined ? [] : [expect.stringContaining(reason)],
    );
    expect(result.missing).toHaveLength(reason === undefined ? 1 : 0);
  });

  test('every exception has a reason', () => {
    for (const { reason } of inventoryExceptions) expect(reason.length).toBeGreaterThan(20);
  });
});

test('100,000 objects are compared in little memory', { timeout: 30_000 }, async () => {
  async function* many(skip = -1): AsyncGenerator<InventoryEntry> {
    const uid = '00000000-0000-4000-8000-';
    for (let nth = 0; nth < 100_000; nth += 1) {
      const number = String(nth).padStart(12, '0');
      if (nth !== skip) yield named('configmaps', `settings-of-service-${number}`, { uid: uid + number });
    }
  }
  const before = process.memoryUsage().heapUsed;
  const result = await compareInventories(many(), many(70_000), hop);
  const grownMb = (process.memoryUsage().heapUsed - before) / 2 ** 20;
  expect(result.compared).toBe(100_000);
  expect(result.missing.map(describeMissing)).toEqual(['configmaps shop/settings-of-service-000000070000']);
  expect(grownMb).toBeLessThan(200);
});
