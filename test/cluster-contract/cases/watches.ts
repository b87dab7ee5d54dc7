import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { eventually } from '../../processes/patience.ts';
import type { ContractCase } from '../contractCase.ts';
import type { ContractCluster } from '../contractCluster.ts';
import { configMap } from '../objects.ts';

const area = 'watches';
const changeEveryMs = 200;
const pathOf = ({ namespace }: ContractCluster) => `/api/v1/namespaces/${namespace}/configmaps`;

/** Does something while an object is changed again and again: of what was there when a watch began no bookmark tells. */
async function whileChanging<T>(cluster: ContractCluster, path: string, work: () => Promise<T>): Promise<T> {
  const over = new AbortController();
  const working = work().finally(() => over.abort());
  for (let change = 0; !over.signal.aborted; change += 1) {
    await cluster.request('PATCH', path, {
      body: { data: { change: String(change) } },
      contentType: 'application/merge-patch+json',
    });
    await Promise.race([working, sleep(changeEveryMs)]);
  }
  return working;
}

export const watches: ContractCase[] = [
  {
    area,
    name: 'every change after a resourceVersion is told, in order',
    async run(cluster) {
      const path = pathOf(cluster);
      const { metadata } = await cluster.get(path);
      await cluster.create(path, configMap('one'));
      await cluster.request('PATCH', `${path}/one`, {
        body: { data: { a: '1' } },
        contentType: 'application/merge-patch+json',
      });
      await cluster.request('DELETE', `${path}/one`);
      const from = `${path}?watch=true&fieldSelector=metadata.name%3Done&resourceVersion=${metadata.resourceVersion}`;
      const events = await cluster.watch(from, (seen) => seen.length === 3);
      expect(events.map(({ type }) => type)).toEqual(['ADDED', 'MODIFIED', 'DELETED']);
      // Where the second had told of, the third is the first.
      const again = await cluster.watch(
        `${path}?watch=true&fieldSelector=metadata.name%3Done&resourceVersion=${events[1]?.object.metadata.resourceVersion ?? ''}`,
        (seen) => seen.length === 1,
      );
      expect(again.map(({ type }) => type)).toEqual(['DELETED']);
    },
  },
  {
    area,
    name: 'without a resourceVersion it begins with what is there',
    async run(cluster) {
      const path = pathOf(cluster);
      await cluster.create(path, configMap('present'));
      const events = await cluster.watch(
        `${path}?watch=true&fieldSelector=metadata.name%3Dpresent`,
        (seen) => seen.length === 1,
      );
      expect(events).toMatchObject([{ type: 'ADDED', object: { metadata: { name: 'present' } } }]);
    },
  },
  {
    area,
    name: 'an object that leaves the selector is DELETED, one that enters it ADDED',
    async run(cluster) {
      const path = pathOf(cluster);
      const { metadata } = await cluster.create(path, configMap('coat', {}, { color: 'red' }));
      const paint = (color: string) =>
        cluster.request('PATCH', `${path}/coat`, {
          body: { metadata: { labels: { color } } },
          contentType: 'application/merge-patch+json',
        });
      await paint('blue');
      await paint('red');
      const events = await cluster.watch(
        `${path}?watch=true&labelSelector=color%3Dred&resourceVersion=${metadata.resourceVersion}`,
        (seen) => seen.length === 2,
      );
      expect(events.map(({ type }) => type)).toEqual(['DELETED', 'ADDED']);
    },
  },
  {
    area,
    name: 'a bookmark tells of what the selector hides, before the server ends the watch at its time',
    async run(cluster) {
      const path = pathOf(cluster);
      const { metadata } = await cluster.get(path);
      const hidden = await cluster.create(path, configMap('hidden'));
      const from = `${path}?watch=true&allowWatchBookmarks=true&timeoutSeconds=4&fieldSelector=metadata.name%3Dnothing&resourceVersion=${metadata.resourceVersion}`;
      // A server that is busy at the moment for it may leave it out.
      const events = await eventually('a bookmark', async () => {
        const told = await whileChanging(cluster, `${path}/hidden`, () => cluster.watch(from, () => false));
        return told.length > 0 && told;
      });
      expect([...new Set(events.map(({ type }) => type))]).toEqual(['BOOKMARK']);
      expect(Number(events.at(-1)?.object.metadata.resourceVersion)).toBeGreaterThanOrEqual(
        Number(hidden.metadata.resourceVersion),
      );
    },
  },
];
