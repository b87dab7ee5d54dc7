import { nodes, pods } from '../../simulator/cluster/kinds.ts';
import type { Pod } from '../../simulator/cluster/kinds.ts';
import type { DrainOutcome } from '../../src/activities/workerTypes.ts';
import type { DrainPolicy } from '../../src/contract/workers.ts';
import { startSimulated } from './simulated.ts';
import type { Simulated } from './simulated.ts';

export const drainPolicy: DrainPolicy = { ignoreDaemonSets: true, deleteEmptyDirData: true, force: false };
export const madeBy = 'upgrade-1';

/** A cluster of two groups; what is drained is the group `old`. */
export interface Roll extends Simulated {
  old: string[];
  podsOnOld: () => Pod[];
  /** Cordons the group and drains it as one wave. */
  drain: (
    input?: { policy?: Partial<DrainPolicy>; timeoutMs?: number; nodes?: string[] },
    environment?: Parameters<Simulated['run']>[2],
  ) => Promise<DrainOutcome>;
}

export async function startRoll(
  workloads: object[],
  { speed = 600, manifests = [] as object[] } = {},
): Promise<Roll> {
  const simulated = await startSimulated({
    speed,
    scenario: {
      nodeGroups: [
        { name: 'old', size: 3 },
        { name: 'new', size: 3 },
      ],
      unmanagedNodes: [],
      addons: [{ name: 'kube-proxy', version: 'v1.31.3-eksbuild.2' }],
      insights: [],
      workloads,
      manifests,
    },
  });
  const { simulator, context, run } = simulated;
  const { store } = simulator.cluster;
  const old = store
    .list(nodes)
    .items.filter(({ metadata }) => metadata.labels?.['eks.amazonaws.com/nodegroup'] === 'old')
    .map(({ metadata }) => metadata.name);
  return {
    ...simulated,
    old,
    podsOnOld: () => store.list(pods).items.filter(({ spec }) => old.includes(spec.nodeName ?? '')),
    async drain({ policy = {}, timeoutMs = 100_000, nodes: named = old } = {}, environment) {
      await run('cordonNodes', { context, nodeGroup: 'old', madeBy });
      return run(
        'drainWave',
        { context, nodeGroup: 'old', nodes: named, policy: { ...drainPolicy, ...policy }, timeoutMs },
        environment,
      );
    },
  };
}
