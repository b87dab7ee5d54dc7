import type { Json } from '../../../src/tools/crds/json.ts';

const anything = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

function definition(kind: string) {
  const plural = `${kind.toLowerCase()}s`;
  return {
    ...{ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' },
    metadata: { name: `${plural}.argoproj.io` },
    spec: {
      ...{ group: 'argoproj.io', scope: 'Namespaced' },
      names: { kind, plural, singular: kind.toLowerCase() },
      versions: [{ name: 'v1alpha1', served: true, storage: true, schema: { openAPIV3Schema: anything } }],
    },
  };
}

/** The kinds of Argo CD, as far as anybody minds here. */
export const definitions = ['Application', 'AppProject', 'ApplicationSet'].map(definition);

export const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'argocd' } };

/** What syncs Applications, as its chart names it. */
export const controller = {
  ...{ apiVersion: 'apps/v1', kind: 'StatefulSet' },
  metadata: { namespace: 'argocd', name: 'argocd-application-controller' },
  spec: {
    ...{ replicas: 1, serviceName: 'argocd' },
    selector: { matchLabels: { app: 'controller' } },
    template: {
      metadata: { labels: { app: 'controller', 'app.kubernetes.io/component': 'application-controller' } },
      spec: { containers: [{ name: 'controller', image: 'quay.io/argoproj/argocd:v3.1.0' }] },
    },
  },
};

export interface ApplicationGiven {
  destination?: Json;
  automated?: boolean;
  wave?: number;
  labels?: Record<string, string>;
  owner?: { set: string };
  status?: Json;
}

export function application(name: string, given: ApplicationGiven = {}) {
  const { destination = { server: 'https://kubernetes.default.svc', namespace: 'shop' }, automated } = given;
  const owner = { apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet', controller: true, uid: 'a' };
  return {
    ...{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application' },
    metadata: {
      ...{ namespace: 'argocd', name },
      ...(given.labels === undefined ? {} : { labels: given.labels }),
      ...(given.wave === undefined
        ? {}
        : { annotations: { 'argocd.argoproj.io/sync-wave': String(given.wave) } }),
      ...(given.owner === undefined ? {} : { ownerReferences: [{ ...owner, name: given.owner.set }] }),
    },
    spec: {
      ...{ project: 'default', destination },
      source: { repoURL: 'https://git.example.com/deploy', path: name, targetRevision: 'main' },
      ...(automated === true ? { syncPolicy: { automated: { prune: true } } } : {}),
    },
    ...(given.status === undefined ? {} : { status: given.status }),
  };
}

export function project(name: string, destinations: Json[]) {
  return {
    ...{ apiVersion: 'argoproj.io/v1alpha1', kind: 'AppProject', metadata: { namespace: 'argocd', name } },
    spec: { sourceRepos: ['*'], destinations },
  };
}

export function secret(name: string, type: string, data: Record<string, string>) {
  const encoded = Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]);
  return {
    ...{ apiVersion: 'v1', kind: 'Secret' },
    metadata: { namespace: 'argocd', name, labels: { 'argocd.argoproj.io/secret-type': type } },
    data: Object.fromEntries(encoded) as Record<string, string>,
  };
}

export function configMap(name: string) {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { namespace: 'shop', name },
    data: { made: 'by Git' },
  };
}

export function cronJob(name: string) {
  const pod = { restartPolicy: 'Never', containers: [{ name: 'a', image: 'registry.example.com/a:1' }] };
  return {
    ...{ apiVersion: 'batch/v1', kind: 'CronJob', metadata: { namespace: 'shop', name } },
    spec: { schedule: '0 3 1 1 *', suspend: false, jobTemplate: { spec: { template: { spec: pod } } } },
  };
}
