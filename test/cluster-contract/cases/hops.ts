import { expect } from 'vitest';
import { eventually } from '../../processes/patience.ts';
import type { ContractCase } from '../contractCase.ts';

const area = 'a hop';
const beta = '/apis/flowcontrol.apiserver.k8s.io/v1beta3';

/** These change the cluster for good, so they come last and in this order. */
export const hops: ContractCase[] = [
  {
    area,
    name: 'a deprecated API is served with a warning, and counted with the release that removes it',
    async run(cluster) {
      // Two API servers share the endpoint, and each counts what it was asked.
      await eventually('it counted', async () => {
        const { status, headers } = await cluster.request('GET', `${beta}/flowschemas`);
        expect(status).toBe(200);
        expect(String(headers['warning'])).toMatch(
          /^299 - "flowcontrol\.apiserver\.k8s\.io\/v1beta3 FlowSchema is deprecated in v1\.29\+, unavailable in v1\.32\+/,
        );
        const { text } = await cluster.request('GET', '/metrics');
        return /^apiserver_requested_deprecated_apis\{group="flowcontrol\.apiserver\.k8s\.io",removed_release="1\.32",resource="flowschemas",subresource="",version="v1beta3"\} 1$/m.test(
          text,
        );
      });
    },
  },
  {
    area,
    name: 'metrics tell when the process was started',
    async run(cluster) {
      const { text } = await cluster.request('GET', '/metrics');
      const [, seconds] = /^process_start_time_seconds (\S+)$/m.exec(text) ?? [];
      expect(Number(seconds)).toBeGreaterThan(1.6e9);
    },
  },
  {
    area,
    name: 'an upgrade by one minor takes the removed API away and keeps every object by its uid',
    async run(cluster) {
      const kept = await cluster.create(`/api/v1/namespaces/${cluster.namespace}/configmaps`, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'kept' },
      });
      const schema = '/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas/exempt';
      const before = await cluster.get(schema);
      await cluster.upgrade('1.32');
      expect((await cluster.request('GET', beta)).status).toBe(404);
      expect((await cluster.request('GET', `${beta}/flowschemas`)).status).toBe(404);
      expect(await cluster.get('/version')).toMatchObject({ gitVersion: expect.stringMatching(/^v1\.32\./) });
      expect((await cluster.get(schema)).metadata.uid).toBe(before.metadata.uid);
      const path = `/api/v1/namespaces/${cluster.namespace}/configmaps/kept`;
      expect((await cluster.get(path)).metadata.uid).toBe(kept.metadata.uid);
    },
  },
  {
    area,
    name: 'an API server that is new does not know the changes before it: such a watch is an ERROR event with 410',
    async run(cluster) {
      const events = await cluster.watch(
        `/api/v1/namespaces/${cluster.namespace}/configmaps?watch=true&resourceVersion=1`,
        (seen) => seen.length === 1,
      );
      expect(events).toMatchObject([
        { type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } },
      ]);
    },
  },
];
