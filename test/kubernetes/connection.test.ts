import { CoreV1Api } from '@kubernetes/client-node';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { BearerToken, tokenLifetimeMs } from '../../src/kubernetes/bearerToken.ts';
import { certificateAuthorityDigest, connectKubernetes } from '../../src/kubernetes/connection.ts';
import type { KubernetesConnection } from '../../src/kubernetes/connection.ts';
import { defaultRetryPolicy } from '../../src/kubernetes/retryPolicy.ts';
import { serverVersion } from '../../src/kubernetes/version.ts';
import { answer, refuse, startHttpsServer } from './httpsServer.ts';
import type { Handler, HttpsServer } from './httpsServer.ts';

const quick = { ...defaultRetryPolicy, firstDelayMs: 1, longestDelayMs: 4 };
/** A port that nobody gets unless he asks for it. */
const nobodyThere = 'https://127.0.0.1:1';
const cleanUps: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  vi.unstubAllEnvs();
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function serve(handler: Handler): Promise<HttpsServer> {
  const server = await startHttpsServer(handler);
  cleanUps.push(() => server.stop());
  return server;
}

async function connect(
  server: HttpsServer,
  token = async () => 'secret-token',
): Promise<KubernetesConnection> {
  const connection = await connectKubernetes({ ...server, token }, quick);
  cleanUps.push(() => connection.close());
  return connection;
}

test('reads with the token, the query and the Accept header, over connections that are kept', async () => {
  const seen: (string | undefined)[] = [];
  const server = await serve((request, response) => {
    seen.push(request.headers.authorization, request.headers.accept);
    answer(response, 200, { ok: true });
  });
  const connection = await connect(server);
  for (let nth = 0; nth < 10; nth += 1) {
    await expect(
      connection.getJson('/api/v1/pods', {
        query: { limit: 5, continue: undefined },
        accept: 'application/json;x=y',
      }),
    ).resolves.toEqual({ ok: true });
  }
  expect(server.requests[0]).toBe('GET /api/v1/pods?limit=5');
  expect(seen.slice(0, 2)).toEqual(['Bearer secret-token', 'application/json;x=y']);
  // A second one may be opened while the first is just becoming free.
  expect(server.connections()).toBeLessThanOrEqual(2);
});

test('asks what stands behind the API server once, with its own token and what else is to be sent', async () => {
  const seen: unknown[] = [];
  const server = await serve((request, response) => {
    const { method, headers } = request;
    seen.push([method, headers.authorization, headers['x-test']]);
    response.writeHead(503).end('later');
  });
  const connection = await connect(server);
  const question = { method: 'PUT' as const, headers: { 'x-test': 'a' } };
  const { signal } = new AbortController();
  expect(await connection.askThrough('/api/v1/x/proxy/y?z=1', question, signal)).toEqual({
    status: 503,
    body: 'later',
  });
  expect(server.requests).toEqual(['PUT /api/v1/x/proxy/y?z=1']);
  expect(seen).toEqual([['PUT', 'Bearer secret-token', 'a']]);
  const nowhere = await connect({ ...server, endpoint: nobodyThere });
  expect(await nowhere.askThrough('/', {}, signal)).toEqual({ trouble: 'No answer: ECONNREFUSED.' });
});

const passing: [string, Handler][] = [
  ['resets', (request) => request.socket.destroy()],
  ['429', (_, response) => refuse(response, 429, 'TooManyRequests', 'slow down', { 'retry-after': '0' })],
  ['500', (_, response) => refuse(response, 500, 'InternalError', 'etcd')],
  ['503', (_, response) => refuse(response, 503, 'ServiceUnavailable', 'starting')],
  [
    'a body that breaks off',
    (_, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"ok":');
      setImmediate(() => response.destroy());
    },
  ],
];

test.each(passing)('a read outlives %s', async (_, fail) => {
  const server = await serve((request, response, nth) => {
    if (nth <= 3) fail(request, response, nth);
    else answer(response, 200, { ok: true });
  });
  await expect((await connect(server)).getJson('/version')).resolves.toEqual({ ok: true });
  expect(server.requests).toHaveLength(4);
});

test.each(passing)('reading lines outlives %s, and begins anew each time', async (_, fail) => {
  const server = await serve((request, response, nth) => {
    if (nth <= 3) fail(request, response, nth);
    else response.writeHead(200).end('one 1\ntwo 2\n');
  });
  const tries: string[][] = [];
  await (
    await connect(server)
  ).readLinesAfresh('/metrics', () => {
    const lines: string[] = [];
    tries.push(lines);
    return (line) => lines.push(line);
  });
  expect(tries.at(-1)).toEqual(['one 1', 'two 2']);
  expect(tries).toHaveLength(4);
  expect(server.connections()).toBe(4);
});

test('gives up after its tries and says what could not be done', async () => {
  const server = await serve((_, response) => refuse(response, 503, 'ServiceUnavailable', 'starting'));
  const connection = await connect(server);
  await expect(connection.getJson('/version', { what: 'read the version' })).rejects.toMatchObject({
    type: 'ServerError',
    message: expect.stringContaining('Could not read the version'),
  });
  expect(server.requests).toHaveLength(quick.tries);
});

test('a refusal is not asked again', async () => {
  const server = await serve((_, response) => refuse(response, 403, 'Forbidden', 'no'));
  await expect((await connect(server)).getJson('/version')).rejects.toMatchObject({
    type: 'CredentialsRefused',
  });
  expect(server.requests).toHaveLength(1);
});

test('a token that is refused is made anew once, and a second refusal is told', async () => {
  let made = 0;
  const tokens: (string | undefined)[] = [];
  const server = await serve((request, response) => {
    tokens.push(request.headers.authorization);
    if (request.headers.authorization === 'Bearer token-2' && tokens.length < 4) answer(response, 200, {});
    else refuse(response, 401, 'Unauthorized', 'Unauthorized');
  });
  const connection = await connect(server, async () => `token-${++made}`);
  await connection.getJson('/version');
  expect(tokens).toEqual(['Bearer token-1', 'Bearer token-2']);
  await connection.getJson('/version');
  expect(made).toBe(2);
  await expect(connection.getJson('/version')).rejects.toMatchObject({
    type: 'CredentialsRefused',
    message: expect.not.stringContaining('token-'),
  });
});

test('nobody there is Unreachable, and a certificate of somebody else is too, at once', async () => {
  const server = await serve((_, response) => answer(response, 200, {}));
  const stranger = await serve((_, response) => answer(response, 200, {}));
  const token = vi.fn(async () => 'secret');
  const wrong = await connectKubernetes(
    { endpoint: server.endpoint, certificateAuthorityPem: stranger.certificateAuthorityPem, token },
    quick,
  );
  cleanUps.push(() => wrong.close());
  await expect(wrong.getJson('/version')).rejects.toMatchObject({
    type: 'Unreachable',
    message: expect.stringContaining('certificate'),
  });
  expect(server.requests).toHaveLength(0);
  const nowhere = await connect({ ...server, endpoint: nobodyThere });
  await expect(nowhere.getJson('/version')).rejects.toMatchObject({
    type: 'Unreachable',
    message: expect.stringContaining('ECONNREFUSED'),
  });
});

test("the caller's abort ends a read that is under way, and one that waits to be tried again", async () => {
  const abort = new AbortController();
  const server = await serve(() => abort.abort(new Error('enough')));
  await expect((await connect(server)).getJson('/version', { signal: abort.signal })).rejects.toThrow(
    'enough',
  );

  const second = new AbortController();
  const failing = await serve((_, response) => {
    refuse(response, 503, 'ServiceUnavailable', 'starting', { 'retry-after': '15' });
    response.on('close', () => setImmediate(() => second.abort(new Error('enough'))));
  });
  const waiting = await connect(failing);
  await expect(waiting.getJson('/version', { signal: second.signal })).rejects.toThrow('enough');
});

test('a typed API of the client library goes over the same connections and with the same token', async () => {
  const authorizations: (string | undefined)[] = [];
  const server = await serve((request, response) => {
    authorizations.push(request.headers.authorization);
    answer(response, 200, {
      apiVersion: 'v1',
      kind: 'NodeList',
      metadata: {},
      items: [{ metadata: { name: 'a' } }],
    });
  });
  const connection = await connect(server);
  await connection.getJson('/version');
  const api = connection.makeApiClient(CoreV1Api);
  const nodes = await api.listNode();
  for (let nth = 0; nth < 8; nth += 1) await api.listNode();
  expect(nodes.items[0]?.metadata?.name).toBe('a');
  expect(authorizations[1]).toBe('Bearer secret-token');
  expect(server.connections()).toBeLessThanOrEqual(2);
});

test('its identity is the endpoint and the hash of the certificate authority, however the PEM is written', async () => {
  const server = await serve((_, response) => answer(response, 200, {}));
  const pem = server.certificateAuthorityPem.trim();
  const digest = createHash('sha256').update(`${pem}\n`).digest('hex');
  const connection = await connect(server);
  expect(connection.identity()).toEqual({ endpoint: server.endpoint, certificateAuthoritySha256: digest });
  expect(certificateAuthorityDigest(`\n${pem.replaceAll('\n', '\r\n')}\r\n`)).toBe(digest);
});

test('the version is the minor one, without what vendors add', async () => {
  const server = await serve((_, response) => answer(response, 200, { major: '1', minor: '31+' }));
  await expect(serverVersion(await connect(server))).resolves.toBe('1.31');
});

test('something that is not a Kubernetes API is told as such', async () => {
  const server = await serve((_, response) => answer(response, 200, { hello: 'world' }));
  await expect(serverVersion(await connect(server))).rejects.toMatchObject({
    type: 'InternalError',
    message: expect.stringContaining('Check that the endpoint is a Kubernetes API'),
  });
});

test('a kubeconfig context is used as it is, with the same identity, and an unknown one is refused by name', async () => {
  const authorizations: (string | undefined)[] = [];
  const server = await serve((request, response) => {
    authorizations.push(request.headers.authorization);
    answer(response, 200, { major: '1', minor: '31' });
  });
  const folder = await mkdtemp(join(tmpdir(), 'stepladder-kubeconfig-'));
  cleanUps.push(() => rm(folder, { recursive: true }));
  const data = Buffer.from(server.certificateAuthorityPem).toString('base64');
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'other',
    clusters: [{ name: 'c', cluster: { server: `${server.endpoint}/`, 'certificate-authority-data': data } }],
    users: [{ name: 'u', user: { token: 'from-file' } }],
    contexts: [{ name: 'prod', context: { cluster: 'c', user: 'u' } }],
  };
  await writeFile(join(folder, 'config'), JSON.stringify(kubeconfig));
  vi.stubEnv('KUBECONFIG', join(folder, 'config'));
  const connection = await connectKubernetes({ context: 'prod' }, quick);
  cleanUps.push(() => connection.close());
  await expect(serverVersion(connection)).resolves.toBe('1.31');
  expect(authorizations).toEqual(['Bearer from-file']);
  expect(connection.identity()).toEqual((await connect(server)).identity());
  await expect(connectKubernetes({ context: 'staging' })).rejects.toMatchObject({
    type: 'InvalidInput',
    message: expect.stringMatching(/no context "staging"; it has prod/),
  });
});

test('a token is asked for once by all who wait, and again before it ends', async () => {
  let now = 0;
  const provider = vi.fn(async () => `token-${provider.mock.calls.length}`);
  const bearer = new BearerToken(provider, () => now);
  await expect(Promise.all([bearer.get(), bearer.get()])).resolves.toEqual(['token-1', 'token-1']);
  now = tokenLifetimeMs - 1;
  await expect(bearer.get()).resolves.toBe('token-1');
  now = tokenLifetimeMs;
  await expect(bearer.get()).resolves.toBe('token-2');
  bearer.forget();
  await expect(bearer.get()).resolves.toBe('token-3');
  provider.mockRejectedValueOnce(new Error('expired'));
  bearer.forget();
  await expect(bearer.get()).rejects.toMatchObject({ type: 'CredentialsRefused' });
  await expect(bearer.get()).resolves.toBe('token-5');
});
