import { expect, onTestFinished, test } from 'vitest';
import { connectKubernetes } from '../../../src/kubernetes/connection.ts';
import { evict } from '../../../src/kubernetes/drain/evict.ts';
import { defaultRetryPolicy } from '../../../src/kubernetes/retryPolicy.ts';
import { answer, startHttpsServer } from '../httpsServer.ts';

const reference = { namespace: 'shop', name: 'web-1', uid: 'uid-1' };
const status = (code: number, message: string, reason = '', causes: object[] = []) => ({
  kind: 'Status',
  status: 'Failure',
  code,
  reason,
  message,
  details: { causes },
});
const disruption = {
  reason: 'DisruptionBudget',
  message: 'The disruption budget web needs 2 healthy pods and has 2 currently',
};

/** What the eviction comes to when the API answers so each time; how often it was asked. */
async function answered(...answers: ReturnType<typeof status>[]) {
  const bodies: unknown[] = [];
  const server = await startHttpsServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      bodies.push(JSON.parse(Buffer.concat(chunks).toString()));
      const next = answers.length > 1 ? answers.shift() : answers[0];
      answer(response, next?.code ?? 201, next ?? { kind: 'Status', status: 'Success' });
    });
  });
  onTestFinished(() => server.stop());
  const connection = await connectKubernetes(
    { ...server, token: async () => 'token' },
    { ...defaultRetryPolicy, tries: 3, firstDelayMs: 1, longestDelayMs: 2 },
  );
  onTestFinished(() => connection.close());
  const signal = new AbortController().signal;
  const outcome = evict(connection, reference, { gracePeriodSeconds: 5, signal });
  return { outcome, bodies, requests: server.requests };
}

test.each<[string, ReturnType<typeof status>, object, number]>([
  [
    'a refusal is told at once',
    status(429, 'no', 'TooManyRequests', [disruption]),
    { state: 'refused', why: disruption.message },
    1,
  ],
  [
    'so are two budgets',
    status(500, 'This pod has more than one PodDisruptionBudget, which …'),
    { state: 'several-budgets' },
    1,
  ],
  [
    'a Pod that is not there is gone',
    status(404, 'pods "web-1" not found', 'NotFound'),
    { state: 'gone' },
    1,
  ],
  [
    'another uid means that it is gone',
    status(409, 'Precondition failed: UID in precondition: uid-1, UID in object meta: uid-2', 'Conflict'),
    { state: 'gone' },
    1,
  ],
  [
    'a Pod that changed just then',
    status(409, 'the object has been modified', 'Conflict'),
    { state: 'changed' },
    1,
  ],
  [
    'a namespace that is being deleted',
    status(403, 'forbidden', 'Forbidden', [{ reason: 'NamespaceTerminating', message: 'shop' }]),
    { state: 'leaving' },
    1,
  ],
  [
    'a webhook that says no',
    status(403, 'admission webhook "guard" denied the request: quorum', 'Forbidden'),
    {
      state: 'failed',
      why: 'the eviction API answered 403: admission webhook "guard" denied the request: quorum',
    },
    1,
  ],
  [
    'an API that fails each time',
    status(500, 'etcd'),
    { state: 'failed', why: 'the eviction API answered 500: etcd' },
    3,
  ],
  ['one that is busy each time', status(429, 'too many requests', 'TooManyRequests'), { state: 'failed' }, 3],
])('%s', async (_, given, expected, asked) => {
  const { outcome, requests } = await answered(given);
  expect(await outcome).toMatchObject(expected);
  expect(requests).toHaveLength(asked);
});

test('an eviction names the uid, and is sent again when it failed once', async () => {
  const { outcome, bodies, requests } = await answered(status(503, 'starting'), status(201, ''));
  expect(await outcome).toEqual({ state: 'granted' });
  expect(requests).toEqual(
    Array.from({ length: 2 }, () => 'POST /api/v1/namespaces/shop/pods/web-1/eviction'),
  );
  expect(bodies[1]).toEqual({
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { namespace: 'shop', name: 'web-1' },
    deleteOptions: { preconditions: { uid: 'uid-1' }, gracePeriodSeconds: 5 },
  });
});

test.each([
  ['credentials that are refused', status(401, 'Unauthorized', 'Unauthorized')],
  [
    'a permission that is missing',
    status(
      403,
      'User "x" cannot create resource "pods/eviction" in API group "" in the namespace "shop"',
      'Forbidden',
    ),
  ],
])('%s concern more than one Pod', async (_, given) => {
  const { outcome } = await answered(given);
  await expect(outcome).rejects.toMatchObject({ type: 'CredentialsRefused' });
});
