import { describe, expect, test } from 'vitest';
import type { Singleton } from '../../../src/contract/migration.ts';
import { readyReplicas } from '../../../src/kubernetes/comparing/readyReplicas.ts';
import { holdNoteKey } from '../../../src/kubernetes/copying/holdNote.ts';
import { plainSelection } from '../../../src/kubernetes/copying/selection.ts';
import { fakeConnection } from '../fakeConnection.ts';

/** A workload whose controller has seen its newest version, unless told otherwise. */
function workload(name: string, ready: number, more: { metadata?: object; status?: object } = {}) {
  return {
    metadata: { namespace: 'shop', name, uid: name, resourceVersion: '1', generation: 2, ...more.metadata },
    spec: {
      replicas: ready,
      template: { spec: { containers: [{ image: `registry.example.com/${name}:1` }] } },
    },
    status: { observedGeneration: 2, readyReplicas: ready, ...more.status },
  };
}
type Workload = ReturnType<typeof workload>;

const cluster = (deployments: Workload[], statefulSets: Workload[] = []) =>
  fakeConnection({
    '/apis/apps/v1/deployments': { items: deployments },
    '/apis/apps/v1/statefulsets': { items: statefulSets },
  });

const options = {
  singletons: [{ kind: 'Deployment', namespace: 'shop', name: 'only' }] satisfies Singleton[],
  selection: { ...plainSelection, excludeNamespaces: ['scratch'] },
  signal: new AbortController().signal,
};
const web = workload('web', 3);

test('each side has its Ready Pods by the owner’s name', async () => {
  const blue = cluster([web], [workload('web', 2)]);
  const green = cluster([workload('web', 1)], [workload('web', 2)]);
  expect(await readyReplicas(blue, green, options)).toEqual([
    { owner: 'deployment shop/web', blue: 3, green: 1 },
    { owner: 'statefulset shop/web', blue: 2, green: 2 },
  ]);
});

describe('an owner', () => {
  const held = { metadata: { annotations: { [holdNoteKey]: '{"by":"m","before":{"replicas":3}}' } } };
  test.each<
    [string, Workload, Workload | undefined, { blue: number; green: number | undefined } | undefined]
  >([
    ['that green has not is not known there', web, undefined, { blue: 3, green: undefined }],
    [
      'whose newest version nobody has seen has none',
      web,
      workload('web', 3, { status: { observedGeneration: 1 } }),
      {
        blue: 3,
        green: 0,
      },
    ],
    ['that blue has no Ready Pod of asks for nothing', workload('web', 0), undefined, undefined],
    ['that must not work twice is not among them', workload('only', 1), workload('only', 0), undefined],
    [
      'that is external-dns is not among them',
      workload('external-dns', 1),
      workload('external-dns', 0),
      undefined,
    ],
    ['that is held on green is not among them', web, workload('web', 0, held), undefined],
    [
      'that the request leaves behind is not among them',
      workload('web', 1, { metadata: { namespace: 'scratch' } }),
      undefined,
      undefined,
    ],
  ])('%s', async (_, blue, green, expected) => {
    const sides = [cluster([blue]), cluster(green === undefined ? [] : [green])] as const;
    const replicas = await readyReplicas(...sides, options);
    expect(replicas).toEqual(expected === undefined ? [] : [{ owner: 'deployment shop/web', ...expected }]);
  });
});
