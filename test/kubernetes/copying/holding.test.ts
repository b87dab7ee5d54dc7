import { describe, expect, it, test } from 'vitest';
import { hold, isAtWork, release, unheld, workOf } from '../../../src/kubernetes/copying/holding.ts';
import { holdNoteKey, readHoldNote } from '../../../src/kubernetes/copying/holdNote.ts';
import { mergePatched } from '../../../src/kubernetes/copying/mergePatch.ts';
import type { Json } from '../../../src/tools/crds/json.ts';

const singletons = [{ kind: 'Deployment' as const, namespace: 'shop', name: 'scheduler' }];
const ours = { singletons, madeBy: 'migrate-prod' };

function object(apiVersion: string, kind: string, spec: Json, name = 'it'): Json {
  return { apiVersion, kind, metadata: { namespace: 'shop', name }, spec };
}
const automated = { prune: true, selfHeal: true };
const externalDnsPod = {
  template: { spec: { containers: [{ image: 'registry.example.com/external-dns:v0.15.1' }] } },
};

const works: [what: string, object: Json, work: string, before: Json, still: Json][] = [
  [
    'a CronJob',
    object('batch/v1', 'CronJob', { schedule: '@daily', suspend: false }),
    'cron-job',
    { suspend: false },
    { schedule: '@daily', suspend: true },
  ],
  [
    'a singleton',
    object('apps/v1', 'Deployment', { replicas: 1, paused: true }, 'scheduler'),
    'singleton',
    { replicas: 1 },
    { replicas: 0, paused: true },
  ],
  [
    'external-dns, without a number of replicas',
    object('apps/v1', 'Deployment', externalDnsPod),
    'external-dns',
    { replicas: 1 },
    { ...externalDnsPod, replicas: 0 },
  ],
  [
    'an Application that syncs by itself',
    object('argoproj.io/v1alpha1', 'Application', { syncPolicy: { automated, retry: { limit: 2 } } }),
    'automatic-sync',
    { automated },
    { syncPolicy: { retry: { limit: 2 } } },
  ],
  [
    'an ApplicationSet whose Applications sync by themselves',
    object('argoproj.io/v1alpha1', 'ApplicationSet', {
      template: { spec: { project: 'shop', syncPolicy: { automated } } },
    }),
    'automatic-sync',
    { automated },
    { template: { spec: { project: 'shop', syncPolicy: {} } } },
  ],
];

describe('what must not work twice', () => {
  test.each(works)('%s stands still, and is given back as it was', (_what, working, work, before, still) => {
    expect(workOf(working, singletons)).toBe(work);
    const held = mergePatched(working, hold(working, ours) ?? {});
    expect(held['spec']).toEqual(still);
    expect(isAtWork(held)).toBe(false);
    expect(readHoldNote((held['metadata'] as { annotations: Json }).annotations)).toEqual({
      by: 'migrate-prod',
      before,
    });

    const given = mergePatched(held, release(held, ours) ?? {});
    expect(given['spec']).toEqual({ ...(working['spec'] as Json), ...('replicas' in before ? before : {}) });
    expect(given['metadata']).toEqual({ namespace: 'shop', name: expect.any(String), annotations: {} });
    expect(unheld(held)).toEqual(given);
  });

  test.each(works)('%s is held once, and given back once', (_what, working) => {
    const held = mergePatched(working, hold(working, ours) ?? {});
    expect(hold(held, ours)).toBeUndefined();
    const given = mergePatched(held, release(held, ours) ?? {});
    expect(release(given, ours)).toBeUndefined();
  });

  test.each<[string, Json]>([
    ['a Deployment that is no singleton', object('apps/v1', 'Deployment', { replicas: 3 })],
    [
      'a StatefulSet by the name of a singleton',
      object('apps/v1', 'StatefulSet', { replicas: 3 }, 'scheduler'),
    ],
    ['a DaemonSet', object('apps/v1', 'DaemonSet', externalDnsPod)],
    ['a CronJob of another API', object('example.com/v1', 'CronJob', {})],
    ['an AppProject', object('argoproj.io/v1alpha1', 'AppProject', {})],
  ])('%s goes on working', (_what, working) => {
    expect(workOf(working, singletons)).toBeUndefined();
    expect(hold(working, ours)).toBeUndefined();
  });
});

describe('what others have done', () => {
  it('leaves a CronJob alone that somebody has suspended', () => {
    const suspended = object('batch/v1', 'CronJob', { suspend: true });
    expect(hold(suspended, ours)).toBeUndefined();
    expect(release(suspended, ours)).toBeUndefined();
  });

  it('takes over the note of a migration that was ended by force, with what there was before it', () => {
    const working = object('apps/v1', 'Deployment', { replicas: 4 }, 'scheduler');
    const held = mergePatched(working, hold(working, { singletons, madeBy: 'another' }) ?? {});
    expect(release(held, ours)).toBeUndefined();
    const taken = mergePatched(held, hold(held, ours) ?? {});
    expect(mergePatched(taken, release(taken, ours) ?? {})['spec']).toEqual({ replicas: 4 });
  });

  it('takes only the note off what somebody has set to work meanwhile', () => {
    const working = object('apps/v1', 'Deployment', { replicas: 4 }, 'scheduler');
    const held = mergePatched(working, hold(working, ours) ?? {});
    const scaled = mergePatched(held, { spec: { replicas: 2 } });
    expect(release(scaled, ours)).toEqual({ metadata: { annotations: { [holdNoteKey]: null } } });
  });

  test.each(['', 'yes', '{"by":1}', '{"by":"x","before":{"replicas":-1}}', '{"by":"x","before":{}}'])(
    'takes %j for no note',
    (note) => {
      expect(readHoldNote({ [holdNoteKey]: note })).toBeUndefined();
    },
  );
});
