import { describe, expect, test } from 'vitest';
import { nodes, pods, services } from '../../simulator/cluster/kinds.ts';
import type { ReadyPod } from '../../simulator/cluster/servicePods.ts';
import { readyPodsOf, watchReadyPods } from '../../simulator/cluster/servicePods.ts';
import type { ScenarioInput } from '../../scenario/scenario.ts';
import { startCluster } from './fixture.ts';

const web = { namespace: 'shop', service: 'web', port: 80 };
const shop: Partial<ScenarioInput> = {
  workloads: [{ kind: 'Deployment', namespace: 'shop', name: 'web', replicas: 3 }],
  manifests: [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace: 'shop' },
      spec: {
        selector: { 'app.kubernetes.io/name': 'web' },
        ports: [
          { name: 'http', port: 80, targetPort: 8080 },
          { name: 'metrics', port: 9090 },
        ],
      },
    },
  ],
};

const namesOf = (found: ReadyPod[] | undefined): string[] | undefined =>
  found?.map(({ name }) => name).sort();

describe('the Pods that a Service leads to', () => {
  test('are those that are Ready, each with the port of the Pod', async () => {
    const { store } = await startCluster(shop);
    const all = store.list(pods, 'shop').items;
    const found = readyPodsOf(store, web);
    expect(namesOf(found)).toEqual(all.map(({ metadata }) => metadata.name).sort());
    for (const { name, port, ip, node, uid } of found ?? []) {
      const pod = store.get(pods, 'shop', name);
      expect([port, ip, node, uid]).toEqual([8080, pod.status?.podIP, pod.spec.nodeName, pod.metadata.uid]);
    }
    expect(readyPodsOf(store, { ...web, port: 'metrics' })?.map(({ port }) => port)).toEqual([
      9090, 9090, 9090,
    ]);
  });

  test('are unknown for a Service or a port that is not there, and none where nothing runs', async () => {
    const { store } = await startCluster({ ...shop, workloads: [] });
    expect(readyPodsOf(store, web)).toEqual([]);
    expect(readyPodsOf(store, { ...web, port: 81 })).toBeUndefined();
    expect(readyPodsOf(store, { ...web, service: 'other' })).toBeUndefined();
    expect(readyPodsOf(store, { ...web, namespace: 'other' })).toBeUndefined();
  });

  test('are told again when one goes, when a new one is Ready, and when the Service is gone', async () => {
    // So slowly that no other Pod is Ready before it is looked.
    const cluster = await startCluster({ ...shop, speed: 1 });
    const { store } = cluster;
    const told: (string[] | undefined)[] = [];
    const stop = watchReadyPods(store, web, (found) => told.push(namesOf(found)));
    expect(told).toHaveLength(1);
    const [gone] = told[0] ?? [];
    store.remove(pods, 'shop', gone!);
    await cluster.whenIdle();
    expect(told.at(-1)).toEqual(told[0]?.filter((name) => name !== gone));
    const whole = new Promise<void>((resolve) => {
      const stopWaiting = watchReadyPods(store, web, (found) => {
        if (found?.length !== 3) return;
        stopWaiting();
        resolve();
      });
    });
    cluster.clock.setSpeed(1000);
    await whole;
    store.remove(services, 'shop', 'web');
    expect(told.at(-1)).toBeUndefined();
    stop();
    const before = told.length;
    store.remove(nodes, undefined, store.list(nodes).items[0]!.metadata.name);
    await cluster.whenIdle();
    expect(told).toHaveLength(before);
  });

  test('are found by a port that goes by a name in the Pod', async () => {
    const { store } = await startCluster({
      manifests: [
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { name: 'web', namespace: 'shop' },
          spec: {
            replicas: 1,
            selector: { matchLabels: { app: 'web' } },
            template: {
              metadata: { labels: { app: 'web' } },
              spec: {
                containers: [{ name: 'web', image: 'web:1', ports: [{ name: 'http', containerPort: 3000 }] }],
              },
            },
          },
        },
        {
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { name: 'web', namespace: 'shop' },
          spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'http' }] },
        },
      ],
    });
    expect(readyPodsOf(store, web)).toMatchObject([{ port: 3000 }]);
  });
});
