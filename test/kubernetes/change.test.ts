import { expect, onTestFinished, test } from 'vitest';
import { connectKubernetes } from '../../src/kubernetes/connection.ts';
import { statusBehind } from '../../src/kubernetes/errors.ts';
import { defaultRetryPolicy } from '../../src/kubernetes/retryPolicy.ts';
import { answer, refuse, startHttpsServer } from './httpsServer.ts';
import type { Handler } from './httpsServer.ts';

async function connect(handler: Handler) {
  const server = await startHttpsServer(handler);
  onTestFinished(() => server.stop());
  const connection = await connectKubernetes(
    { ...server, token: async () => 'token' },
    { ...defaultRetryPolicy, firstDelayMs: 1, longestDelayMs: 2 },
  );
  onTestFinished(() => connection.close());
  return { server, connection };
}

test('a patch is a merge patch, and outlives what passes by itself', async () => {
  const types: (string | undefined)[] = [];
  const { server, connection } = await connect((request, response, nth) => {
    types.push(request.headers['content-type']);
    if (nth === 1) request.socket.destroy();
    else if (nth === 2) refuse(response, 503, 'ServiceUnavailable', 'starting');
    else answer(response, 200, { ok: true });
  });
  const options = { body: { spec: {} }, query: { fieldManager: 'x' }, what: 'patch' };
  await expect(connection.change('PATCH', '/api/v1/nodes/n', options)).resolves.toEqual({ ok: true });
  expect(server.requests).toEqual(Array.from({ length: 3 }, () => 'PATCH /api/v1/nodes/n?fieldManager=x'));
  expect(new Set(types)).toEqual(new Set(['application/merge-patch+json']));
});

test('a server-side apply is a patch of its own kind', async () => {
  const types: (string | undefined)[] = [];
  const { server, connection } = await connect((request, response) => {
    types.push(request.headers['content-type']);
    answer(response, 200, { ok: true });
  });
  const options = { body: { spec: {} }, query: { fieldManager: 'x', force: 'true' }, what: 'apply' };
  await expect(connection.change('APPLY', '/api/v1/nodes/n', options)).resolves.toEqual({ ok: true });
  expect(server.requests).toEqual(['PATCH /api/v1/nodes/n?fieldManager=x&force=true']);
  expect(types).toEqual(['application/apply-patch+yaml']);
});

test.each([404, 409, 422])('an answer of %i is the caller’s at once', async (code) => {
  const { server, connection } = await connect((_, response) => refuse(response, code, 'Some', 'thing'));
  const error: unknown = await connection
    .change('DELETE', '/api/v1/pods/p', { what: 'delete' })
    .catch((caught: unknown) => caught);
  expect(statusBehind(error)).toMatchObject({ code, reason: 'Some', message: 'thing' });
  expect(server.requests).toHaveLength(1);
});

test('answers that the caller claims are not tried again', async () => {
  const { server, connection } = await connect((_, response) => refuse(response, 429, '', 'no'));
  const isAnswer = ({ code }: { code: number }): boolean => code === 429;
  await expect(connection.change('POST', '/x', { what: 'post', isAnswer })).rejects.toMatchObject({
    type: 'Throttled',
  });
  expect(server.requests).toHaveLength(1);
});

test('a change that is called off is not sent again', async () => {
  const stop = new AbortController();
  const { server, connection } = await connect((_, response) => {
    stop.abort(new Error('enough'));
    refuse(response, 503, '', 'starting');
  });
  await expect(connection.change('POST', '/x', { what: 'post', signal: stop.signal })).rejects.toThrow(
    'enough',
  );
  expect(server.requests).toHaveLength(1);
});
