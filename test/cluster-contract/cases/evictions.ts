import { expect } from 'vitest';
import type { ContractCase } from '../contractCase.ts';
import { eventually } from '../../processes/patience.ts';
import type { Answer, ContractCluster, Document, WatchEvent } from '../contractCluster.ts';
import { budget, deployment, pod } from '../objects.ts';

const area = 'evictions';
const pods = ({ namespace }: ContractCluster) => `/api/v1/namespaces/${namespace}/pods`;
const budgets = ({ namespace }: ContractCluster) =>
  `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`;

export const evict = (cluster: ContractCluster, name: string, options: object = {}): Promise<Answer> =>
  cluster.request('POST', `${pods(cluster)}/${name}/eviction`, {
    body: {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name, namespace: cluster.namespace },
      ...options,
    },
  });

export const isReady = ({ status }: Document): boolean =>
  ((status?.conditions ?? []) as { type: string; status: string }[]).some(
    (condition) => condition.type === 'Ready' && condition.status === 'True',
  );

/** A Deployment whose Pods are all Ready; its Pods. */
export async function readyPods(
  cluster: ContractCluster,
  app: string,
  replicas: number,
  spec: object = {},
): Promise<Document[]> {
  await cluster.create(
    `/apis/apps/v1/namespaces/${cluster.namespace}/deployments`,
    deployment(app, replicas, spec),
  );
  const list = await cluster.until(
    `${pods(cluster)}?labelSelector=app%3D${app}`,
    `${replicas} Pods Ready`,
    ({ json }) => json.items.length === replicas && json.items.every(isReady),
  );
  return list.items;
}

/** A budget whose numbers are there. */
async function settledBudget(
  cluster: ContractCluster,
  name: string,
  app: string,
  spec: object,
  expected: { allowed: number; healthy?: number },
): Promise<Document> {
  await cluster.create(budgets(cluster), budget(name, app, spec));
  return cluster.until(
    `${budgets(cluster)}/${name}`,
    `${expected.allowed} disruptions allowed`,
    ({ json }) =>
      json.status?.observedGeneration === 1 &&
      json.status.disruptionsAllowed === expected.allowed &&
      (expected.healthy === undefined || json.status.currentHealthy === expected.healthy),
  );
}

/** Waits until a Pod's kubelet has begun with it: what is written to its status after that stays. */
async function begun(cluster: ContractCluster, name: string): Promise<void> {
  await cluster.until(`${pods(cluster)}/${name}`, 'the Pod begun', ({ json }) =>
    Boolean(json.status?.startTime),
  );
}

export const evictions: ContractCase[] = [
  {
    area,
    name: 'a Pod without a budget is let go, marked as disrupted',
    async run(cluster) {
      const [first] = await readyPods(cluster, 'free', 1);
      const name = first?.metadata.name ?? '';
      const { status, json } = await evict(cluster, name);
      expect([status, json.kind, json['status']]).toEqual([201, 'Status', 'Success']);
      // It may be gone before anybody can look at it, so what happened to it is read from there on.
      const events = await cluster.watch(
        `${pods(cluster)}?watch=true&fieldSelector=metadata.name%3D${name}&resourceVersion=${first?.metadata.resourceVersion ?? ''}`,
        (seen) => seen.at(-1)?.type === 'DELETED',
      );
      const leaving = events.find(({ object }) => object.metadata.deletionTimestamp !== undefined)?.object;
      expect(leaving?.status.conditions).toEqual(
        expect.arrayContaining([
          expect.objectContaining({
            type: 'DisruptionTarget',
            status: 'True',
            reason: 'EvictionByEvictionAPI',
          }),
        ]),
      );
      await cluster.until(`${pods(cluster)}/${name}`, 'the Pod gone', (answer) => answer.status === 404);
    },
  },
  {
    area,
    name: 'a budget without room refuses with 429 and names itself',
    async run(cluster) {
      const [first] = await readyPods(cluster, 'tight', 2);
      await settledBudget(cluster, 'tight', 'tight', { minAvailable: 2 }, { allowed: 0, healthy: 2 });
      const { status, json } = await evict(cluster, first?.metadata.name ?? '');
      expect(status).toBe(429);
      expect(json).toMatchObject({
        reason: 'TooManyRequests',
        message: "Cannot evict pod as it would violate the pod's disruption budget.",
        details: {
          causes: [
            {
              reason: 'DisruptionBudget',
              message: 'The disruption budget tight needs 2 healthy pods and has 2 currently',
            },
          ],
        },
      });
      expect(
        (await cluster.get(`${pods(cluster)}/${first?.metadata.name ?? ''}`)).metadata.deletionTimestamp,
      ).toBeUndefined();
    },
  },
  {
    area,
    name: 'each eviction takes from the room that there is, at once',
    async run(cluster) {
      // Pods of nobody's, which nobody replaces: what was taken stays taken.
      for (const name of ['room-1', 'room-2', 'room-3'])
        await cluster.create(pods(cluster), pod(name, { labels: { app: 'room' } }));
      await settledBudget(cluster, 'room', 'room', { minAvailable: 2 }, { allowed: 1, healthy: 3 });
      expect((await evict(cluster, 'room-1')).status).toBe(201);
      expect((await evict(cluster, 'room-2')).status).toBe(429);
    },
  },
  {
    area,
    name: 'two budgets over one Pod are an error that no waiting mends',
    async run(cluster) {
      const [first] = await readyPods(cluster, 'twice', 2);
      await settledBudget(cluster, 'one', 'twice', { maxUnavailable: 1 }, { allowed: 1 });
      await settledBudget(cluster, 'two', 'twice', { maxUnavailable: 1 }, { allowed: 1 });
      const { status, json } = await evict(cluster, first?.metadata.name ?? '');
      // It has no reason, so the message is all that tells it from other failures.
      expect([status, json.reason]).toEqual([500, undefined]);
      expect(json.message).toBe(
        'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
      );
    },
  },
  {
    area,
    name: 'a Pod that is gone is 404, another uid under its name 409',
    async run(cluster) {
      const [first] = await readyPods(cluster, 'who', 1);
      expect((await evict(cluster, 'nobody')).status).toBe(404);
      const other = await evict(cluster, first?.metadata.name ?? '', {
        deleteOptions: { preconditions: { uid: '00000000-0000-0000-0000-000000000000' } },
      });
      expect([other.status, other.json.reason]).toEqual([409, 'Conflict']);
    },
  },
  {
    area,
    name: 'an eviction that is only tried evicts nobody and takes no room',
    async run(cluster) {
      const [first] = await readyPods(cluster, 'tried', 2);
      await settledBudget(cluster, 'tried', 'tried', { maxUnavailable: 1 }, { allowed: 1, healthy: 2 });
      const name = first?.metadata.name ?? '';
      expect((await evict(cluster, name, { deleteOptions: { dryRun: ['All'] } })).status).toBe(201);
      expect((await cluster.get(`${pods(cluster)}/${name}`)).metadata.deletionTimestamp).toBeUndefined();
      expect((await evict(cluster, name)).status).toBe(201);
    },
  },
  {
    area,
    name: 'a Pending Pod goes whatever its budget says',
    async run(cluster) {
      await cluster.create(
        pods(cluster),
        pod('waits', { labels: { app: 'waits' }, spec: { nodeSelector: { none: 'such' } } }),
      );
      await settledBudget(cluster, 'waits', 'waits', { minAvailable: 1 }, { allowed: 0 });
      expect((await evict(cluster, 'waits')).status).toBe(201);
    },
  },
  {
    area,
    name: 'an unready Pod passes a spent budget with AlwaysAllow, and else only while enough others are healthy',
    async run(cluster) {
      const broken = { 'scenario.stepladder/start-seconds': '86400' };
      const unready = async (app: string, policy: object): Promise<Answer> => {
        await cluster.create(pods(cluster), pod(app, { labels: { app }, annotations: broken }));
        await begun(cluster, app);
        await settledBudget(cluster, app, app, { minAvailable: 1, ...policy }, { allowed: 0, healthy: 0 });
        // Running and not Ready: of a Pending Pod no budget is asked.
        await cluster.request('PATCH', `${pods(cluster)}/${app}/status`, {
          body: { status: { phase: 'Running' } },
          contentType: 'application/merge-patch+json',
        });
        return evict(cluster, app);
      };
      expect((await unready('strict', {})).status).toBe(429);
      expect((await unready('lenient', { unhealthyPodEvictionPolicy: 'AlwaysAllow' })).status).toBe(201);
    },
  },
  {
    area,
    name: 'budgets count in numbers and percentages, rounded up',
    async run(cluster) {
      await readyPods(cluster, 'count', 5);
      const numbers = async (name: string, spec: object, allowed: number) =>
        (await settledBudget(cluster, name, 'count', spec, { allowed, healthy: 5 })).status as object;
      expect(await numbers('half', { minAvailable: '50%' }, 2)).toMatchObject({
        desiredHealthy: 3,
        expectedPods: 5,
      });
      expect(await numbers('third', { maxUnavailable: '30%' }, 2)).toMatchObject({
        desiredHealthy: 3,
        expectedPods: 5,
      });
      expect(await numbers('all', { minAvailable: '100%' }, 0)).toMatchObject({ desiredHealthy: 5 });
    },
  },
  {
    area,
    name: 'an eviction stands in its budget until the Pod is seen to go, before the Pod is marked',
    async run(cluster) {
      const [first] = await readyPods(cluster, 'noted', 3);
      const before = await settledBudget(
        cluster,
        'noted',
        'noted',
        { maxUnavailable: 1 },
        { allowed: 1, healthy: 3 },
      );
      const { name = '', resourceVersion = '' } = first?.metadata ?? {};
      expect((await evict(cluster, name)).status).toBe(201);
      const [told] = await cluster.watch(
        `${budgets(cluster)}?watch=true&resourceVersion=${before.metadata.resourceVersion}`,
        (seen) => seen.length > 0,
      );
      expect(told?.object.status).toMatchObject({ disruptionsAllowed: 0 });
      expect(Object.keys(told?.object.status.disruptedPods as object)).toEqual([name]);
      const isMarked = ({ object }: WatchEvent): boolean =>
        object.metadata.deletionTimestamp !== undefined ||
        (object.status.conditions as { type: string }[]).some(({ type }) => type === 'DisruptionTarget');
      const events = await cluster.watch(
        `${pods(cluster)}?watch=true&fieldSelector=metadata.name%3D${name}&resourceVersion=${resourceVersion}`,
        (seen) => seen.some(isMarked),
      );
      expect(Number(events.find(isMarked)?.object.metadata.resourceVersion)).toBeGreaterThan(
        Number(told?.object.metadata.resourceVersion),
      );
    },
  },
  {
    area,
    name: 'an unready Pod passes a spent budget while enough others are healthy',
    async run(cluster) {
      const [first] = await readyPods(cluster, 'ample', 2);
      const name = 'ample-broken';
      await cluster.create(
        pods(cluster),
        pod(name, {
          labels: { app: 'ample' },
          annotations: { 'scenario.stepladder/start-seconds': '86400' },
        }),
      );
      await begun(cluster, name);
      await cluster.request('PATCH', `${pods(cluster)}/${name}/status`, {
        body: { status: { phase: 'Running' } },
        contentType: 'application/merge-patch+json',
      });
      await settledBudget(cluster, 'ample', 'ample', { minAvailable: 2 }, { allowed: 0, healthy: 2 });
      expect((await evict(cluster, first?.metadata.name ?? '')).status).toBe(429);
      expect((await evict(cluster, name)).status).toBe(201);
    },
  },
  {
    area,
    name: 'a node is changed only as it was looked at, and null takes a key away',
    async run(cluster) {
      const [node] = (await cluster.get('/api/v1/nodes')).items;
      const path = `/api/v1/nodes/${node?.metadata.name ?? ''}`;
      const patch = async (resourceVersion: string | undefined, value: string | null) =>
        cluster.request('PATCH', path, {
          body: { metadata: { resourceVersion, annotations: { 'contract/note': value } } },
          contentType: 'application/merge-patch+json',
        });
      let looked = '';
      /** Looks, and changes what was looked at; anew when a controller has changed it in between. */
      const change = (value: string | null) =>
        eventually('a change between two of the controllers', async () => {
          looked = (await cluster.get(path)).metadata.resourceVersion;
          const answer = await patch(looked, value);
          return answer.status === 200 && answer.json;
        });
      expect((await change('one')).metadata.annotations?.['contract/note']).toBe('one');
      const late = await patch(looked, 'two');
      expect([late.status, late.json.reason]).toEqual([409, 'Conflict']);
      expect((await change(null)).metadata.annotations?.['contract/note']).toBeUndefined();
    },
  },
];
