import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { z } from 'zod';
import type { ClusterAddress } from '../engine/outsideClient.ts';

/** Between two rounds of it. A real controller renews every two seconds; tests have less time. Milliseconds. */
const roundMs = 200;

/** What it can be made to do wrong, by itself or from one version of its image on. */
export type StandInFault =
  /** Its Lease is taken once by each new Pod and never renewed. */
  | 'stops-renewing'
  /** Its first Application is Degraded and out of sync. */
  | 'degrades-application'
  /** The status of its first load balancer is emptied. */
  | 'drops-load-balancer'
  /** It writes a Warning Event about the first object that it serves, each round one more. */
  | 'warns';

export interface StandInOptions {
  address: ClusterAddress;
  /** The Deployment whose Pods are the controller: one that is Ready leads. */
  deployment: { namespace: string; name: string };
  /** Lease in the Deployment's namespace. */
  lease?: string;
  /** Applications that it keeps Synced and Healthy. */
  applications?: { namespace: string; name: string }[];
  /** Ingresses and Services that it gives a hostname each. */
  loadBalancers?: { kind: 'Ingress' | 'Service'; namespace: string; name: string }[];
  /** What it calls itself in Events: `ingress`. */
  source?: string;
}

export interface StandIn {
  /**
   * Makes it do something wrong from now on.
   *
   * @param fromImage only while a Pod leads whose image ends so: a rollback mends it then
   */
  fail(fault: StandInFault, fromImage?: string): void;
  /** Makes it do everything right again. */
  mend(): void;
  /** Resolves when a Pod of its own leads and a whole round has been made since this was called. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

interface LeadingPod {
  name: string;
  image: string;
}

/**
 * A controller for clusters in which nothing reconciles by itself: as long as a Pod of its Deployment is Ready it leads
 * by a Lease and keeps the status of what it serves. It can be broken on purpose.
 */
export function startStandIn(options: StandInOptions): StandIn {
  const api = new Api(options.address);
  const stopping = new AbortController();
  const faults = new Map<StandInFault, string>();
  const waiting = new Set<{ since: number; resolve: () => void }>();
  const state = { round: 0, holders: new Map<string, string>(), hostnames: new Map<string, string>() };
  const running = (async () => {
    while (!stopping.signal.aborted) {
      state.round += 1;
      const { round } = state;
      const led = await reconcile(api, options, faults, state).catch((error: unknown) => {
        if (!stopping.signal.aborted) console.error('[stand-in]', error);
        return false;
      });
      for (const each of waiting) {
        if (!led || round <= each.since) continue;
        waiting.delete(each);
        each.resolve();
      }
      await sleep(roundMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  return {
    fail: (fault, fromImage = '') => {
      faults.set(fault, fromImage);
    },
    mend: () => faults.clear(),
    settled: () =>
      new Promise<void>((resolve) => {
        waiting.add({ since: state.round, resolve });
      }),
    async stop() {
      stopping.abort();
      await running;
      await api.close();
    },
  };
}

interface StandInState {
  round: number;
  /** Holder identity of each Pod: a process has one for its life. */
  holders: Map<string, string>;
  hostnames: Map<string, string>;
}

/** One round. False when no Pod of the controller is Ready: then nothing is done. */
async function reconcile(
  api: Api,
  options: StandInOptions,
  faults: ReadonlyMap<StandInFault, string>,
  state: StandInState,
): Promise<boolean> {
  const pod = await leadingPod(api, options.deployment);
  if (pod === undefined) return false;
  const has = (fault: StandInFault) => {
    const image = faults.get(fault);
    return image !== undefined && pod.image.endsWith(image);
  };
  await lead(api, options, pod, state, !has('stops-renewing'));
  for (const [index, { namespace, name }] of (options.applications ?? []).entries()) {
    const degraded = index === 0 && has('degrades-application');
    await api.patch(`/apis/argoproj.io/v1alpha1/namespaces/${namespace}/applications/${name}`, {
      status: {
        sync: { status: degraded ? 'OutOfSync' : 'Synced', revision: 'main' },
        health: { status: degraded ? 'Degraded' : 'Healthy' },
      },
    });
  }
  for (const [index, { kind, namespace, name }] of (options.loadBalancers ?? []).entries()) {
    const key = `${kind}/${namespace}/${name}`;
    const hostname = state.hostnames.get(key) ?? `${name}-${randomUUID().slice(0, 8)}.elb.example`;
    state.hostnames.set(key, hostname);
    const path = kind === 'Ingress' ? '/apis/networking.k8s.io/v1' : '/api/v1';
    const plural = kind === 'Ingress' ? 'ingresses' : 'services';
    const ingress = index === 0 && has('drops-load-balancer') ? null : [{ hostname }];
    await api.patch(`${path}/namespaces/${namespace}/${plural}/${name}/status`, {
      status: { loadBalancer: { ingress } },
    });
  }
  if (has('warns')) await warn(api, options, state.round);
  return true;
}

const podsSchema = z.object({
  items: z.array(
    z.object({
      metadata: z.object({
        name: z.string(),
        creationTimestamp: z.string(),
        deletionTimestamp: z.string().optional(),
        ownerReferences: z.array(z.object({ kind: z.string(), name: z.string() })).default([]),
      }),
      spec: z.object({ containers: z.array(z.object({ image: z.string() })) }),
      status: z.object({
        conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]),
      }),
    }),
  ),
});

/** The one that has been there for the longest: a leader leads until it goes. */
async function leadingPod(
  api: Api,
  { namespace, name }: StandInOptions['deployment'],
): Promise<LeadingPod | undefined> {
  const { items } = podsSchema.parse(await api.get(`/api/v1/namespaces/${namespace}/pods`));
  const [first] = items
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .filter(({ metadata }) =>
      metadata.ownerReferences.some((owner) => owner.name.replace(/-[^-]+$/, '') === name),
    )
    .filter(({ status }) => status.conditions.some((each) => each.type === 'Ready' && each.status === 'True'))
    .toSorted((one, other) => (one.metadata.creationTimestamp < other.metadata.creationTimestamp ? -1 : 1));
  if (first === undefined) return undefined;
  return { name: first.metadata.name, image: first.spec.containers[0]?.image ?? '' };
}

/** Takes the Lease for a Pod that has just begun to lead, and renews it. */
async function lead(
  api: Api,
  { deployment, lease }: StandInOptions,
  pod: LeadingPod,
  state: StandInState,
  renews: boolean,
): Promise<void> {
  if (lease === undefined) return;
  const known = state.holders.get(pod.name);
  if (known !== undefined && !renews) return;
  const holderIdentity = known ?? `${pod.name}_${randomUUID()}`;
  state.holders.set(pod.name, holderIdentity);
  const renewTime = new Date().toISOString().replace('Z', '000Z');
  const spec = { holderIdentity, renewTime, leaseDurationSeconds: 15 };
  const path = `/apis/coordination.k8s.io/v1/namespaces/${deployment.namespace}/leases`;
  if ((await api.patch(`${path}/${lease}`, { spec })) !== 404) return;
  await api.post(path, {
    ...{ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: lease }, spec },
  });
}

/** One Event, counted up as client libraries do. */
async function warn(api: Api, options: StandInOptions, round: number): Promise<void> {
  const [served] = [
    ...(options.loadBalancers ?? []),
    ...(options.applications ?? []).map((each) => ({ kind: 'Application' as const, ...each })),
  ];
  if (served === undefined) return;
  const { kind, namespace, name } = served;
  const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  const path = `/api/v1/namespaces/${namespace}/events`;
  const event = `${name}.stand-in`;
  if ((await api.patch(`${path}/${event}`, { count: round, lastTimestamp: now })) !== 404) return;
  await api.post(path, {
    ...{ apiVersion: 'v1', kind: 'Event', metadata: { name: event } },
    ...{ involvedObject: { kind, namespace, name }, type: 'Warning', reason: 'FailedDeployModel' },
    ...{ message: 'the stand-in was told to warn', source: { component: options.source ?? 'stand-in' } },
    ...{ count: 1, firstTimestamp: now, lastTimestamp: now },
  });
}

/** The Kubernetes API with the administrator's token. */
class Api {
  readonly #address: ClusterAddress;
  readonly #agent: Agent;

  constructor(address: ClusterAddress) {
    this.#address = address;
    this.#agent = new Agent({ connect: { ca: address.certificateAuthorityPem } });
  }

  async get(path: string): Promise<unknown> {
    return (await this.#send('GET', path)).json;
  }

  /** Returns the HTTP code: 404 where there is nothing to patch. Throws for other refusals. */
  async patch(path: string, body: object): Promise<number> {
    return (await this.#send('PATCH', path, body)).code;
  }

  async post(path: string, body: object): Promise<void> {
    await this.#send('POST', path, body);
  }

  close(): Promise<void> {
    return this.#agent.close();
  }

  async #send(
    method: 'GET' | 'PATCH' | 'POST',
    path: string,
    body?: object,
  ): Promise<{ code: number; json: unknown }> {
    const answer = await request(this.#address.url + path, {
      ...{ method, dispatcher: this.#agent },
      headers: {
        authorization: `Bearer ${this.#address.token}`,
        'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.body.text();
    const { statusCode: code } = answer;
    if (code >= 300 && code !== 404)
      throw new Error(`${method} ${path} answered ${code}: ${text.slice(0, 300)}`);
    return { code, json: JSON.parse(text) };
  }
}
