import { describe, expect, test } from 'vitest';
import { judgeGreenWorkloads } from '../../../src/kubernetes/comparing/judgeGreenWorkloads.ts';
import { workloadKey } from '../../../src/kubernetes/workloads.ts';
import type { WorkloadState } from '../../../src/kubernetes/workloads.ts';

function owner(more: Partial<WorkloadState> = {}): WorkloadState {
  return {
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web', uid: 'u' },
    ...{ well: true, wanted: 3, ready: 3 },
    ...more,
  };
}
const web = owner();
const starting = owner({ well: false, ready: 1, reason: '1 of 3 Pods Ready' });
const job = owner({
  apiVersion: 'batch/v1',
  kind: 'Job',
  name: 'import',
  wanted: 0,
  ready: 0,
  shortLived: true,
});
const agent = owner({ kind: 'DaemonSet', name: 'agent' });
const nothing = new Map<string, string>();

describe('an owner that is well on blue has to be as well on green', () => {
  test.each<[string, WorkloadState, WorkloadState | undefined, string | undefined]>([
    ['it is', web, web, undefined],
    ['by another version of its kind', owner({ apiVersion: 'apps/v1beta2' }), web, undefined],
    ['with more Pods', web, owner({ wanted: 5, ready: 5 }), undefined],
    ['it is not there', web, undefined, 'Deployment shop/web: it is not on the new cluster'],
    [
      'it is in another namespace',
      web,
      owner({ namespace: 'b' }),
      'Deployment shop/web: it is not on the new cluster',
    ],
    [
      'it is of another group',
      web,
      owner({ apiVersion: 'x.org/v1' }),
      'Deployment shop/web: it is not on the new cluster',
    ],
    ['it still starts', web, starting, 'Deployment shop/web: 1 of 3 Pods Ready'],
    [
      'its autoscaler has taken Pods away',
      web,
      owner({ wanted: 1, ready: 1 }),
      'Deployment shop/web: 1 Ready on the new cluster, 3 on the old one: it wants 1 there; raise its replicas, or the minReplicas of its HorizontalPodAutoscaler',
    ],
    [
      'its rollout has not got all Pods yet',
      web,
      owner({ wanted: 3, ready: 2 }),
      'Deployment shop/web: 2 Ready on the new cluster, 3 on the old one: 3 are wanted',
    ],
    ['it is scaled to 0 on both', owner({ wanted: 0, ready: 0 }), owner({ wanted: 0, ready: 0 }), undefined],
    [
      'it is a DaemonSet with fewer nodes',
      agent,
      owner({ kind: 'DaemonSet', name: 'agent', wanted: 1, ready: 1 }),
      undefined,
    ],
    [
      'it is a DaemonSet that lacks a Pod',
      agent,
      owner({ kind: 'DaemonSet', name: 'agent', well: false, wanted: 3, ready: 2 }),
      'DaemonSet shop/agent: 2 of 3 Pods Ready',
    ],
    ['it is a Job that has ended there too', job, job, undefined],
    [
      'it is a Job that fails there',
      job,
      { ...job, well: false, reason: 'failed' },
      'Job shop/import: failed',
    ],
  ])('%s', (_, blue, green, line) => {
    const judged = judgeGreenWorkloads([blue], green === undefined ? [] : [green], nothing);
    expect(judged.behind.map((each) => each.line)).toEqual(line === undefined ? [] : [line]);
    expect(judged).toMatchObject({ well: line === undefined, compared: 1, alreadyBroken: [], apart: [] });
  });
});

describe('what stands in nobody’s way', () => {
  test.each<[string, WorkloadState[]]>([
    ['broken on both', [owner({ well: false, ready: 0 })]],
    ['not there', []],
    ['well only on green', [web]],
  ])('an owner that was broken on blue already: %s', (_, green) => {
    const broken = owner({ well: false, ready: 0 });
    const judged = judgeGreenWorkloads([broken, agent], [...green, agent], nothing);
    expect(judged).toMatchObject({ well: true, compared: 1, behind: [], alreadyBroken: [broken] });
  });

  test('a Job or a bare Pod that is not there', () => {
    expect(judgeGreenWorkloads([web, job], [web], nothing)).toMatchObject({ well: true, compared: 1 });
  });

  test('one that stands still or stays behind, with its reason', () => {
    const apart = new Map([[workloadKey(web), 'it does not work on both clusters']]);
    const judged = judgeGreenWorkloads([web, agent], [agent], apart);
    expect(judged).toMatchObject({
      ...{ well: true, compared: 1, behind: [] },
      apart: [{ owner: web, reason: 'it does not work on both clusters' }],
    });
  });

  test('one that only green has, however it is', () => {
    expect(judgeGreenWorkloads([agent], [agent, starting], nothing)).toMatchObject({
      well: true,
      compared: 1,
    });
  });
});

describe('where nothing could be compared', () => {
  const apart = new Map([[workloadKey(web), 'it stays behind']]);
  test.each<[string, WorkloadState[], ReadonlyMap<string, string>, boolean]>([
    ['blue has nothing', [], nothing, true],
    ['blue has only Jobs', [job], nothing, true],
    ['all are apart', [web], apart, false],
    ['all are broken', [owner({ well: false })], nothing, false],
  ])('%s', (_, blue, reasons, well) => {
    expect(judgeGreenWorkloads(blue, [], reasons)).toMatchObject({ well, compared: 0, behind: [] });
  });
});
