import { expect, test } from 'vitest';
import { kubernetesLifecycles } from '../../../src/checks/removedApis/kubernetesLifecycles.ts';
import { lookUpApis } from '../../../src/checks/removedApis/lifecycles.ts';
import { observeLiveObjects } from '../../../src/kubernetes/apiUses/index.ts';
import { discoverResources } from '../../../src/kubernetes/discovery.ts';
import type { ReadOptions } from '../../../src/kubernetes/connection.ts';
import { fakeConnection, list, Refusal } from '../fakeConnection.ts';

const now = new Date('2026-03-02T10:00:00Z');
const lookup = lookUpApis([kubernetesLifecycles], '1.31', '1.32');
const path = '/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas';
const beta = 'flowcontrol.apiserver.k8s.io/v1beta3';
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

function cluster(flowSchemas: unknown, more: Record<string, unknown> = {}) {
  return fakeConnection({
    '/apis': {
      groups: ['flowcontrol.apiserver.k8s.io', 'apps'].map((name) => ({
        name,
        versions: [{ version: 'v1' }],
        preferredVersion: { version: 'v1' },
      })),
    },
    '/api/v1': { resources: [] },
    '/apis/apps/v1': {
      resources: [{ name: 'deployments', kind: 'Deployment', namespaced: true, verbs: ['list'] }],
    },
    '/apis/flowcontrol.apiserver.k8s.io/v1': {
      resources: [{ name: 'flowschemas', kind: 'FlowSchema', namespaced: false, verbs: ['list'] }],
    },
    [path]: flowSchemas,
    ...more,
  });
}

async function observe(connection: ReturnType<typeof cluster>) {
  return observeLiveObjects(connection, await discoverResources(connection), { lookup, now });
}

const object = (name: string, metadata: object) => ({ metadata: { name, ...metadata } });
const applied = (apiVersion: string, kind = 'FlowSchema') => ({
  annotations: { [lastApplied]: JSON.stringify({ apiVersion, kind, spec: { secret: 'not kept' } }) },
});

test('finds the version that an object was last applied in, and those that its managers have written in', async () => {
  const connection = cluster(
    list(
      object('applied', applied(beta)),
      object('written', {
        managedFields: [
          { manager: 'argocd', apiVersion: beta, time: '2026-01-01T00:00:00Z', fieldsV1: { big: {} } },
          { manager: 'argocd', apiVersion: beta, subresource: 'status', time: '2026-02-01T00:00:00Z' },
          { manager: 'argocd', apiVersion: 'flowcontrol.apiserver.k8s.io/v1' },
        ],
      }),
      object('new', applied('flowcontrol.apiserver.k8s.io/v1')),
    ),
  );
  const { uses, coverage } = await observe(connection);
  expect(uses).toEqual([
    {
      ...{ group: 'flowcontrol.apiserver.k8s.io', version: 'v1beta3', kind: 'FlowSchema' },
      object: { apiVersion: beta, kind: 'FlowSchema', name: 'applied' },
      place: { kind: 'last-applied' },
      observedAt: now.toISOString(),
    },
    {
      ...{ group: 'flowcontrol.apiserver.k8s.io', version: 'v1beta3', kind: 'FlowSchema' },
      object: { apiVersion: beta, kind: 'FlowSchema', name: 'written' },
      place: { kind: 'managed-fields', manager: 'argocd' },
      observedAt: now.toISOString(),
      lastUsedAt: '2026-02-01T00:00:00Z',
    },
  ]);
  expect(coverage).toEqual([
    { source: 'last-applied', state: 'complete', count: 3 },
    { source: 'managed-fields', state: 'complete', count: 3 },
  ]);
  expect(JSON.stringify(uses)).not.toContain('secret');
});

test('asks for metadata alone, page by page, of the kinds that are concerned', async () => {
  const connection = cluster(({ query }: ReadOptions) => ({
    metadata: { continue: query?.['continue'] === undefined ? 'next' : '' },
    items: [object(`page-${query?.['continue'] ?? 'first'}`, applied(beta))],
  }));
  const { uses } = await observe(connection);
  expect(uses.map((use) => use.object?.name)).toEqual(['page-first', 'page-next']);
  const asked = connection.asked.filter(({ path: each }) => each === path);
  expect(asked.map(({ options }) => options.query?.['limit'])).toEqual([250, 250]);
  expect(asked[0]!.options.accept).toMatch(/^application\/json;as=PartialObjectMetadataList/);
  expect(connection.asked.some(({ path: each }) => each.endsWith('/deployments'))).toBe(false);
});

test('leaves out the parts of the control plane, which go to the new version with it', async () => {
  const managedFields = [{ manager: 'api-priority-and-fairness-config-producer-v1', apiVersion: beta }];
  expect((await observe(cluster(list(object('probes', { managedFields }))))).uses).toEqual([]);
});

test.each([
  ['is no JSON', 'apiVersion: v1'],
  ['is no object', '[]'],
  ['has another kind of field', '{"apiVersion":1,"kind":{}}'],
])('gets over an annotation that %s', async (_, text) => {
  const { uses, coverage } = await observe(
    cluster(list(object('odd', { annotations: { [lastApplied]: text } }))),
  );
  expect(uses).toEqual([]);
  expect(coverage[0]!.state).toBe('complete');
});

test('keeps what the object says about being ignored', async () => {
  const metadata = applied(beta);
  const annotations = {
    ...metadata.annotations,
    'stepladder/ignore': 'nodes; no; 2027-01-01\nremoved-apis; moves in May; then gone; 2026-06-30',
  };
  expect((await observe(cluster(list(object('a', { annotations }))))).uses[0]!.ignored).toEqual({
    reason: 'moves in May; then gone',
    until: '2026-06-30',
  });
});

test('tells which kinds could not be listed, and which groups did not answer', async () => {
  const { uses, coverage } = await observe(
    cluster(new Refusal(403, 'flowschemas is forbidden'), { '/apis/apps/v1': new Refusal(503, 'down') }),
  );
  expect(uses).toEqual([]);
  expect(coverage[0]).toMatchObject({ source: 'last-applied', state: 'failed', count: 0 });
  expect(coverage[0]!.why).toMatch(/apps\/v1: .*down.*flowschemas/);
});
