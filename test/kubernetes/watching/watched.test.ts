import { expect, test } from 'vitest';
import { watchedBudgetSchema } from '../../../src/kubernetes/watching/watchedBudget.ts';
import { watchedNodeSchema } from '../../../src/kubernetes/watching/watchedNode.ts';
import { watchedPodSchema } from '../../../src/kubernetes/watching/watchedPod.ts';

test('of a Pod only what a drain needs is kept', () => {
  const pod = {
    metadata: {
      namespace: 'shop',
      name: 'web-1',
      uid: 'u1',
      resourceVersion: '42',
      labels: { app: 'web' },
      annotations: { 'kubernetes.io/config.mirror': 'x' },
      deletionTimestamp: '2026-05-01T12:00:00Z',
      finalizers: ['example.com/hold'],
      managedFields: [{ manager: 'kubelet' }],
      ownerReferences: [
        { apiVersion: 'v1', kind: 'Other', name: 'o', uid: 'o' },
        { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'r', controller: true },
      ],
    },
    spec: {
      nodeName: 'n1',
      containers: [{ name: 'main' }],
      volumes: [
        { name: 'token', projected: { sources: [] } },
        { name: 'scratch', emptyDir: {} },
      ],
    },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
  };
  expect(watchedPodSchema.parse(pod)).toEqual({
    namespace: 'shop',
    name: 'web-1',
    uid: 'u1',
    version: 42,
    node: 'n1',
    labels: { app: 'web' },
    controller: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'r' },
    phase: 'Running',
    ready: true,
    deletionTimestamp: '2026-05-01T12:00:00Z',
    finalizers: ['example.com/hold'],
    mirror: true,
    emptyDir: true,
  });
});

test('a Pod that has been made a moment ago has little to say', () => {
  const pod = {
    metadata: { namespace: 'shop', name: 'web-1', uid: 'u1' },
    spec: { volumes: [{ name: 'x' }] },
  };
  expect(watchedPodSchema.parse(pod)).toMatchObject({
    node: undefined,
    phase: 'Pending',
    ready: false,
    controller: undefined,
    emptyDir: false,
    mirror: false,
  });
});

test('a budget that nobody has computed yet allows nothing', () => {
  const budget = {
    metadata: { namespace: 'shop', name: 'web', resourceVersion: '7', generation: 1 },
    spec: {},
  };
  expect(watchedBudgetSchema.parse(budget)).toMatchObject({
    version: 7,
    selector: undefined,
    unhealthyPodEvictionPolicy: 'IfHealthyBudget',
    generation: 1,
    observedGeneration: 0,
    disruptionsAllowed: 0,
  });
});

test('a budget says which Pods are disrupted, and why it could not be computed', () => {
  const budget = {
    metadata: { namespace: 'shop', name: 'web', resourceVersion: '7' },
    spec: { selector: { matchLabels: { app: 'web' } }, unhealthyPodEvictionPolicy: 'AlwaysAllow' },
    status: {
      disruptedPods: { 'web-1': '2026-05-01T12:00:00Z' },
      conditions: [{ type: 'DisruptionAllowed', status: 'False', reason: 'SyncFailed', message: 'no owner' }],
    },
  };
  expect(watchedBudgetSchema.parse(budget)).toMatchObject({
    selector: { matchLabels: { app: 'web' } },
    unhealthyPodEvictionPolicy: 'AlwaysAllow',
    disruptedPods: new Set(['web-1']),
    syncFailed: 'no owner',
  });
});

test('a node that says nothing takes Pods', () => {
  expect(watchedNodeSchema.parse({ metadata: { name: 'n', uid: 'u' } })).toEqual({
    name: 'n',
    uid: 'u',
    unschedulable: false,
  });
});
