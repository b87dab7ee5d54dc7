import { expect, test } from 'vitest';
import { discoverResources } from '../../src/kubernetes/discovery.ts';
import { inventory, inventoryEntrySchema } from '../../src/kubernetes/inventory.ts';
import type { InventoryEntry, InventoryProgress } from '../../src/kubernetes/inventory.ts';
import type { KubernetesConnection } from '../../src/kubernetes/connection.ts';
import { StepladderError } from '../../src/contract/errors.ts';
import { fakeConnection, list, Refusal } from './fakeConnection.ts';
import type { Route } from './fakeConnection.ts';

const group = (name: string, ...versions: string[]) => ({
  name,
  versions: versions.map((version) => ({ groupVersion: `${name}/${version}`, version })),
  preferredVersion: { version: versions[0] },
});
const kinds = (...names: string[]) => ({
  resources: names.map((name) => ({
    name,
    kind: name[0]!.toUpperCase() + name.slice(1).replace(/s$/, ''),
    namespaced: true,
    verbs: ['get', 'list'],
  })),
});
const object = (name: string, ...ownerKinds: string[]) => ({
  metadata: {
    namespace: 'shop',
    name,
    uid: `uid-${name}`,
    ownerReferences: ownerKinds.map((kind) => ({ kind })),
  },
});

function cluster(more: Record<string, Route> = {}) {
  return fakeConnection({
    '/apis': {
      groups: [
        group('apps', 'v1'),
        group('events.k8s.io', 'v1'),
        group('example.org', 'v1beta1', 'v2', 'v1'),
        group('metrics.k8s.io', 'v1beta1'),
      ],
    },
    '/api/v1': {
      resources: [
        ...kinds('secrets', 'configmaps', 'events', 'pods', 'componentstatuses').resources,
        { name: 'pods/status', kind: 'Pod', namespaced: true, verbs: ['get', 'list'] },
        { name: 'bindings', kind: 'Binding', namespaced: true, verbs: ['create'] },
        { name: 'odd', kind: 'Odd', namespaced: true, verbs: null },
      ],
    },
    '/apis/apps/v1': kinds('replicasets'),
    '/apis/events.k8s.io/v1': kinds('events'),
    '/apis/example.org/v1beta1': kinds('widgets'),
    '/apis/example.org/v2': kinds('widgets', 'gadgets'),
    '/apis/example.org/v1': kinds('gadgets'),
    '/apis/metrics.k8s.io/v1beta1': new Refusal(503, 'no endpoints'),
    '/api/v1/secrets': list(object('a'), object('b', 'Certificate')),
    '/api/v1/configmaps': list(object('of-a-pod', 'Pod')),
    '/api/v1/events': list(object('x'), object('y')),
    '/api/v1/pods': list(),
    '/apis/apps/v1/replicasets': list(object('lone'), object('owned', 'Deployment')),
    '/apis/example.org/v1beta1/widgets': list(object('w')),
    '/apis/example.org/v2/gadgets': list(object('g')),
    ...more,
  });
}

async function collect(connection: KubernetesConnection, signal?: AbortSignal): Promise<InventoryEntry[]> {
  const entries: InventoryEntry[] = [];
  for await (const entry of inventory(connection, signal)) entries.push(entry);
  return entries;
}

test('every resource is read once, named or counted, in order', async () => {
  const connection = cluster();
  const entries = await collect(connection);
  const named = (groupName: string, resource: string, kind: string, name: string) => ({
    group: groupName,
    resource,
    kind,
    namespace: 'shop',
    name,
    uid: `uid-${name}`,
  });
  expect(entries).toEqual([
    { group: '', resource: 'configmaps', counted: 1 },
    { group: '', resource: 'events', counted: 2 },
    { group: '', resource: 'pods', counted: 0 },
    named('', 'secrets', 'Secret', 'a'),
    named('', 'secrets', 'Secret', 'b'),
    named('apps', 'replicasets', 'Replicaset', 'lone'),
    { group: 'apps', resource: 'replicasets', counted: 1 },
    named('example.org', 'gadgets', 'Gadget', 'g'),
    named('example.org', 'widgets', 'Widget', 'w'),
  ]);
  for (const entry of entries) expect(inventoryEntrySchema.parse(entry)).toEqual(entry);
  const secrets = connection.asked.find(({ path }) => path === '/api/v1/secrets');
  expect(secrets?.options.accept).toMatch(
    /^application\/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1/,
  );
});

test('the preferred version is the one that is read', async () => {
  const preferring = { ...group('example.org', 'v1', 'v2'), preferredVersion: { version: 'v2' } };
  const { resources } = await discoverResources(cluster({ '/apis': { groups: [preferring] } }));
  expect(resources.find(({ resource }) => resource === 'gadgets')?.version).toBe('v2');
});

test('what can not be seen is an entry with its reason, and the rest is read all the same', async () => {
  const forbidden =
    'secrets is forbidden: User "x" cannot list resource "secrets" in API group "" at the cluster scope';
  const entries = await collect(
    cluster({
      '/api/v1/secrets': new Refusal(403, forbidden),
      '/apis/example.org/v1beta1': new Refusal(503, 'service unavailable'),
      '/apis/example.org/v2/widgets': list(object('w')),
      '/apis/apps/v1/replicasets': { items: [{ metadata: {} }] },
    }),
  );
  expect(entries.filter((entry) => 'unseen' in entry)).toEqual([
    { group: 'example.org', resource: '*', unseen: expect.stringMatching(/^v1beta1: .*service unavailable/) },
    { group: '', resource: 'secrets', unseen: expect.stringContaining('may not list secrets') },
    { group: 'apps', resource: 'replicasets', unseen: expect.stringContaining('not as expected') },
  ]);
  expect(entries).toContainEqual({ group: '', resource: 'events', counted: 2 });
  expect(entries).toContainEqual(expect.objectContaining({ resource: 'gadgets', name: 'g' }));
});

test.each(['Unreachable', 'Throttled', 'CredentialsRefused'] as const)(
  'trouble with the API itself (%s) is thrown: an inventory is whole or none',
  async (type) => {
    const connection = cluster({
      '/api/v1/pods': () => {
        throw new StepladderError(type, 'gone', { code: 401 });
      },
    });
    await expect(collect(connection)).rejects.toMatchObject({ type });
  },
);

test('an expired continue token begins the kind anew: nothing twice, and the count is right', async () => {
  let requests = 0;
  const connection = cluster({
    '/api/v1/secrets': ({ query }: { query?: Record<string, unknown> }) => {
      requests += 1;
      if (query?.['continue'] === undefined) return { metadata: { continue: 'next' }, items: [object('a')] };
      return requests === 2 ? new Refusal(410, 'expired') : list(object('b'));
    },
  });
  const progress: InventoryProgress[] = [];
  const entries: InventoryEntry[] = [];
  for await (const entry of inventory(connection, undefined, (each) => progress.push(each)))
    entries.push(entry);
  const secrets = entries.filter(({ resource }) => resource === 'secrets');
  expect(secrets.map((entry) => 'name' in entry && entry.name)).toEqual(['a', 'b']);
  expect(progress.at(-1)).toEqual({ resources: 7, ofResources: 7, objects: 9 });
});

test('an abort ends it', async () => {
  const abort = new AbortController();
  const connection = cluster({ '/api/v1/pods': () => (abort.abort(new Error('enough')), list()) });
  await expect(collect(connection, abort.signal)).rejects.toThrow('enough');
});
