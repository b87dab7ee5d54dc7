import { describe, expect, test } from 'vitest';
import type { KubernetesConnection } from '../../../src/kubernetes/connection.ts';
import { hold } from '../../../src/kubernetes/copying/holding.ts';
import { holdNoteKey, writeHoldNote } from '../../../src/kubernetes/copying/holdNote.ts';
import { mergePatched } from '../../../src/kubernetes/copying/mergePatch.ts';
import { writeObject } from '../../../src/kubernetes/copying/writeObject.ts';
import type { Json } from '../../../src/tools/crds/json.ts';
import { fakeConnection } from '../fakeConnection.ts';

const madeBy = 'migrate-prod';
const deployments = {
  ...{ group: 'apps', version: 'v1', resource: 'deployments', kind: 'Deployment', namespaced: true },
};
const path = '/apis/apps/v1/namespaces/shop/deployments/queue';
const singletons = [{ kind: 'Deployment' as const, namespace: 'shop', name: 'queue' }];
const queue = (spec: Json): Json => ({
  ...{ apiVersion: 'apps/v1', kind: 'Deployment' },
  metadata: { namespace: 'shop', name: 'queue' },
  spec,
});

/** Green with one object, which takes every patch. */
function greenWith(object: Json): { green: KubernetesConnection; patches: unknown[]; live: () => Json } {
  let live = object;
  const patches: unknown[] = [];
  const green: KubernetesConnection = {
    ...fakeConnection({ [path]: () => live }),
    change: async (_method, _path, { body }) => {
      patches.push(body);
      live = mergePatched(live, (body ?? {}) as Json);
      return { metadata: { resourceVersion: String(patches.length) } };
    },
  };
  return { green, patches, live: () => live };
}

/** As it came to green: standing still, with the note of what it did on blue. */
const held = (object: Json): Json => mergePatched(object, hold(object, { singletons, madeBy }) ?? {});
const note = (replicas: number): string => writeHoldNote({ by: madeBy, before: { replicas } });

describe('what stands still on green, when it is brought once more', () => {
  test('is not touched where blue works as before', async () => {
    const { green, patches } = greenWith(held(queue({ replicas: 2 })));
    const written = await writeObject(deployments, queue({ replicas: 2 }), true, {
      green,
      singletons,
      madeBy,
    });
    expect(written).toEqual({ outcome: 'unchanged' });
    expect(patches).toEqual([]);
  });

  test('is given back as blue works by now', async () => {
    const { green, patches, live } = greenWith(held(queue({ replicas: 2 })));
    const bring = () => writeObject(deployments, queue({ replicas: 3 }), true, { green, singletons, madeBy });
    expect(await bring()).toEqual({ outcome: 'changed' });
    expect(patches).toEqual([{ metadata: { annotations: { [holdNoteKey]: note(3) } } }]);
    expect(live()).toMatchObject({ spec: { replicas: 0 } });
    expect(await bring()).toEqual({ outcome: 'unchanged' });
  });

  test('keeps its note where nobody says how much works', async () => {
    const { green, live } = greenWith(held(queue({ replicas: 2 })));
    await writeObject(deployments, queue({ paused: true }), true, { green, singletons, madeBy });
    expect(live()).toMatchObject({
      metadata: { annotations: { [holdNoteKey]: note(2) } },
      spec: { replicas: 0, paused: true },
    });
  });
});
