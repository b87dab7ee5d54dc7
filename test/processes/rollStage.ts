import type { ExpectStatic } from 'vitest';
import type { RequestInput } from '../../src/contract/request.ts';
import { askCluster } from './clusterState.ts';
import { marks } from './nodeMarks.ts';
import { quickTiming, setStage } from './stage.ts';
import type { Stage } from './stage.ts';
import type { Upgrade } from './upgrade.ts';
import type { WorkerProcess } from './workerProcess.ts';

export type Strategy = 'surge' | 'in-place';

/**
 * An upgrade whose control plane and add-ons are done, before the only group that it rolls.
 *
 * @param more where a time shall be over: half a minute at the least, for within it everything else has to come to rest
 */
export async function beforeTheRoll(
  onEnd: (clear: () => Promise<void>) => void,
  strategy: Strategy,
  more: { settleTimeout?: string; hold?: NonNullable<RequestInput['workers']>['hold'] } = {},
): Promise<{ stage: Stage; upgrade: Upgrade; worker: WorkerProcess }> {
  const stage = await setStage(onEnd);
  const worker = await stage.startWorker();
  const request: Partial<RequestInput> = {
    targetVersion: '1.32',
    gates: { workers: true },
    workers: {
      strategy,
      acceptLostCapacity: strategy === 'in-place',
      skip: ['platform'],
      hold: more.hold ?? {},
    },
    timing: {
      ...quickTiming,
      ...(more.settleTimeout === undefined ? {} : { settleTimeout: more.settleTimeout }),
    },
  };
  const upgrade = await stage.start(request);
  await upgrade.approve('plan');
  await upgrade.gate('workers');
  return { stage, upgrade, worker };
}

/** The new group stands alone in the old one's place, whole, and nothing is left of the roll. */
export async function expectReplaced(stage: Stage, expect: ExpectStatic): Promise<void> {
  const { nodeGroups } = await askCluster(stage.simulator, stage.cluster);
  expect(Object.keys(nodeGroups).sort()).toEqual(['general-1-32', 'platform']);
  expect(nodeGroups['general-1-32']).toEqual({
    version: '1.32',
    status: 'ACTIVE',
    kubelets: ['1.32', '1.32', '1.32'],
  });
  expect(marks(stage)).toEqual([]);
}

/** Nothing is waited for, asked, or owed any more. */
export async function expectSettled(upgrade: Upgrade, expect: ExpectStatic): Promise<void> {
  const { waits, decisions = [], compensations } = await upgrade.status();
  expect(waits).toEqual([]);
  expect(decisions.filter(({ outcome }) => outcome === undefined)).toEqual([]);
  expect(compensations.filter(({ state }) => state === 'open' || state === 'failed')).toEqual([]);
}

export function groupNames({ simulator }: Stage): string[] {
  return [...simulator.eks.nodeGroups.keys()].sort();
}

export function nodesOf({ simulator }: Stage, nodeGroup: string): string[] {
  const { items } = simulator.cluster.store.list({ group: '', resource: 'nodes' });
  return items
    .filter(({ metadata }) => metadata.labels?.['eks.amazonaws.com/nodegroup'] === nodeGroup)
    .map(({ metadata }) => metadata.name);
}
