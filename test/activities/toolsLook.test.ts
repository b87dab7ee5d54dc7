import { describe, expect, it } from 'vitest';
import { toolsLookActivities } from '../../src/activities/toolsLook.ts';
import type { ToolActivities } from '../../src/activities/toolTypes.ts';
import type { EvidenceStore } from '../../src/evidence/store.ts';
import { Refusal, list } from '../kubernetes/fakeConnection.ts';
import type { Route } from '../kubernetes/fakeConnection.ts';
import { deployment, ofHelm, toolCluster } from '../tools/observe/toolCluster.ts';
import type { Release } from '../tools/observe/toolCluster.ts';
import { toolsStage } from '../workflows/fakeTool.ts';
import { activityEnvironment } from './environment.ts';

const { stage: _, ...change } = toolsStage();
const namespaced = '/namespaces/external-dns';
const image = 'registry.k8s.io/external-dns/external-dns:v0.14.2';

const release = (changes: Partial<Release> = {}): Release => ({
  ...{ namespace: 'external-dns', name: 'external-dns', revision: 3, status: 'deployed' },
  ...{ chart: 'external-dns', version: '1.14.5' },
  ...changes,
});

interface Cluster {
  release?: Release;
  phase?: string;
  ready?: boolean;
  events?: object[];
  more?: Record<string, Route>;
}

/** A cluster with external-dns in it. */
function cluster({ release: found = release(), phase = 'Active', ready = true, events = [], more }: Cluster) {
  const own = deployment('external-dns', 'external-dns', image, ofHelm('external-dns', 'external-dns'));
  // Scaled to nothing, so that no Pod has to be there for it to be well.
  own.spec.replicas = 0;
  Object.assign(own.status, { replicas: 0, updatedReplicas: 0, readyReplicas: 0, availableReplicas: 0 });
  if (!ready) own.status.observedGeneration = 0;
  const lists = [
    ...['pods', 'services', 'events'].map((resource) => `/api/v1${namespaced}/${resource}`),
    ...['statefulsets', 'daemonsets', 'replicasets'].map((name) => `/apis/apps/v1${namespaced}/${name}`),
    ...['jobs', 'cronjobs'].map((name) => `/apis/batch/v1${namespaced}/${name}`),
    `/apis/coordination.k8s.io/v1${namespaced}/leases`,
    '/api/v1/events',
    '/api/v1/pods',
    '/apis/apps/v1/replicasets',
  ];
  return toolCluster({
    releases: [found],
    deployments: [own],
    namespaces: { 'external-dns': phase },
    more: {
      ...Object.fromEntries(lists.map((path) => [path, list()])),
      [`/apis/apps/v1${namespaced}/deployments`]: list(own),
      '/api/v1/events': list(...events),
      ...more,
    },
  });
}

/** Keeps what is written in memory. */
function memoryStore(): EvidenceStore & { values: Map<string, unknown> } {
  const values = new Map<string, unknown>();
  return {
    values,
    write: async (name, key, value, count) => {
      values.set(key, value);
      return { name, key, sha256: 'x', count };
    },
    writeLines: async () => Promise.reject(new Error('not here')),
    read: async ({ key }) => values.get(key),
    readLines: () => {
      throw new Error('not here');
    },
    list: async () => [...values.keys()],
  };
}

const running = <T>(activity: () => Promise<T>) =>
  activityEnvironment().run<[], T, () => Promise<T>>(activity);

function activities(of: () => ReturnType<typeof toolCluster>, evidence = memoryStore()) {
  const { prepareTool, verifyTool } = toolsLookActivities({
    clusters: { open: async () => ({ kubernetes: of() }) },
    evidence,
    now: () => new Date('2026-11-27T12:00:00Z'),
  });
  type Context = Parameters<ToolActivities['prepareTool']>[0]['context'];
  const context = { evidencePrefix: 'shop/upgrade' } as Context;
  return {
    prepare: () => running(() => prepareTool({ context, change })),
    verify: (before: Awaited<ReturnType<typeof prepareTool>>['before'], rolledBack: boolean) =>
      running(() => verifyTool({ context, change, before, settleMs: 0, pollMs: 1, rolledBack })),
  };
}

describe('a tool right before its upgrade', () => {
  it('is told by its revision, and how it stands is kept', async () => {
    const evidence = memoryStore();
    const { revision, before } = await activities(() => cluster({}), evidence).prepare();
    expect(revision).toBe(3);
    expect(evidence.values.get(before.key)).toMatchObject({
      workloads: [{ kind: 'Deployment', name: 'external-dns', well: true, images: [image] }],
    });
  });

  it.each<[string, Cluster, string]>([
    ['its namespace is terminating', { phase: 'Terminating' }, 'is terminating'],
    ['it is pending', { release: release({ revision: 4, status: 'pending-upgrade' }) }, 'pending-upgrade'],
    ['it has failed', { release: release({ status: 'failed' }) }, 'failed'],
    ['its history alone is left', { release: release({ status: 'uninstalled' }) }, 'is gone'],
    [
      'something of it can not be looked at',
      {
        more: {
          [`/apis/coordination.k8s.io/v1${namespaced}/leases`]: new Refusal(403, 'leases is forbidden'),
        },
      },
      'leases',
    ],
  ])('is refused when %s', async (_case, seen, says) => {
    await expect(activities(() => cluster(seen)).prepare()).rejects.toMatchObject({
      type: 'ToolRefused',
      message: expect.stringMatching(new RegExp(`${says}[^]*Nothing was changed`)) as unknown,
    });
  });
});

describe('a tool after its upgrade', () => {
  const warning = {
    metadata: { namespace: 'shop', name: 'web.1' },
    type: 'Warning',
    reason: 'FailedSync',
    message: 'no such zone',
    involvedObject: { kind: 'Ingress', namespace: 'shop', name: 'web' },
    source: { component: 'external-dns' },
    count: 1,
    lastTimestamp: '2026-11-27T11:59:00Z',
  };

  it('is not well while its Pods are not, and says so', async () => {
    let seen: Cluster = {};
    const { prepare, verify } = activities(() => cluster(seen));
    const { before } = await prepare();
    expect(await verify(before, false)).toMatchObject({ well: true, problems: [] });
    seen = { ready: false };
    const verdict = await verify(before, false);
    expect(verdict.well).toBe(false);
    expect(verdict.problems).toEqual([expect.stringContaining('Deployment external-dns/external-dns')]);
  });

  it('is blamed for new warnings after an upgrade, but not for those that it had left when it was taken back', async () => {
    let seen: Cluster = {};
    const { prepare, verify } = activities(() => cluster(seen));
    const { before } = await prepare();
    seen = { events: [warning] };
    expect((await verify(before, false)).problems).toEqual([expect.stringContaining('FailedSync')]);
    expect(await verify(before, true)).toMatchObject({ well: true });
  });
});
