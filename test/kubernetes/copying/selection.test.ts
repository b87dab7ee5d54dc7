import { describe, expect, it, test } from 'vitest';
import { objectFactsSchema } from '../../../src/kubernetes/copying/objectFacts.ts';
import type { CopiedKind, ObjectFacts } from '../../../src/kubernetes/copying/objectFacts.ts';
import { plainSelection, selectKind, selectObject } from '../../../src/kubernetes/copying/selection.ts';
import type { SelectionContext } from '../../../src/kubernetes/copying/selection.ts';

/** `deployments.apps` as a kind; which kind it is called and whether it has namespaces is no matter of the choice. */
function kindOf(name: string): CopiedKind {
  const [resource = '', ...group] = name.split('.');
  return { group: group.join('.'), resource, kind: resource, namespaced: true };
}

/** `namespace/name`, or `name` of what has no namespace. */
function facts(where: string, more: Partial<ObjectFacts> = {}): ObjectFacts {
  const [first = '', second] = where.split('/');
  return {
    ...(second === undefined ? { name: first } : { namespace: first, name: second }),
    labels: {},
    annotations: {},
    owners: [],
    managers: [],
    ending: false,
    ...more,
  };
}

const tools: SelectionContext = {
  ...plainSelection,
  tools: [{ namespace: 'argocd', release: 'argo-cd' }],
};
const ofRelease = (namespace: string, release: string) => ({
  annotations: { 'meta.helm.sh/release-name': release, 'meta.helm.sh/release-namespace': namespace },
});

describe('what goes to the new cluster', () => {
  test.each<[kind: string, object: string, more?: Partial<ObjectFacts>]>([
    ['configmaps', 'shop/settings'],
    ['configmaps', 'kube-system/cluster-autoscaler-status'],
    ['secrets', 'shop/credentials'],
    ['secrets', 'shop/sh.helm.release.v1.web.v3', { labels: { owner: 'helm', name: 'web' } }],
    ['namespaces', 'shop'],
    ['namespaces', 'default'],
    ['serviceaccounts', 'shop/default'],
    ['serviceaccounts', 'kube-system/aws-load-balancer-controller'],
    ['services', 'default/web'],
    ['services', 'shop/kubernetes'],
    ['persistentvolumeclaims', 'shop/data-db-0'],
    ['deployments.apps', 'shop/web'],
    ['deployments.apps', 'argocd/argo-cd', ofRelease('argocd', 'another')],
    ['replicasets.apps', 'shop/by-hand'],
    ['cronjobs.batch', 'shop/nightly'],
    ['clusterroles.rbac.authorization.k8s.io', 'system:metrics-server'],
    ['priorityclasses.scheduling.k8s.io', 'high'],
    ['storageclasses.storage.k8s.io', 'gp2'],
    [
      'flowschemas.flowcontrol.apiserver.k8s.io',
      'workload-low',
      { annotations: { 'apf.kubernetes.io/autoupdate-spec': 'false' } },
    ],
    ['apiservices.apiregistration.k8s.io', 'v1beta1.metrics.k8s.io'],
    ['customresourcedefinitions.apiextensions.k8s.io', 'promotions.shop.example.com'],
    ['promotions.shop.example.com', 'shop/spring'],
    ['applications.argoproj.io', 'argocd/shop'],
  ])('%s %s', (kind, object, more) => {
    expect(selectObject(kindOf(kind), facts(object, more), tools)).toEqual({ what: 'copy' });
  });
});

describe('what stays behind', () => {
  const owner = { kind: 'ReplicaSet', name: 'web-5d', controller: true };
  test.each<[kind: string, object: string, reason: string, more?: Partial<ObjectFacts>]>([
    ['replicasets.apps', 'shop/web-5d', 'owned', { owners: [{ ...owner, kind: 'Deployment' }] }],
    ['persistentvolumeclaims', 'shop/scratch', 'owned', { owners: [owner] }],
    ['configmaps', 'shop/going', 'ending', { ending: true }],
    ['pods', 'shop/web', 'short-lived'],
    ['endpoints', 'shop/web', 'short-lived'],
    ['endpointslices.discovery.k8s.io', 'shop/web-x', 'short-lived'],
    ['events', 'shop/web.1', 'short-lived'],
    ['events.events.k8s.io', 'shop/web.1', 'short-lived'],
    ['leases.coordination.k8s.io', 'shop/leader', 'short-lived'],
    ['controllerrevisions.apps', 'shop/db-1', 'short-lived'],
    ['certificatesigningrequests.certificates.k8s.io', 'csr-1', 'short-lived'],
    ['componentstatuses', 'etcd-0', 'short-lived'],
    ['pods.metrics.k8s.io', 'shop/web', 'short-lived'],
    ['nodes', 'ip-10-0-0-1', 'cluster-bound'],
    ['csinodes.storage.k8s.io', 'ip-10-0-0-1', 'cluster-bound'],
    ['volumeattachments.storage.k8s.io', 'csi-1', 'cluster-bound'],
    ['csistoragecapacities.storage.k8s.io', 'kube-system/c', 'cluster-bound'],
    ['persistentvolumes', 'pvc-1', 'cluster-bound'],
    ['ipaddresses.networking.k8s.io', '10.0.0.1', 'cluster-bound'],
    ['servicecidrs.networking.k8s.io', 'kubernetes', 'cluster-bound'],
    ['configmaps', 'kube-system/aws-auth', 'cluster-bound'],
    [
      'secrets',
      'shop/default-token-1',
      'cluster-bound',
      { annotations: { 'kubernetes.io/service-account.name': 'default' } },
    ],
    ['secrets', 'kube-system/bootstrap-token-abc123', 'cluster-bound'],
    ['configmaps', 'shop/kube-root-ca.crt', 'control-plane'],
    ['configmaps', 'kube-system/extension-apiserver-authentication', 'control-plane'],
    ['namespaces', 'kube-system', 'control-plane'],
    ['services', 'default/kubernetes', 'control-plane'],
    ['serviceaccounts', 'kube-system/deployment-controller', 'control-plane'],
    [
      'clusterroles.rbac.authorization.k8s.io',
      'cluster-admin',
      'control-plane',
      { labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' } },
    ],
    ['priorityclasses.scheduling.k8s.io', 'system-node-critical', 'control-plane'],
    [
      'flowschemas.flowcontrol.apiserver.k8s.io',
      'workload-low',
      'control-plane',
      { annotations: { 'apf.kubernetes.io/autoupdate-spec': 'true' } },
    ],
    ['prioritylevelconfigurations.flowcontrol.apiserver.k8s.io', 'exempt', 'control-plane'],
    [
      'apiservices.apiregistration.k8s.io',
      'v1.shop.example.com',
      'control-plane',
      { labels: { 'kube-aggregator.kubernetes.io/automanaged': 'true' } },
    ],
    ['clusterroles.rbac.authorization.k8s.io', 'eks:addon-manager', 'eks'],
    ['daemonsets.apps', 'kube-system/aws-node', 'eks'],
    ['services', 'kube-system/kube-dns', 'eks'],
    ['poddisruptionbudgets.policy', 'kube-system/coredns', 'eks'],
    ['deployments.apps', 'kube-system/metrics-server', 'eks', { managers: ['eks'] }],
    ['deployments.apps', 'amazon/agent', 'eks', { labels: { 'eks.amazonaws.com/component': 'agent' } }],
    ['customresourcedefinitions.apiextensions.k8s.io', 'cninodes.vpcresources.k8s.aws', 'eks'],
    ['deployments.apps', 'argocd/argocd-server', 'tool', ofRelease('argocd', 'argo-cd')],
    [
      'customresourcedefinitions.apiextensions.k8s.io',
      'applications.argoproj.io',
      'tool',
      ofRelease('argocd', 'argo-cd'),
    ],
    [
      'secrets',
      'argocd/sh.helm.release.v1.argo-cd.v3',
      'tool',
      { labels: { owner: 'helm', name: 'argo-cd' } },
    ],
    ['jobs.batch', 'batch/nightly-export', 'work'],
    ['targetgroupbindings.elbv2.k8s.aws', 'shop/web', 'traffic'],
  ])('%s %s: %s', (kind, object, reason, more) => {
    expect(selectObject(kindOf(kind), facts(object, more), tools)).toMatchObject({ what: 'leave', reason });
  });

  it('says what the request leaves behind', () => {
    const context = { ...plainSelection, excludeNamespaces: ['batch'], excludeKinds: ['cronjobs.batch'] };
    const select = (kind: string, object: string) => selectObject(kindOf(kind), facts(object), context);
    expect(select('configmaps', 'batch/settings')).toMatchObject({ what: 'leave', reason: 'excluded' });
    expect(select('namespaces', 'batch')).toMatchObject({ what: 'leave', reason: 'excluded' });
    expect(select('cronjobs.batch', 'shop/nightly')).toMatchObject({ what: 'leave', reason: 'excluded' });
    expect(select('configmaps', 'shop/batch')).toEqual({ what: 'copy' });
  });

  it('takes a volume along that both clusters shall use', () => {
    const context = { ...plainSelection, sharedVolumes: new Set(['efs-files']) };
    const select = (name: string) => selectObject(kindOf('persistentvolumes'), facts(name), context).what;
    expect([select('efs-files'), select('another')]).toEqual(['copy', 'leave']);
  });
});

describe('kinds that need not be listed', () => {
  test.each([
    ['pods', 'leave'],
    ['events', 'leave'],
    ['jobs.batch', 'leave'],
    ['persistentvolumes', 'copy'],
    ['secrets', 'copy'],
    ['targetgroupbindings.elbv2.k8s.aws', 'leave'],
    ['promotions.shop.example.com', 'copy'],
  ])('%s: %s', (kind, what) => {
    expect(selectKind(kindOf(kind), plainSelection).what).toBe(what);
  });
});

it('takes the facts out of metadata, with owners that are no controllers', () => {
  const read = objectFactsSchema.parse({
    kind: 'ConfigMap',
    metadata: {
      name: 'settings',
      namespace: 'shop',
      labels: null,
      managedFields: [{ manager: 'kubectl' }, {}],
      ownerReferences: [{ kind: 'Promotion', name: 'spring', uid: '1' }],
    },
  });
  expect(read).toEqual({
    namespace: 'shop',
    name: 'settings',
    labels: {},
    annotations: {},
    owners: [{ kind: 'Promotion', name: 'spring', controller: false }],
    managers: ['kubectl'],
    ending: false,
  });
});
