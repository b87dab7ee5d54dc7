import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Singleton } from '../../../src/contract/migration.ts';
import type { KubernetesConnection } from '../../../src/kubernetes/connection.ts';
import { holdNoteKey } from '../../../src/kubernetes/copying/holdNote.ts';
import { holdSide, releaseSide } from '../../../src/kubernetes/holding/holdSide.ts';
import type { WorkLook } from '../../../src/kubernetes/holding/holdSide.ts';
import { workName } from '../../../src/kubernetes/holding/workObjects.ts';
import { post } from '../../activities/migration/twoClusters.ts';
import { startSimulatedKubernetes } from '../simulatedKubernetes.ts';
import {
  application,
  applicationDefinition,
  cart,
  cronJob,
  jobOf,
  ordersDb,
  paths,
  read,
} from './workFixture.ts';

const patiently = { timeout: 60_000 };
const automated = { prune: true, selfHeal: true };
const singletons = [ordersDb, cart];

/** The demo's cluster with CronJobs and Applications: one of each at work, and one that a person has stopped. */
async function startWork(): Promise<KubernetesConnection> {
  const { connection } = await startSimulatedKubernetes({ speed: 2_000 });
  await post(connection, cronJob('nightly'));
  await post(connection, cronJob('paused', true));
  await post(connection, applicationDefinition);
  await post(connection, application('synced', { automated, retry: { limit: 2 } }));
  await post(connection, application('by-hand'));
  return connection;
}

const input = (more: { madeBy?: string; singletons?: Singleton[]; signal?: AbortSignal } = {}) => ({
  ...{ singletons, madeBy: 'migrate-prod', signal: new AbortController().signal },
  ...more,
});

/** Repeats looks as the activity does. */
async function untilDone(look: () => Promise<WorkLook>): Promise<WorkLook> {
  for (;;) {
    const seen = await look();
    if (seen.problems.length === 0) return seen;
    await wait(10);
  }
}
const held = (connection: KubernetesConnection) => untilDone(() => holdSide(connection, input()));
const released = (connection: KubernetesConnection) => untilDone(() => releaseSide(connection, input()));

const everything = [
  paths.cronJob('nightly'),
  paths.cronJob('paused'),
  paths.application('synced'),
  paths.application('by-hand'),
  ...[paths.ordersDb, paths.cart, paths.externalDns],
];

/** Spec and note of each of them. */
async function stateOf(connection: KubernetesConnection) {
  const objects = await Promise.all(everything.map((path) => read(connection, path)));
  return objects.map(({ spec, metadata }) => ({ spec, note: metadata.annotations?.[holdNoteKey] }));
}

describe('what must not work twice', () => {
  test('stands still with no Pod left, noted with what there was', patiently, async () => {
    const connection = await startWork();
    const { objects, absent } = await held(connection);
    const names = objects.map(workName);
    expect(names).toEqual(
      expect.arrayContaining([
        'Application shop/synced',
        'CronJob shop/nightly',
        'Deployment ingress/external-dns',
        'Deployment shop/cart',
        'StatefulSet shop/orders-db',
      ]),
    );
    for (const name of ['Application shop/by-hand', 'CronJob shop/paused', 'Deployment shop/storefront'])
      expect(names).not.toContain(name);
    expect(absent).toEqual([]);
    expect(await read(connection, paths.cronJob('nightly'))).toMatchObject({ spec: { suspend: true } });
    expect((await read(connection, paths.application('synced'))).spec['syncPolicy']).toEqual({
      ...{ retry: { limit: 2 } },
    });
    for (const [path, before] of [
      [paths.ordersDb, 3],
      [paths.cart, 3],
      [paths.externalDns, 1],
    ] as const) {
      const { spec, metadata } = await read(connection, path);
      expect(spec).toMatchObject({ replicas: 0 });
      const note: unknown = JSON.parse(metadata.annotations?.[holdNoteKey] ?? '');
      expect(note).toEqual({ by: 'migrate-prod', before: { replicas: before } });
    }
    const pods = (await connection.getJson('/api/v1/namespaces/shop/pods')) as {
      items: { metadata: { name: string } }[];
    };
    const left = pods.items.map(({ metadata }) => metadata.name);
    expect(left.filter((name) => /^(orders-db|cart)-/.test(name))).toEqual([]);
    expect(left.some((name) => name.startsWith('storefront-'))).toBe(true);
  });

  test('is given back exactly as it was, and what a person had stopped stays so', patiently, async () => {
    const connection = await startWork();
    const before = await stateOf(connection);
    await held(connection);
    await released(connection);
    const after = await stateOf(connection);
    expect(after).toEqual(before);
    expect(after[1]).toMatchObject({ spec: { suspend: true }, note: undefined });
    expect(await read(connection, paths.ordersDb)).toMatchObject({ status: { readyReplicas: 3 } });
  });

  test('is held and given back twice as if it were once', patiently, async () => {
    const connection = await startWork();
    const before = await stateOf(connection);
    const first = await held(connection);
    const once = await stateOf(connection);
    const second = await held(connection);
    expect(second.objects.map(workName)).toEqual(first.objects.map(workName));
    expect(await stateOf(connection)).toEqual(once);
    await released(connection);
    expect((await released(connection)).objects).toEqual([]);
    expect(await stateOf(connection)).toEqual(before);
  });

  test('that was half held when it was broken off is held by the next try', patiently, async () => {
    const connection = await startWork();
    const before = await stateOf(connection);
    for (const changes of [1, 2, 3, 4]) {
      const stop = new AbortController();
      const dying = afterChanges(connection, changes, () => stop.abort(new Error('the worker was killed')));
      await expect(holdSide(dying, input({ signal: stop.signal }))).rejects.toThrow('killed');
      await held(connection);
      const half = new AbortController();
      const dyingBack = afterChanges(connection, changes, () =>
        half.abort(new Error('the worker was killed')),
      );
      await expect(releaseSide(dyingBack, input({ signal: half.signal }))).rejects.toThrow('killed');
      await released(connection);
      expect(await stateOf(connection)).toEqual(before);
    }
  });

  test('is held once more when somebody starts it again', patiently, async () => {
    const connection = await startWork();
    await holdSide(connection, input());
    await patch(connection, paths.cronJob('nightly'), { spec: { suspend: false } });
    const { problems } = await holdSide(connection, input());
    expect(problems).toContain('CronJob shop/nightly was at work');
    await held(connection);
    expect(await read(connection, paths.cronJob('nightly'))).toMatchObject({ spec: { suspend: true } });
  });

  test('is changed only as it was looked at', patiently, async () => {
    const connection = await startWork();
    let raced = false;
    const racing: KubernetesConnection = {
      ...bound(connection),
      change: async (method, path, options) => {
        if (!raced && path === paths.cart) {
          raced = true;
          // Somebody scales it just before we write.
          await patch(connection, path, { spec: { replicas: 5 } });
        }
        return connection.change(method, path, options);
      },
    };
    await untilDone(() => holdSide(racing, input()));
    await released(connection);
    expect(await read(connection, paths.cart)).toMatchObject({ spec: { replicas: 5 } });
  });

  test('that somebody else holds, or has started meanwhile, is not given back', patiently, async () => {
    const connection = await startWork();
    await held(connection);
    await patch(connection, paths.externalDns, { spec: { replicas: 2 } });
    expect((await releaseSide(connection, input({ madeBy: 'another' }))).objects).toEqual([]);
    expect((await releaseSide(connection, input({ madeBy: 'another' }))).problems).toEqual([
      'Deployment shop/cart is held by migrate-prod',
      'StatefulSet shop/orders-db is held by migrate-prod',
    ]);
    await released(connection);
    const { spec, metadata } = await read(connection, paths.externalDns);
    expect(spec).toMatchObject({ replicas: 2 });
    expect(metadata.annotations).not.toHaveProperty([holdNoteKey]);
  });
});

describe('what does not stand still is named', () => {
  test('a Pod that does not end', patiently, async () => {
    const connection = await startWork();
    const pod = '/api/v1/namespaces/shop/pods/orders-db-0';
    await patch(connection, pod, { metadata: { finalizers: ['example.org/keep'] } });
    await untilDone(async () => {
      const seen = await holdSide(connection, input());
      const others = seen.problems.filter((line) => !line.startsWith('StatefulSet'));
      const ended = seen.problems.some((line) => line.endsWith('orders-db-0 has not ended yet'));
      return { ...seen, problems: ended ? others : seen.problems };
    });
    expect((await holdSide(connection, input())).problems).toEqual([
      'StatefulSet shop/orders-db: Pod orders-db-0 has not ended yet',
    ]);
    await patch(connection, pod, { metadata: { finalizers: null } });
    await held(connection);
  });

  test('a Job that a CronJob has begun', patiently, async () => {
    const connection = await startWork();
    const { uid } = (await read(connection, paths.cronJob('nightly'))).metadata;
    await post(connection, jobOf({ name: 'nightly', uid }));
    await untilDone(async () => {
      const seen = await holdSide(connection, input());
      return { ...seen, problems: seen.problems.filter((line) => !line.includes('its Job')) };
    });
    expect((await holdSide(connection, input())).problems).toEqual([
      'CronJob shop/nightly: its Job nightly-1 still runs',
    ]);
  });

  test('a singleton that is not there', patiently, async () => {
    const { connection } = await startSimulatedKubernetes({ speed: 2_000 });
    const nobody: Singleton = { kind: 'Deployment', namespace: 'shop', name: 'nobody' };
    const { absent } = await holdSide(connection, input({ singletons: [ordersDb, nobody] }));
    expect(absent).toEqual([nobody]);
    expect((await releaseSide(connection, input({ singletons: [ordersDb, nobody] }))).absent).toEqual([
      nobody,
    ]);
  });
});

test('a singleton that does not become Ready is named with its Pods', patiently, async () => {
  const { cluster, connection } = await startSimulatedKubernetes({ speed: 2_000 });
  const only = input({ singletons: [ordersDb] });
  await untilDone(() => holdSide(connection, only));
  const turnOff = cluster.faults.turnOn({ pods: [{ kind: 'never-ready', name: 'orders-db-*' }] });
  expect((await releaseSide(connection, only)).problems).toEqual([
    'StatefulSet shop/orders-db is being started',
  ]);
  expect((await releaseSide(connection, only)).problems).toEqual([
    'StatefulSet shop/orders-db: 0 of 3 Pods Ready',
  ]);
  turnOff();
});

async function patch(connection: KubernetesConnection, path: string, body: object): Promise<void> {
  await connection.change('PATCH', path, { body, what: `change ${path}` });
}

/** The same connection, to be spread. */
function bound(connection: KubernetesConnection): KubernetesConnection {
  return {
    getJson: (...given) => connection.getJson(...given),
    postReview: (...given) => connection.postReview(...given),
    readLinesAfresh: (...given) => connection.readLinesAfresh(...given),
    change: (...given) => connection.change(...given),
    watch: (...given) => connection.watch(...given),
    knock: (...given) => connection.knock(...given),
    askThrough: (...given) => connection.askThrough(...given),
    makeApiClient: (...given) => connection.makeApiClient(...given),
    identity: () => connection.identity(),
    forPrograms: () => connection.forPrograms(),
    close: () => connection.close(),
  };
}

/** A connection whose worker dies when so many changes have been carried out. */
function afterChanges(
  connection: KubernetesConnection,
  changes: number,
  die: () => void,
): KubernetesConnection {
  let done = 0;
  return {
    ...bound(connection),
    change: async (method, path, options) => {
      const answer = await connection.change(method, path, options);
      done += 1;
      if (done === changes) die();
      return answer;
    },
  };
}
