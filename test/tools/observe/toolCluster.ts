import { gzipSync } from 'node:zlib';
import type { ReadOptions } from '../../../src/kubernetes/connection.ts';
import { fakeConnection, list } from '../../kubernetes/fakeConnection.ts';
import type { Route } from '../../kubernetes/fakeConnection.ts';

export interface Release {
  namespace: string;
  name: string;
  revision: number;
  status: string;
  chart: string;
  version: string;
  appVersion?: string;
  manifest?: string;
}

interface Meta {
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

/** The Deployment of a tool, rolled out, with one container. */
export function deployment(
  namespace: string,
  name: string,
  image: string,
  { labels, annotations }: Meta = {},
) {
  return {
    metadata: { namespace, name, uid: `uid-${namespace}-${name}`, generation: 1, labels, annotations },
    spec: { replicas: 1, template: { spec: { containers: [{ image }] } } },
    status: {
      observedGeneration: 1,
      replicas: 1,
      updatedReplicas: 1,
      readyReplicas: 1,
      availableReplicas: 1,
    },
  };
}

/** What Helm writes on each object of a release. */
export function ofHelm(namespace: string, release: string, chart?: string): Required<Meta> {
  return {
    labels: {
      'app.kubernetes.io/managed-by': 'Helm',
      'app.kubernetes.io/instance': release,
      ...(chart === undefined ? {} : { 'helm.sh/chart': chart }),
    },
    annotations: { 'meta.helm.sh/release-name': release, 'meta.helm.sh/release-namespace': namespace },
  };
}

export function crd(name: string, { labels, annotations }: Meta = {}) {
  const [plural = '', ...group] = name.split('.');
  return {
    metadata: { name, labels, annotations },
    spec: {
      group: group.join('.'),
      scope: 'Namespaced',
      names: { kind: plural.slice(0, -1), plural },
      versions: [
        { name: 'v1alpha1', served: true, storage: false, deprecated: true },
        { name: 'v1beta1', served: true, storage: true },
      ],
    },
    status: { storedVersions: ['v1beta1'] },
  };
}

interface Contents {
  releases?: Release[];
  deployments?: ReturnType<typeof deployment>[];
  crds?: ReturnType<typeof crd>[];
  /** Custom resources by path. */
  objects?: Record<string, { namespace?: string; name: string }[]>;
  applications?: object[];
  namespaces?: Record<string, string>;
  more?: Record<string, Route>;
}

/** A cluster with a tool in it, which answers the lists that observing asks for. */
export function toolCluster(contents: Contents) {
  const { releases = [], deployments = [], crds = [], objects = {}, namespaces = {} } = contents;
  const routes: Record<string, Route> = {
    '/apis/apps/v1/deployments': list(...deployments),
    '/apis/apps/v1/statefulsets': list(),
    '/apis/apps/v1/daemonsets': list(),
    '/apis/batch/v1/cronjobs': list(),
    '/apis/apiextensions.k8s.io/v1/customresourcedefinitions': byName(crds),
    '/api/v1/namespaces': ({ query }: ReadOptions) => {
      const name = String(query?.['fieldSelector']).replace('metadata.name=', '');
      return list(...(name in namespaces ? [{ status: { phase: namespaces[name] } }] : []));
    },
  };
  if (contents.applications !== undefined)
    routes['/apis/argoproj.io/v1alpha1/applications'] = list(...contents.applications);
  for (const [path, found] of Object.entries(objects))
    routes[path] = list(...found.map((metadata) => ({ metadata })));
  for (const namespace of new Set([
    ...releases.map((each) => each.namespace),
    ...['argocd', 'kube-system', 'external-dns', 'karpenter'],
  ])) {
    routes[`/api/v1/namespaces/${namespace}/configmaps`] = list();
    routes[`/api/v1/namespaces/${namespace}/secrets`] = ({ query }: ReadOptions) => {
      const wanted = /name=([^,]+)$/.exec(String(query?.['labelSelector'] ?? ''))?.[1];
      const object = String(query?.['fieldSelector'] ?? '').replace('metadata.name=', '');
      return list(
        ...releases
          .filter((each) => each.namespace === namespace)
          .filter((each) => (wanted === undefined ? secretName(each) === object : each.name === wanted))
          .map(secret),
      );
    };
  }
  return fakeConnection({ ...routes, ...contents.more });
}

function byName(objects: { metadata: { name: string } }[]): Route {
  return ({ query }: ReadOptions) => {
    const name = /^metadata\.name=(.*)$/.exec(String(query?.['fieldSelector'] ?? ''))?.[1];
    return list(...objects.filter(({ metadata }) => name === undefined || metadata.name === name));
  };
}

const secretName = ({ name, revision }: Release) => `sh.helm.release.v1.${name}.v${revision}`;

function secret(release: Release) {
  const { name, namespace, revision, status, chart, version, appVersion, manifest = '' } = release;
  const stored = {
    ...{ name, namespace, version: revision, manifest },
    chart: { metadata: { name: chart, version, appVersion } },
    info: { status, description: 'Upgrade complete', last_deployed: '2026-03-02T11:00:00.123456789+01:00' },
  };
  const packed = gzipSync(JSON.stringify(stored)).toString('base64');
  return {
    metadata: {
      ...{ namespace, name: secretName(release) },
      labels: { owner: 'helm', name, version: String(revision), status },
    },
    type: 'helm.sh/release.v1',
    data: { release: Buffer.from(packed).toString('base64') },
  };
}
