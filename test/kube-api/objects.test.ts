import {
  AppsV1Api,
  CoreV1Api,
  KubernetesObjectApi,
  V1ConfigMap,
  V1Deployment,
} from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import { customResourceDefinition, instance, podManifest, startApi, widget } from './fixture.ts';

const pods = '/api/v1/namespaces/shop/pods';

const deployment = {
  kind: 'Deployment',
  apiVersion: 'apps/v1',
  metadata: { name: 'web', namespace: 'shop' },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'main', image: 'web:1' }] },
    },
  },
};

test('an object is created, read, replaced and deleted', async () => {
  const api = (await startApi()).kubeConfig().makeApiClient(AppsV1Api);
  const where = { namespace: 'shop', name: 'web' };
  const created = await api.createNamespacedDeployment({
    namespace: 'shop',
    body: instance(V1Deployment, deployment),
  });
  expect(created.metadata?.uid).toBeTruthy();
  const read = await api.readNamespacedDeployment(where);
  expect(read).toMatchObject({ kind: 'Deployment', apiVersion: 'apps/v1', spec: { replicas: 2 } });
  const body = instance(V1Deployment, read);
  if (body.spec !== undefined) body.spec.replicas = 3;
  const resourceVersion = read.metadata?.resourceVersion;
  const replaced = await api.replaceNamespacedDeployment({ namespace: 'shop', name: 'web', body });
  expect(replaced.metadata?.generation).toBe(2);
  expect(replaced.metadata?.resourceVersion).not.toBe(resourceVersion);
  const deleted = await api.deleteNamespacedDeployment(where);
  expect(deleted).toMatchObject({ kind: 'Status', status: 'Success', details: { kind: 'deployments' } });
  await expect(api.readNamespacedDeployment(where)).rejects.toMatchObject({ code: 404 });
});

test('any kind can be handled by its apiVersion and kind, custom resources too', async () => {
  const server = await startApi();
  const api = KubernetesObjectApi.makeApiClient(server.kubeConfig());
  await api.create(customResourceDefinition);
  const created = await api.create(widget('one', { color: 'red' }));
  expect(created).toMatchObject({ kind: 'Widget', apiVersion: 'example.com/v1', spec: { color: 'red' } });
  const replaced = await api.replace({ ...created, ...{ spec: { color: 'blue' } } });
  expect(replaced).toMatchObject({ spec: { color: 'blue' } });
  const { items } = await api.list('example.com/v1', 'Widget', 'shop');
  expect(items.map(({ kind, metadata }) => `${kind} ${metadata?.name}`)).toEqual(['Widget one']);
  expect(await api.delete(widget('one'))).toMatchObject({ status: 'Success' });
});

test('an object has the apiVersion that was asked for', async () => {
  const api = await startApi();
  await api.call('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
    method: 'POST',
    body: customResourceDefinition,
  });
  await api.call('/apis/example.com/v1/namespaces/shop/widgets', { method: 'POST', body: widget('one') });
  const read = await api.call('/apis/example.com/v1beta1/namespaces/shop/widgets/one');
  expect(read.json.apiVersion).toBe('example.com/v1beta1');
});

test('a name that is taken, and one that is not there, are told in a Status', async () => {
  const api = await startApi();
  await api.call(pods, { method: 'POST', body: podManifest('one') });
  expect(await api.call(pods, { method: 'POST', body: podManifest('one') })).toMatchObject({
    status: 409,
    json: { kind: 'Status', reason: 'AlreadyExists', message: 'pods "one" already exists' },
  });
  expect(await api.call(`${pods}/two`)).toMatchObject({
    status: 404,
    json: {
      kind: 'Status',
      apiVersion: 'v1',
      status: 'Failure',
      reason: 'NotFound',
      code: 404,
      details: { name: 'two', kind: 'pods' },
    },
  });
});

test('of two who change the same version the second is refused', async () => {
  const api = await startApi();
  const { json } = await api.call(pods, { method: 'POST', body: podManifest('one') });
  const change = (color: string) => ({
    ...json,
    metadata: { ...json.metadata, labels: { color } },
  });
  expect((await api.call(`${pods}/one`, { method: 'PUT', body: change('red') })).status).toBe(200);
  expect(await api.call(`${pods}/one`, { method: 'PUT', body: change('blue') })).toMatchObject({
    status: 409,
    json: { reason: 'Conflict' },
  });
  const { resourceVersion: _version, ...metadata } = change('green').metadata;
  expect(
    (await api.call(`${pods}/one`, { method: 'PUT', body: { ...json, metadata } })).json.metadata.labels,
  ).toEqual({ color: 'green' });
});

test('custom resources are replaced only with a resourceVersion', async () => {
  const api = await startApi();
  const widgets = '/apis/example.com/v1/namespaces/shop/widgets';
  await api.call('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
    method: 'POST',
    body: customResourceDefinition,
  });
  await api.call(widgets, { method: 'POST', body: widget('one') });
  expect(await api.call(`${widgets}/one`, { method: 'PUT', body: widget('one') })).toMatchObject({
    status: 422,
    json: { details: { causes: [{ field: 'metadata.resourceVersion' }] } },
  });
});

test('what is tried with dryRun=All is answered but not done', async () => {
  const api = await startApi();
  const post = await api.call(`${pods}?dryRun=All`, { method: 'POST', body: podManifest('one') });
  expect(post).toMatchObject({ status: 201, json: { metadata: { name: 'one' } } });
  expect((await api.call(`${pods}/one`)).status).toBe(404);
  await api.call(pods, { method: 'POST', body: podManifest('one') });
  await api.call(`${pods}/one?dryRun=All`, { method: 'DELETE' });
  await api.call(`${pods}/one`, { method: 'DELETE', body: { kind: 'DeleteOptions', dryRun: ['All'] } });
  expect((await api.call(`${pods}/one`)).json.metadata.deletionTimestamp).toBeUndefined();
  expect((await api.call(`${pods}?dryRun=Some`, { method: 'POST', body: podManifest('two') })).status).toBe(
    422,
  );
});

test.each([
  ['a kind that is not the one of the URL', { ...podManifest('x'), kind: 'Service' }, 400],
  ['an apiVersion that is not the one of the URL', { ...podManifest('x'), apiVersion: 'v2' }, 400],
  [
    'a namespace that is not the one of the URL',
    { ...podManifest('x'), metadata: { name: 'x', namespace: 'default' } },
    400,
  ],
  ['a name that is none', podManifest('Not_A_Name'), 422],
  ['no name', { ...podManifest(''), metadata: {} }, 422],
  ['labels that are no text', { ...podManifest('x'), metadata: { name: 'x', labels: { a: 1 } } }, 400],
  ['what is not JSON', '{"kind":', 400],
  ['a list', '[]', 400],
])('creating with %s is refused', async (_what, body, status) => {
  const api = await startApi();
  expect(await api.call(pods, { method: 'POST', body })).toMatchObject({
    status,
    json: { kind: 'Status', status: 'Failure' },
  });
});

test('roles may have colons in their names', async () => {
  const api = await startApi();
  const body = { metadata: { name: 'system:thing' }, rules: [] };
  const path = '/apis/rbac.authorization.k8s.io/v1/clusterroles';
  expect((await api.call(path, { method: 'POST', body })).status).toBe(201);
  expect((await api.call(`${path}/system:thing`)).json.metadata.name).toBe('system:thing');
});

test('generateName gives a name, and creationTimestamp null is no matter', async () => {
  const api = await startApi();
  const body = { ...podManifest('x'), metadata: { generateName: 'web-', creationTimestamp: null } };
  expect((await api.call(pods, { method: 'POST', body })).json.metadata.name).toMatch(/^web-\w{5}$/);
});

test('deletion keeps to the grace period, the preconditions and the finalizers', async () => {
  const api = await startApi();
  await api.call(pods, { method: 'POST', body: podManifest('one', {}, { nodeName: 'node-1' }) });
  const wrongUid = await api.call(`${pods}/one`, {
    method: 'DELETE',
    body: { preconditions: { uid: 'of-another' } },
  });
  expect(wrongUid).toMatchObject({ status: 409, json: { reason: 'Conflict' } });
  const graceful = await api.call(`${pods}/one?gracePeriodSeconds=40`, { method: 'DELETE' });
  expect(graceful).toMatchObject({
    status: 200,
    json: { kind: 'Pod', metadata: { deletionGracePeriodSeconds: 40 } },
  });
  await api.call(`${pods}/one`, { method: 'DELETE', body: { gracePeriodSeconds: 0 } });
  expect((await api.call(`${pods}/one`)).status).toBe(404);

  const maps = '/api/v1/namespaces/shop/configmaps';
  await api.call(maps, {
    method: 'POST',
    body: { metadata: { name: 'kept', finalizers: ['example.com/keep'] } },
  });
  expect(
    (await api.call(`${maps}/kept?propagationPolicy=Background`, { method: 'DELETE' })).json,
  ).toMatchObject({
    kind: 'ConfigMap',
    metadata: { deletionTimestamp: expect.any(String) },
  });
  expect((await api.call(`${maps}/kept?propagationPolicy=Some`, { method: 'DELETE' })).status).toBe(422);
});

test('a collection is deleted by selector', async () => {
  const server = await startApi();
  const core = server.kubeConfig().makeApiClient(CoreV1Api);
  for (const [name, color] of [
    ['one', 'red'],
    ['two', 'red'],
    ['three', 'blue'],
  ] as const)
    await core.createNamespacedConfigMap({
      namespace: 'shop',
      body: instance(V1ConfigMap, { metadata: { name, labels: { color } } }),
    });
  await core.deleteCollectionNamespacedConfigMap({ namespace: 'shop', labelSelector: 'color=red' });
  const { items } = await core.listNamespacedConfigMap({ namespace: 'shop' });
  expect(items.map(({ metadata }) => metadata?.name)).toEqual(['three']);
  expect((await server.call('/api/v1/configmaps', { method: 'DELETE' })).status).toBe(405);
});

test('events are the same objects in both of their groups', async () => {
  const api = await startApi();
  const body = { metadata: { name: 'e1' }, involvedObject: { kind: 'Pod', name: 'p' }, reason: 'Killing' };
  await api.call('/api/v1/namespaces/shop/events', { method: 'POST', body });
  const { json } = await api.call('/apis/events.k8s.io/v1/namespaces/shop/events/e1');
  expect(json).toMatchObject({ apiVersion: 'events.k8s.io/v1', reason: 'Killing' });
});

test('unknown resources, and namespaces where there are none, are not found', async () => {
  const api = await startApi();
  for (const path of [
    '/api/v1/gadgets',
    '/apis/apps/v1beta2/deployments',
    '/api/v1/namespaces/shop/nodes',
    '/api/v1/pods/one',
    '/no/such/path',
    `${pods}/one/no-such-subresource`,
  ])
    expect((await api.call(path)).status, path).toBe(404);
});

test('a method that a resource does not have is refused', async () => {
  const api = await startApi();
  expect((await api.call('/api/v1/pods', { method: 'POST', body: podManifest('x') })).status).toBe(405);
  expect(await api.call('/api/v1/componentstatuses', { method: 'POST', body: {} })).toMatchObject({
    status: 405,
    json: { reason: 'MethodNotAllowed' },
  });
});

test('other content types than JSON and YAML are refused, and YAML is read', async () => {
  const api = await startApi();
  const send = (type: string, body: string) =>
    api.call(pods, { method: 'POST', body, headers: { 'content-type': type } });
  expect(await send('application/vnd.kubernetes.protobuf', 'k8s')).toMatchObject({
    status: 415,
    json: { reason: 'UnsupportedMediaType' },
  });
  const yaml = 'metadata: {name: from-yaml}\nspec: {containers: [{name: main, image: "a:1"}]}';
  expect((await send('application/yaml', yaml)).status).toBe(201);
});

test('an object of more than 3 MiB is refused', async () => {
  const api = await startApi();
  const body = { metadata: { name: 'large' }, data: { text: 'x'.repeat(3 * 1024 * 1024) } };
  expect(await api.call('/api/v1/namespaces/shop/configmaps', { method: 'POST', body })).toMatchObject({
    status: 413,
    json: { reason: 'RequestEntityTooLarge' },
  });
});
