import { describe, expect, it, test } from 'vitest';
import { holdNoteKey } from '../../../src/kubernetes/copying/holdNote.ts';
import { stripObject } from '../../../src/kubernetes/copying/strip.ts';
import type { Json } from '../../../src/tools/crds/json.ts';

const context = { sharedClaims: new Set(['shop/files']), ownNotes: ['stepladder/made-by'] };
const metadata = { name: 'it', namespace: 'shop' };

function strip(kind: string, object: Json): Json {
  const [resource = '', ...group] = kind.split('.');
  const namespaced = !['namespaces', 'persistentvolumes', 'clusterroles'].includes(resource);
  return stripObject(
    { group: group.join('.'), resource, kind: resource, namespaced },
    { metadata, ...object },
    context,
  );
}

describe('what an object of one cluster is in another', () => {
  it('has nothing of what the API server sets', () => {
    const object = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        ...metadata,
        uid: 'u',
        resourceVersion: '7',
        generation: 2,
        creationTimestamp: '2026-01-01T00:00:00Z',
        selfLink: '/x',
        managedFields: [{ manager: 'kubectl' }],
        generateName: 'i',
        ownerReferences: [{ kind: 'Promotion', name: 'spring', uid: 'o' }],
        finalizers: ['example.com/protect'],
        labels: { app: 'web' },
        annotations: { note: 'mine', 'stepladder/made-by': 'another', [holdNoteKey]: '{}' },
      },
      data: { key: 'value' },
      status: { anything: true },
    };
    expect(strip('configmaps', object)).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { ...metadata, labels: { app: 'web' }, annotations: { note: 'mine' } },
      data: { key: 'value' },
    });
  });

  it('is not touched itself', () => {
    const object = Object.freeze({
      metadata,
      spec: Object.freeze({ clusterIP: '10.0.0.1', ports: Object.freeze([]) }),
    });
    strip('services', object);
    expect(object.spec.clusterIP).toBe('10.0.0.1');
  });

  test.each<[what: string, kind: string, before: Json, after: Json]>([
    [
      'a Service gets addresses of green',
      'services',
      {
        type: 'LoadBalancer',
        clusterIP: '10.0.0.1',
        clusterIPs: ['10.0.0.1'],
        healthCheckNodePort: 30001,
        ports: [{ port: 80, nodePort: 30002 }],
      },
      { type: 'LoadBalancer', ports: [{ port: 80 }] },
    ],
    [
      'a headless Service stays headless',
      'services',
      { clusterIP: 'None', clusterIPs: ['None'], ports: [{ port: 80 }] },
      { clusterIP: 'None', ports: [{ port: 80 }] },
    ],
    [
      'a port of every node stays, because others come by its number',
      'services',
      { type: 'NodePort', clusterIP: '10.0.0.1', ports: [{ port: 80, nodePort: 30080 }] },
      { type: 'NodePort', ports: [{ port: 80, nodePort: 30080 }] },
    ],
    [
      'a claim asks for a volume of its own',
      'persistentvolumeclaims',
      { volumeName: 'pvc-1', storageClassName: 'gp3', dataSource: { kind: 'VolumeSnapshot', name: 's' } },
      { storageClassName: 'gp3' },
    ],
    [
      'a shared volume stays when its claim goes, and takes the claim of green',
      'persistentvolumes',
      {
        persistentVolumeReclaimPolicy: 'Delete',
        claimRef: { namespace: 'shop', name: 'files', uid: 'u', resourceVersion: '3' },
      },
      { persistentVolumeReclaimPolicy: 'Retain', claimRef: { namespace: 'shop', name: 'files' } },
    ],
    [
      'Pods of a Deployment go where green puts them',
      'deployments.apps',
      {
        replicas: 2,
        template: { metadata: { creationTimestamp: null }, spec: { nodeName: 'n', containers: [] } },
      },
      { replicas: 2, template: { metadata: {}, spec: { containers: [] } } },
    ],
    [
      'claims of a StatefulSet have no status',
      'statefulsets.apps',
      {
        template: { spec: { containers: [] } },
        volumeClaimTemplates: [{ metadata: { name: 'data', creationTimestamp: null }, spec: {}, status: {} }],
      },
      {
        template: { spec: { containers: [] } },
        volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: {} }],
      },
    ],
    [
      'Pods of a CronJob likewise',
      'cronjobs.batch',
      { schedule: '@daily', jobTemplate: { spec: { template: { spec: { nodeName: 'n' } } } } },
      { schedule: '@daily', jobTemplate: { spec: { template: { spec: {} } } } },
    ],
  ])('%s', (_what, kind, spec, expected) => {
    expect(strip(kind, { spec })['spec']).toEqual(expected);
  });

  it('leaves a shared claim at its volume', () => {
    const claim = { metadata: { name: 'files', namespace: 'shop' }, spec: { volumeName: 'efs' } };
    expect(strip('persistentvolumeclaims', claim)['spec']).toEqual({ volumeName: 'efs' });
  });

  it('leaves out what controllers write about volumes, nodes, rollouts and leaders', () => {
    const annotations = {
      'pv.kubernetes.io/bind-completed': 'yes',
      'volume.kubernetes.io/selected-node': 'n',
      'volume.kubernetes.io/storage-provisioner': 'ebs.csi.aws.com',
      'deployment.kubernetes.io/revision': '7',
      'control-plane.alpha.kubernetes.io/leader': '{}',
      kept: 'yes',
    };
    const claim = strip('persistentvolumeclaims', { metadata: { ...metadata, annotations }, spec: {} });
    expect(claim['metadata']).toEqual({ ...metadata, annotations: { kept: 'yes' } });
  });

  it('keeps the wish that an Application takes its resources along when it goes', () => {
    const finalizers = ['resources-finalizer.argocd.argoproj.io', 'example.com/other'];
    const stripped = strip('applications.argoproj.io', { metadata: { ...metadata, finalizers } });
    expect(stripped['metadata']).toMatchObject({ finalizers: ['resources-finalizer.argocd.argoproj.io'] });
  });

  test.each<[kind: string, object: Json, gone: string]>([
    ['namespaces', { spec: { finalizers: ['kubernetes'] } }, 'spec'],
    ['serviceaccounts', { secrets: [{ name: 'token' }] }, 'secrets'],
    ['clusterroles.rbac.authorization.k8s.io', { aggregationRule: {}, rules: [{}] }, 'rules'],
  ])('%s: without its %s', (kind, object, gone) => {
    expect(strip(kind, object)).not.toHaveProperty(gone);
  });

  it('keeps the CA bundles of webhooks', () => {
    const webhooks = [{ clientConfig: { caBundle: 'x' } }];
    const kind = 'validatingwebhookconfigurations.admissionregistration.k8s.io';
    expect(strip(kind, { webhooks })['webhooks']).toEqual(webhooks);
  });
});
