import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { readPrometheus } from '../../src/monitoring/prometheus.ts';
import { told } from './contents.ts';

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const clean of cleanups.splice(0)) clean();
});

/** A server that answers as told, with what it was asked. */
async function serve(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<{ url: string; asked: IncomingMessage[] }> {
  const asked: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    asked.push(request);
    answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

const answered = {
  status: 'success',
  data: {
    groups: [
      {
        name: 'g',
        file: '/etc/rules.yaml',
        rules: [
          { type: 'alerting', name: 'A', query: 'x > 1', labels: { severity: 'page' }, alerts: [] },
          { type: 'recording', name: 'job:x', query: 'sum by (job) (x)' },
        ],
      },
    ],
  },
};
const json = (value: unknown) => (_request: IncomingMessage, response: ServerResponse) => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(value));
};

it('reads the rules that a Prometheus has loaded', async () => {
  const { url, asked } = await serve(json(answered));
  const result = await readPrometheus({ url: `${url}/prefix/` }, {});
  expect(told(result.contents)).toEqual(['alert g/A: x > 1', 'recording-rule g/job:x: sum by (job) (x)']);
  expect(result).toMatchObject({ state: 'complete', source: `Prometheus at ${url}/prefix` });
  expect(asked[0]?.url).toBe('/prefix/api/v1/rules');
  expect(asked[0]?.headers.authorization).toBeUndefined();
});

it('sends what the named variables hold, and tells it to nobody', async () => {
  const { url, asked } = await serve((_request, response) => response.writeHead(401).end('secret-body'));
  const environment = { TOKEN: 'tok-1', USER_NAME: 'u', PASS: 'pa-2' };
  const results = [
    await readPrometheus({ url, tokenVariable: 'TOKEN' }, environment),
    await readPrometheus({ url, usernameVariable: 'USER_NAME', passwordVariable: 'PASS' }, environment),
  ];
  expect(asked.map(({ headers }) => headers.authorization)).toEqual([
    'Bearer tok-1',
    `Basic ${Buffer.from('u:pa-2').toString('base64')}`,
  ]);
  for (const result of results)
    expect(result).toMatchObject({ state: 'failed', why: 'it answered with HTTP 401' });
  expect(JSON.stringify(results)).not.toMatch(/tok-1|pa-2|secret-body/);
});

it('does not ask without the credentials that it was told to use', async () => {
  const { url, asked } = await serve(json(answered));
  const result = await readPrometheus({ url, tokenVariable: 'TOKEN' }, {});
  expect(result).toMatchObject({ state: 'failed', why: 'the environment variable TOKEN is not set' });
  expect(asked).toEqual([]);
});

it('keeps credentials of an address out of everything', async () => {
  const { url, asked } = await serve(json(answered));
  const result = await readPrometheus({ url: url.replace('//', '//name:word@') }, {});
  expect(JSON.stringify(result)).not.toContain('word');
  expect(asked[0]?.headers.authorization).toBeUndefined();
});

it('does not follow a redirection', async () => {
  const { url, asked } = await serve((_request, response) =>
    response.writeHead(302, { location: '/elsewhere' }).end(),
  );
  expect(await readPrometheus({ url }, {})).toMatchObject({
    state: 'failed',
    why: 'it answered with HTTP 302',
  });
  expect(asked).toHaveLength(1);
});

it.each<[string, (request: IncomingMessage, response: ServerResponse) => void, RegExp]>([
  ['an error', json({ status: 'error', error: 'no' }), /did not answer as a Prometheus/],
  ['another thing', json([1]), /did not answer as a Prometheus/],
  ['no JSON', (_request, response) => response.end('<html>'), /no JSON/],
  ['nothing', (_request, response) => response.socket?.destroy(), /could not be asked \(/],
])('fails when it gets %s', async (_what, answer, why) => {
  const { url } = await serve(answer);
  const result = await readPrometheus({ url }, {});
  expect(result.state).toBe('failed');
  expect(result.why).toMatch(why);
});

it('is not clear about a Prometheus without rules', async () => {
  const { url } = await serve(json({ status: 'success', data: { groups: [] } }));
  expect(await readPrometheus({ url }, {})).toMatchObject({
    state: 'partial',
    why: 'no rules were found in it',
  });
});

it.each(['', 'prometheus:9090', 'file:///etc/passwd', 'not a url'])('does not ask %o', async (url) => {
  expect(await readPrometheus({ url }, {})).toMatchObject({ state: 'failed', source: 'Prometheus' });
});

it('ends when it is told to', async () => {
  const controller = new AbortController();
  const { url } = await serve(() => {
    controller.abort(new Error('enough'));
  });
  await expect(readPrometheus({ url }, {}, controller.signal)).rejects.toThrow('enough');
});
