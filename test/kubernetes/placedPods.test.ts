import { describe, expect, it } from 'vitest';
import { observeWorkloads } from '../../src/activities/observeWorkloads.ts';
import { podRequests } from '../../src/kubernetes/podRequests.ts';
import { parseQuantity } from '../../src/kubernetes/quantity.ts';
import type { ObservedWorkloads } from '../../src/plan/observedWorkloads.ts';
import { fakeConnection, list } from './fakeConnection.ts';

it.each([
  ['250m', 0.25],
  ['1.5Gi', 1.5 * 2 ** 30],
  ['1e3', 1_000],
  ['.5', 0.5],
  [2, 2],
  ['3E', 3e18],
  ['lots', undefined],
  ['1Xi', undefined],
])('reads the quantity %s', (quantity, expected) => {
  expect(parseQuantity(quantity)).toBe(expected);
});

describe('what a Pod asks for', () => {
  const container = (cpu: number, restartPolicy?: string) => ({
    restartPolicy,
    resources: { requests: { cpu } },
  });

  it.each<[string, Partial<Parameters<typeof podRequests>[0]>, number]>([
    ['its containers together', { containers: [container(1), container(2)] }, 3],
    [
      'a larger init container',
      { containers: [container(1)], initContainers: [container(4), container(2)] },
      4,
    ],
    ['a smaller one', { containers: [container(3)], initContainers: [container(2)] }, 3],
    [
      'a sidecar beside all that comes after it',
      { containers: [container(1)], initContainers: [container(1, 'Always'), container(4)] },
      5,
    ],
    [
      'a sidecar beside its containers',
      { containers: [container(1)], initContainers: [container(1, 'Always')] },
      2,
    ],
    ['its overhead on top', { containers: [container(1)], overhead: { cpu: 0.5 } }, 1.5],
    ['what it asks for as a whole', { containers: [container(1)], resources: { requests: { cpu: 8 } } }, 8],
  ])('%s', (_, spec, cpu) => {
    expect(podRequests({ containers: [], ...spec })).toEqual({ cpu });
  });
});

const meta = (name: string, rest: object = {}) => ({ namespace: 'shop', name, uid: `uid-${name}`, ...rest });
const controlledBy = (kind: string, name: string, apiVersion = 'apps/v1') => ({
  ownerReferences: [{ apiVersion, kind, name, uid: `uid-${name}`, controller: true }],
});
const ready = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };

/** A cluster in which only what is given runs. */
async function observed(routes: Record<string, unknown>): Promise<ObservedWorkloads> {
  const empty = Object.fromEntries(
    [
      ...['deployments', 'replicasets', 'statefulsets', 'daemonsets'].map((kind) => `/apis/apps/v1/${kind}`),
      '/apis/batch/v1/jobs',
      '/apis/policy/v1/poddisruptionbudgets',
      ...['pods', 'nodes', 'persistentvolumes', 'persistentvolumeclaims'].map((kind) => `/api/v1/${kind}`),
    ].map((path) => [path, list()]),
  );
  return observeWorkloads(fakeConnection({ ...empty, ...routes }), new AbortController().signal);
}

const pod = (name: string, metadata: object = {}, spec: object = {}, status: object = ready) => ({
  metadata: meta(name, metadata),
  spec: { nodeName: 'n', containers: [{ resources: { requests: { cpu: '100m' } } }], ...spec },
  status,
});

describe('Pods as they are observed', () => {
  it('keeps what Pods of one owner have in common once, and finds the Deployment behind the ReplicaSet', async () => {
    const { kinds, owners, pods } = await observed({
      '/apis/apps/v1/deployments': list({ metadata: meta('web'), spec: { replicas: 2 }, status: {} }),
      '/apis/apps/v1/replicasets': list({
        metadata: meta('web-1', controlledBy('Deployment', 'web')),
        spec: { replicas: 2 },
      }),
      '/api/v1/pods': list(
        pod('web-1-a', controlledBy('ReplicaSet', 'web-1')),
        pod('web-1-b', controlledBy('ReplicaSet', 'web-1')),
      ),
    });
    expect(kinds).toHaveLength(1);
    expect(pods.map(({ kind, owner }) => [kind, owner])).toEqual([
      [0, 0],
      [0, 0],
    ]);
    expect(owners[0]).toMatchObject({ kind: 'Deployment', name: 'web', wanted: 2 });
  });

  it('tells who stays, who is bare, and passes over those that end', async () => {
    const { pods } = await observed({
      '/apis/apps/v1/daemonsets': list({ metadata: meta('agent'), spec: {}, status: {} }),
      '/api/v1/pods': list(
        pod('bare'),
        pod('agent-a', controlledBy('DaemonSet', 'agent')),
        pod('static', {
          annotations: { 'kubernetes.io/config.mirror': 'x' },
          ...controlledBy('Node', 'n', 'v1'),
        }),
        pod('waiting', controlledBy('ReplicaSet', 'gone'), { nodeName: undefined }, { phase: 'Pending' }),
        pod('done', {}, {}, { phase: 'Succeeded' }),
        pod('leaving', { deletionTimestamp: '2026-03-02T10:00:00Z' }),
      ),
    });
    expect(pods.map(({ name, bare, staysOnNode, node }) => ({ name, bare, staysOnNode, node }))).toEqual([
      { name: 'bare', bare: true, staysOnNode: undefined, node: 'n' },
      { name: 'agent-a', bare: undefined, staysOnNode: 'DaemonSet', node: 'n' },
      { name: 'static', bare: undefined, staysOnNode: 'mirror', node: 'n' },
      { name: 'waiting', bare: undefined, staysOnNode: undefined, node: undefined },
    ]);
  });

  it('counts a Pod of a Job that a CronJob made to the CronJob', async () => {
    const { pods, owners } = await observed({
      '/apis/batch/v1/jobs': list({
        metadata: meta('nightly-1', controlledBy('CronJob', 'nightly', 'batch/v1')),
        spec: {},
      }),
      '/api/v1/pods': list(pod('nightly-1-a', controlledBy('Job', 'nightly-1', 'batch/v1'))),
    });
    expect(owners[pods[0]?.owner ?? -1]).toMatchObject({ kind: 'CronJob', name: 'nightly' });
  });

  it('reads all that decides where a Pod may run, and what a drain does to it', async () => {
    const zone = 'topology.kubernetes.io/zone';
    const selector = { matchLabels: { app: 'db' } };
    const { kinds, nodes } = await observed({
      '/api/v1/pods': list(
        pod(
          'db-0',
          {
            labels: { app: 'db', hash: 'h1' },
            annotations: { 'cluster-autoscaler.kubernetes.io/safe-to-evict': 'false' },
          },
          {
            terminationGracePeriodSeconds: 900,
            nodeSelector: { disk: 'ssd' },
            tolerations: [{ key: 'gpu', operator: 'Exists', tolerationSeconds: 300 }],
            affinity: {
              nodeAffinity: {
                requiredDuringSchedulingIgnoredDuringExecution: {
                  nodeSelectorTerms: [{ matchExpressions: [{ key: zone, operator: 'In', values: ['a'] }] }],
                },
              },
              podAntiAffinity: {
                requiredDuringSchedulingIgnoredDuringExecution: [
                  { topologyKey: 'rack', labelSelector: selector, namespaceSelector: {} },
                ],
              },
            },
            topologySpreadConstraints: [
              {
                topologyKey: zone,
                maxSkew: 1,
                whenUnsatisfiable: 'DoNotSchedule',
                labelSelector: selector,
                matchLabelKeys: ['hash'],
              },
              { topologyKey: 'x', maxSkew: 1, whenUnsatisfiable: 'ScheduleAnyway' },
            ],
            containers: [{ ports: [{ hostPort: 9100 }, { containerPort: 80 }] }],
            volumes: [
              { name: 'tmp', emptyDir: {} },
              { name: 'code', gitRepo: { repository: 'x' } },
              { name: 'data', persistentVolumeClaim: { claimName: 'data-db-0' } },
              { name: 'new', persistentVolumeClaim: { claimName: 'unbound' } },
              { name: 'lost', persistentVolumeClaim: { claimName: 'missing' } },
              { name: 'scratch', ephemeral: { volumeClaimTemplate: {} } },
            ],
          },
        ),
      ),
      '/api/v1/persistentvolumes': list({
        metadata: { name: 'pv-1' },
        spec: {
          nodeAffinity: {
            required: {
              nodeSelectorTerms: [
                {
                  matchExpressions: [{ key: 'topology.ebs.csi.aws.com/zone', operator: 'In', values: ['a'] }],
                },
              ],
            },
          },
        },
      }),
      '/api/v1/persistentvolumeclaims': list(
        { metadata: meta('data-db-0'), spec: { volumeName: 'pv-1' } },
        { metadata: meta('unbound'), spec: {} },
        { metadata: meta('db-0-scratch'), spec: {} },
      ),
      '/api/v1/nodes': list({
        metadata: {
          name: 'n',
          labels: { disk: 'ssd', rack: '7', 'topology.ebs.csi.aws.com/zone': 'a', unasked: 'x', [zone]: 'a' },
        },
        spec: { unschedulable: true, taints: [{ key: 'gpu', effect: 'NoSchedule', timeAdded: 'now' }] },
        status: { allocatable: { cpu: '3920m', memory: '7Gi', pods: '58' } },
      }),
    });
    expect(kinds).toEqual([
      {
        localVolumes: ['emptyDir'],
        legacyVolumes: ['gitRepo'],
        graceSeconds: 900,
        heldBy: ['cluster-autoscaler.kubernetes.io/safe-to-evict=false'],
        placement: {
          labels: { app: 'db', hash: 'h1' },
          requests: {},
          nodeSelector: { disk: 'ssd' },
          nodeAffinity: [{ labels: [{ key: zone, operator: 'In', values: ['a'] }] }],
          tolerations: [{ key: 'gpu', operator: 'Exists' }],
          podAntiAffinity: [{ topologyKey: 'rack', selector, namespaces: ['*'] }],
          spread: [{ topologyKey: zone, maxSkew: 1, selector: { matchLabels: { app: 'db', hash: 'h1' } } }],
          hostPorts: ['TCP:9100'],
          volumeAffinities: [
            [{ labels: [{ key: 'topology.ebs.csi.aws.com/zone', operator: 'In', values: ['a'] }] }],
          ],
          unknownClaims: ['shop/missing'],
        },
      },
    ]);
    expect(nodes).toEqual([
      {
        name: 'n',
        labels: { disk: 'ssd', rack: '7', 'topology.ebs.csi.aws.com/zone': 'a', [zone]: 'a' },
        unschedulable: true,
        taints: [{ key: 'gpu', effect: 'NoSchedule' }],
        allocatable: { cpu: 3.92, memory: 7 * 2 ** 30, pods: 58 },
      },
    ]);
  });

  it('reads budgets, and leaves out the numbers of an older version of one', async () => {
    const selector = { matchLabels: { app: 'web' } };
    const status = {
      observedGeneration: 1,
      disruptionsAllowed: 1,
      currentHealthy: 3,
      desiredHealthy: 2,
      expectedPods: 3,
    };
    const { budgets } = await observed({
      '/apis/policy/v1/poddisruptionbudgets': list(
        { metadata: meta('web', { generation: 1 }), spec: { selector, minAvailable: '60%' }, status },
        { metadata: meta('new', { generation: 2 }), spec: { selector, maxUnavailable: 1 }, status },
        {
          metadata: meta('odd', { generation: 1 }),
          spec: { selector: {} },
          status: {
            ...status,
            conditions: [
              { type: 'DisruptionAllowed', status: 'False', reason: 'SyncFailed', message: 'no scale' },
            ],
          },
        },
      ),
    });
    const { observedGeneration: _, ...numbers } = status;
    expect(budgets).toEqual([
      { namespace: 'shop', name: 'web', selector, minAvailable: '60%', status: numbers },
      { namespace: 'shop', name: 'new', selector, maxUnavailable: 1 },
      { namespace: 'shop', name: 'odd', selector: {}, status: numbers, syncFailed: 'no scale' },
    ]);
  });
});
