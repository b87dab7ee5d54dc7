import { expect, test } from 'vitest';
import { pods } from '../../simulator/cluster/kinds.ts';
import { podManifest, startApi, storePods } from './fixture.ts';
import { watch } from './watchClient.ts';

const path = '/api/v1/namespaces/shop/pods';

test.each([
  ['throttle', 429, 'TooManyRequests', '1'],
  ['server-error', 500, 'InternalError', undefined],
  ['unavailable', 503, 'ServiceUnavailable', '1'],
] as const)('a fault %s is a Status with its code', async (kind, code, reason, retryAfter) => {
  const api = await startApi();
  api.faults.turnOn({ calls: [{ kind, operation: 'list pods', count: 1 }] });
  const answer = await api.call(path);
  expect(answer).toMatchObject({ status: code, json: { kind: 'Status', reason, code } });
  expect(answer.headers['retry-after']).toBe(retryAfter);
  expect((await api.call(path)).status).toBe(200);
});

test('a reset closes the connection before an answer, and nothing is done', async () => {
  const api = await startApi();
  api.faults.turnOn({ calls: [{ kind: 'reset', operation: 'create pods', count: 1 }] });
  await expect(api.call(path, { method: 'POST', body: podManifest('one') })).rejects.toThrow();
  expect(api.store.list(pods).items).toEqual([]);
  expect((await api.call(path, { method: 'POST', body: podManifest('one') })).status).toBe(201);
});

test.each([
  ['get deployments.apps', 'GET', '/apis/apps/v1/namespaces/shop/deployments/web'],
  ['list nodes', 'GET', '/api/v1/nodes'],
  ['watch pods', 'GET', `${path}?watch=true`],
  ['create pods/eviction', 'POST', `${path}/one/eviction`],
  ['patch nodes', 'PATCH', '/api/v1/nodes/n1'],
  ['deletecollection pods', 'DELETE', path],
  ['get /readyz', 'GET', '/readyz'],
] as const)('faults know the operation %s', async (operation, method, at) => {
  const api = await startApi();
  api.faults.turnOn({ calls: [{ kind: 'unavailable', operation }] });
  const { status } = await api.call(at, { method, ...(method === 'GET' ? {} : { body: {} }) });
  expect(status).toBe(503);
});

test('a watch that is to be dropped is cut after its first event', async () => {
  const api = await startApi();
  api.faults.turnOn({ calls: [{ kind: 'drop-watch', count: 1 }] });
  const { resourceVersion } = api.store;
  storePods(api.store, 1);
  const first = await watch(api.kubeConfig(), path, { resourceVersion });
  expect((await first.next()).type).toBe('ADDED');
  expect(await first.ended).toBeInstanceOf(Error);
  const second = await watch(api.kubeConfig(), path, { resourceVersion: 0 });
  expect((await second.next()).type).toBe('ADDED');
});

test('a watch that is to be dropped is cut when nothing happens too', async () => {
  const api = await startApi();
  api.faults.turnOn({ calls: [{ kind: 'drop-watch' }] });
  const { ended } = await watch(api.kubeConfig(), path);
  expect(await ended).toBeInstanceOf(Error);
});

test('all running watches are cut when the cluster says so', async () => {
  const api = await startApi();
  const watches = await Promise.all(
    ['/api/v1/nodes', path].map((at) =>
      watch(api.kubeConfig(), at, { resourceVersion: api.store.resourceVersion }),
    ),
  );
  api.faults.cutWatches();
  for (const { ended } of watches) expect(await ended).toBeInstanceOf(Error);
});

test('while the API server is down every connection is reset', async () => {
  const api = await startApi();
  api.faults.setApiServerDown(true);
  await expect(api.call('/readyz')).rejects.toThrow();
  api.faults.setApiServerDown(false);
  expect((await api.call('/readyz')).status).toBe(200);
});
