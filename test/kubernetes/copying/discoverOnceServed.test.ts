import { expect, it } from 'vitest';
import type { KubernetesConnection } from '../../../src/kubernetes/connection.ts';
import { discoverOnceServed } from '../../../src/kubernetes/copying/discoverOnceServed.ts';
import { resourceName } from '../../../src/kubernetes/inventoryEntry.ts';

const promotions = 'promotions.shop.example.com';
const established = {
  metadata: { name: promotions },
  status: { conditions: [{ type: 'Established', status: 'True' }] },
};
const group = { name: 'shop.example.com', versions: [{ version: 'v1' }] };
const resource = { name: 'promotions', kind: 'Promotion', namespaced: true, verbs: ['list', 'create'] };

/** A cluster in which the kind's definition and its listing come at the given looks, counted from 1. */
function cluster(come: { established: number; listed: number }) {
  const looks = { definitions: 0, groups: 0 };
  const answers: Record<string, () => unknown> = {
    '/apis/apiextensions.k8s.io/v1/customresourcedefinitions': () => {
      looks.definitions += 1;
      return { metadata: {}, items: looks.definitions >= come.established ? [established] : [] };
    },
    '/apis': () => {
      looks.groups += 1;
      return { groups: looks.groups >= come.listed ? [group] : [] };
    },
    '/api/v1': () => ({ resources: [] }),
    '/apis/shop.example.com/v1': () => ({ resources: [resource] }),
  };
  const getJson = (path: string): Promise<unknown> => Promise.resolve(answers[path]?.());
  return { looks, connection: { getJson } as unknown as KubernetesConnection };
}

it.each([
  ['is established late', { established: 3, listed: 1 }],
  ['is established and not listed by the API server that answers', { established: 1, listed: 3 }],
])('waits for a kind that %s', async (_, come) => {
  const { connection, looks } = cluster(come);
  const { resources } = await discoverOnceServed(connection, [promotions], { pollMs: 1 });
  expect(resources.map(resourceName)).toEqual([promotions]);
  expect(looks).toEqual({ definitions: 3, groups: come.listed });
});

it('resolves without a kind that is not served in time, which is then named by whoever wants it', async () => {
  const { connection } = cluster({ established: Infinity, listed: Infinity });
  const { resources } = await discoverOnceServed(connection, [promotions], { timeoutMs: 0 });
  expect(resources).toEqual([]);
});

it('waits for nothing where no CRD was brought', async () => {
  const { connection, looks } = cluster({ established: Infinity, listed: Infinity });
  await discoverOnceServed(connection, []);
  expect(looks).toEqual({ definitions: 0, groups: 1 });
});
