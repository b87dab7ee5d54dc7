import { expect, test } from 'vitest';
import { impliedBudget, readOwners } from '../../../src/kubernetes/drain/owners.ts';
import type { Owner } from '../../../src/kubernetes/drain/owners.ts';
import { fakeConnection, list } from '../fakeConnection.ts';
import { pod } from './pods.ts';

const reference = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  namespace: 'shop',
  name: 'web',
  uid: 'uid-web',
};
const controlledBy = (kind: string, name: string) => [
  { apiVersion: 'apps/v1', kind, name, uid: `uid-${name}`, controller: true },
];
const apps = '/apis/apps/v1';

test.each<[string, Partial<Owner>, { ready: number; unready?: number; leaving?: number }, [number, number]]>([
  ['25% of 8, rounded down', { wanted: 8, maxUnavailable: '25%' }, { ready: 8 }, [2, 0]],
  ['25% of 7, rounded down', { wanted: 7, maxUnavailable: '25%' }, { ready: 7 }, [1, 0]],
  ['a share that comes to nothing is one', { wanted: 3, maxUnavailable: '25%' }, { ready: 3 }, [1, 0]],
  ['0 is one', { wanted: 3, maxUnavailable: 0 }, { ready: 3 }, [1, 0]],
  ['a number', { wanted: 9, maxUnavailable: 3 }, { ready: 9 }, [3, 0]],
  ['one that says nothing', { wanted: 9 }, { ready: 9 }, [1, 0]],
  ['what is wanted and not Ready is away', { wanted: 3 }, { ready: 1, unready: 1 }, [1, 2]],
  ['more than is wanted, while it rolls', { wanted: 3 }, { ready: 4 }, [1, 0]],
  [
    'one that does not say how many it wants',
    { wanted: undefined },
    { ready: 5, unready: 1, leaving: 1 },
    [1, 2],
  ],
])('%s', (_, fields, tally, [allowed, away]) => {
  const owner: Owner = {
    reference,
    wanted: 1,
    maxUnavailable: undefined,
    controllers: ['uid-web-1'],
    ...fields,
  };
  expect(impliedBudget(owner, () => ({ unready: 0, leaving: 0, ...tally }))).toEqual({
    owner: reference,
    allowed,
    away,
  });
});

test('a Pod belongs to the Deployment behind its ReplicaSet, and that counts the Pods of all its ReplicaSets', async () => {
  const connection = fakeConnection({
    [`${apps}/deployments`]: list({
      metadata: { namespace: 'shop', name: 'web', uid: 'uid-web' },
      spec: { replicas: 4, strategy: { rollingUpdate: { maxUnavailable: '50%' } } },
    }),
    [`${apps}/replicasets`]: list(
      ...['web-1', 'web-2'].map((name) => ({
        metadata: {
          namespace: 'shop',
          name,
          uid: `uid-${name}`,
          ownerReferences: controlledBy('Deployment', 'web'),
        },
        spec: { replicas: 2 },
      })),
      { metadata: { namespace: 'shop', name: 'alone', uid: 'uid-alone' }, spec: { replicas: 1 } },
    ),
    [`${apps}/statefulsets`]: list({
      metadata: { namespace: 'shop', name: 'database', uid: 'uid-database' },
      spec: { replicas: 3, updateStrategy: { type: 'RollingUpdate' } },
    }),
    [`${apps}/daemonsets`]: list({ metadata: { namespace: 'shop', name: 'agent', uid: 'uid-agent' } }),
  });
  const owners = await readOwners(connection);
  const of = (kind: string, name: string) => {
    const [controller] = controlledBy(kind, name);
    return owners.ownerOf(pod({ controller }));
  };
  expect(of('ReplicaSet', 'web-2')).toMatchObject({
    reference,
    wanted: 4,
    maxUnavailable: '50%',
    controllers: ['uid-web-1', 'uid-web-2'],
  });
  expect(of('ReplicaSet', 'alone')).toMatchObject({
    reference: { kind: 'ReplicaSet', name: 'alone' },
    wanted: 1,
  });
  expect(of('StatefulSet', 'database')).toMatchObject({ wanted: 3, maxUnavailable: undefined });
  expect(of('Job', 'report')).toMatchObject({
    reference: { kind: 'Job', namespace: 'shop' },
    wanted: undefined,
  });
  expect(owners.ownerOf(pod({ controller: undefined }))).toBeUndefined();
  expect(owners.hasDaemonSet('shop', 'agent')).toBe(true);
  expect(owners.hasDaemonSet('web', 'agent')).toBe(false);
  const [stranger] = controlledBy('ReplicaSet', 'web-3');
  expect(owners.knows(pod({ controller: stranger }))).toBe(false);
});
