import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { KubernetesClient } from '../../lab/cluster/kubernetesClient.ts';
import type { KubernetesObject } from '../../lab/cluster/kubernetesClient.ts';
import type { RunningLab } from '../../lab/start.ts';
import { startTemporaryLab } from '../../lab/temporaryLab.ts';
import { parseScenario } from '../../scenario/scenario.ts';
import { Clusters } from '../../src/activities/clusters.ts';
import { createActivities } from '../../src/activities/createActivities.ts';
import type { ClusterContext } from '../../src/activities/types.ts';
import { openFolderStore } from '../../src/evidence/folderStore.ts';
import { eventually } from '../processes/patience.ts';

const scenario = parseScenario({
  cluster: { name: 'drained', version: '1.31' },
  speed: 30,
  nodeGroups: [
    { name: 'old', size: 2 },
    { name: 'new', size: 2 },
  ],
  workloads: [
    { kind: 'Deployment', namespace: 'shop', name: 'web', replicas: 8, budget: { maxUnavailable: 2 } },
    { kind: 'StatefulSet', namespace: 'shop', name: 'database', replicas: 4, budget: { maxUnavailable: 1 } },
    { kind: 'Deployment', namespace: 'shop', name: 'free', replicas: 4 },
    // One on each group, so that one of them is on the old one.
    { kind: 'Deployment', namespace: 'shop', name: 'all', replicas: 4, budget: { minAvailable: '100%' } },
    { kind: 'DaemonSet', namespace: 'shop', name: 'agent' },
  ],
});

type Pod = KubernetesObject & { spec: { nodeName?: string } };
type Deployment = KubernetesObject & {
  spec: { replicas: number };
  status: {
    observedGeneration?: number;
    replicas?: number;
    updatedReplicas?: number;
    availableReplicas?: number;
  };
};

describe('draining real nodes, with the permissions of the deployed ClusterRole and no more', () => {
  const cleanups: (() => Promise<unknown>)[] = [];
  let lab: RunningLab;
  let client: KubernetesClient;
  let activities: ReturnType<typeof createActivities>;
  let context: ClusterContext;

  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'stepladder-drain-'));
    cleanups.push(() => rm(folder, { recursive: true, force: true }));
    lab = await startTemporaryLab(scenario);
    cleanups.push(() => lab.close());
    client = new KubernetesClient({
      url: lab.kubernetesUrl,
      certificateAuthorityPem: lab.certificateAuthorityPem,
      token: lab.adminToken,
    });
    cleanups.push(() => client.close());
    for (const name of ['AWS_PROFILE', 'AWS_SESSION_TOKEN']) vi.stubEnv(name, undefined);
    for (const [name, value] of Object.entries(lab.environment)) vi.stubEnv(name, value);
    const clusters = new Clusters();
    cleanups.push(() => clusters.close());
    activities = createActivities({ evidence: openFolderStore(join(folder, 'evidence')), clusters });
    const cluster = { name: 'drained' };
    const { identity } = await activities.identifyCluster({ cluster });
    context = { cluster, identity, evidencePrefix: 'drained/upgrade/run' };
  }, 600_000);
  afterAll(async () => {
    vi.unstubAllEnvs();
    for (const clean of cleanups.reverse()) await clean();
  });

  const nodesOf = async (group: string): Promise<string[]> =>
    (
      await client.list<KubernetesObject>(
        `/api/v1/nodes?labelSelector=eks.amazonaws.com%2Fnodegroup%3D${group}`,
      )
    ).map(({ metadata }) => metadata.name);
  const podsOn = async (nodes: string[]): Promise<string[]> =>
    (await client.list<Pod>('/api/v1/namespaces/shop/pods'))
      .filter(({ spec }) => nodes.includes(spec.nodeName ?? ''))
      .map(({ metadata }) => metadata.name);

  it('evicts each Pod once within the budgets, is stuck on the one that never gives way, and is helped by a restart', async () => {
    const nodes = await nodesOf('old');
    const madeBy = 'upgrade';
    const before = (await podsOn(nodes)).filter((name) => !name.startsWith('agent-'));
    const blocked = before.filter((name) => name.startsWith('all-'));
    expect(blocked.length).toBeGreaterThan(0);
    await activities.holdOffAutoscalers({ context, nodeGroups: ['old'], madeBy });
    expect(await activities.cordonNodes({ context, nodeGroup: 'old', madeBy })).toEqual({
      cordoned: 2,
      already: 0,
    });

    const wave = {
      context,
      nodeGroup: 'old',
      nodes,
      policy: { ignoreDaemonSets: true, deleteEmptyDirData: true, force: false },
    };
    const first = await activities.drainWave({ ...wave, timeoutMs: 8_000 });
    expect(first).toMatchObject({
      state: 'stuck',
      evicted: before.length - blocked.length,
      refused: 0,
      stuckCount: blocked.length,
    });
    expect((await podsOn(nodes)).filter((name) => !name.startsWith('agent-')).sort()).toEqual(blocked.sort());
    for (const pod of first.stuck)
      expect(pod).toMatchObject({
        reason: 'budget',
        owner: { kind: 'Deployment', name: 'all' },
        budgets: [{ name: 'all', disruptionsAllowed: 0, currentHealthy: 4, desiredHealthy: 4 }],
      });

    const owners = first.stuck.flatMap(({ owner }) => owner ?? []).slice(0, 1);
    const restart = { context, owners, restartedAt: '2026-05-01T00:00:00Z' };
    expect(await activities.restartOwners(restart)).toEqual({ restarted: 1, problems: [] });
    expect(await activities.drainWave({ ...wave, timeoutMs: 180_000 })).toMatchObject({
      state: 'drained',
      stuck: [],
    });

    await activities.excludeFromLoadBalancers({ context, nodes });
    expect(await activities.uncordonNodes({ context, nodeGroup: 'old', madeBy })).toEqual({ uncordoned: 2 });
    expect(await activities.releaseAutoscalers({ context, nodeGroups: ['old'], madeBy })).toEqual({
      restored: 2,
    });
    const after = await client.list<KubernetesObject & { spec: { unschedulable?: boolean } }>(
      '/api/v1/nodes',
    );
    for (const { metadata, spec } of after) {
      expect(spec.unschedulable ?? false).toBe(false);
      const marks = [...Object.keys(metadata.annotations ?? {}), ...Object.keys(metadata.labels ?? {})];
      expect(marks.filter((key) => /^stepladder\/|karpenter|scale-down|exclude-from/.test(key))).toEqual([]);
    }
  });

  it('deletes a Pod that a person names, under a budget that would not let it go', async () => {
    await eventually('the restart is over', async () => {
      const { metadata, spec, status } = await client.get<Deployment>(
        '/apis/apps/v1/namespaces/shop/deployments/all',
      );
      const { observedGeneration, replicas, updatedReplicas, availableReplicas } = status;
      return (
        observedGeneration === metadata.generation &&
        [replicas, updatedReplicas, availableReplicas].every((count) => count === spec.replicas)
      );
    });
    const [name = ''] = (await podsOn(await nodesOf('new'))).filter((each) => each.startsWith('all-'));
    const { metadata } = await client.get<KubernetesObject>(`/api/v1/namespaces/shop/pods/${name}`);
    const pods = [{ namespace: 'shop', name, uid: metadata.uid ?? '' }];
    expect(await activities.deletePods({ context, pods })).toEqual({ deleted: 1, gone: 0 });
  });
});
