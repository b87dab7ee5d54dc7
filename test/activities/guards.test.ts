import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { guardsActivity } from '../../src/activities/guards.ts';
import { judgePromql } from '../../src/activities/guards/judgePromql.ts';
import type { Guard } from '../../src/contract/guard.ts';
import { activityEnvironment } from './environment.ts';

const secret = 'tok-secret-1';

/** A server on this machine; its address. */
async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function look(guard: Guard, env: Record<string, string> = {}) {
  const { checkGuards } = guardsActivity({ env });
  type Input = Parameters<typeof checkGuards>[0];
  // Guards are asked without the cluster.
  const input = { context: {} as Input['context'], guards: [guard] };
  const { results } = await activityEnvironment().run<
    [Input],
    Awaited<ReturnType<typeof checkGuards>>,
    typeof checkGuards
  >(checkGuards, input);
  return results[0];
}

const http = (address: string, change: Partial<Extract<Guard, { http: string }>> = {}): Guard => ({
  name: 'shop',
  http: address,
  expectStatus: 200,
  ...change,
});

describe('an address', () => {
  it.each<[number, Partial<Extract<Guard, { http: string }>>, string, string]>([
    [200, {}, 'holds', 'It answers 200.'],
    [200, { expectText: 'fine' }, 'holds', 'It answers 200 with the expected text.'],
    [200, { expectText: 'great' }, 'fails', 'It answers 200, without the expected text.'],
    [503, {}, 'fails', 'It answers 503, and 200 is expected.'],
    [204, { expectStatus: 204 }, 'holds', 'It answers 204.'],
    [302, {}, 'fails', 'It answers 302, and 200 is expected.'],
  ])('that answers %i, and shall %j', async (status, change, state, why) => {
    let asked = 0;
    const address = await serve((_, response) => {
      asked += 1;
      response.writeHead(status, { location: '/elsewhere' }).end(status === 204 ? '' : 'all is fine');
    });
    expect(await look(http(`${address}/health?key=k`, change))).toEqual({ name: 'shop', state, why });
    expect(asked).toBe(1);
  });

  it('that can’t be reached is unknown, and is not named', async () => {
    const address = await serve((request) => request.socket.destroy());
    const result = await look(http(`${address}/health?key=${secret}`));
    expect(result).toMatchObject({ state: 'unknown', why: expect.stringMatching(/^No answer: [A-Z_]+\.$/) });
    expect(JSON.stringify(result)).not.toContain(secret);
  });

  it('gets the token of the worker’s environment, and without it is not asked', async () => {
    const seen: (string | undefined)[] = [];
    const address = await serve((request, response) => {
      seen.push(request.headers.authorization);
      response.end();
    });
    const guard = http(address, { tokenEnv: 'STEPLADDER_GUARD_SHOP' });
    expect(await look(guard, { STEPLADDER_GUARD_SHOP: secret })).toMatchObject({ state: 'holds' });
    expect(await look(guard)).toEqual({
      name: 'shop',
      state: 'unknown',
      why: "STEPLADDER_GUARD_SHOP is not set in the worker's environment.",
    });
    expect(seen).toEqual([`Bearer ${secret}`]);
  });

  it('that answers without end is read to a limit only', async () => {
    const address = await serve((_, response) => {
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
      };
      response.on('drain', more);
      more();
    });
    expect(await look(http(address, { expectText: 'y' }))).toMatchObject({ state: 'fails' });
  });
});

const vector = (...values: string[]) => ({
  status: 'success',
  data: { resultType: 'vector', result: values.map((value) => ({ metric: {}, value: [1, value] })) },
});

describe('an expression', () => {
  const why0 =
    '0 for 1 of 2 samples. (A comparison without `bool` gives the value that it compares, which may be 0.)';
  it.each<[string, unknown, string, string]>([
    ['is true everywhere', vector('1', '0.5'), 'holds', 'True for 2 samples.'],
    ['is true once', vector('3'), 'holds', 'True for 1 sample.'],
    ['is false somewhere', vector('1', '0'), 'fails', why0],
    ['gives nothing', vector(), 'fails', 'The expression gives no sample, and it must give at least one.'],
    ['gives what is no number', vector('1', 'NaN'), 'unknown', '1 of 2 samples are no number.'],
    ['is infinite', vector('+Inf'), 'holds', 'True for 1 sample.'],
    [
      'is a scalar',
      { status: 'success', data: { resultType: 'scalar', result: [1, '1'] } },
      'holds',
      'True for 1 sample.',
    ],
    [
      'is a range',
      { status: 'success', data: { resultType: 'matrix', result: [] } },
      'unknown',
      'The expression gives a range of samples, which is neither true nor false.',
    ],
    [
      'was answered in part',
      { ...vector('1'), warnings: ['store x is away'] },
      'unknown',
      'Prometheus answers with warnings, so its answer may not be whole.',
    ],
    [
      'is refused',
      { status: 'error', errorType: 'bad_data', error: `parse error near ${secret}` },
      'unknown',
      'Prometheus refuses the query: bad_data.',
    ],
    [
      'is asked of something else',
      { hello: secret },
      'unknown',
      'The answer is not one of Prometheus. Check the address.',
    ],
    ['is answered by a text', secret, 'unknown', 'The answer is not one of Prometheus. Check the address.'],
  ])('that %s', (_, answer, state, why) => {
    const body = typeof answer === 'string' ? answer : JSON.stringify(answer);
    expect(judgePromql({ status: 200, body })).toEqual({ state, why });
  });

  it('that can’t be asked is unknown', () => {
    expect(judgePromql({ status: 502, body: '<html>' })).toEqual({
      state: 'unknown',
      why: 'Prometheus answers 502.',
    });
  });

  it('is asked of Prometheus’ own path, below the one that was given, with the token', async () => {
    const asked: unknown[] = [];
    const address = await serve((request, response) => {
      const { method, url, headers } = request;
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const query = new URLSearchParams(body).get('query');
        asked.push({ method, url, token: headers.authorization, query });
        response.end(JSON.stringify(vector('1')));
      });
    });
    const guard: Guard = {
      name: 'errors',
      promql: 'sum(rate(errors{code=~"5.."}[5m])) < bool 5',
      prometheus: `${address}/prom/?tenant=a`,
      tokenEnv: 'STEPLADDER_GUARD_P',
    };
    expect(await look(guard, { STEPLADDER_GUARD_P: secret })).toEqual({
      name: 'errors',
      state: 'holds',
      why: 'True for 1 sample.',
    });
    expect(asked).toEqual([
      {
        method: 'POST',
        url: '/prom/api/v1/query?tenant=a',
        token: `Bearer ${secret}`,
        query: guard.promql,
      },
    ]);
  });
});
