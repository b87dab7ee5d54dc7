import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { probeSchema } from '../../src/contract/probe.ts';
import type { Probe, ProbeResult, ProbeTarget } from '../../src/contract/probe.ts';
import { runProbe } from '../../src/routing/probes.ts';
import type { ProbeSurroundings } from '../../src/routing/probes.ts';

const secret = 'tok-secret-1';

interface Seen extends Pick<IncomingMessage, 'method' | 'url' | 'headers'> {
  body: string;
}

/** A server on this machine that answers with these statuses, the last one again and again; 0 is no answer. */
async function serve(...statuses: number[]): Promise<{ address: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const { method, url, headers } = request;
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const status = statuses[Math.min(seen.length, statuses.length - 1)] ?? 200;
      seen.push({ method, url, headers, body });
      if (status === 0) request.socket.destroy();
      else response.writeHead(status).end(`fine ${secret}`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

const probe = (change: Partial<Probe> = {}): Probe => ({
  ...probeSchema.parse({ name: 'shop', green: 'http://127.0.0.1:1' }),
  every: '1s',
  timeLimit: '10s',
  inARow: 2,
  ...change,
});

/** Runs a probe by a clock that only its pauses move. */
async function run(
  asked: Probe,
  target: ProbeTarget,
  env: Record<string, string> = {},
  cluster?: ProbeSurroundings['cluster'],
) {
  let now = 0;
  const told: ProbeResult[] = [];
  const result = await runProbe(
    asked,
    target,
    {
      ...(cluster === undefined ? {} : { cluster }),
      env,
      now: () => now,
      pause: async (milliseconds) => {
        now += milliseconds;
      },
    },
    new AbortController().signal,
    (each) => told.push(each),
  );
  return { result, told, seconds: now / 1000 };
}

describe('a probe', () => {
  it('holds when it was answered well so often in a row', async () => {
    const { address, seen } = await serve(200, 503, 200, 200);
    const { result, told } = await run(probe(), address);
    expect(result).toEqual({ name: 'shop', state: 'holds', why: 'It answers 200.', asked: 4, inARow: 2 });
    expect(told.map(({ state, inARow }) => `${state} ${inARow}`)).toEqual([
      'unknown 1',
      'fails 0',
      'unknown 1',
      'holds 2',
    ]);
    expect(seen).toHaveLength(4);
    expect(JSON.stringify(told)).not.toContain(secret);
  });

  it.each<[string, number[], ProbeResult['state'], RegExp]>([
    ['that is answered badly', [503], 'fails', /^It answers 503, and 200 is expected\.$/],
    ['that is not answered', [0], 'unknown', /^No answer: [A-Z_]+\.$/],
    ['that is answered badly in the end', [200, 503], 'fails', /503/],
  ])('%s ends with its time limit, as the last answer was', async (_, statuses, state, why) => {
    const { address } = await serve(...statuses);
    const { result, seconds } = await run(probe({ timeLimit: '3s' }), address);
    expect(result).toMatchObject({ state, why: expect.stringMatching(why), asked: 4, inARow: 0 });
    expect(seconds).toBe(3);
  });

  it('that is answered well but not often enough in its time is not known to hold', async () => {
    const { address } = await serve(503, 200);
    const { result } = await run(probe({ timeLimit: '1s', inARow: 5 }), address);
    expect(result).toMatchObject({ state: 'unknown', why: 'It answers 200. So far 1 in a row of 5.' });
  });

  it('is asked as it says, below the address, as another host where that is wanted', async () => {
    const { address, seen } = await serve(200);
    await run(
      probe({
        path: '/cart?item=1',
        method: 'PUT',
        headers: { host: 'shop.example.com', 'x-test': 'a' },
        body: 'one',
        inARow: 1,
        tokenEnv: 'STEPLADDER_PROBE_SHOP',
      }),
      `${address}/base/`,
      { STEPLADDER_PROBE_SHOP: secret },
    );
    expect(seen).toEqual([
      {
        method: 'PUT',
        url: '/base/cart?item=1',
        body: 'one',
        headers: expect.objectContaining({
          host: 'shop.example.com',
          'x-test': 'a',
          authorization: `Bearer ${secret}`,
          connection: 'close',
        }),
      },
    ]);
  });

  it('whose token is not set is not asked', async () => {
    const { address, seen } = await serve(200);
    const { result } = await run(probe({ tokenEnv: 'STEPLADDER_PROBE_SHOP' }), address);
    expect(result).toEqual({
      name: 'shop',
      state: 'unknown',
      why: "STEPLADDER_PROBE_SHOP is not set in the worker's environment.",
      asked: 0,
      inARow: 0,
    });
    expect(seen).toEqual([]);
  });

  it('of a Service is asked through the API server, which may speak for itself', async () => {
    const target = { service: { namespace: 'shop', name: 'web', port: 'http', https: false } };
    const status = (code: number, reason: string, message = secret) => ({
      status: code,
      body: JSON.stringify({ kind: 'Status', apiVersion: 'v1', reason, message }),
    });
    const answers = [
      status(503, 'ServiceUnavailable'),
      { status: 200, body: secret },
      status(403, 'Forbidden'),
      status(503, 'ServiceUnavailable', `no endpoints available for service "web"`),
    ];
    const paths: string[] = [];
    const cluster = {
      askThrough: (path: string) => {
        paths.push(path);
        return Promise.resolve(answers[paths.length - 1] ?? { trouble: 'No answer: ECONNRESET.' });
      },
    };
    const { told } = await run(probe({ path: '/health?deep=1', timeLimit: '4s' }), target, {}, cluster);
    expect(told.map(({ state, why }) => `${state}: ${why}`)).toEqual([
      'unknown: The API server answers for Service shop/web: 503 ServiceUnavailable.',
      'unknown: It answers 200. So far 1 in a row of 2.',
      'unknown: The API server answers for Service shop/web: 403 Forbidden.',
      'fails: Service shop/web has no endpoint that is Ready.',
      'unknown: No answer: ECONNRESET.',
    ]);
    expect(paths[0]).toBe('/api/v1/namespaces/shop/services/web:http/proxy/health?deep=1');
    expect((await run(probe({ timeLimit: '1ms' }), target)).result).toMatchObject({
      state: 'unknown',
      why: 'The cluster of Service shop/web is not reached.',
    });
  });

  it('stops when it is told to, and says nothing of what it asked', async () => {
    const { address, seen } = await serve(503);
    const stopping = new AbortController();
    const reason = new Error('stop');
    const pause = async (_: number, signal: AbortSignal) => {
      stopping.abort(reason);
      signal.throwIfAborted();
    };
    const running = runProbe(probe(), address, { env: {}, now: () => 0, pause }, stopping.signal);
    await expect(running).rejects.toBe(reason);
    expect(seen).toHaveLength(1);
  });
});
