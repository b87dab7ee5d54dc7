import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { StepladderError } from '../../src/contract/errors.ts';
import { connectKubernetes } from '../../src/kubernetes/connection.ts';
import { startProbe } from '../../src/kubernetes/probe.ts';
import type { ProbeOptions, RunningProbe } from '../../src/kubernetes/probe.ts';
import { fakeConnection } from './fakeConnection.ts';
import { refuse, startHttpsServer } from './httpsServer.ts';
import type { Handler, HttpsServer } from './httpsServer.ts';

const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function probe(
  handler: Handler,
  options: Partial<ProbeOptions> = {},
): Promise<{ server: HttpsServer; running: RunningProbe }> {
  const server = await startHttpsServer(handler);
  cleanUps.push(() => server.stop());
  const connection = await connectKubernetes({ ...server, token: async () => 'token' });
  cleanUps.push(() => connection.close());
  const running = startProbe(connection, { intervalMs: 20, timeoutMs: 2_000, ...options });
  cleanUps.push(() => running.stop());
  return { server, running };
}

const summaryOf = (running: RunningProbe) => running.snapshot().summary;

test('a server that goes away and comes back is measured, on a new connection each time', async () => {
  const { server, running } = await probe((_, response) => response.end('ok'));
  await vi.waitUntil(() => summaryOf(running).probes >= 5);
  expect(summaryOf(running).failures).toBe(0);
  expect(server.connections()).toBeGreaterThanOrEqual(5);
  expect(server.openConnections()).toBeLessThanOrEqual(2);
  const begin = performance.now();
  await server.stop();
  await vi.waitUntil(() => summaryOf(running).failures >= 5);
  const seen = performance.now() - begin;
  await server.start();
  const failures = summaryOf(running).failures;
  const probes = summaryOf(running).probes;
  await vi.waitUntil(() => summaryOf(running).probes - summaryOf(running).failures >= probes - failures + 3);
  const whole = performance.now() - begin;
  const summary = await running.stop();
  expect(summary.downtimeSeconds * 1_000).toBeGreaterThan(seen / 2);
  expect(summary.downtimeSeconds * 1_000).toBeLessThan(whole + 50);
  expect(summary.longestOutageSeconds).toBe(summary.downtimeSeconds);
  expect(summary.unobservedSeconds).toBe(0);
});

test.each([
  [200, true],
  [401, true],
  [403, true],
  [429, true],
  [500, false],
  [503, false],
])('an answer %i means that the server is up: %s', async (code, up) => {
  const { running } = await probe((_, response) => refuse(response, code, '', ''));
  await vi.waitUntil(() => summaryOf(running).probes >= 3);
  const { probes, failures } = await running.stop();
  expect(failures).toBe(up ? 0 : probes);
});

test('no answer in time is a failure, and no second probe begins meanwhile', async () => {
  let open = 0;
  let most = 0;
  const { running } = await probe(
    (request) => {
      most = Math.max(most, ++open);
      request.socket.on('close', () => (open -= 1));
    },
    { intervalMs: 5, timeoutMs: 60 },
  );
  await vi.waitUntil(() => summaryOf(running).failures >= 3);
  const summary = await running.stop();
  expect(most).toBe(1);
  expect(summary.downtimeSeconds).toBeGreaterThanOrEqual(0.18);
});

test('a stop ends a probe that waits and does not count it', async () => {
  const { server, running } = await probe(() => undefined, { timeoutMs: 60_000 });
  await vi.waitUntil(() => server.requests.length === 1);
  await expect(running.stop()).resolves.toMatchObject({ probes: 0, failures: 0 });
});

test('the time since an earlier process last probed is unobserved', async () => {
  const prior = {
    summary: { probes: 5, failures: 1, downtimeSeconds: 1, longestOutageSeconds: 1, unobservedSeconds: 2 },
    lastProbeAt: new Date(Date.now() - 30_000).toISOString(),
  };
  const { running } = await probe((_, response) => response.end('ok'), { prior });
  expect(running.snapshot().lastProbeAt).toBe(prior.lastProbeAt);
  await vi.waitUntil(() => summaryOf(running).probes >= 6);
  expect(Date.parse(running.snapshot().lastProbeAt ?? '')).toBeGreaterThan(Date.parse(prior.lastProbeAt));
  const summary = await running.stop();
  expect(summary.failures).toBe(1);
  expect(summary.unobservedSeconds).toBeGreaterThanOrEqual(32);
  expect(summary.unobservedSeconds).toBeLessThan(40);
});

test('without credentials nothing was probed: the time is unobserved, not downtime', async () => {
  const connection = {
    ...fakeConnection({}),
    knock: async () => {
      await sleep(20);
      throw new StepladderError('CredentialsRefused', 'no profile');
    },
  };
  const running = startProbe(connection, { intervalMs: 10, timeoutMs: 100 });
  await vi.waitUntil(() => summaryOf(running).unobservedSeconds > 0.05);
  await expect(running.stop()).resolves.toMatchObject({ probes: 0, failures: 0, downtimeSeconds: 0 });
});

test('a token that is never made neither counts nor holds up the stop', async () => {
  const server = await startHttpsServer((_, response) => response.end('ok'));
  cleanUps.push(() => server.stop());
  const connection = await connectKubernetes({
    ...server,
    token: () => new Promise<string>(() => undefined),
  });
  cleanUps.push(() => connection.close());
  const running = startProbe(connection, { intervalMs: 10, timeoutMs: 30 });
  await vi.waitUntil(() => summaryOf(running).unobservedSeconds > 0.05);
  await expect(running.stop()).resolves.toMatchObject({ probes: 0, failures: 0 });
});

test('a token that can no longer be made does not look like downtime', async () => {
  let made = 0;
  const server = await startHttpsServer((_, response) =>
    refuse(response, 401, 'Unauthorized', 'Unauthorized'),
  );
  cleanUps.push(() => server.stop());
  const connection = await connectKubernetes({
    ...server,
    token: async () => {
      made += 1;
      if (made > 1) throw new Error('the role is gone');
      return 'token';
    },
  });
  cleanUps.push(() => connection.close());
  await expect(connection.knock('/readyz', 1_000)).resolves.toBe(401);
  await expect(connection.getJson('/version')).rejects.toMatchObject({ type: 'CredentialsRefused' });
  expect(made).toBeGreaterThan(1);
  await expect(connection.knock('/readyz', 1_000)).resolves.toBe(401);
});
