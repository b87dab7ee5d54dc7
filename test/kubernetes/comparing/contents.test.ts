import { describe, expect, test } from 'vitest';
import { contentsOf, digestOf, scaledKey } from '../../../src/kubernetes/comparing/contents.ts';
import type { ContentsContext } from '../../../src/kubernetes/comparing/contents.ts';
import { hold } from '../../../src/kubernetes/copying/holding.ts';
import { mergePatched } from '../../../src/kubernetes/copying/mergePatch.ts';
import type { Json } from '../../../src/tools/crds/json.ts';

const nothing: ContentsContext = { sharedClaims: new Set(), autoscaled: new Set() };

/** An object of a kind as `statefulsets.apps`, at a version that plays no part. */
function contents(kind: string, object: Json, context = nothing): Json {
  const [resource = '', ...group] = kind.split('.');
  const apiVersion = group.length === 0 ? 'v1' : `${group.join('.')}/v1`;
  const whole = { apiVersion, metadata: { name: 'it', namespace: 'shop' }, ...object };
  return contentsOf({ group: group.join('.'), resource, kind: resource, namespaced: true }, whole, context);
}

const meta = (more: Json): Json => ({ metadata: { name: 'it', namespace: 'shop', ...more } });
const annotated = (annotations: Json, more: Json = {}): Json => ({ ...meta({ annotations }), ...more });
const webhook = (caBundle?: string): Json => ({
  clientConfig: { service: { name: 'w' }, ...(caBundle === undefined ? {} : { caBundle }) },
});

describe('two objects say the same where they differ by', () => {
  test.each<[what: string, kind: string, blue: Json, green: Json]>([
    [
      'what the API server sets',
      'configmaps',
      {
        ...meta({ uid: 'a', resourceVersion: '1', managedFields: [{ manager: 'kubectl' }] }),
        data: { a: 'b' },
      },
      { ...meta({ uid: 'b', resourceVersion: '9', creationTimestamp: 'now' }), data: { a: 'b' } },
    ],
    [
      'who has made it, and what was last applied',
      'configmaps',
      annotated({ 'kubectl.kubernetes.io/last-applied-configuration': '{}' }),
      annotated({ 'stepladder/made-by': 'migrate-prod' }),
    ],
    [
      'how often it was rolled out',
      'deployments.apps',
      annotated({ 'deployment.kubernetes.io/revision': '7' }),
      annotated({ 'deployment.kubernetes.io/revision': '1' }),
    ],
    [
      'addresses of the cluster',
      'services',
      { spec: { clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1'], ports: [{ port: 80 }] } },
      { spec: { clusterIP: '172.20.0.9', clusterIPs: ['172.20.0.9'], ports: [{ port: 80 }] } },
    ],
    [
      'the order of keys, and a null',
      'configmaps',
      { data: { a: '1', b: '2' }, immutable: null },
      { data: { b: '2', a: '1' } },
    ],
    [
      'a date that only older API servers write into templates',
      'deployments.apps',
      { spec: { template: { metadata: { creationTimestamp: null } } } },
      { spec: { template: { metadata: {} } } },
    ],
    [
      'what becomes of claims, which 1.26 does not fill in',
      'statefulsets.apps',
      { spec: { replicas: 2 } },
      {
        spec: {
          replicas: 2,
          persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
        },
      },
    ],
    [
      'how many Pods go at a time, which 1.34 does not fill in',
      'statefulsets.apps',
      { spec: { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } } } },
      {
        spec: {
          updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0, maxUnavailable: 1 } },
        },
      },
    ],
    [
      'authorities that cert-manager injects, in webhooks',
      'validatingwebhookconfigurations.admissionregistration.k8s.io',
      annotated({ 'cert-manager.io/inject-ca-from': 'shop/w' }, { webhooks: [webhook('blue')] }),
      annotated({ 'cert-manager.io/inject-ca-from': 'shop/w' }, { webhooks: [webhook('green')] }),
    ],
    [
      'and in what converts',
      'customresourcedefinitions.apiextensions.k8s.io',
      annotated(
        { 'cert-manager.io/inject-ca-from-secret': 'shop/w' },
        { spec: { conversion: { strategy: 'Webhook', webhook: webhook('blue') } } },
      ),
      annotated(
        { 'cert-manager.io/inject-ca-from-secret': 'shop/w' },
        { spec: { conversion: { strategy: 'Webhook', webhook: webhook() } } },
      ),
    ],
    [
      'and in an APIService',
      'apiservices.apiregistration.k8s.io',
      annotated({ 'cert-manager.io/inject-apiserver-ca': 'true' }, { spec: { caBundle: 'blue' } }),
      annotated({ 'cert-manager.io/inject-apiserver-ca': 'true' }, { spec: {} }),
    ],
    ['how it does', 'deployments.apps', { status: { readyReplicas: 2 } }, { status: {} }],
  ])('%s', (_what, kind, blue, green) => {
    expect(contents(kind, green)).toEqual(contents(kind, blue));
    expect(digestOf(contents(kind, green))).toBe(digestOf(contents(kind, blue)));
  });
});

describe('two objects do not say the same where they differ by', () => {
  test.each<[what: string, kind: string, blue: Json, green: Json]>([
    ['data', 'secrets', { data: { key: 'YQ==' } }, { data: { key: 'Yg==' } }],
    ['a label', 'configmaps', meta({ labels: { team: 'a' } }), meta({ labels: { team: 'b' } })],
    ['an annotation', 'ingresses.networking.k8s.io', annotated({ scheme: 'internal' }), annotated({})],
    ['replicas', 'deployments.apps', { spec: { replicas: 2 } }, { spec: { replicas: 3 } }],
    [
      'what becomes of claims, when people have chosen it',
      'statefulsets.apps',
      { spec: {} },
      { spec: { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Retain' } } },
    ],
    [
      'an authority that nobody injects',
      'validatingwebhookconfigurations.admissionregistration.k8s.io',
      { webhooks: [webhook('blue')] },
      { webhooks: [webhook('green')] },
    ],
    // An empty rule lets all in, and none lets nobody in.
    [
      'something empty',
      'networkpolicies.networking.k8s.io',
      { spec: { ingress: [{ from: [{ namespaceSelector: {} }] }] } },
      { spec: { ingress: [{ from: [{}] }] } },
    ],
  ])('%s', (_what, kind, blue, green) => {
    expect(digestOf(contents(kind, green))).not.toBe(digestOf(contents(kind, blue)));
  });
});

describe('what stands still says what it said before', () => {
  const singletons = [{ kind: 'StatefulSet' as const, namespace: 'shop', name: 'it' }];
  test.each<[kind: string, object: Json]>([
    ['cronjobs.batch', { apiVersion: 'batch/v1', kind: 'CronJob', spec: { suspend: false } }],
    ['statefulsets.apps', { apiVersion: 'apps/v1', kind: 'StatefulSet', spec: { replicas: 3 } }],
    [
      'applications.argoproj.io',
      {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Application',
        spec: { syncPolicy: { automated: { prune: true } } },
      },
    ],
    [
      'deployments.apps',
      {
        ...{ apiVersion: 'apps/v1', kind: 'Deployment' },
        spec: {
          replicas: 1,
          template: {
            spec: { containers: [{ image: 'registry.k8s.io/external-dns/external-dns:v0.15.1' }] },
          },
        },
      },
    ],
  ])('%s', (kind, object) => {
    const whole = { ...meta({}), ...object };
    const patch = hold(whole, { singletons, madeBy: 'migrate-prod' });
    expect(patch).toBeDefined();
    expect(contents(kind, mergePatched(whole, patch ?? {}))).toEqual(contents(kind, whole));
  });
});

test('replicas are not compared where an autoscaler of either side sets them', () => {
  const object = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    ...meta({}),
    spec: { replicas: 4, paused: true },
  };
  const context = { ...nothing, autoscaled: new Set([scaledKey({ ...object, apiVersion: 'apps/v1beta2' })]) };
  expect(contents('deployments.apps', object, context)['spec']).toEqual({ paused: true });
  const other = { ...object, ...meta({ name: 'other' }) };
  expect(contents('deployments.apps', other, context)['spec']).toEqual({ replicas: 4, paused: true });
});

test('a claim that shares its volume has to have the same one', () => {
  const claim = { spec: { volumeName: 'efs' } };
  expect(contents('persistentvolumeclaims', claim)['spec']).toEqual({});
  const context = { ...nothing, sharedClaims: new Set(['shop/it']) };
  expect(contents('persistentvolumeclaims', claim, context)['spec']).toEqual({ volumeName: 'efs' });
});
