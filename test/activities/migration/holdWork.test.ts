import { describe, expect, onTestFinished, test } from 'vitest';
import { Clusters } from '../../../src/activities/clusters.ts';
import type { Singleton } from '../../../src/contract/migration.ts';
import type { KubernetesConnection } from '../../../src/kubernetes/connection.ts';
import { cronJob, ordersDb, paths, read } from '../../kubernetes/holding/workFixture.ts';
import { activityEnvironment } from '../environment.ts';
import { longEnough, startSimulated } from '../simulated.ts';
import type { Simulated } from '../simulated.ts';

const patiently = { timeout: 60_000 };
const nobody: Singleton = { kind: 'Deployment', namespace: 'shop', name: 'nobody' };

/** What the activities are called with, and a way to the cluster besides them. */
async function startWork(): Promise<{
  simulated: Simulated;
  connection: KubernetesConnection;
  input: Parameters<Simulated['activities']['holdWork']>[0];
}> {
  const simulated = await startSimulated({ scenario: { manifests: [cronJob('nightly')] } });
  const clusters = new Clusters();
  onTestFinished(() => clusters.close());
  const { kubernetes: connection } = await clusters.open(simulated.context);
  const input = {
    context: simulated.context,
    ...{ singletons: [ordersDb], madeBy: 'migrate-demo', timeoutMs: 100_000, pollMs: 50 },
  };
  return { simulated, connection, input };
}

/** Keeps a Pod from ending. */
async function keepPod(connection: KubernetesConnection, keep: boolean): Promise<void> {
  await connection.change('PATCH', '/api/v1/namespaces/shop/pods/orders-db-0', {
    body: { metadata: { finalizers: keep ? ['example.org/keep'] : null } },
    what: 'keep a Pod',
  });
}

/** Repeats what has a time limit until one problem is left, and that it is. */
async function untilOne<T extends { problems: string[] }>(
  work: () => Promise<T>,
  problem: RegExp,
): Promise<T> {
  for (;;) {
    const verdict = await work();
    if (verdict.problems.length === 1 && problem.test(verdict.problems[0] ?? '')) return verdict;
  }
}

test('work is held and given back, and counted', patiently, async () => {
  const { simulated, connection, input } = await startWork();
  const { run } = simulated;
  const still = { cronJobs: 1, singletons: 1, others: 1, problems: [] };
  expect(await run('holdWork', input)).toEqual(still);
  expect(await read(connection, paths.ordersDb)).toMatchObject({ spec: { replicas: 0 } });
  expect(await run('holdWork', input)).toEqual(still);
  expect(await run('releaseWork', input)).toEqual(still);
  expect(await read(connection, paths.ordersDb)).toMatchObject({
    ...{ spec: { replicas: 3 }, status: { readyReplicas: 3 } },
  });
  expect(await run('releaseWork', input)).toEqual({ cronJobs: 0, singletons: 0, others: 0, problems: [] });
});

test('a Pod that does not end in time is a problem by its name', patiently, async () => {
  const { simulated, connection, input } = await startWork();
  await keepPod(connection, true);
  const ends = /^StatefulSet shop\/orders-db: Pod orders-db-0 (has not ended yet|is still there)$/;
  // All else stands still at last.
  const { problems } = await untilOne(() => simulated.run('holdWork', { ...input, timeoutMs: 500 }), ends);
  expect(problems).toEqual([expect.stringMatching(ends)]);
  await keepPod(connection, false);
  expect(await simulated.run('holdWork', input)).toMatchObject({ singletons: 1, problems: [] });
});

test('it stops when it is cancelled, and the next try goes on', patiently, async () => {
  const { simulated, connection, input } = await startWork();
  await keepPod(connection, true);
  const environment = activityEnvironment(longEnough);
  const running = simulated.run('holdWork', input, environment);
  const stopped = expect(running).rejects.toThrow();
  while ((await read(connection, paths.ordersDb)).spec['replicas'] !== 0);
  environment.cancel();
  await stopped;
  await keepPod(connection, false);
  expect(await simulated.run('holdWork', input)).toMatchObject({ singletons: 1, problems: [] });
  await simulated.run('releaseWork', input);
  expect(await read(connection, paths.ordersDb)).toMatchObject({ spec: { replicas: 3 } });
});

test('a singleton that never becomes Ready is a problem', patiently, async () => {
  const { simulated, input } = await startWork();
  await simulated.run('holdWork', input);
  simulated.simulator.cluster.faults.turnOn({ pods: [{ kind: 'never-ready', name: 'orders-db-*' }] });
  const release = () => simulated.run('releaseWork', { ...input, timeoutMs: 500 });
  const first = await release();
  expect(first).toMatchObject({ singletons: 1, others: 1, problems: [expect.stringContaining('orders-db')] });
  const { problems } = await untilOne(release, /0 of 3/);
  expect(problems).toEqual(['StatefulSet shop/orders-db: 0 of 3 Pods Ready']);
});

describe('a singleton that is not there', () => {
  test.each([
    ['blue', ['Deployment shop/nobody is not there, though the request names it as a singleton']],
    [undefined, ['Deployment shop/nobody is not there, though the request names it as a singleton']],
    ['green', []],
  ] as const)('on %s', patiently, async (side, problems) => {
    const { simulated, input } = await startWork();
    const named = { ...input, singletons: [nobody], ...(side === undefined ? {} : { side }) };
    expect(await simulated.run('holdWork', named)).toMatchObject({ problems });
    expect(await simulated.run('releaseWork', named)).toMatchObject({ problems });
  });
});
