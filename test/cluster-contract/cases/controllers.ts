import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { eventually } from '../../processes/patience.ts';
import type { ContractCase } from '../contractCase.ts';
import type { ContractCluster, Document } from '../contractCluster.ts';
import { daemonSet, deployment, pod, statefulSet, template } from '../objects.ts';
import { evict, isReady, readyPods } from './evictions.ts';

const area = 'controllers';
const pods = ({ namespace }: ContractCluster) => `/api/v1/namespaces/${namespace}/pods`;
const apps = ({ namespace }: ContractCluster, kind: string) =>
  `/apis/apps/v1/namespaces/${namespace}/${kind}`;

const setUnschedulable = (cluster: ContractCluster, node: string, unschedulable: boolean | null) =>
  cluster.request('PATCH', `/api/v1/nodes/${node}`, {
    body: { spec: { unschedulable } },
    contentType: 'application/merge-patch+json',
  });

/** Does something while a node is cordoned and the scheduler knows of it, and puts it back. */
async function cordoned(cluster: ContractCluster, node: string, work: () => Promise<void>): Promise<void> {
  expect((await setUnschedulable(cluster, node, true)).json.spec.unschedulable).toBe(true);
  try {
    await untilSchedulerKnows(cluster, node);
    await work();
  } finally {
    await setUnschedulable(cluster, node, null);
  }
}

/** Until a Pod that only this node would take is told that it may not go there. */
async function untilSchedulerKnows(cluster: ContractCluster, node: string): Promise<void> {
  const spec = { nodeSelector: { 'kubernetes.io/hostname': node } };
  await eventually(`the scheduler knowing that ${node} is cordoned`, async () => {
    const { metadata } = await cluster.create(pods(cluster), pod(`asks-${randomUUID()}`, { spec }));
    const path = `${pods(cluster)}/${metadata.name}`;
    const { spec: seen } = await cluster.until(path, 'an answer of the scheduler', ({ json }) =>
      Boolean(json.spec.nodeName ?? schedulingRefusal(json)),
    );
    await cluster.request('DELETE', path, { body: { gracePeriodSeconds: 0 } });
    return seen.nodeName === undefined;
  });
}

const schedulingRefusal = ({ status }: Document): object | undefined =>
  ((status?.conditions ?? []) as { type: string; status: string }[]).find(
    (condition) => condition.type === 'PodScheduled' && condition.status === 'False',
  );

const nodeOf = (pod: Document | undefined): string => String(pod?.spec.nodeName);

export const controllers: ContractCase[] = [
  {
    area,
    name: 'an evicted Pod of a Deployment comes back on another node when its own is cordoned',
    async run(cluster) {
      const [first] = await readyPods(cluster, 'moves', 2);
      const node = nodeOf(first);
      await cordoned(cluster, node, async () => {
        await evict(cluster, first?.metadata.name ?? '');
        const { items } = await cluster.until(
          `${pods(cluster)}?labelSelector=app%3Dmoves`,
          'two Pods Ready without the first',
          ({ json }) =>
            json.items.length === 2 &&
            json.items.every((pod) => isReady(pod) && pod.metadata.uid !== first?.metadata.uid),
        );
        const created = items.filter(
          ({ metadata }) => metadata['creationTimestamp'] !== first?.metadata['creationTimestamp'],
        );
        for (const pod of created) expect(nodeOf(pod)).not.toBe(node);
      });
    },
  },
  {
    area,
    name: 'a Pod of a StatefulSet comes back under its name with another uid',
    async run(cluster) {
      await cluster.create(apps(cluster, 'statefulsets'), statefulSet('kept', 2));
      const path = `${pods(cluster)}/kept-1`;
      const before = await cluster.until(
        path,
        'kept-1 Ready',
        ({ json, status }) => status === 200 && isReady(json),
      );
      await evict(cluster, 'kept-1');
      const after = await cluster.until(
        path,
        'kept-1 Ready again',
        ({ json, status }) => status === 200 && isReady(json) && json.metadata.uid !== before.metadata.uid,
      );
      expect(after.metadata.labels?.['statefulset.kubernetes.io/pod-name']).toBe('kept-1');
    },
  },
  {
    area,
    name: 'a StatefulSet starts its Pods one after the other',
    async run(cluster) {
      const created = await cluster.create(apps(cluster, 'statefulsets'), statefulSet('order', 2));
      const events = await cluster.watch(
        `${pods(cluster)}?watch=true&labelSelector=app%3Dorder&resourceVersion=${created.metadata.resourceVersion}`,
        (seen) => seen.some(({ object }) => object.metadata.name === 'order-1' && isReady(object)),
      );
      const firstReady = events.findIndex(
        ({ object }) => object.metadata.name === 'order-0' && isReady(object),
      );
      const secondAdded = events.findIndex(
        ({ type, object }) => type === 'ADDED' && object.metadata.name === 'order-1',
      );
      expect(firstReady).toBeGreaterThan(-1);
      expect(secondAdded).toBeGreaterThan(firstReady);
    },
  },
  {
    area,
    name: 'a DaemonSet’s Pod comes back on a cordoned node',
    async run(cluster) {
      await cluster.create(apps(cluster, 'daemonsets'), daemonSet('everywhere'));
      const { items } = await cluster.until(
        `${pods(cluster)}?labelSelector=app%3Deverywhere`,
        'a Pod on each node',
        ({ json }) => json.items.length === 4 && json.items.every(isReady),
      );
      const [first] = items;
      await cordoned(cluster, nodeOf(first), async () => {
        await cluster.request('DELETE', `${pods(cluster)}/${first?.metadata.name ?? ''}`);
        const again = await cluster.until(
          `${pods(cluster)}?labelSelector=app%3Deverywhere`,
          'a Pod on each node again',
          ({ json }) =>
            json.items.length === 4 &&
            json.items.every((pod) => isReady(pod) && pod.metadata.uid !== first?.metadata.uid),
        );
        expect(again.items.map(nodeOf)).toContain(nodeOf(first));
      });
    },
  },
  {
    area,
    name: 'a cordoned node has the taint and gets no Pod',
    async run(cluster) {
      const { items } = await cluster.get('/api/v1/nodes');
      const [node] = items;
      const name = node?.metadata.name ?? '';
      await cordoned(cluster, name, async () => {
        await cluster.until(`/api/v1/nodes/${name}`, 'the taint', ({ json }) =>
          ((json.spec.taints ?? []) as { key: string }[]).some(
            ({ key }) => key === 'node.kubernetes.io/unschedulable',
          ),
        );
        const started = await readyPods(cluster, 'elsewhere', 6);
        expect(started.map(nodeOf)).not.toContain(name);
      });
      await cluster.until(
        `/api/v1/nodes/${name}`,
        'no taint',
        ({ json }) => ((json.spec.taints ?? []) as object[]).length === 0,
      );
    },
  },
  {
    area,
    name: 'the status of a Deployment counts its Pods',
    async run(cluster) {
      await readyPods(cluster, 'counted', 3);
      const found = await cluster.until(
        `${apps(cluster, 'deployments')}/counted`,
        'all available',
        ({ json }) => json.status?.availableReplicas === 3,
      );
      expect(found.status).toMatchObject({
        observedGeneration: 1,
        replicas: 3,
        updatedReplicas: 3,
        readyReplicas: 3,
        availableReplicas: 3,
      });
      expect(
        (found.status.conditions as { type: string; status: string }[]).map(({ type, status }) => [
          type,
          status,
        ]),
      ).toEqual(
        expect.arrayContaining([
          ['Available', 'True'],
          ['Progressing', 'True'],
        ]),
      );
    },
  },
  {
    area,
    name: 'the fields of a Deployment that are left out have their defaults',
    async run(cluster) {
      const { spec, metadata } = await cluster.create(
        apps(cluster, 'deployments'),
        deployment('defaults', 0),
      );
      expect(metadata.generation).toBe(1);
      expect(spec).toMatchObject({
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
        progressDeadlineSeconds: 600,
        revisionHistoryLimit: 10,
      });
    },
  },
  {
    area,
    name: 'a changed template replaces all Pods, and the old ReplicaSet stays empty',
    async run(cluster) {
      const before = await readyPods(cluster, 'rolled', 3);
      const path = `${apps(cluster, 'deployments')}/rolled`;
      await cluster.request('PATCH', path, {
        body: { spec: { template: { metadata: { annotations: { changed: 'yes' } } } } },
        contentType: 'application/merge-patch+json',
      });
      await cluster.until(
        path,
        'rolled out',
        ({ json }) =>
          json.status?.observedGeneration === 2 &&
          json.status.updatedReplicas === 3 &&
          json.status.replicas === 3 &&
          json.status.availableReplicas === 3,
      );
      const sets = await cluster.get(`${apps(cluster, 'replicasets')}?labelSelector=app%3Drolled`);
      expect(sets.items.map(({ spec }) => Number(spec.replicas)).sort()).toEqual([0, 3]);
      const { items } = await cluster.until(
        `${pods(cluster)}?labelSelector=app%3Drolled`,
        'the old Pods gone',
        ({ json }) => json.items.length === 3,
      );
      const old = new Set(before.map(({ metadata }) => metadata.uid));
      expect(items.filter(({ metadata }) => old.has(metadata.uid))).toEqual([]);
    },
  },
  {
    area,
    name: 'what a deleted Deployment owned is collected',
    async run(cluster) {
      await readyPods(cluster, 'owned', 2);
      await cluster.request('DELETE', `${apps(cluster, 'deployments')}/owned`, {
        body: { propagationPolicy: 'Background' },
      });
      for (const path of [
        `${apps(cluster, 'replicasets')}?labelSelector=app%3Downed`,
        `${pods(cluster)}?labelSelector=app%3Downed`,
      ])
        await cluster.until(path, 'nothing left', ({ json }) => json.items.length === 0);
    },
  },
  {
    area,
    name: 'a Job ends when its Pods have succeeded',
    async run(cluster) {
      const path = `/apis/batch/v1/namespaces/${cluster.namespace}/jobs`;
      await cluster.create(path, {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name: 'once' },
        spec: {
          template: {
            ...template('once', { restartPolicy: 'Never' }),
            metadata: { annotations: { 'scenario.stepladder/run-seconds': '6' } },
          },
        },
      });
      const done = await cluster.until(`${path}/once`, 'the Job complete', ({ json }) =>
        ((json.status?.conditions ?? []) as { type: string; status: string }[]).some(
          ({ type, status }) => type === 'Complete' && status === 'True',
        ),
      );
      expect(done.status).toMatchObject({ succeeded: 1 });
    },
  },
  {
    area,
    name: 'the scale of a Deployment is read and written',
    async run(cluster) {
      const path = `${apps(cluster, 'deployments')}/scaled/scale`;
      await cluster.create(apps(cluster, 'deployments'), deployment('scaled', 0));
      const scale = await cluster.get(path);
      expect(scale).toMatchObject({ kind: 'Scale', apiVersion: 'autoscaling/v1' });
      await cluster.request('PATCH', path, {
        body: { spec: { replicas: 1 } },
        contentType: 'application/merge-patch+json',
      });
      expect((await cluster.get(`${apps(cluster, 'deployments')}/scaled`)).spec.replicas).toBe(1);
    },
  },
  {
    area,
    name: 'each node is Ready and its lease is renewed',
    async run(cluster) {
      const { items } = await cluster.get('/api/v1/nodes');
      expect(items.map(isReady)).toEqual([true, true, true, true]);
      const path = `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${items[0]?.metadata.name ?? ''}`;
      const before = await cluster.until(path, 'a lease', ({ status }) => status === 200);
      expect(before.spec).toMatchObject({
        holderIdentity: expect.any(String),
        leaseDurationSeconds: 40,
        renewTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]+\.\d{6}Z$/),
      });
      await cluster.until(
        path,
        'the lease renewed',
        ({ json }) => json.spec.renewTime !== before.spec.renewTime,
      );
    },
  },
];
