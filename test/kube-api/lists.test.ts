import { CoreV1Api } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import { nodes, pods, services } from '../../simulator/cluster/kinds.ts';
import type { Answer } from './fixture.ts';
import { customResourceDefinition, podManifest, startApi, storePods, widget } from './fixture.ts';

const path = '/api/v1/namespaces/shop/pods';
const names = (answer: Answer): string[] => answer.json.items.map(({ metadata }) => metadata.name);

async function withPods() {
  const api = await startApi();
  api.store.create(
    pods,
    podManifest('web', { app: 'web', tier: 'front', 'example.com/n': '5' }, { nodeName: 'n1' }),
  );
  api.store.create(pods, podManifest('api', { app: 'api', tier: 'back' }, { nodeName: 'n2' }));
  api.store.create(pods, podManifest('db', { app: 'db', tier: 'back' }, { nodeName: 'n1' }));
  api.store.create(pods, podManifest('bare'));
  return api;
}

test.each([
  ['tier=back', ['api', 'db']],
  ['tier==back,app!=db', ['api']],
  ['tier!=back', ['bare', 'web']],
  ['app in (web, db)', ['db', 'web']],
  ['app notin (web,db)', ['api', 'bare']],
  ['tier', ['api', 'db', 'web']],
  ['!tier', ['bare']],
  ['example.com/n>4,app in (web,api)', ['web']],
  ['example.com/n<5', []],
  ['', ['api', 'bare', 'db', 'web']],
])('labelSelector %s', async (selector, expected) => {
  const api = await withPods();
  expect(names(await api.call(`${path}?labelSelector=${encodeURIComponent(selector)}`))).toEqual(expected);
});

test.each([
  ['spec.nodeName=n1', ['db', 'web']],
  ['spec.nodeName=', ['bare']],
  ['spec.nodeName!=n1,metadata.name!=bare', ['api']],
  ['metadata.namespace==default', []],
  ['status.phase=Pending,metadata.name=db', ['db']],
])('fieldSelector %s', async (selector, expected) => {
  const api = await withPods();
  expect(names(await api.call(`${path}?fieldSelector=${encodeURIComponent(selector)}`))).toEqual(expected);
});

test.each([
  'labelSelector=app in web',
  'labelSelector=a=b=c',
  'labelSelector=-x',
  'fieldSelector=spec.hostname=x',
  'fieldSelector=x',
  'limit=-1',
  'limit=a',
  'resourceVersion=x',
])('%s is refused', async (query) => {
  const api = await withPods();
  expect(await api.call(`${path}?${encodeURI(query)}`)).toMatchObject({
    status: 400,
    json: { reason: 'BadRequest' },
  });
});

test('fields that only some kinds are selected by, with the values that absent ones count as', async () => {
  const api = await startApi();
  api.store.create(nodes, { kind: 'Node', metadata: { name: 'open' }, spec: {} });
  api.store.create(nodes, { kind: 'Node', metadata: { name: 'cordoned' }, spec: { unschedulable: true } });
  api.store.create(services, {
    kind: 'Service',
    metadata: { name: 's', namespace: 'shop' },
    spec: { type: 'NodePort' },
  });
  const select = async (resource: string, selector: string) =>
    names(await api.call(`/api/v1/${resource}?fieldSelector=${selector}`));
  expect(await select('nodes', 'spec.unschedulable=false')).toEqual(['open']);
  expect(await select('nodes', 'spec.unschedulable=true')).toEqual(['cordoned']);
  expect(await select('services', 'spec.type=NodePort')).toEqual(['s']);
  const event = {
    kind: 'Event',
    metadata: { name: 'e', namespace: 'shop' },
    involvedObject: { name: 'web' },
    type: 'Normal',
  };
  api.store.create({ group: '', resource: 'events' }, event);
  expect(await select('events', 'involvedObject.name=web,type=Normal')).toEqual(['e']);
  expect(await select('events', 'involvedObject.name=db')).toEqual([]);
});

test('custom resources are selected by the fields that their definition names', async () => {
  const api = await startApi();
  await api.call('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
    method: 'POST',
    body: customResourceDefinition,
  });
  const widgets = '/apis/example.com/v1/namespaces/shop/widgets';
  for (const [name, color] of [
    ['one', 'red'],
    ['two', 'blue'],
  ])
    await api.call(widgets, { method: 'POST', body: widget(name!, { color }) });
  expect(names(await api.call(`${widgets}?fieldSelector=spec.color=blue`))).toEqual(['two']);
  expect((await api.call(`${widgets}?fieldSelector=spec.size=1`)).status).toBe(400);
});

test('pages show the state of the first one, whatever changes in between', async () => {
  const api = await startApi();
  storePods(api.store, 10);
  const core = api.kubeConfig().makeApiClient(CoreV1Api);
  const first = await core.listPodForAllNamespaces({ limit: 4 });
  expect(first.metadata).toMatchObject({ remainingItemCount: 6 });
  api.store.remove(pods, 'shop', 'pod-0005');
  api.store.create(pods, podManifest('pod-0005a'));
  const seen = first.items;
  for (let token = first.metadata?._continue; token !== undefined && token !== '';) {
    const page = await core.listPodForAllNamespaces({ limit: 4, _continue: token });
    expect(page.metadata?.resourceVersion).toBe(first.metadata?.resourceVersion);
    seen.push(...page.items);
    token = page.metadata?._continue;
  }
  expect(seen.map(({ metadata }) => metadata?.name)).toEqual(
    Array.from({ length: 10 }, (_, index) => `pod-${String(index).padStart(4, '0')}`),
  );
});

test('pages keep to the selector', async () => {
  const api = await startApi();
  storePods(api.store, 10);
  const query = `${path}?limit=2&labelSelector=${encodeURIComponent('index in (1,3,5,7,9)')}`;
  const first = await api.call(query);
  expect(first.json.metadata.remainingItemCount).toBeUndefined();
  const second = await api.call(`${query}&continue=${first.json.metadata.continue}`);
  const third = await api.call(`${query}&continue=${second.json.metadata.continue}`);
  expect([first, second, third].flatMap(names)).toEqual([1, 3, 5, 7, 9].map((index) => `pod-000${index}`));
  expect(third.json.metadata.continue).toBeUndefined();
});

test('a page of a list that is no longer kept is 410 Expired', async () => {
  const api = await startApi();
  storePods(api.store, 4);
  const { json } = await api.call(`${path}?limit=2`);
  api.store.create(pods, podManifest('later'));
  api.store.compact();
  expect(await api.call(`${path}?limit=2&continue=${json.metadata.continue}`)).toMatchObject({
    status: 410,
    json: { reason: 'Expired', code: 410 },
  });
});

test('a page is not to be had after its time', async () => {
  const api = await startApi({ continueMilliseconds: 0 });
  storePods(api.store, 4);
  const { json } = await api.call(`${path}?limit=2`);
  expect((await api.call(`${path}?limit=2&continue=${json.metadata.continue}`)).status).toBe(410);
});

test('a continue token that is none is refused', async () => {
  const api = await startApi();
  for (const token of ['nonsense', Buffer.from('{"rv":"x"}').toString('base64url')])
    expect((await api.call(`${path}?limit=2&continue=${token}`)).status).toBe(400);
});

test('resourceVersion and its match are kept to', async () => {
  const api = await startApi();
  storePods(api.store, 2);
  const { resourceVersion } = (await api.call(path)).json.metadata;
  const list = (query: string) => api.call(`${path}?${query}`);
  expect(
    (await list(`resourceVersion=${resourceVersion}&resourceVersionMatch=Exact`)).json.items,
  ).toHaveLength(2);
  expect((await list('resourceVersion=0')).json.items).toHaveLength(2);
  expect((await list('resourceVersion=1&resourceVersionMatch=NotOlderThan')).json.items).toHaveLength(2);
  expect(await list('resourceVersion=99999')).toMatchObject({
    status: 504,
    json: { reason: 'Timeout', details: { causes: [{ reason: 'ResourceVersionTooLarge' }] } },
  });
  api.store.create(pods, podManifest('new'));
  expect((await list(`resourceVersion=${resourceVersion}&resourceVersionMatch=Exact`)).status).toBe(410);
  expect((await list('resourceVersionMatch=Exact')).status).toBe(422);
});

test('metadata alone is given to those who ask for it', async () => {
  const api = await withPods();
  const { json } = await api.call(path, {
    headers: { accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1' },
  });
  expect(json).toMatchObject({ kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1' });
  expect(json.items).toHaveLength(4);
  expect(Object.keys(json.items[0] ?? {}).sort()).toEqual(['apiVersion', 'kind', 'metadata']);
  const one = await api.call(`${path}/web`, {
    headers: { accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1' },
  });
  expect(one.json).toMatchObject({ kind: 'PartialObjectMetadata', metadata: { name: 'web' } });
  expect(one.json.spec).toBeUndefined();
});

test('a table is given to those who ask for it', async () => {
  const api = await withPods();
  const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
  const { json } = await api.call(`${path}?labelSelector=app=web`, { headers: { accept } });
  expect(json.columnDefinitions.map(({ name }) => name)).toEqual([
    'Name',
    'Ready',
    'Status',
    'Restarts',
    'IP',
    'Node',
    'Age',
  ]);
  expect(json.rows).toEqual([
    {
      cells: ['web', '0/1', 'Pending', '0', '<none>', 'n1', expect.stringMatching(/^\d+s$/)],
      object: expect.objectContaining({ kind: 'PartialObjectMetadata' }),
    },
  ]);
});

test('who asks for protobuf gets JSON, and who asks for what there is not is told', async () => {
  const api = await withPods();
  const ask = (accept: string) => api.call(path, { headers: { accept } });
  expect((await ask('application/vnd.kubernetes.protobuf')).json.kind).toBe('PodList');
  expect((await ask('application/json, */*;q=0.8')).json.kind).toBe('PodList');
  expect(await ask('text/html')).toMatchObject({ status: 406, json: { reason: 'NotAcceptable' } });
});

test('items of a built-in list do not repeat their kind, those of custom resources do', async () => {
  const api = await withPods();
  await api.call('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
    method: 'POST',
    body: customResourceDefinition,
  });
  await api.call('/apis/example.com/v1/namespaces/shop/widgets', { method: 'POST', body: widget('one') });
  expect((await api.call(path)).json).toMatchObject({ kind: 'PodList', apiVersion: 'v1' });
  expect((await api.call(path)).json.items[0]).not.toHaveProperty('kind');
  expect((await api.call('/apis/example.com/v1/widgets')).json.items[0]).toMatchObject({
    kind: 'Widget',
    apiVersion: 'example.com/v1',
  });
});
