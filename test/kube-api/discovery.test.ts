import { AppsV1Api, ApisApi, CoreV1Api } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import { knownMinorVersions } from '../../simulator/kube-api/index.ts';
import { customResourceDefinition, startApi, widget } from './fixture.ts';

const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';
const flowSchemas = '/apis/flowcontrol.apiserver.k8s.io/v1beta3/flowschemas';

test('discovery names groups, versions and resources as the client library reads them', async () => {
  const api = await startApi();
  const config = api.kubeConfig();
  const { groups } = await config.makeApiClient(ApisApi).getAPIVersions();
  expect(groups.map(({ name }) => name)).toEqual(expect.arrayContaining(['apps', 'policy', 'batch']));
  const autoscaling = groups.find(({ name }) => name === 'autoscaling');
  expect(autoscaling?.preferredVersion).toMatchObject({ groupVersion: 'autoscaling/v2' });
  const { resources } = await config.makeApiClient(AppsV1Api).getAPIResources();
  expect(resources).toContainEqual(
    expect.objectContaining({ name: 'deployments', kind: 'Deployment', shortNames: ['deploy'] }),
  );
  const core = await config.makeApiClient(CoreV1Api).getAPIResources();
  expect(core.resources).toContainEqual(
    expect.objectContaining({ name: 'pods/eviction', kind: 'Eviction', group: 'policy', version: 'v1' }),
  );
});

test('the group of a version, and the versions of the core group, are documents of their own', async () => {
  const api = await startApi();
  expect((await api.call('/api')).json).toMatchObject({ kind: 'APIVersions', versions: ['v1'] });
  expect((await api.call('/apis/policy')).json).toMatchObject({
    kind: 'APIGroup',
    name: 'policy',
    versions: [{ groupVersion: 'policy/v1', version: 'v1' }],
  });
  expect((await api.call('/apis/no.such.group')).status).toBe(404);
});

test('the aggregated form is given to those who ask for it', async () => {
  const api = await startApi();
  const { json, headers } = await api.call('/apis', { headers: { accept: aggregated } });
  expect(String(headers['content-type']).replaceAll(/[" ]/g, '')).toMatch(
    /^application\/json;g=apidiscovery\.k8s\.io;v=v2;as=APIGroupDiscoveryList/,
  );
  expect(json).toMatchObject({ kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2' });
  const apps = json.items.find(({ metadata }) => metadata.name === 'apps');
  expect(apps?.versions[0]?.resources).toContainEqual(
    expect.objectContaining({
      resource: 'deployments',
      scope: 'Namespaced',
      responseKind: { group: 'apps', version: 'v1', kind: 'Deployment' },
    }),
  );
  const core = await api.call('/api', { headers: { accept: aggregated } });
  expect(core.json.items).toHaveLength(1);
});

test.each(knownMinorVersions)('%s serves what it always served', async (minor) => {
  const api = await startApi({ versions: [minor] });
  for (const path of ['/api/v1/pods', '/apis/apps/v1/deployments', '/apis/policy/v1/poddisruptionbudgets'])
    expect((await api.call(path)).status, path).toBe(200);
});

test('a removed version is served up to the minor before, and then it is not found', async () => {
  const api = await startApi({ versions: ['1.31'] });
  expect(await api.call(flowSchemas)).toMatchObject({
    status: 200,
    json: { kind: 'FlowSchemaList', apiVersion: 'flowcontrol.apiserver.k8s.io/v1beta3' },
  });
  api.setVersions(['1.32']);
  expect(await api.call(flowSchemas)).toMatchObject({ status: 404, text: '404 page not found\n' });
  expect((await api.call('/apis/flowcontrol.apiserver.k8s.io/v1beta3')).status).toBe(404);
  expect((await api.call(flowSchemas.replace('v1beta3', 'v1'))).status).toBe(200);
});

test('betas and alphas that are off by default are not served', async () => {
  const api = await startApi({ versions: ['1.33'] });
  for (const path of ['/apis/resource.k8s.io/v1beta1', '/apis/internal.apiserver.k8s.io/v1alpha1'])
    expect((await api.call(path)).status, path).toBe(404);
});

test('a call to a deprecated version is warned of, and counted by the API server that answered it', async () => {
  const api = await startApi();
  expect((await api.call('/metrics')).text).not.toContain('apiserver_requested_deprecated_apis{');
  const { headers } = await api.call(flowSchemas);
  expect(headers['warning']).toBe(
    '299 - "flowcontrol.apiserver.k8s.io/v1beta3 FlowSchema is deprecated in v1.29+, unavailable in v1.32+; use flowcontrol.apiserver.k8s.io/v1 FlowSchema"',
  );
  expect((await api.call('/metrics')).text).toContain(
    'apiserver_requested_deprecated_apis{group="flowcontrol.apiserver.k8s.io",removed_release="1.32",resource="flowschemas",subresource="",version="v1beta3"} 1',
  );
});

test('metrics tell of requests and of the start of the process', async () => {
  const api = await startApi();
  await api.call('/api/v1/namespaces/shop/pods');
  await api.call('/api/v1/namespaces/shop/pods/none');
  const { text } = await api.call('/metrics');
  expect(text).toMatch(
    /apiserver_request_total\{code="200",[^}]*resource="pods",scope="namespace",[^}]*verb="LIST"[^}]*\} 1/,
  );
  expect(text).toMatch(
    /apiserver_request_total\{code="404",[^}]*resource="pods",scope="resource",[^}]*verb="GET"[^}]*\} 1/,
  );
  const start = Number(/^process_start_time_seconds (\S+)$/m.exec(text)?.[1]);
  expect(Math.abs(start - Date.now() / 1000)).toBeLessThan(60);
});

test('while two minors run, connections go to the one and the other', async () => {
  const api = await startApi({ versions: ['1.31', '1.32'] });
  const minors = [];
  const statuses = [];
  for (let connection = 0; connection < 4; connection++) {
    minors.push((await api.callOnNewConnection('/version')).json.minor);
    await api.callOnNewConnection('/version');
    statuses.push((await api.callOnNewConnection(flowSchemas)).status);
  }
  expect(new Set(minors)).toEqual(new Set(['31+', '32+']));
  expect(new Set(statuses)).toEqual(new Set([200, 404]));
});

test('one connection stays with its API server until that one goes', async () => {
  const api = await startApi({ versions: ['1.31', '1.32'] });
  const minors = [];
  for (let index = 0; index < 3; index++) minors.push((await api.call('/version')).json.minor);
  expect(new Set(minors).size).toBe(1);
  api.setVersions(['1.32']);
  expect((await api.call('/version')).json.minor).toBe('32+');
});

test('custom resources appear with their definition and go with it', async () => {
  const api = await startApi();
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  expect((await api.call('/apis/example.com/v1/widgets')).status).toBe(404);
  await api.call(path, { method: 'POST', body: customResourceDefinition });
  const { json } = await api.call(`${path}/widgets.example.com`);
  expect(json.status.conditions).toContainEqual(
    expect.objectContaining({ type: 'Established', status: 'True' }),
  );
  expect(json.status.storedVersions).toEqual(['v1']);
  expect((await api.call('/apis/example.com')).json).toMatchObject({
    preferredVersion: { version: 'v1' },
    versions: [{ version: 'v1' }, { version: 'v1beta1' }],
  });
  expect((await api.call('/apis/example.com/v1')).json.resources).toEqual([
    expect.objectContaining({ name: 'widgets', shortNames: ['wd'], kind: 'Widget' }),
    expect.objectContaining({ name: 'widgets/status' }),
    expect.objectContaining({ name: 'widgets/scale', kind: 'Scale', group: 'autoscaling' }),
  ]);
  expect((await api.call('/apis/example.com/v1/widgets')).json).toMatchObject({
    kind: 'WidgetList',
    items: [],
  });
  await api.call(`${path}/widgets.example.com`, { method: 'DELETE' });
  expect((await api.call('/apis/example.com/v1/widgets')).status).toBe(404);
});

test('the objects of a definition that was deleted are gone when it comes back', async () => {
  const api = await startApi();
  const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  const widgets = '/apis/example.com/v1/namespaces/shop/widgets';
  const define = () => api.call(definitions, { method: 'POST', body: customResourceDefinition });
  await define();
  await api.call(widgets, { method: 'POST', body: widget('one') });
  expect((await api.call(widgets)).json.items).toHaveLength(1);
  await api.call(`${definitions}/widgets.example.com`, { method: 'DELETE' });
  await define();
  expect((await api.call(widgets)).json.items).toEqual([]);
});
