import { expect, test } from 'vitest';
import { kubernetesLifecycles } from '../../../src/checks/removedApis/kubernetesLifecycles.ts';
import { lookUpApis } from '../../../src/checks/removedApis/lifecycles.ts';
import { observeDeprecatedRequests } from '../../../src/kubernetes/apiUses/index.ts';
import { fakeConnection, list, Refusal } from '../fakeConnection.ts';

const now = new Date('2026-03-02T10:00:00Z');
const leases = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases';
const lookup = lookUpApis([kubernetesLifecycles], '1.31', '1.32');

const lease = (renewTime: string) => ({ metadata: { name: 'apiserver-x' }, spec: { renewTime } });
const metrics = (start: string, ...lines: string[]) =>
  [
    '# TYPE apiserver_requested_deprecated_apis gauge',
    'apiserver_request_total{code="200"} 12',
    ...lines,
    `process_start_time_seconds ${Date.parse(start) / 1000}`,
    '',
  ].join('\n');
const requested = (group: string, version: string, resource: string, removed: string, value = 1) =>
  `apiserver_requested_deprecated_apis{group="${group}",removed_release="${removed}",resource="${resource}",subresource="",version="${version}"} ${value}`;
const flowSchemas = requested('flowcontrol.apiserver.k8s.io', 'v1beta3', 'flowschemas', '1.32');

/** Answers by turns, as API servers behind a load balancer do. */
function byTurns(...answers: unknown[]): () => unknown {
  let turn = 0;
  return () => answers[turn++ % answers.length];
}

const observe = (routes: Record<string, unknown>) =>
  observeDeprecatedRequests(fakeConnection(routes), { lookup, now });

test('asks on fresh connections until every API server has been met, and brings together what they count', async () => {
  const connection = fakeConnection({
    [leases]: list(lease('2026-03-02T09:59:58Z'), lease('2026-03-02T09:59:55Z')),
    '/metrics': byTurns(
      ...Array.from({ length: 7 }, () => metrics('2026-03-01T00:00:00Z')),
      metrics('2026-03-02T08:00:00Z', flowSchemas),
    ),
  });
  const { uses, coverage, requests } = await observeDeprecatedRequests(connection, { lookup, now });
  expect(connection.asked.filter(({ path }) => path === '/metrics')).toHaveLength(8);
  expect(uses).toEqual([
    {
      group: 'flowcontrol.apiserver.k8s.io',
      version: 'v1beta3',
      resource: 'flowschemas',
      kind: 'FlowSchema',
      removed: '1.32',
      place: { kind: 'api-requests' },
      observedAt: now.toISOString(),
    },
  ]);
  expect(coverage).toEqual({ source: 'api-requests', state: 'complete', count: 8 });
  expect(requests).toEqual({ servers: 2, youngestStart: '2026-03-02T08:00:00.000Z' });
});

test('tells when not all API servers were met', async () => {
  const { coverage, requests } = await observe({
    [leases]: list(lease('2026-03-02T09:59:58Z'), lease('2026-03-02T09:59:55Z')),
    '/metrics': metrics('2026-03-01T00:00:00Z'),
  });
  expect(coverage).toEqual({
    source: 'api-requests',
    state: 'partial',
    why: '2 API servers run, and 12 connections met 1',
    count: 12,
  });
  expect(requests?.servers).toBe(1);
});

test('meets a second API server on the host of the first, which has no lease of its own', async () => {
  const { requests, coverage } = await observe({
    [leases]: list(lease('2026-03-02T09:59:58Z')),
    '/metrics': byTurns(metrics('2026-03-01T00:00:00Z'), metrics('2026-03-02T08:00:00Z')),
  });
  expect(requests?.servers).toBe(2);
  expect(coverage).toEqual({ source: 'api-requests', state: 'complete', count: 6 });
});

test('does not wait for an API server that is gone, whose lease is left', async () => {
  const { coverage } = await observe({
    [leases]: list(lease('2026-03-02T09:59:58Z'), lease('2026-03-02T09:20:00Z')),
    '/metrics': metrics('2026-03-01T00:00:00Z'),
  });
  expect(coverage.state).toBe('complete');
});

test.each([
  ['there are no leases', list()],
  ['leases may not be listed', new Refusal(403, 'leases is forbidden')],
])('does not claim to have met all when %s', async (_, answer) => {
  const { coverage } = await observe({ [leases]: answer, '/metrics': metrics('2026-03-01T00:00:00Z') });
  expect(coverage).toMatchObject({
    state: 'partial',
    why: expect.stringContaining('how many API servers there are'),
  });
});

test('has failed, with the reason, when the metrics may not be read', async () => {
  const { uses, coverage, requests } = await observe({
    [leases]: list(),
    '/metrics': new Refusal(403, 'User "x" cannot get path "/metrics"'),
  });
  expect({ uses, requests }).toEqual({ uses: [], requests: undefined });
  expect(coverage).toMatchObject({ state: 'failed', why: expect.stringContaining('get /metrics'), count: 0 });
});

test('can not tell servers apart that do not say when they started', async () => {
  const { coverage, requests } = await observe({ [leases]: list(), '/metrics': `${flowSchemas}\n` });
  expect(coverage).toMatchObject({ state: 'partial', why: expect.stringContaining('process_start_time') });
  expect(requests).toEqual({ servers: 1 });
});

test('takes a version that no table knows by what the counter says, and leaves out what has no end', async () => {
  const { uses } = await observe({
    [leases]: list(lease('2026-03-02T10:00:00Z')),
    '/metrics': metrics(
      '2026-03-01T00:00:00Z',
      requested('example.org', 'v1alpha1', 'widgets', '1.33'),
      requested('', 'v1', 'endpoints', ''),
      requested('flowcontrol.apiserver.k8s.io', 'v1beta3', 'prioritylevelconfigurations', '1.32', 0),
    ),
  });
  expect(uses.map(({ group, resource, removed }) => [group, resource, removed])).toEqual([
    ['example.org', 'widgets', '1.33'],
  ]);
});
