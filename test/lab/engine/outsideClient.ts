/** The cluster as somebody with kubectl sees it: past everything of the engine's. */
import { KubeConfig, KubernetesObjectApi, Watch } from '@kubernetes/client-node';
import type { V1Pod } from '@kubernetes/client-node';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';

/** A watch that could not be opened is tried again after this. */
const reopenAfterMs = 100;

export interface ClusterAddress {
  url: string;
  certificateAuthorityPem: string;
  token: string;
}

/** One object that somebody would miss. */
export interface SeenObject {
  group: string;
  resource: string;
  kind: string;
  namespace: string;
  name: string;
  uid: string;
  ownerKinds: string[];
}

export interface OutsideClient {
  get(path: string): Promise<{ status: number; json: { [field: string]: unknown } }>;
  /** Every stored object of every kind that can be listed, by preferred version. */
  everything(): Promise<SeenObject[]>;
  objects: KubernetesObjectApi;
  close(): Promise<void>;
}

interface ApiResource {
  name: string;
  kind: string;
  verbs: string[];
}

export function outsideClient(address: ClusterAddress): OutsideClient {
  const { url, certificateAuthorityPem, token } = address;
  const agent = new Agent({ connect: { ca: certificateAuthorityPem } });
  const get = async (path: string) => {
    const { statusCode, headers, body } = await request(url + path, {
      dispatcher: agent,
      headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
    });
    const text = await body.text();
    return {
      status: statusCode,
      retryAfterMs: 1000 * Number(headers['retry-after'] ?? 1),
      json: (text.startsWith('{') ? JSON.parse(text) : {}) as { [field: string]: unknown },
    };
  };
  async function groupVersions(): Promise<{ group: string; path: string }[]> {
    const { json } = await get('/apis');
    const groups = json['groups'] as { name: string; preferredVersion: { groupVersion: string } }[];
    return [
      { group: '', path: '/api/v1' },
      ...groups.map(({ name, preferredVersion }) => ({
        group: name,
        path: `/apis/${preferredVersion.groupVersion}`,
      })),
    ];
  }
  async function listed(group: string, path: string, resource: ApiResource): Promise<SeenObject[]> {
    let { status, json, retryAfterMs } = await get(`${path}/${resource.name}`);
    // As an API server answers that has just learned of a kind: come back when I have its storage.
    for (let again = 0; status === 429 && again < 30; again++) {
      await sleep(retryAfterMs);
      ({ status, json, retryAfterMs } = await get(`${path}/${resource.name}`));
    }
    if (status !== 200) throw new Error(`${path}/${resource.name} answered ${status}`);
    const items = (json['items'] ?? []) as {
      metadata: { name: string; namespace?: string; uid: string; ownerReferences?: { kind: string }[] };
    }[];
    return items.map(({ metadata }) => ({
      group,
      resource: resource.name,
      kind: resource.kind,
      namespace: metadata.namespace ?? '',
      name: metadata.name,
      uid: metadata.uid,
      ownerKinds: (metadata.ownerReferences ?? []).map(({ kind }) => kind),
    }));
  }
  return {
    get,
    async everything() {
      const seen: SeenObject[] = [];
      for (const { group, path } of await groupVersions()) {
        const { json } = await get(path);
        const resources = (json['resources'] ?? []) as ApiResource[];
        for (const resource of resources)
          if (!resource.name.includes('/') && resource.verbs.includes('list'))
            seen.push(...(await listed(group, path, resource)));
      }
      return seen;
    },
    objects: kubeConfig(address).makeApiClient(KubernetesObjectApi),
    close: () => agent.close(),
  };
}

/** A Pod that the eviction API let go. */
export interface Eviction {
  namespace: string;
  name: string;
  uid: string;
  /** Kind and name of what the Pod belongs to, `StatefulSet/orders-db`, or `ReplicaSet/…`. */
  owner: string;
  node: string;
  /** When the Pod itself was made. */
  createdAt: Date;
}

/**
 * Watches the Pods of some namespaces and keeps each that is evicted, once. A watch that ends is opened again where it
 * was, as any client does.
 */
export async function watchEvictions(
  address: ClusterAddress,
  namespaces: readonly string[],
): Promise<{ evictions: Eviction[]; stop: () => Promise<void> }> {
  const evictions = new Map<string, Eviction>();
  const stops = await Promise.all(
    namespaces.map((namespace) => follow(address, namespace, (pod) => note(evictions, pod))),
  );
  return {
    get evictions() {
      return [...evictions.values()];
    },
    async stop() {
      await Promise.all(stops.map((stop) => stop()));
    },
  };
}

function note(evictions: Map<string, Eviction>, { metadata, spec, status }: V1Pod): void {
  if (metadata === undefined) return;
  const { uid, name, namespace, ownerReferences, creationTimestamp, deletionTimestamp } = metadata;
  if (uid === undefined || deletionTimestamp === undefined || evictions.has(uid)) return;
  const target = status?.conditions?.find(({ type }) => type === 'DisruptionTarget');
  if (target?.reason !== 'EvictionByEvictionAPI') return;
  const [owner] = ownerReferences ?? [];
  evictions.set(uid, {
    namespace: namespace ?? '',
    name: name ?? '',
    uid,
    owner: `${owner?.kind ?? ''}/${owner?.name ?? ''}`,
    node: spec?.nodeName ?? '',
    createdAt: new Date(creationTimestamp ?? 0),
  });
}

async function follow(
  address: ClusterAddress,
  namespace: string,
  onPod: (pod: V1Pod) => void,
): Promise<() => Promise<void>> {
  const watch = new Watch(kubeConfig(address));
  const path = `/api/v1/namespaces/${namespace}/pods`;
  let stopped = false;
  let abort = new AbortController();
  let resourceVersion = '';
  let running: Promise<void> = Promise.resolve();
  const open = async (): Promise<void> => {
    abort = await watch.watch(
      path,
      { allowWatchBookmarks: true, ...(resourceVersion === '' ? {} : { resourceVersion }) },
      (phase, object: V1Pod) => {
        // Expired: begin again with what is there.
        if (phase === 'ERROR') resourceVersion = '';
        else resourceVersion = object.metadata?.resourceVersion ?? resourceVersion;
        if (phase !== 'ERROR' && phase !== 'BOOKMARK') onPod(object);
      },
      () => {
        if (!stopped) running = reopen();
      },
    );
  };
  const reopen = async (): Promise<void> => {
    for (;;) {
      try {
        await open();
        return;
      } catch (error) {
        if (stopped || !(error instanceof Error)) return;
        await sleep(reopenAfterMs);
      }
    }
  };
  await open();
  return async () => {
    stopped = true;
    abort.abort();
    await running;
  };
}

function kubeConfig({ url, certificateAuthorityPem, token }: ClusterAddress): KubeConfig {
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [{ name: 'lab', server: url, caData: Buffer.from(certificateAuthorityPem).toString('base64') }],
    users: [{ name: 'outside', token }],
    contexts: [{ name: 'lab', cluster: 'lab', user: 'outside' }],
    currentContext: 'lab',
  });
  return config;
}
