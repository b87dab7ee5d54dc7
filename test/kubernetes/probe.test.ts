import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { StepladderError } from '../../src/contract/errors.ts';
import { connectKubernetes } from '../../src/kubernetes/connection.ts';
import type { KubernetesConnection } from '../../src/kubernetes/connection.ts';
import { startProbe } from '../../src/kubernetes/probe.ts';
import type { ProbeOptions, RunningProbe } from '../../src/kubernetes/probe.ts';
import { fakeConnection } from './fakeConnection.ts';
import { refuse, startHttpsServer } from './httpsServer.ts';
import type { Handler, HttpsServer } from './httpsServer.ts';

const patiently = { timeout: 60_000 };
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
  const running = startProbe(connection, { intervalMs: 20, timeoutMs: 60_000, ...options });
  cleanUps.push(() => running.stop());
  return { server, running };
}

const summaryOf = (running: RunningProbe) => running.snapshot().summary;

test('a server that goes away and comes back is measured, on a new connection each time', async () => {
  const begin = performance.now();
  let away = false;
  const { server, running } = await probe((request, response) => {
    if (away) request.socket.destroy();
    else response.end('ok');
  });
  await vi.waitUntil(() => summaryOf(running).probes >= 5, patiently);
  expect(summaryOf(running).failures).toBe(0);
  expect(server.connections()).toBeGreaterThanOrEqual(5);
  await vi.waitUntil(() => server.openConnections() <= 2, patiently);
  away = true;
  await vi.waitUntil(() => summaryOf(running).failures >= 5, patiently);
  away = false;
  const { probes, failures } = summaryOf(running);
  const good = () => summaryOf(running).probes - summaryOf(running).failures;
  await vi.waitUntil(() => good() >= probes - failures + 3, patiently);
  const summary = await running.stop();
  expect(summary.downtimeSeconds).toBeGreaterThan(0);
  expect(summary.downtimeSeconds).toBeLessThan((performance.now() - begin) / 1_000);
  expect(summary.longestOutageSeconds).toBeLessThanOrEqual(summary.downtimeSeconds);
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
  await vi.waitUntil(() => summaryOf(running).probes >= 3, patiently);
  const { probes, failures } = await running.stop();
  expect(failures).toBe(up ? 0 : probes);
});

test('no answer in time is a failure, and no second probe begins meanwhile', async () => {
  const server = await startHttpsServer(() => undefined);
  cleanUps.push(() => server.stop());
  const connection = await connectKubernetes({ ...server, token: async () => 'token' });
  cleanUps.push(() => connection.close());
  let open = 0;
  let most = 0;
  const counting: KubernetesConnection = {
    ...fakeConnection({}),
    knock: async (...asked) => {
      most = Math.max(most, ++open);
      return connection.knock(...asked).finally(() => (open -= 1));
    },
  };
  const running = startProbe(counting, { intervalMs: 5, timeoutMs: 60 });
  cleanUps.push(() => running.stop());
  await vi.waitUntil(() => summaryOf(running).failures >= 3, patiently);
  const summary = await running.stop();
  expect(most).toBe(1);
  // All the time that was waited counts; timers may be early by a fraction of a millisecond.
  expect(summary.downtimeSeconds).toBeGreaterThan(0.17);
});

test('a stop ends a probe that waits and does not count it', async () => {
  const { server, running } = await probe(() => undefined, { timeoutMs: 60_000 });
  await vi.waitUntil(() => server.requests.length === 1, patiently);
  await expect(running.stop()).resolves.toMatchObject({ probes: 0, failures: 0 });
});

test('the time since an earlier process last probed is unobserved', async () => {
  const prior = {
    summary: { probes: 5, failures: 1, downtimeSeconds: 1, longestOutageSeconds: 1, unobservedSeconds: 2 },
    lastProbeAt: new Date(Date.now() - 30_000).toISOString(),
  };
  const { running } = await probe((_, response) => response.end('ok'), { prior });
  expect(running.snapshot().lastProbeAt).toBe(prior.lastProbeAt);
  await vi.waitUntil(() => summaryOf(running).probes >= 6, patiently);
  expect(Date.parse(running.snapshot().lastProbeAt ?? '')).toBeGreaterThan(Date.parse(prior.lastProbeAt));
  const summary = await running.stop();
  expect(summary.failures).toBe(1);
  expect(summary.unobservedSeconds).toBeGreaterThanOrEqual(32);
  const since = (Date.now() - Date.parse(prior.lastProbeAt)) / 1_000;
  expect(summary.unobservedSeconds).toBeLessThan(prior.summary.unobservedSeconds + since + 1);
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
  await vi.waitUntil(() => summaryOf(running).unobservedSeconds > 0.05, patiently);
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
  await vi.waitUntil(() => summaryOf(running).unobservedSeconds > 0.05, patiently);
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
  await expect(connection.knock('/readyz', 60_000)).resolves.toBe(401);
  await expect(connection.getJson('/version')).rejects.toMatchObject({ type: 'CredentialsRefused' });
  expect(made).toBeGreaterThan(1);
  await expect(connection.knock('/readyz', 60_000)).resolves.toBe(401);
});
