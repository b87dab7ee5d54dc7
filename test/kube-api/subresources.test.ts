import { AppsV1Api, CoreV1Api, V1Eviction, V1Scale } from '@kubernetes/client-node';
import { describe, expect, test } from 'vitest';
import {
  endpointSlices,
  podDisruptionBudgets,
  pods,
  replicaSets,
  services,
} from '../../simulator/cluster/kinds.ts';
import { customResourceDefinition, instance, podManifest, startApi, widget } from './fixture.ts';

const ready = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };

async function withBudget(disruptionsAllowed: number) {
  const api = await startApi();
  for (const name of ['web-1', 'web-2'])
    api.store.create(pods, { ...podManifest(name, { app: 'web' }, { nodeName: 'n1' }), status: ready });
  api.store.create(podDisruptionBudgets, {
    kind: 'PodDisruptionBudget',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { selector: { matchLabels: { app: 'web' } }, minAvailable: 1 },
    status: {
      observedGeneration: 1,
      disruptionsAllowed,
      currentHealthy: 2,
      desiredHealthy: 2 - disruptionsAllowed,
      expectedPods: 2,
    },
  });
  const core = api.kubeConfig().makeApiClient(CoreV1Api);
  return {
    ...api,
    evict: (name: string, deleteOptions?: object) =>
      core.createNamespacedPodEviction({
        namespace: 'shop',
        name,
        body: instance(V1Eviction, { metadata: { name, namespace: 'shop' }, deleteOptions }),
      }),
  };
}

test('an eviction deletes the Pod while the budget allows it, and is refused with its cause when it does not', async () => {
  const api = await withBudget(1);
  expect(await api.evict('web-1', { gracePeriodSeconds: 7 })).toMatchObject({ kind: 'Status' });
  expect(api.store.get(pods, 'shop', 'web-1').metadata).toMatchObject({
    deletionTimestamp: expect.any(String),
    deletionGracePeriodSeconds: 7,
  });
  const refusal = await api.evict('web-2').catch((error: unknown) => error);
  expect(refusal).toMatchObject({ code: 429 });
  expect(JSON.parse((refusal as { body: string }).body)).toMatchObject({
    kind: 'Status',
    reason: 'TooManyRequests',
    details: { causes: [{ reason: 'DisruptionBudget' }] },
  });
  expect(api.store.get(pods, 'shop', 'web-2').metadata.deletionTimestamp).toBeUndefined();
});

test('an eviction that is only tried evicts nobody', async () => {
  const api = await withBudget(1);
  await api.evict('web-1', { dryRun: ['All'] });
  expect(api.store.get(pods, 'shop', 'web-1').metadata.deletionTimestamp).toBeUndefined();
});

test('an eviction of a Pod that is not there is 404, of another uid 409', async () => {
  const api = await withBudget(1);
  await expect(api.evict('none')).rejects.toMatchObject({ code: 404 });
  await expect(api.evict('web-1', { preconditions: { uid: 'of-another' } })).rejects.toMatchObject({
    code: 409,
  });
});

test('an eviction names its Pod and has a version that is served', async () => {
  const api = await withBudget(1);
  const post = (body: object) =>
    api.call('/api/v1/namespaces/shop/pods/web-1/eviction', { method: 'POST', body });
  expect((await post({ metadata: { name: 'web-2' } })).status).toBe(400);
  expect((await post({ kind: 'Eviction', apiVersion: 'policy/v1beta1' })).status).toBe(400);
  expect((await post({ kind: 'Eviction', apiVersion: 'policy/v1' })).status).toBe(201);
});

test('the status is written by itself: it leaves the spec alone, and the object leaves it alone', async () => {
  const api = await startApi();
  const path = '/api/v1/namespaces/shop/pods';
  const { json } = await api.call(path, {
    method: 'POST',
    body: { ...podManifest('one'), status: { phase: 'Running' } },
  });
  expect(json.status.phase).toBe('Pending');
  const body = { ...json, spec: { ...json.spec, nodeName: 'n1' }, status: { phase: 'Running' } };
  const status = await api.call(`${path}/one/status`, { method: 'PUT', body });
  expect(status.json).toMatchObject({ status: { phase: 'Running' } });
  expect(status.json.spec.nodeName).toBeUndefined();
  const { resourceVersion } = status.json.metadata;
  const main = await api.call(`${path}/one`, {
    method: 'PUT',
    body: { ...body, status: {}, metadata: { ...json.metadata, resourceVersion } },
  });
  expect(main.json).toMatchObject({ spec: { nodeName: 'n1' }, status: { phase: 'Running' } });
  expect((await api.call(`${path}/one/status`)).json.status.phase).toBe('Running');
});

test('the scale of a workload is read and written', async () => {
  const api = await startApi();
  api.store.create(replicaSets, {
    kind: 'ReplicaSet',
    metadata: { name: 'web', namespace: 'shop' },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'main', image: 'a:1' }] },
      },
    },
    status: { replicas: 1 },
  });
  const apps = api.kubeConfig().makeApiClient(AppsV1Api);
  const where = { namespace: 'shop', name: 'web' };
  const scale = await apps.readNamespacedReplicaSetScale(where);
  const scaledTo = (replicas: number) => instance(V1Scale, { metadata: scale.metadata, spec: { replicas } });
  expect(scale).toMatchObject({
    kind: 'Scale',
    spec: { replicas: 2 },
    status: { replicas: 1, selector: 'app=web' },
  });
  await apps.replaceNamespacedReplicaSetScale({ ...where, body: scaledTo(5) });
  expect(api.store.get(replicaSets, 'shop', 'web').spec.replicas).toBe(5);
  await expect(apps.replaceNamespacedReplicaSetScale({ ...where, body: scaledTo(6) })).rejects.toMatchObject({
    code: 409,
  });
  const patch = await api.call('/apis/apps/v1/namespaces/shop/replicasets/web/scale', {
    method: 'PATCH',
    body: { spec: { replicas: 0 } },
    headers: { 'content-type': 'application/merge-patch+json' },
  });
  expect(patch.json.spec.replicas).toBe(0);
});

test('custom resources have the subresources that their definition names', async () => {
  const api = await startApi();
  const widgets = '/apis/example.com/v1/namespaces/shop/widgets';
  await api.call('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
    method: 'POST',
    body: customResourceDefinition,
  });
  await api.call(widgets, { method: 'POST', body: { ...widget('one', { size: 3 }), status: { size: 1 } } });
  expect((await api.call(`${widgets}/one/scale`)).json).toMatchObject({
    spec: { replicas: 3 },
    status: { replicas: 0 },
  });
  const old = widgets.replace('v1', 'v1beta1');
  expect((await api.call(`${old}/one/scale`)).status).toBe(404);
});

test.each([
  'log',
  'exec',
  'attach',
  'portforward',
  'proxy',
  'proxy/some/path',
  'binding',
  'ephemeralcontainers',
])('pods/%s is not supported and says so', async (subresource) => {
  const api = await startApi();
  api.store.create(pods, podManifest('one'));
  expect(await api.call(`/api/v1/namespaces/shop/pods/one/${subresource}`)).toMatchObject({
    status: 501,
    json: { kind: 'Status', reason: 'NotImplemented', message: expect.stringContaining('does not support') },
  });
});

describe('services/proxy', () => {
  const ask = async (name: string, ready: boolean) => {
    const api = await startApi();
    const ports = [{ name: 'main', port: 80 }];
    api.store.create(services, {
      kind: 'Service',
      metadata: { namespace: 'shop', name: 'web' },
      spec: { ports },
    });
    api.store.create(endpointSlices, {
      kind: 'EndpointSlice',
      metadata: { namespace: 'shop', name: 'web-1', labels: { 'kubernetes.io/service-name': 'web' } },
      ports: [{ name: 'main', port: 8080 }],
      endpoints: [
        { addresses: ['10.0.0.1'], conditions: { ready }, targetRef: { name: 'web-1', uid: 'one' } },
      ],
    });
    return api.call(`/api/v1/namespaces/shop/services/${name}/proxy/some/path`);
  };

  test.each(['web', 'web:80', 'web:main', 'https:web:80'])('answers for the Pods of %s', async (name) => {
    expect(await ask(name, true)).toMatchObject({
      status: 200,
      json: { cluster: 'shop', version: '1.31', readyPods: 1 },
    });
  });

  test.each([
    ['web:80', 503, 'ServiceUnavailable'],
    ['web:81', 404, 'NotFound'],
    ['api:80', 404, 'NotFound'],
  ])('of %s says %i where nobody is there to answer', async (name, status, reason) => {
    expect(await ask(name, false)).toMatchObject({ status, json: { kind: 'Status', reason } });
  });
});

test('OpenAPI documents and the old watch paths are not supported and say so', async () => {
  const api = await startApi();
  for (const path of ['/openapi/v2', '/openapi/v3', '/api/v1/watch/pods'])
    expect((await api.call(path)).status, path).toBe(501);
});
