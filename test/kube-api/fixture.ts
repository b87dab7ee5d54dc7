import { KubeConfig } from '@kubernetes/client-node';
import { Agent, request } from 'undici';
import { onTestFinished } from 'vitest';
import { createAdmission } from '../../simulator/cluster/admission.ts';
import { FastClock } from '../../simulator/cluster/clock.ts';
import { evictPod } from '../../simulator/cluster/eviction.ts';
import { SimulatedFaults } from '../../simulator/cluster/faults.ts';
import { namespaces, pods } from '../../simulator/cluster/kinds.ts';
import type { Pod } from '../../simulator/cluster/kinds.ts';
import { PodAnswers } from '../../simulator/cluster/podAnswers.ts';
import { seededRandom } from '../../eks-api/random.ts';
import { MemoryStore } from '../../simulator/cluster/store.ts';
import type { KubernetesApiOptions } from '../../simulator/kube-api/index.ts';
import { startKubernetesApi } from '../../simulator/kube-api/index.ts';

export const token = 'a-good-token';

/** What tests look at in the documents that the API answers with. */
export interface ApiDocument {
  kind: string;
  apiVersion: string;
  message: string;
  major: string;
  minor: string;
  metadata: {
    name: string;
    uid: string;
    resourceVersion: string;
    labels: Record<string, string>;
    finalizers: string[];
    deletionTimestamp?: string;
    continue?: string;
    remainingItemCount?: number;
  };
  items: ApiDocument[];
  spec: {
    nodeName?: string;
    replicas: number;
    containers: { name: string; image: string }[];
    volumes: object[];
  };
  status: {
    phase: string;
    conditions: object[];
    storedVersions: string[];
    authenticated: boolean;
    resourceRules: object[];
    userInfo: { groups: string[] };
  };
  resources: object[];
  versions: { version: string; resources: object[] }[];
  columnDefinitions: { name: string }[];
  rows: object[];
}

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  /** An empty object for what is no JSON. */
  json: ApiDocument;
}

export interface RequestOptions {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  body?: unknown;
  headers?: Record<string, string>;
  /** `undefined` sends none. */
  token?: string | undefined;
}

/** An API over a store without controllers, with the namespaces `default` and `shop`; closed when the test ends. */
export async function startApi(
  options: Partial<KubernetesApiOptions> & { versions?: string[]; historyLimit?: number } = {},
) {
  const { versions = ['1.31'], historyLimit, ...apiOptions } = options;
  const clock = new FastClock(1);
  const faults = new SimulatedFaults({ clock, seed: 1 });
  const store = new MemoryStore({
    now: () => clock.now(),
    random: seededRandom(1),
    admit: createAdmission({ unreachableTolerationSeconds: 300 }),
    ...(historyLimit === undefined ? {} : { historyLimit }),
  });
  for (const name of ['default', 'shop']) store.create(namespaces, { kind: 'Namespace', metadata: { name } });
  let running = versions;
  const podAnswers = new PodAnswers('shop', store, () => running);
  const api = await startKubernetesApi({
    backend: {
      store,
      clock,
      faults,
      apiServerVersions: () => running,
      evict: (namespace, name, evictOptions) => evictPod({ store, clock }, namespace, name, evictOptions),
      authenticate: (given) => given === token,
      askService: (asked) => podAnswers.ofService(asked),
    },
    ...apiOptions,
  });
  const newAgent = () => new Agent({ connect: { ca: api.certificateAuthorityPem }, connections: 1 });
  const agent = newAgent();
  onTestFinished(async () => {
    await agent.destroy();
    await api.close();
    clock.close();
  });

  const call = async (path: string, given: RequestOptions = {}, dispatcher = agent): Promise<Answer> => {
    const bearer = 'token' in given ? given.token : token;
    const { statusCode, headers, body } = await request(api.url + path, {
      dispatcher,
      method: given.method ?? 'GET',
      headers: {
        ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
        ...(given.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...given.headers,
      },
      ...(given.body === undefined
        ? {}
        : { body: typeof given.body === 'string' ? given.body : JSON.stringify(given.body) }),
    });
    const text = await body.text();
    return { status: statusCode, headers, text, json: asJson(text) };
  };
  return {
    ...api,
    store,
    faults,
    call,
    /** The same over a connection of its own. */
    callOnNewConnection: async (path: string, given: RequestOptions = {}) => {
      const own = newAgent();
      try {
        return await call(path, given, own);
      } finally {
        await own.destroy();
      }
    },
    setVersions: (next: string[]) => {
      running = next;
    },
    kubeConfig: () => kubeConfig(api.url, api.certificateAuthorityPem),
  };
}

function asJson(text: string): ApiDocument {
  let document: ApiDocument;
  try {
    document = JSON.parse(text);
  } catch {
    document = JSON.parse('{}');
  }
  return document;
}

/** An object of a class of the client library; its calls want the class, though they only read the fields. */
export function instance<T extends object>(type: new () => T, fields: object): T {
  return Object.assign(new type(), fields);
}

export function kubeConfig(server: string, certificateAuthorityPem: string, bearer = token): KubeConfig {
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [{ name: 'test', server, caData: Buffer.from(certificateAuthorityPem).toString('base64') }],
    users: [{ name: 'test', token: bearer }],
    contexts: [{ name: 'test', cluster: 'test', user: 'test' }],
    currentContext: 'test',
  });
  return config;
}

export const podManifest = (name: string, labels: Record<string, string> = {}, spec: object = {}) => ({
  kind: 'Pod',
  apiVersion: 'v1',
  metadata: { name, namespace: 'shop', labels },
  spec: { containers: [{ name: 'main', image: 'example:1' }], ...spec },
});

/** Stores Pods `pod-0000` … with the label `index`. */
export function storePods(store: MemoryStore, count: number): Pod[] {
  return Array.from({ length: count }, (_, index) =>
    store.create(pods, podManifest(`pod-${String(index).padStart(4, '0')}`, { index: String(index) })),
  );
}

export const customResourceDefinition = {
  kind: 'CustomResourceDefinition',
  apiVersion: 'apiextensions.k8s.io/v1',
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'widgets', singular: 'widget', kind: 'Widget', shortNames: ['wd'] },
    versions: [
      {
        name: 'v1beta1',
        served: true,
        storage: false,
        schema: { openAPIV3Schema: { type: 'object' } },
      },
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object' } },
        selectableFields: [{ jsonPath: '.spec.color' }],
        subresources: {
          status: {},
          scale: { specReplicasPath: '.spec.size', statusReplicasPath: '.status.size' },
        },
      },
    ],
  },
};

export const widget = (name: string, spec: object = {}) => ({
  kind: 'Widget',
  apiVersion: 'example.com/v1',
  metadata: { name, namespace: 'shop' },
  spec,
});
