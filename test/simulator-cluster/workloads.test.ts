import { describe, expect, test } from 'vitest';
import type { SimulatedCluster } from '../../simulator/cluster/cluster.ts';
import type { Deployment, Pod } from '../../simulator/cluster/kinds.ts';
import {
  daemonSets,
  deployments,
  jobs,
  nodes,
  pods,
  replicaSets,
  statefulSets,
} from '../../simulator/cluster/kinds.ts';
import { isActive, isTerminating } from '../../simulator/cluster/pods.ts';
import { rollingSizes, rolloutLimits } from '../../simulator/cluster/rollingUpdate.ts';
import { eventually, podManifest, readyCondition, startCluster } from './fixture.ts';

const image = (pod: Pod): string | undefined => pod.spec.containers[0]?.image;

function setImage(
  cluster: SimulatedCluster,
  resource: typeof deployments | typeof statefulSets | typeof daemonSets,
  name: string,
  to: string,
): void {
  cluster.store.mutate<Deployment>(resource as typeof deployments, 'shop', name, (object) => ({
    ...object,
    spec: {
      ...object.spec,
      template: {
        ...object.spec.template,
        spec: { ...object.spec.template.spec, containers: [{ name: 'main', image: to }] },
      },
    },
  }));
}

/** Whether the controller has seen the newest spec. */
const seen = ({
  metadata,
  status,
}: {
  metadata: { generation?: number };
  status?: { observedGeneration?: number };
}): boolean => status?.observedGeneration === metadata.generation;

/** Looks at the Pods on every change until told to stop. */
function observe(cluster: SimulatedCluster, look: (all: Pod[]) => void): () => void {
  return cluster.store.watch(pods, undefined, () => look(cluster.store.list(pods, 'shop').items));
}

describe('rolling update of a Deployment, in numbers', () => {
  test.each<[string, Parameters<typeof rolloutLimits>[0], number, ReturnType<typeof rolloutLimits>]>([
    ['defaults: surge rounded up, unavailable down', undefined, 10, { maxSurge: 3, maxUnavailable: 2 }],
    ['numbers', { maxSurge: 1, maxUnavailable: 0 }, 3, { maxSurge: 1, maxUnavailable: 0 }],
    ['neither would never move', { maxSurge: 0, maxUnavailable: 0 }, 3, { maxSurge: 0, maxUnavailable: 1 }],
    [
      'percentages that come to nothing',
      { maxSurge: '0%', maxUnavailable: '10%' },
      3,
      { maxSurge: 0, maxUnavailable: 1 },
    ],
  ])('limits: %s', (_what, settings, replicas, expected) =>
    expect(rolloutLimits(settings, replicas)).toEqual(expected),
  );

  const limits = { maxSurge: 1, maxUnavailable: 1 };
  test.each<[string, Parameters<typeof rollingSizes>[0], ReturnType<typeof rollingSizes>]>([
    [
      'the first step surges and takes one down',
      {
        replicas: 4,
        limits,
        current: { wanted: 0, present: 0, available: 0 },
        old: [{ wanted: 4, present: 4, available: 4 }],
      },
      { current: 1, old: [3] },
    ],
    [
      'no further down while the new one is not available',
      {
        replicas: 4,
        limits,
        current: { wanted: 2, present: 2, available: 0 },
        old: [{ wanted: 3, present: 3, available: 3 }],
      },
      { current: 2, old: [3] },
    ],
    [
      'unhealthy old Pods go first and at once',
      {
        replicas: 4,
        limits,
        current: { wanted: 1, present: 1, available: 0 },
        old: [{ wanted: 4, present: 4, available: 1 }],
      },
      { current: 1, old: [3] },
    ],
    [
      'no surge into the room of one that has not gone yet',
      {
        replicas: 4,
        limits,
        current: { wanted: 1, present: 1, available: 0 },
        old: [{ wanted: 3, present: 4, available: 4 }],
      },
      { current: 1, old: [3] },
    ],
    [
      'the end',
      {
        replicas: 4,
        limits,
        current: { wanted: 4, present: 4, available: 4 },
        old: [{ wanted: 1, present: 1, available: 1 }],
      },
      { current: 4, old: [0] },
    ],
    [
      'scaled down without a roll-out',
      { replicas: 2, limits, current: { wanted: 4, present: 4, available: 4 }, old: [] },
      { current: 2, old: [] },
    ],
  ])('%s', (_what, state, expected) => expect(rollingSizes(state)).toEqual(expected));
});

describe('a Deployment', () => {
  test('rolls out within its limits and keeps its old ReplicaSet', async () => {
    const cluster = await startCluster({
      workloads: [
        {
          kind: 'Deployment',
          namespace: 'shop',
          name: 'cart',
          replicas: 4,
          maxSurge: 1,
          maxUnavailable: 1,
          image: 'cart:1',
          startSeconds: 20,
        },
      ],
    });
    let most = 0;
    let leastReady = Infinity;
    const stop = observe(cluster, (all) => {
      most = Math.max(most, all.filter(isActive).length);
      leastReady = Math.min(
        leastReady,
        all.filter((pod) => isActive(pod) && readyCondition(pod) === 'True').length,
      );
    });
    setImage(cluster, deployments, 'cart', 'cart:2');
    const done = await eventually(cluster, deployments, (items) =>
      items.find(
        ({ metadata, status }) =>
          status?.observedGeneration === metadata.generation &&
          status?.updatedReplicas === 4 &&
          status.replicas === 4 &&
          status.availableReplicas === 4,
      ),
    );
    stop();
    expect(most).toBe(5);
    expect(leastReady).toBe(3);
    expect(new Set(cluster.store.list(pods, 'shop').items.filter(isActive).map(image))).toEqual(
      new Set(['cart:2']),
    );
    expect(
      cluster.store
        .list(replicaSets, 'shop')
        .items.map((set) => set.spec.replicas)
        .sort(),
    ).toEqual([0, 4]);
    expect(done.metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('2');
    expect(done.status?.conditions?.find(({ type }) => type === 'Progressing')?.reason).toBe(
      'NewReplicaSetAvailable',
    );
  });

  test('goes back to an old template by its old ReplicaSet', async () => {
    const cluster = await startCluster({
      workloads: [{ kind: 'Deployment', namespace: 'shop', name: 'cart', replicas: 1, image: 'cart:1' }],
    });
    const first = cluster.store.list(replicaSets, 'shop').items[0]?.metadata.name;
    const current = cluster.store.get(deployments, 'shop', 'cart').spec.template;
    setImage(cluster, deployments, 'cart', 'cart:2');
    await eventually(cluster, deployments, (items) =>
      items.find((item) => seen(item) && item.status?.updatedReplicas === 1 && item.status.replicas === 1),
    );
    cluster.store.mutate(deployments, 'shop', 'cart', (object) => ({
      ...object,
      spec: { ...object.spec, template: current },
    }));
    const revision = await eventually(cluster, replicaSets, (items) => {
      const set = items.find(({ metadata }) => metadata.name === first);
      return set?.spec.replicas === 1
        ? set.metadata.annotations?.['deployment.kubernetes.io/revision']
        : undefined;
    });
    expect(revision).toBe('3');
    expect(cluster.store.list(replicaSets, 'shop').items).toHaveLength(2);
  });

  test('that never comes up says so when its deadline is over, and was broken from the start', async () => {
    const cluster = await startCluster({
      workloads: [{ kind: 'Deployment', namespace: 'shop', name: 'beta', broken: true }],
    });
    const [pod] = cluster.store.list(pods, 'shop').items;
    expect(pod?.status?.containerStatuses?.[0]?.state).toMatchObject({
      waiting: { reason: 'ImagePullBackOff' },
    });
    const conditions = await eventually(cluster, deployments, ([beta]) =>
      beta?.status?.conditions?.some(({ reason }) => reason === 'ProgressDeadlineExceeded') === true
        ? beta.status.conditions
        : undefined,
    );
    expect(conditions.find(({ type }) => type === 'Available')?.status).toBe('False');
  });

  test('replaces a Pod that is deleted', async () => {
    const cluster = await startCluster({
      workloads: [{ kind: 'Deployment', namespace: 'shop', name: 'cart', replicas: 2 }],
    });
    const gone = cluster.store.list(pods, 'shop').items[0]!;
    cluster.store.remove(pods, 'shop', gone.metadata.name);
    const names = await eventually(cluster, pods, (items) => {
      const own = items.filter((pod) => pod.metadata.namespace === 'shop' && readyCondition(pod) === 'True');
      return own.length === 2 && own.every((pod) => !isTerminating(pod))
        ? own.map(({ metadata }) => metadata.name)
        : undefined;
    });
    expect(names).not.toContain(gone.metadata.name);
  });

  test('with Recreate ends all old Pods before the first new one', async () => {
    const cluster = await startCluster({
      manifests: [
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { name: 'cart', namespace: 'shop' },
          spec: {
            replicas: 2,
            strategy: { type: 'Recreate' },
            selector: { matchLabels: { app: 'cart' } },
            template: {
              metadata: { labels: { app: 'cart' } },
              spec: { containers: [{ name: 'main', image: 'cart:1' }] },
            },
          },
        },
      ],
    });
    let together = false;
    const stop = observe(cluster, (all) => (together ||= new Set(all.map(image)).size > 1));
    setImage(cluster, deployments, 'cart', 'cart:2');
    await eventually(cluster, deployments, (items) =>
      items.find(
        (item) => seen(item) && item.status?.updatedReplicas === 2 && item.status.availableReplicas === 2,
      ),
    );
    stop();
    expect(together).toBe(false);
  });
});

describe('a StatefulSet', () => {
  const scenario = (startSeconds: number) => ({
    workloads: [
      {
        kind: 'StatefulSet' as const,
        namespace: 'shop',
        name: 'db',
        replicas: 3,
        image: 'db:1',
        startSeconds,
      },
    ],
  });

  test('rolls from the highest ordinal down, one at a time, and keeps the names', async () => {
    const cluster = await startCluster(scenario(15));
    const updated: string[] = [];
    let leastReady = Infinity;
    const stop = cluster.store.watch(pods, undefined, ({ type, object }) => {
      if (object.metadata.namespace !== 'shop') return;
      if (type === 'ADDED') updated.push(object.metadata.name);
      leastReady = Math.min(
        leastReady,
        cluster.store
          .list(pods, 'shop')
          .items.filter((pod) => isActive(pod) && readyCondition(pod) === 'True').length,
      );
    });
    setImage(cluster, statefulSets, 'db', 'db:2');
    await eventually(cluster, statefulSets, (items) =>
      items.find(
        (item) =>
          seen(item) &&
          item.status?.updatedReplicas === 3 &&
          item.status.availableReplicas === 3 &&
          item.status.currentRevision === item.status.updateRevision,
      ),
    );
    stop();
    expect(updated).toEqual(['db-2', 'db-1', 'db-0']);
    expect(leastReady).toBe(2);
  });

  test('makes the next only when the one before is Ready, and takes away the highest first', async () => {
    const cluster = await startCluster(scenario(10));
    const scale = (replicas: number): void => {
      cluster.store.mutate(statefulSets, 'shop', 'db', (object) => ({
        ...object,
        spec: { ...object.spec, replicas },
      }));
    };
    const log: string[] = [];
    cluster.store.watch(pods, undefined, ({ type, object, previous }) => {
      const became =
        readyCondition(object as Pod) === 'True' &&
        (previous === undefined || readyCondition(previous as Pod) !== 'True');
      if (type !== 'MODIFIED') log.push(`${type} ${object.metadata.name}`);
      else if (became) log.push(`READY ${object.metadata.name}`);
    });
    scale(5);
    await eventually(cluster, statefulSets, ([db]) => db?.status?.readyReplicas === 5);
    scale(3);
    await eventually(cluster, statefulSets, ([db]) => db?.status?.replicas === 3);
    expect(log).toEqual([
      'ADDED db-3',
      'READY db-3',
      'ADDED db-4',
      'READY db-4',
      'DELETED db-4',
      'DELETED db-3',
    ]);
  });
});

describe('a DaemonSet', () => {
  const scenario = {
    workloads: [{ kind: 'DaemonSet' as const, namespace: 'shop', name: 'agent', image: 'agent:1' }],
  };

  test('has a Pod on every node, cordoned and new ones too', async () => {
    const cluster = await startCluster(scenario);
    expect(cluster.store.list(pods, 'shop').items).toHaveLength(3);
    const [pod] = cluster.store.list(pods, 'shop').items;
    await cluster.infrastructure.setUnschedulable(pod!.spec.nodeName!, true);
    cluster.store.remove(pods, 'shop', pod!.metadata.name);
    await eventually(cluster, daemonSets, ([agent]) => agent?.status?.numberReady === 2);
    await eventually(cluster, daemonSets, ([agent]) => agent?.status?.numberReady === 3);
    await cluster.infrastructure.launchNode({
      nodeGroup: 'main',
      version: '1.31',
      labels: {},
      taints: [],
      instanceType: 'm6i.large',
      zone: 'ap-northeast-1a',
    });
    await eventually(cluster, daemonSets, ([agent]) => agent?.status?.numberAvailable === 4);
  });

  test('leaves out nodes whose taints it does not tolerate', async () => {
    const cluster = await startCluster({
      ...scenario,
      nodeGroups: [
        { name: 'main', size: 2 },
        { name: 'batch', size: 1, taints: [{ key: 'batch', effect: 'NoSchedule' }] },
      ],
    });
    expect(cluster.store.get(daemonSets, 'shop', 'agent').status?.desiredNumberScheduled).toBe(2);
  });

  test('rolls as many at a time as may be unavailable', async () => {
    const cluster = await startCluster(scenario);
    let leastReady = Infinity;
    const stop = observe(cluster, (all) => {
      leastReady = Math.min(
        leastReady,
        all.filter((pod) => isActive(pod) && readyCondition(pod) === 'True').length,
      );
    });
    setImage(cluster, daemonSets, 'agent', 'agent:2');
    await eventually(
      cluster,
      daemonSets,
      ([agent]) =>
        agent !== undefined &&
        seen(agent) &&
        agent.status?.updatedNumberScheduled === 3 &&
        agent.status.numberAvailable === 3,
    );
    stop();
    expect(leastReady).toBe(2);
  });
});

describe('a Job', () => {
  test('runs its Pods until enough have succeeded, and is not run again', async () => {
    const cluster = await startCluster({
      workloads: [{ kind: 'Job', namespace: 'shop', name: 'export', replicas: 2, runSeconds: 20 }],
    });
    expect(cluster.store.get(jobs, 'shop', 'export').status).toMatchObject({ active: 1, succeeded: 0 });
    const done = await eventually(cluster, jobs, ([job]) =>
      job?.status?.conditions?.some(({ type, status }) => type === 'Complete' && status === 'True') === true
        ? job
        : undefined,
    );
    expect(done.status).toMatchObject({ succeeded: 2, active: 0 });
    await cluster.whenIdle();
    expect(cluster.store.list(pods, 'shop').items.map((pod) => pod.status?.phase)).toEqual([
      'Succeeded',
      'Succeeded',
    ]);
  });
});

describe('a Pod', () => {
  test('takes its time to start and to stop', async () => {
    const cluster = await startCluster();
    const annotations = {
      'scenario.stepladder/start-seconds': '40',
      'scenario.stepladder/stop-seconds': '20',
    };
    const begun = cluster.clock.now().getTime();
    cluster.store.create(pods, {
      ...podManifest('a'),
      metadata: { name: 'a', namespace: 'default', annotations },
    });
    const pulling = await eventually(cluster, pods, ([pod]) =>
      pod?.spec.nodeName === undefined ? undefined : pod.status?.startTime && pod,
    );
    expect(readyCondition(pulling as Pod)).toBe('False');
    await eventually(cluster, pods, ([pod]) => pod !== undefined && readyCondition(pod) === 'True');
    const ready = cluster.clock.now().getTime();
    expect(ready - begun).toBeGreaterThanOrEqual(40_000);
    cluster.store.remove(pods, 'default', 'a');
    await eventually(cluster, pods, (items) => items.length === 0);
    expect(cluster.clock.now().getTime() - ready).toBeGreaterThanOrEqual(20_000);
  });

  test('is stopped when its grace period ends, however long it would take', async () => {
    const cluster = await startCluster();
    const annotations = { 'scenario.stepladder/stop-seconds': '86400' };
    cluster.store.create(pods, {
      ...podManifest('a'),
      metadata: { name: 'a', namespace: 'default', annotations },
    });
    await eventually(cluster, pods, ([pod]) => pod !== undefined && readyCondition(pod) === 'True');
    cluster.store.remove(pods, 'default', 'a', { gracePeriodSeconds: 15 });
    await eventually(cluster, pods, (items) => items.length === 0);
  });

  test('comes up once its image can be pulled', async () => {
    const cluster = await startCluster();
    const mend = cluster.faults.turnOn({ images: [{ image: 'example:*' }] });
    cluster.store.create(pods, { ...podManifest('a'), metadata: { name: 'a', namespace: 'default' } });
    await eventually(cluster, pods, ([pod]) => JSON.stringify(pod?.status).includes('ImagePullBackOff'));
    mend();
    await eventually(cluster, pods, ([pod]) => pod !== undefined && readyCondition(pod) === 'True');
    expect(cluster.store.list(nodes).items).toHaveLength(3);
  });
});
