import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { connectKubernetes } from '../../../src/kubernetes/connection.ts';
import { defaultRetryPolicy } from '../../../src/kubernetes/retryPolicy.ts';
import { ClusterWatches } from '../../../src/kubernetes/watching/clusterWatches.ts';
import { Reflector, reflectorTimes } from '../../../src/kubernetes/watching/reflector.ts';
import { answer, refuse, startHttpsServer } from '../httpsServer.ts';
import type { Handler } from '../httpsServer.ts';
import { startSimulatedKubernetes } from '../simulatedKubernetes.ts';

const quick = { ...reflectorTimes, firstDelayMs: 5, longestDelayMs: 20 };
const schema = z
  .object({ metadata: z.object({ name: z.string() }) })
  .transform(({ metadata }) => metadata.name);
const object = (name: string, resourceVersion: number) => ({
  metadata: { name, resourceVersion: String(resourceVersion) },
});
const listOf = (resourceVersion: number, ...names: string[]) => ({
  metadata: { resourceVersion: String(resourceVersion) },
  items: names.map((name) => ({ metadata: { name } })),
});
const line = (type: string, what: object): string => `${JSON.stringify({ type, object: what })}\n`;

/** Follows things at a server whose watches are answered one after the other. */
async function follow(lists: object[], watches: Handler[], token = async () => 'token') {
  const server = await startHttpsServer((request, response, nth) => {
    const isWatch = request.url?.includes('watch=true') === true;
    if (!isWatch) {
      answer(response, 200, lists.shift() ?? listOf(99));
      return;
    }
    const handler = watches.shift();
    if (handler !== undefined) handler(request, response, nth);
    else response.writeHead(200).flushHeaders();
  });
  onTestFinished(() => server.stop());
  const connection = await connectKubernetes(
    { ...server, token },
    { ...defaultRetryPolicy, firstDelayMs: 1 },
  );
  onTestFinished(() => connection.close());
  const seen: string[] = [];
  const waiting: { length: number; resolve: () => void }[] = [];
  const say = (text: string): void => {
    seen.push(text);
    for (const { length, resolve } of waiting) if (seen.length >= length) resolve();
  };
  const reflector = new Reflector(
    connection,
    { path: '/api/v1/things', name: 'things', schema },
    {
      replace: (names) => say(`all ${names.join(' ')}`),
      set: (name) => say(`set ${name}`),
      remove: (name) => say(`remove ${name}`),
    },
    quick,
  );
  onTestFinished(() => reflector.stop());
  const until = (length: number): Promise<void> =>
    seen.length >= length ? Promise.resolve() : new Promise((resolve) => waiting.push({ length, resolve }));
  return { reflector, seen, until, server };
}

const versionsAsked = ({ requests }: { requests: string[] }): string[] =>
  requests.flatMap((request) => /watch=true.*[?&]resourceVersion=(\d*)/.exec(request)?.[1] ?? []);

test('lists once, then follows from there, and from where a watch has ended, bookmarks included', async () => {
  const { seen, until, server } = await follow(
    [listOf(10, 'a')],
    [
      (_, response) =>
        response.writeHead(200).end(line('ADDED', object('b', 11)) + line('BOOKMARK', object('', 15))),
      (_, response) => response.writeHead(200).write(line('DELETED', object('a', 16))),
    ],
  );
  await until(3);
  expect(seen).toEqual(['all a', 'set b', 'remove a']);
  expect(versionsAsked(server)).toEqual(['10', '15']);
});

test('goes on after a line that breaks in the middle of an event', async () => {
  const { seen, until, server } = await follow(
    [listOf(10)],
    [
      (_, response) => {
        response
          .writeHead(200)
          .write(line('ADDED', object('a', 11)) + line('ADDED', object('b', 12)).slice(0, 20));
        setImmediate(() => response.destroy());
      },
      (_, response) => response.writeHead(200).write(line('ADDED', object('b', 12))),
    ],
  );
  await until(3);
  expect(seen).toEqual(['all ', 'set a', 'set b']);
  expect(versionsAsked(server)).toEqual(['10', '11']);
});

test.each<[string, Handler]>([
  ['before the watch', (_, response) => refuse(response, 410, 'Expired', 'too old resource version')],
  [
    'within the watch',
    (_, response) =>
      response.writeHead(200).end(line('ERROR', { code: 410, reason: 'Expired', message: 'too old' })),
  ],
])('lists anew when the changes are no longer to be had, told %s', async (_, expired) => {
  const { seen, until, reflector } = await follow([listOf(10, 'a'), listOf(20, 'b')], [expired]);
  await until(2);
  expect(seen).toEqual(['all a', 'all b']);
  expect(reflector.blindness).toBeUndefined();
});

test('asks for new credentials when those of a watch are refused', async () => {
  const tokens: string[] = [];
  let made = 0;
  const { until } = await follow(
    [listOf(10)],
    [
      (_, response) => refuse(response, 401, 'Unauthorized', 'Unauthorized'),
      (request, response) => {
        tokens.push(request.headers.authorization ?? '');
        response.writeHead(200).write(line('ADDED', object('a', 11)));
      },
    ],
    async () => `token-${(made += 1)}`,
  );
  await until(2);
  expect(tokens).toEqual(['Bearer token-2']);
});

test('says why it is blind, since when, and no more once it sees again', async () => {
  const denied: Handler = (_, response) =>
    refuse(
      response,
      403,
      'Forbidden',
      'User "x" cannot watch resource "things" in API group "" at the cluster scope',
    );
  let told: unknown;
  const { until, reflector } = await follow(
    [listOf(10)],
    [
      denied,
      (_, response) => {
        told = reflector.blindness;
        response.writeHead(200).write(line('ADDED', object('a', 11)));
      },
    ],
  );
  await until(2);
  expect(told).toMatchObject({
    error: { type: 'CredentialsRefused', details: { permission: 'watch things' } },
  });
  expect(reflector.blindness).toBeUndefined();
});

test('a cluster is watched once for all who look at it, and no longer than somebody does', async () => {
  const { cluster, connection } = await startSimulatedKubernetes();
  const watches = new ClusterWatches(quick);
  const signal = new AbortController().signal;
  const [one, other] = await Promise.all([
    watches.watch(connection, signal),
    watches.watch(connection, signal),
  ]);
  expect(other.view).toBe(one.view);
  expect(watches.size).toBe(1);
  expect(one.view.nodes.size).toBe(cluster.store.list({ group: '', resource: 'nodes' }).items.length);
  await one.release();
  expect(watches.size).toBe(1);
  await other.release();
  expect(watches.size).toBe(0);
});

test('who no longer wants to wait for the first look leaves nothing behind', async () => {
  const { connection } = await startSimulatedKubernetes();
  const watches = new ClusterWatches(quick);
  const reason = new Error('enough');
  await expect(watches.watch(connection, AbortSignal.abort(reason))).rejects.toBe(reason);
  expect(watches.size).toBe(0);
});
