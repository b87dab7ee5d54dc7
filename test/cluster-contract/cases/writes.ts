import { expect } from 'vitest';
import type { ContractCase } from '../contractCase.ts';
import type { ContractCluster } from '../contractCluster.ts';
import { configMap, definition, deployment, pause, pod } from '../objects.ts';

const area = 'writes';
const maps = ({ namespace }: ContractCluster) => `/api/v1/namespaces/${namespace}/configmaps`;
const pods = ({ namespace }: ContractCluster) => `/api/v1/namespaces/${namespace}/pods`;

/** Defines a kind of its own for a case and waits until it is served. */
async function define(
  cluster: ContractCluster,
): Promise<{ definition: string; widgets: string; group: string }> {
  const group = `${cluster.namespace}.example.com`;
  const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  await cluster.create(definitions, definition(group));
  const widgets = `/apis/${group}/v1/namespaces/${cluster.namespace}/widgets`;
  await cluster.until(`${definitions}/widgets.${group}`, 'the definition established', ({ json }) =>
    ((json.status?.conditions ?? []) as { type: string; status: string }[]).some(
      ({ type, status }) => type === 'Established' && status === 'True',
    ),
  );
  // Each API server learns of it by itself.
  for (let seen = 0; seen < 6; seen += 1)
    await cluster.until(widgets, 'the kind served', ({ status }) => status === 200);
  return { definition: `${definitions}/widgets.${group}`, widgets, group };
}

export const writes: ContractCase[] = [
  {
    area,
    name: 'a JSON patch changes what it names; a test that fails is refused with 422',
    async run(cluster) {
      await cluster.create(maps(cluster), configMap('one', { a: '1' }));
      const patch = (body: object) =>
        cluster.request('PATCH', `${maps(cluster)}/one`, {
          body,
          contentType: 'application/json-patch+json',
        });
      const changed = await patch([{ op: 'replace', path: '/data/a', value: '2' }]);
      expect(changed.json['data']).toEqual({ a: '2' });
      const refused = await patch([{ op: 'test', path: '/data/a', value: '1' }]);
      expect([refused.status, refused.json.reason]).toEqual([422, 'Invalid']);
    },
  },
  {
    area,
    name: 'a merge patch merges objects and removes with null',
    async run(cluster) {
      await cluster.create(maps(cluster), configMap('one', { a: '1', b: '2' }));
      const { json } = await cluster.request('PATCH', `${maps(cluster)}/one`, {
        body: { data: { a: null, c: '3' } },
        contentType: 'application/merge-patch+json',
      });
      expect(json['data']).toEqual({ b: '2', c: '3' });
    },
  },
  {
    area,
    name: 'a strategic merge patch merges containers by name',
    async run(cluster) {
      const path = `/apis/apps/v1/namespaces/${cluster.namespace}/deployments`;
      await cluster.create(path, deployment('two', 0, { containers: [pause('main'), pause('side')] }));
      const { json } = await cluster.request('PATCH', `${path}/two`, {
        body: {
          spec: {
            template: { spec: { containers: [{ name: 'side', image: 'registry.example.com/side:2' }] } },
          },
        },
        contentType: 'application/strategic-merge-patch+json',
      });
      const containers = json.spec.template.spec.containers as { name: string; image: string }[];
      expect(containers.map(({ name, image }) => [name, image])).toEqual([
        ['main', 'registry.example.com/pause:3.9'],
        ['side', 'registry.example.com/side:2'],
      ]);
      expect(json.metadata.generation).toBe(2);
    },
  },
  {
    area,
    name: 'custom resources take merge patches, and refuse strategic ones with 415',
    async run(cluster) {
      const { widgets, group } = await define(cluster);
      await cluster.create(widgets, {
        apiVersion: `${group}/v1`,
        kind: 'Widget',
        metadata: { name: 'one' },
        spec: { size: 1 },
      });
      const merged = await cluster.request('PATCH', `${widgets}/one`, {
        body: { spec: { size: 2 } },
        contentType: 'application/merge-patch+json',
      });
      expect(merged.json.spec).toEqual({ size: 2 });
      const refused = await cluster.request('PATCH', `${widgets}/one`, {
        body: { spec: { size: 3 } },
        contentType: 'application/strategic-merge-patch+json',
      });
      expect([refused.status, refused.json.reason]).toEqual([415, 'UnsupportedMediaType']);
    },
  },
  {
    area,
    name: 'custom resources go with their definition',
    async run(cluster) {
      const { definition: path, widgets, group } = await define(cluster);
      await cluster.create(widgets, { apiVersion: `${group}/v1`, kind: 'Widget', metadata: { name: 'one' } });
      await cluster.request('DELETE', path);
      await cluster.until(path, 'the definition gone', ({ status }) => status === 404);
      await cluster.until(widgets, 'the kind gone', ({ status }) => status === 404);
    },
  },
  {
    area,
    name: 'server-side apply creates and changes',
    notSimulated: 'serverSideApply',
    async run(cluster) {
      const { status } = await cluster.request('PATCH', `${maps(cluster)}/one?fieldManager=contract`, {
        body: configMap('one', { a: '1' }),
        contentType: 'application/apply-patch+yaml',
      });
      expect(status).toBe(201);
    },
  },
  {
    area,
    name: 'what is tried with dryRun=All is answered but not done',
    async run(cluster) {
      const tried = await cluster.request('POST', `${maps(cluster)}?dryRun=All`, { body: configMap('one') });
      expect(tried.status).toBe(201);
      expect((await cluster.request('GET', `${maps(cluster)}/one`)).status).toBe(404);
    },
  },
  {
    area,
    name: 'of two who change the same version the second is refused with 409 Conflict',
    async run(cluster) {
      const created = await cluster.create(maps(cluster), configMap('one'));
      const put = () =>
        cluster.request('PUT', `${maps(cluster)}/one`, { body: { ...created, data: { a: '1' } } });
      expect((await put()).status).toBe(200);
      const second = await cluster.request('PUT', `${maps(cluster)}/one`, {
        body: { ...created, data: { a: '2' } },
      });
      expect([second.status, second.json.reason]).toEqual([409, 'Conflict']);
    },
  },
  {
    area,
    name: 'a name that is taken, and one that is not there, are told in a Status',
    async run(cluster) {
      await cluster.create(maps(cluster), configMap('one'));
      const taken = await cluster.request('POST', maps(cluster), { body: configMap('one') });
      expect(taken.json).toMatchObject({
        kind: 'Status',
        apiVersion: 'v1',
        status: 'Failure',
        code: 409,
        reason: 'AlreadyExists',
        message: 'configmaps "one" already exists',
        details: { name: 'one', kind: 'configmaps' },
      });
      const missing = await cluster.request('GET', `${maps(cluster)}/two`);
      expect(missing.json).toMatchObject({
        code: 404,
        reason: 'NotFound',
        message: 'configmaps "two" not found',
        details: { name: 'two', kind: 'configmaps' },
      });
    },
  },
  {
    area,
    name: 'a deletion keeps to the uid that it names',
    async run(cluster) {
      const { metadata } = await cluster.create(maps(cluster), configMap('one'));
      const remove = (uid: string) =>
        cluster.request('DELETE', `${maps(cluster)}/one`, { body: { preconditions: { uid } } });
      const refused = await remove('00000000-0000-0000-0000-000000000000');
      expect([refused.status, refused.json.reason]).toEqual([409, 'Conflict']);
      expect((await remove(metadata.uid)).status).toBe(200);
    },
  },
  {
    area,
    name: 'a finalizer holds an object until it is taken away',
    async run(cluster) {
      await cluster.create(maps(cluster), {
        ...configMap('held'),
        metadata: { name: 'held', finalizers: ['example.com/hold'] },
      });
      await cluster.request('DELETE', `${maps(cluster)}/held`);
      expect((await cluster.get(`${maps(cluster)}/held`)).metadata.deletionTimestamp).toBeDefined();
      await cluster.request('PATCH', `${maps(cluster)}/held`, {
        body: { metadata: { finalizers: null } },
        contentType: 'application/merge-patch+json',
      });
      expect((await cluster.request('GET', `${maps(cluster)}/held`)).status).toBe(404);
    },
  },
  {
    area,
    name: 'the fields of a Pod that are left out have their defaults',
    async run(cluster) {
      const { spec, status } = await cluster.create(
        pods(cluster),
        pod('plain', { spec: { nodeSelector: { none: 'such' } } }),
      );
      expect(spec).toMatchObject({
        restartPolicy: 'Always',
        terminationGracePeriodSeconds: 30,
        dnsPolicy: 'ClusterFirst',
        schedulerName: 'default-scheduler',
        serviceAccountName: 'default',
        enableServiceLinks: true,
        priority: 0,
      });
      expect(status).toMatchObject({ phase: 'Pending', qosClass: 'Burstable' });
      expect(spec.tolerations).toEqual(
        expect.arrayContaining([
          {
            key: 'node.kubernetes.io/not-ready',
            operator: 'Exists',
            effect: 'NoExecute',
            tolerationSeconds: 300,
          },
        ]),
      );
    },
  },
  {
    area,
    name: 'a namespace that goes takes what is in it, and refuses what is new',
    async run(cluster) {
      const name = `${cluster.namespace}-goes`;
      await cluster.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
      const path = `/api/v1/namespaces/${name}`;
      await cluster.create(`${path}/configmaps`, {
        ...configMap('held'),
        metadata: { name: 'held', finalizers: ['example.com/hold'] },
      });
      await cluster.request('DELETE', path);
      const refused = await cluster.request('POST', `${path}/configmaps`, { body: configMap('late') });
      expect([refused.status, refused.json.reason]).toEqual([403, 'Forbidden']);
      expect(refused.json.details?.causes?.[0]?.reason).toBe('NamespaceTerminating');
      await cluster.until(`${path}/configmaps/held`, 'its content being deleted', ({ json }) =>
        Boolean(json.metadata.deletionTimestamp),
      );
      await cluster.request('PATCH', `${path}/configmaps/held`, {
        body: { metadata: { finalizers: null } },
        contentType: 'application/merge-patch+json',
      });
      await cluster.until(path, 'the namespace gone', ({ status }) => status === 404);
    },
  },
  {
    area,
    name: 'a wrong token, or none where one is needed, is answered with a Status',
    async run(cluster) {
      const wrong = await cluster.request('GET', maps(cluster), { token: 'nobody-knows-this' });
      expect(wrong.json).toMatchObject({
        kind: 'Status',
        code: 401,
        reason: 'Unauthorized',
        message: 'Unauthorized',
      });
    },
  },
  {
    area,
    name: 'a review of one’s own access says what is allowed',
    async run(cluster) {
      const review = await cluster.create('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes: { verb: 'list', group: '*', resource: '*' } },
      });
      expect(review.status).toMatchObject({ allowed: true });
    },
  },
];
