import { describe, expect, test } from 'vitest';
import {
  configMaps,
  customResourceDefinitions,
  deployments,
  namespaces,
  nodes,
  pods,
} from '../../simulator/cluster/kinds.ts';
import type { StoredObject, StoreEvent } from '../../simulator/cluster/types.ts';
import { StatusError } from '../../simulator/cluster/types.ts';
import { emptyStore, podManifest } from './fixture.ts';

const configMap = (name: string, data: Record<string, string> = {}) => ({
  kind: 'ConfigMap',
  metadata: { name, namespace: 'shop' },
  data,
});
const deployment = (replicas: number) => ({
  kind: 'Deployment',
  metadata: { name: 'cart', namespace: 'shop' },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'cart' } },
    template: { metadata: { labels: { app: 'cart' } }, spec: { containers: [{ name: 'main' }] } },
  },
});

function refusal(act: () => unknown): { code: number; reason: string; message: string } {
  try {
    act();
  } catch (error) {
    if (error instanceof StatusError)
      return { code: error.code, reason: error.reason, message: error.message };
    throw error;
  }
  throw new Error('it was not refused');
}

describe('creating', () => {
  test('fills in what the server decides', () => {
    const store = emptyStore();
    const created = store.create(configMaps, { ...configMap('a'), apiVersion: 'v1' });
    expect(created.metadata.uid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
    expect(created.metadata.generation).toBe(1);
    expect(Date.parse(created.metadata.creationTimestamp)).not.toBeNaN();
    expect(Number(created.metadata.resourceVersion)).toBe(store.resourceVersion);
    expect(created['apiVersion']).toBeUndefined();
  });

  test('makes a name from generateName', () => {
    const store = emptyStore();
    const first = store.create(pods, {
      ...podManifest('x'),
      metadata: { generateName: 'cart-', namespace: 'shop' },
    });
    const second = store.create(pods, {
      ...podManifest('x'),
      metadata: { generateName: 'cart-', namespace: 'shop' },
    });
    expect(first.metadata.name).toMatch(/^cart-[a-z0-9]{5}$/);
    expect(second.metadata.name).not.toBe(first.metadata.name);
  });

  test('is refused for a name that is taken, a namespace that is not there or that is going', () => {
    const store = emptyStore();
    store.create(configMaps, configMap('a'));
    expect(refusal(() => store.create(configMaps, configMap('a')))).toEqual({
      code: 409,
      reason: 'AlreadyExists',
      message: 'configmaps "a" already exists',
    });
    const elsewhere = { ...configMap('a'), metadata: { name: 'a', namespace: 'nowhere' } };
    expect(refusal(() => store.create(configMaps, elsewhere))).toMatchObject({
      code: 404,
      message: 'namespaces "nowhere" not found',
    });
    store.remove(namespaces, undefined, 'shop');
    expect(refusal(() => store.create(configMaps, configMap('b')))).toMatchObject({
      code: 403,
      reason: 'Forbidden',
    });
  });

  test('changes nothing in a dry run', () => {
    const store = emptyStore();
    const before = store.resourceVersion;
    expect(store.create(configMaps, configMap('a'), { dryRun: true }).metadata.uid).not.toBe('');
    expect(store.find(configMaps, 'shop', 'a')).toBeUndefined();
    expect(store.resourceVersion).toBe(before);
  });

  test('gives out objects that nobody can change in place, and keeps its own', () => {
    const store = emptyStore();
    const given = configMap('a', { key: 'value' });
    const created = store.create(configMaps, given);
    given.data['key'] = 'changed';
    expect(store.get(configMaps, 'shop', 'a')['data']).toEqual({ key: 'value' });
    expect(() => {
      created.metadata.name = 'b';
    }).toThrow(TypeError);
  });
});

describe('updating', () => {
  test('raises the generation when the spec changes, not for labels or status', () => {
    const store = emptyStore();
    const created = store.create(deployments, deployment(1));
    const labelled = store.update(deployments, {
      ...created,
      metadata: { ...created.metadata, labels: { team: 'shop' } },
    });
    expect(labelled.metadata.generation).toBe(1);
    const scaled = store.update(deployments, { ...labelled, spec: { ...created.spec, replicas: 2 } });
    expect(scaled.metadata.generation).toBe(2);
    const reported = store.update(deployments, { ...scaled, status: { replicas: 2 } }, { status: true });
    expect(reported.metadata.generation).toBe(2);
    expect(reported.metadata.resourceVersion).not.toBe(scaled.metadata.resourceVersion);
  });

  test('keeps status and the rest apart', () => {
    const store = emptyStore();
    const created = store.create(deployments, deployment(1));
    const reported = store.update(deployments, { ...created, status: { replicas: 7 } }, { status: true });
    const scaled = store.update(deployments, {
      ...reported,
      spec: { ...created.spec, replicas: 3 },
      status: { replicas: 0 },
    });
    expect(scaled.status).toEqual({ replicas: 7 });
    const again = store.update(
      deployments,
      { ...scaled, spec: { ...created.spec, replicas: 9 }, status: { replicas: 3 } },
      { status: true },
    );
    expect(again.spec.replicas).toBe(3);
    expect(again.status).toEqual({ replicas: 3 });
  });

  test('a custom resource has a status of its own only when its definition says so', () => {
    const store = emptyStore();
    const definition = (plural: string, subresources: object) => ({
      kind: 'CustomResourceDefinition',
      metadata: { name: `${plural}.example.com` },
      spec: {
        group: 'example.com',
        scope: 'Cluster',
        names: { plural, kind: plural },
        versions: [{ name: 'v1', served: true, storage: true, ...subresources }],
      },
    });
    store.create(customResourceDefinitions, definition('plain', {}));
    store.create(customResourceDefinitions, definition('split', { subresources: { status: {} } }));
    const statusAfterUpdate = (resource: string): unknown => {
      const at = { group: 'example.com', resource };
      const created = store.create(at, { kind: 'Thing', metadata: { name: 'x' } });
      return store.update(at, { ...created, status: { ok: true } })['status'];
    };
    expect(statusAfterUpdate('plain')).toEqual({ ok: true });
    expect(statusAfterUpdate('split')).toBeUndefined();
  });

  test('is a conflict with an old resourceVersion or another uid', () => {
    const store = emptyStore();
    const created = store.create(configMaps, configMap('a'));
    store.update(configMaps, { ...created, data: { key: '1' } });
    expect(refusal(() => store.update(configMaps, { ...created, data: { key: '2' } }))).toMatchObject({
      code: 409,
      reason: 'Conflict',
      message: expect.stringContaining('the object has been modified'),
    });
    const other = { ...created, metadata: { ...created.metadata, resourceVersion: '', uid: 'another' } };
    expect(refusal(() => store.update(configMaps, other))).toMatchObject({ code: 409, reason: 'Conflict' });
  });

  test('that changes nothing is no change', () => {
    const store = emptyStore();
    const created = store.create(configMaps, configMap('a', { key: '1' }));
    const same = store.update(configMaps, { ...created, data: { key: '1' } });
    expect(same.metadata.resourceVersion).toBe(created.metadata.resourceVersion);
  });

  test('mutate answers undefined for what is gone', () => {
    expect(emptyStore().mutate(configMaps, 'shop', 'none', (object) => object)).toBeUndefined();
  });
});

describe('deleting', () => {
  const bound = (name: string) => podManifest(name, { nodeName: 'node', terminationGracePeriodSeconds: 45 });

  test('a Pod on a node gets its grace period, which can be shortened but not prolonged', () => {
    const store = emptyStore();
    store.create(pods, bound('a'));
    const going = store.remove(pods, 'shop', 'a');
    expect(going.metadata.deletionGracePeriodSeconds).toBe(45);
    expect(Date.parse(going.metadata.deletionTimestamp ?? '') - Date.now()).toBeGreaterThan(40_000);
    expect(
      store.remove(pods, 'shop', 'a', { gracePeriodSeconds: 60 }).metadata.deletionGracePeriodSeconds,
    ).toBe(45);
    expect(
      store.remove(pods, 'shop', 'a', { gracePeriodSeconds: 5 }).metadata.deletionGracePeriodSeconds,
    ).toBe(5);
    store.remove(pods, 'shop', 'a', { gracePeriodSeconds: 0 });
    expect(store.find(pods, 'shop', 'a')).toBeUndefined();
  });

  test('a Pod without a node, or one that has finished, goes at once', () => {
    const store = emptyStore();
    store.create(pods, podManifest('pending'));
    store.create(pods, { ...bound('done'), status: { phase: 'Succeeded' } });
    store.remove(pods, 'shop', 'pending');
    store.remove(pods, 'shop', 'done');
    expect(store.list(pods).items).toEqual([]);
  });

  test('an object with finalizers goes when the last one is taken off', () => {
    const store = emptyStore();
    store.create(configMaps, {
      ...configMap('a'),
      metadata: { name: 'a', namespace: 'shop', finalizers: ['example.com/hold'] },
    });
    const going = store.remove(configMaps, 'shop', 'a');
    expect(going.metadata.deletionTimestamp).toBeDefined();
    store.mutate(configMaps, 'shop', 'a', (object) => ({
      ...object,
      metadata: { ...object.metadata, finalizers: [] },
    }));
    expect(store.find(configMaps, 'shop', 'a')).toBeUndefined();
  });

  test('is a conflict when a precondition fails, and not found for what is not there', () => {
    const store = emptyStore();
    store.create(configMaps, configMap('a'));
    const wrong = (preconditions: object) =>
      refusal(() => store.remove(configMaps, 'shop', 'a', { preconditions }));
    expect(wrong({ uid: 'another' })).toMatchObject({ code: 409, reason: 'Conflict' });
    expect(wrong({ resourceVersion: '1' })).toMatchObject({ code: 409, reason: 'Conflict' });
    expect(refusal(() => store.remove(nodes, undefined, 'b'))).toMatchObject({
      code: 404,
      reason: 'NotFound',
    });
  });

  test('changes nothing in a dry run', () => {
    const store = emptyStore();
    store.create(configMaps, configMap('a'));
    store.remove(configMaps, 'shop', 'a', { dryRun: true });
    expect(store.get(configMaps, 'shop', 'a').metadata.deletionTimestamp).toBeUndefined();
  });
});

describe('listing', () => {
  test('is ordered by namespace and name, and can be of one namespace', () => {
    const store = emptyStore();
    store.create(namespaces, { kind: 'Namespace', metadata: { name: 'alpha' } });
    for (const [namespace, name] of [
      ['shop', 'b'],
      ['alpha', 'z'],
      ['shop', 'a'],
    ] as const)
      store.create(configMaps, { kind: 'ConfigMap', metadata: { name, namespace } });
    const names = (items: StoredObject[]) =>
      items.map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`);
    expect(names(store.list(configMaps).items)).toEqual(['alpha/z', 'shop/a', 'shop/b']);
    expect(names(store.list(configMaps, 'shop').items)).toEqual(['shop/a', 'shop/b']);
    store.remove(configMaps, 'shop', 'a');
    expect(names(store.list(configMaps).items)).toEqual(['alpha/z', 'shop/b']);
    expect(store.list(configMaps).resourceVersion).toBe(store.resourceVersion);
  });
});

describe('watching', () => {
  const summary = ({ type, object }: StoreEvent): string => `${type} ${object.metadata.name}`;

  test('tells what came after a resourceVersion, and goes on', () => {
    const store = emptyStore();
    store.create(configMaps, configMap('a'));
    const since = store.resourceVersion;
    store.create(configMaps, configMap('b'));
    const seen: string[] = [];
    const stop = store.watch(configMaps, since, (event) => seen.push(summary(event)));
    store.mutate(configMaps, 'shop', 'a', (object) => ({ ...object, data: { key: '1' } }));
    store.remove(configMaps, 'shop', 'b');
    stop();
    store.remove(configMaps, 'shop', 'a');
    expect(seen).toEqual(['ADDED b', 'MODIFIED a', 'DELETED b']);
  });

  test('gives the object before the change, and a resourceVersion of its own to a deletion', () => {
    const store = emptyStore();
    const created = store.create(configMaps, configMap('a', { key: '1' }));
    const events: StoreEvent[] = [];
    store.watch(configMaps, undefined, (event) => events.push(event));
    store.update(configMaps, { ...created, data: { key: '2' } });
    store.remove(configMaps, 'shop', 'a');
    expect(events[0]?.previous?.['data']).toEqual({ key: '1' });
    expect(events[1]?.object.metadata.resourceVersion).toBe(String(store.resourceVersion));
  });

  test('every watcher hears of changes in order, also of those made while one is being told', () => {
    const store = emptyStore();
    const seen: string[] = [];
    store.watch(configMaps, undefined, ({ object }) => {
      if (object.metadata.name === 'a') store.create(configMaps, configMap('answer'));
    });
    store.watch(configMaps, undefined, (event) => seen.push(summary(event)));
    store.create(configMaps, configMap('a'));
    expect(seen).toEqual(['ADDED a', 'ADDED answer']);
  });

  test('a watch that begins while others are being told hears of each change once', () => {
    const store = emptyStore();
    const seen: string[] = [];
    const start = store.resourceVersion;
    let begun = false;
    store.watch(configMaps, undefined, () => {
      if (begun) return;
      begun = true;
      store.create(configMaps, configMap('b'));
      store.watch(configMaps, start, (event) => seen.push(summary(event)));
    });
    store.create(configMaps, configMap('a'));
    expect(seen).toEqual(['ADDED a', 'ADDED b']);
  });

  test('is too old when its changes are no longer kept', () => {
    const store = emptyStore({ historyLimit: 10 });
    const since = store.resourceVersion;
    for (let index = 0; index < 40; index++) store.create(configMaps, configMap(`c${index}`));
    expect(refusal(() => store.watch(configMaps, since, () => undefined))).toMatchObject({
      code: 410,
      reason: 'Expired',
    });
    const recent = store.resourceVersion;
    store.watch(configMaps, recent, () => undefined);
    store.create(configMaps, configMap('after'));
    store.compact();
    expect(refusal(() => store.watch(configMaps, recent, () => undefined)).code).toBe(410);
  });

  test('one watcher that fails keeps nothing from the others', async () => {
    const store = emptyStore();
    const warned = new Promise<Error>((resolve) => process.once('warning', resolve));
    const seen: string[] = [];
    store.watch(configMaps, undefined, () => {
      throw new Error('this watcher is broken');
    });
    store.watch(configMaps, undefined, (event) => seen.push(summary(event)));
    store.create(configMaps, configMap('a'));
    expect(seen).toEqual(['ADDED a']);
    expect((await warned).message).toBe('this watcher is broken');
  });
});

describe('finding', () => {
  test('Pods by node and objects by owner follow every change', () => {
    const store = emptyStore();
    const owner = store.create(configMaps, configMap('owner'));
    const reference = { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: owner.metadata.uid };
    const manifest = podManifest('a');
    store.create(pods, { ...manifest, metadata: { ...manifest.metadata, ownerReferences: [reference] } });
    expect(store.podsOnNode('node')).toEqual([]);
    expect(store.ownedBy(owner.metadata.uid, pods)).toHaveLength(1);
    store.mutate(pods, 'shop', 'a', (pod) => ({ ...pod, spec: { ...pod.spec, nodeName: 'node' } }));
    expect(store.podsOnNode('node').map((pod) => pod.metadata.name)).toEqual(['a']);
    store.mutate(pods, 'shop', 'a', (pod) => ({
      ...pod,
      metadata: { ...pod.metadata, ownerReferences: [] },
    }));
    expect(store.ownedBy(owner.metadata.uid, pods)).toEqual([]);
    store.remove(pods, 'shop', 'a', { gracePeriodSeconds: 0 });
    expect(store.podsOnNode('node')).toEqual([]);
  });
});

describe('admission', () => {
  test('gives Pods tolerations for a failing node unless they have their own', () => {
    const store = emptyStore();
    const plain = store.create(pods, podManifest('plain'));
    expect(plain.spec.tolerations).toHaveLength(2);
    const own = store.create(pods, podManifest('own', { tolerations: [{ operator: 'Exists' }] }));
    expect(own.spec.tolerations).toEqual([{ operator: 'Exists' }]);
  });

  test.each([
    [
      'no containers',
      { ...deployment(1).spec, template: { metadata: { labels: { app: 'cart' } }, spec: {} } },
      'spec.template.spec.containers',
    ],
    ['no selector', { ...deployment(1).spec, selector: undefined }, 'spec.selector'],
    [
      'a selector of other Pods',
      { ...deployment(1).spec, selector: { matchLabels: { app: 'other' } } },
      'spec.template.metadata.labels',
    ],
  ])('refuses a Deployment with %s', (_what, spec, field) => {
    const store = emptyStore();
    const refused = refusal(() => store.create(deployments, { ...deployment(1), spec }));
    expect(refused).toMatchObject({ code: 422, reason: 'Invalid' });
    expect(refused.message).toContain(field);
  });
});
