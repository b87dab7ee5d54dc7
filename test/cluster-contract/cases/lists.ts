import { expect } from 'vitest';
import type { ContractCase } from '../contractCase.ts';
import type { ContractCluster } from '../contractCluster.ts';
import { configMap, pod } from '../objects.ts';

const area = 'lists';
const pathOf = ({ namespace }: ContractCluster) => `/api/v1/namespaces/${namespace}/configmaps`;

async function fill(cluster: ContractCluster, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1)
    await cluster.create(
      pathOf(cluster),
      configMap(`page-${index}`, {}, { page: String(index), parity: index % 2 === 0 ? 'even' : 'odd' }),
    );
}

export const lists: ContractCase[] = [
  {
    area,
    name: 'pages show the state of the first one, and how much is left',
    async run(cluster) {
      await fill(cluster, 5);
      // The controller-manager makes one of its own in each namespace.
      const only = `${pathOf(cluster)}?labelSelector=page`;
      const plain = `${pathOf(cluster)}?limit=2`;
      const first = await cluster.get(plain);
      expect(first.items).toHaveLength(2);
      expect(first.metadata.remainingItemCount).toBeGreaterThanOrEqual(3);
      await cluster.create(pathOf(cluster), configMap('zz-later'));
      const names = first.items.map(({ metadata }) => metadata.name);
      for (let next = first.metadata.continue; next !== undefined && next !== '';) {
        const page = await cluster.get(`${plain}&continue=${encodeURIComponent(next)}`);
        expect(page.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
        names.push(...page.items.map(({ metadata }) => metadata.name));
        next = page.metadata.continue;
      }
      expect(names.filter((name) => name.startsWith('page-'))).toEqual(
        [0, 1, 2, 3, 4].map((n) => `page-${n}`),
      );
      expect(names).not.toContain('zz-later');
      expect((await cluster.get(only)).items).toHaveLength(5);
    },
  },
  {
    area,
    name: 'with a selector nothing is said of how much is left',
    async run(cluster) {
      await fill(cluster, 4);
      const page = await cluster.get(`${pathOf(cluster)}?limit=1&labelSelector=page`);
      expect(page.metadata.remainingItemCount).toBeUndefined();
      expect(page.metadata.continue).not.toBe('');
    },
  },
  {
    area,
    name: 'labels are selected by equality, set, presence and absence',
    async run(cluster) {
      await fill(cluster, 4);
      const count = async (selector: string): Promise<number> => {
        const query = encodeURIComponent(selector);
        return (await cluster.get(`${pathOf(cluster)}?labelSelector=${query}`)).items.length;
      };
      expect(await count('parity=even')).toBe(2);
      expect(await count('page,parity!=even')).toBe(2);
      expect(await count('page in (0,3)')).toBe(2);
      expect(await count('page notin (0,3),page')).toBe(2);
      expect(await count('page,!parity')).toBe(0);
    },
  },
  {
    area,
    name: 'Pods are selected by node, phase and name',
    async run(cluster) {
      const path = `/api/v1/namespaces/${cluster.namespace}/pods`;
      await cluster.create(path, pod('first'));
      const bound = await cluster.until(`${path}/first`, 'the Pod bound', ({ json }) =>
        Boolean((json.spec as { nodeName?: string }).nodeName),
      );
      const count = async (selector: string): Promise<number> =>
        (await cluster.get(`${path}?fieldSelector=${encodeURIComponent(selector)}`)).items.length;
      expect(await count(`spec.nodeName=${String(bound.spec.nodeName)}`)).toBe(1);
      expect(await count('spec.nodeName=elsewhere')).toBe(0);
      expect(await count('metadata.name=first')).toBe(1);
      expect(await count('status.phase!=Failed')).toBe(1);
    },
  },
  {
    area,
    name: 'selectors that are none are refused with 400',
    async run(cluster) {
      for (const query of ['labelSelector=a%3D%3D%3Db', 'fieldSelector=spec.nothing%3D1', 'limit=many']) {
        const { status, json } = await cluster.request('GET', `${pathOf(cluster)}?${query}`);
        expect([query, status, json.reason]).toEqual([query, 400, 'BadRequest']);
      }
    },
  },
  {
    area,
    name: 'a continue token that is none is refused with 400',
    async run(cluster) {
      const { status, json } = await cluster.request('GET', `${pathOf(cluster)}?limit=1&continue=nonsense`);
      expect([status, json.reason]).toEqual([400, 'BadRequest']);
    },
  },
  {
    area,
    name: 'metadata alone is given to those who ask for it',
    async run(cluster) {
      await fill(cluster, 1);
      const { json } = await cluster.request('GET', `${pathOf(cluster)}?labelSelector=page`, {
        accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1',
      });
      expect(json).toMatchObject({ kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1' });
      expect(json.items[0]).not.toHaveProperty('data');
      expect(json.items[0]?.metadata.uid).toMatch(/^[0-9a-f-]{36}$/);
    },
  },
  {
    area,
    name: 'a resourceVersion of 0 is any, one that is not reached yet is waited for and then refused',
    async run(cluster) {
      expect((await cluster.request('GET', `${pathOf(cluster)}?resourceVersion=0`)).status).toBe(200);
      const { status } = await cluster.request(
        'GET',
        `${pathOf(cluster)}?resourceVersion=999999999&resourceVersionMatch=NotOlderThan`,
      );
      expect(status).toBe(504);
    },
  },
];
