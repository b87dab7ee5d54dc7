import {
  AppsV1Api,
  CoreV1Api,
  KubernetesObjectApi,
  PatchStrategy,
  setHeaderOptions,
} from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import { deployments, nodes, pods } from '../../simulator/cluster/kinds.ts';
import { customResourceDefinition, podManifest, startApi, widget } from './fixture.ts';

const path = '/api/v1/namespaces/shop/pods/one';

async function withPod() {
  const api = await startApi();
  api.store.create(
    pods,
    podManifest(
      'one',
      { color: 'red', size: 'small' },
      {
        containers: [
          { name: 'main', image: 'main:1', env: [{ name: 'A', value: '1' }], ports: [{ containerPort: 80 }] },
          { name: 'side', image: 'side:1' },
        ],
        volumes: [{ name: 'cache', emptyDir: {} }],
      },
    ),
  );
  return {
    ...api,
    patch: (type: string, body: unknown, at = path) =>
      api.call(at, { method: 'PATCH', body, headers: { 'content-type': type } }),
  };
}

const json = 'application/json-patch+json';
const merge = 'application/merge-patch+json';
const strategic = 'application/strategic-merge-patch+json';

test('a JSON patch changes what it names', async () => {
  const { patch } = await withPod();
  const answer = await patch(json, [
    { op: 'test', path: '/metadata/labels/color', value: 'red' },
    { op: 'replace', path: '/metadata/labels/color', value: 'blue' },
    { op: 'remove', path: '/metadata/labels/size' },
    { op: 'add', path: '/metadata/annotations', value: { 'example.com/a~b': '1' } },
  ]);
  expect(answer.json.metadata).toMatchObject({
    labels: { color: 'blue' },
    annotations: { 'example.com/a~b': '1' },
  });
  expect(answer.json.metadata.labels.size).toBeUndefined();
});

test.each([
  ['a test that fails', [{ op: 'test', path: '/metadata/labels/color', value: 'green' }], 422],
  ['a path that is not there', [{ op: 'remove', path: '/metadata/labels/none' }], 422],
  ['an operation that there is not', [{ op: 'turn', path: '/metadata' }], 400],
  ['an object', { metadata: {} }, 400],
])('a JSON patch with %s is refused and changes nothing', async (_what, body, status) => {
  const api = await withPod();
  const before = api.store.resourceVersion;
  expect(await api.patch(json, body)).toMatchObject({ status, json: { kind: 'Status' } });
  expect(api.store.resourceVersion).toBe(before);
});

test('a merge patch merges objects, removes with null and replaces lists', async () => {
  const { patch } = await withPod();
  const { json: patched } = await patch(merge, {
    metadata: { labels: { color: null, shape: 'round' } },
    spec: { containers: [{ name: 'main', image: 'main:2' }] },
  });
  expect(patched.metadata.labels).toEqual({ size: 'small', shape: 'round' });
  expect(patched.spec.containers).toEqual([{ name: 'main', image: 'main:2' }]);
});

test('a strategic merge patch merges lists by their keys', async () => {
  const { patch } = await withPod();
  const { json: patched } = await patch(strategic, {
    spec: {
      containers: [
        {
          name: 'main',
          image: 'main:2',
          env: [{ name: 'B', value: '2' }],
          ports: [{ containerPort: 80, name: 'http' }],
        },
        { name: 'third', image: 'third:1' },
      ],
      volumes: [{ name: 'cache', $patch: 'delete' }],
    },
  });
  expect(patched.spec.containers).toMatchObject([
    {
      name: 'main',
      image: 'main:2',
      env: [
        { name: 'A', value: '1' },
        { name: 'B', value: '2' },
      ],
      ports: [{ containerPort: 80, name: 'http' }],
    },
    { name: 'side', image: 'side:1' },
    { name: 'third', image: 'third:1' },
  ]);
  expect(patched.spec.volumes).toEqual([]);
});

test('the directives of strategic merge patches are followed', async () => {
  const { patch, store } = await withPod();
  const ordered = await patch(strategic, {
    spec: {
      '$setElementOrder/containers': [{ name: 'side' }, { name: 'main' }],
      containers: [{ name: 'side', image: 'side:2' }],
    },
  });
  expect(ordered.json.spec.containers.map(({ name, image }) => name + image)).toEqual([
    'sideside:2',
    'mainmain:1',
  ]);
  const replaced = await patch(strategic, { metadata: { labels: { $patch: 'replace', only: 'this' } } });
  expect(replaced.json.metadata.labels).toEqual({ only: 'this' });
  const wholeList = await patch(strategic, {
    spec: { containers: [{ $patch: 'replace' }, { name: 'new', image: 'new:1' }] },
  });
  expect(wholeList.json.spec.containers).toEqual([{ name: 'new', image: 'new:1' }]);
  const retained = await patch(strategic, {
    spec: { volumes: [{ name: 'cache', $retainKeys: ['name', 'hostPath'], hostPath: { path: '/x' } }] },
  });
  expect(retained.json.spec.volumes).toEqual([{ name: 'cache', hostPath: { path: '/x' } }]);
  store.update(pods, {
    ...store.get(pods, 'shop', 'one'),
    metadata: { ...store.get(pods, 'shop', 'one').metadata, finalizers: ['a/a', 'b/b'] },
  });
  const finalizers = await patch(strategic, {
    metadata: { '$deleteFromPrimitiveList/finalizers': ['a/a'], finalizers: ['c/c'] },
  });
  expect(finalizers.json.metadata.finalizers).toEqual(['b/b', 'c/c']);
  expect((await patch(strategic, { spec: { $patch: 'turn' } })).status).toBe(400);
  expect((await patch(strategic, { spec: { containers: [{ image: 'nameless' }] } })).status).toBe(400);
});

test('a node is cordoned, and its conditions merge by type in a patch of the status', async () => {
  const api = await startApi();
  const ready = { type: 'Ready', status: 'True' };
  const pressure = { type: 'DiskPressure', status: 'False' };
  api.store.create(nodes, {
    kind: 'Node',
    metadata: { name: 'n1' },
    spec: {},
    status: { conditions: [ready, pressure] },
  });
  const core = api.kubeConfig().makeApiClient(CoreV1Api);
  const options = setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch);
  const cordoned = await core.patchNode({ name: 'n1', body: { spec: { unschedulable: true } } }, options);
  expect(cordoned.spec?.unschedulable).toBe(true);
  const patched = await core.patchNodeStatus(
    {
      name: 'n1',
      body: { spec: { unschedulable: false }, status: { conditions: [{ type: 'Ready', status: 'False' }] } },
    },
    options,
  );
  expect(patched.status?.conditions).toEqual([{ type: 'Ready', status: 'False' }, pressure]);
  expect(patched.spec?.unschedulable).toBe(true);
});

test('the client library patches any object, strategically unless told otherwise', async () => {
  const server = await startApi();
  server.store.create(deployments, {
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'shop' },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'main', image: 'web:1' }] },
      },
    },
  });
  const target = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'shop' } };
  const api = KubernetesObjectApi.makeApiClient(server.kubeConfig());
  await api.patch({
    ...target,
    spec: { template: { spec: { containers: [{ name: 'side', image: 'side:1' }] } } },
  } as typeof target);
  const apps = server.kubeConfig().makeApiClient(AppsV1Api);
  const { spec } = await apps.readNamespacedDeployment({ namespace: 'shop', name: 'web' });
  expect(spec?.template.spec?.containers.map(({ name }) => name)).toEqual(['main', 'side']);
});

test('a resourceVersion in a patch must be the stored one', async () => {
  const { patch, store } = await withPod();
  const { resourceVersion } = store.get(pods, 'shop', 'one').metadata;
  expect((await patch(merge, { metadata: { resourceVersion, labels: { a: '1' } } })).status).toBe(200);
  expect(await patch(merge, { metadata: { resourceVersion, labels: { a: '2' } } })).toMatchObject({
    status: 409,
    json: { reason: 'Conflict' },
  });
});

test('a patch changes neither name nor kind, and nothing when it is only tried', async () => {
  const { patch, store } = await withPod();
  const before = store.resourceVersion;
  expect((await patch(merge, { metadata: { name: 'two' } })).status).toBe(400);
  expect((await patch(merge, { kind: 'Node' })).status).toBe(400);
  expect(
    (await patch(merge, { metadata: { labels: { a: '1' } } }, `${path}?dryRun=All`)).json.metadata.labels.a,
  ).toBe('1');
  expect(store.resourceVersion).toBe(before);
  expect((await patch(merge, {}, path.replace('one', 'none'))).status).toBe(404);
});

test('server-side apply is not supported and says so; other types are refused', async () => {
  const { patch } = await withPod();
  expect(await patch('application/apply-patch+yaml', 'kind: Pod')).toMatchObject({
    status: 501,
    json: { kind: 'Status', reason: 'NotImplemented', message: expect.stringContaining('server-side apply') },
  });
  expect((await patch('application/json', {})).status).toBe(415);
});

test('custom resources take JSON and merge patches, not strategic ones', async () => {
  const api = await startApi();
  const widgets = '/apis/example.com/v1/namespaces/shop/widgets';
  await api.call('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
    method: 'POST',
    body: customResourceDefinition,
  });
  await api.call(widgets, { method: 'POST', body: widget('one', { color: 'red' }) });
  const patch = (type: string, body: unknown) =>
    api.call(`${widgets}/one`, { method: 'PATCH', body, headers: { 'content-type': type } });
  expect((await patch(merge, { spec: { color: 'blue' } })).json.spec).toEqual({ color: 'blue' });
  expect((await patch(strategic, { spec: { color: 'green' } })).status).toBe(415);
});
