import { execa } from 'execa';
import type { ClusterContext } from '../../src/activities/types.ts';
import type { createActivities } from '../../src/activities/createActivities.ts';
import { drainedOrThrow } from './drained.ts';
import type { Group } from './scenario.ts';

export interface Contestant {
  name: string;
  /** What an upgrade does long before it drains; not a part of the time that is measured. */
  prepare?: () => Promise<void>;
  /** Drains nodes that are cordoned already, and resolves when they are empty. */
  drain: (group: Group, nodes: readonly string[]) => Promise<void>;
}

/** Stepladder's activity, the whole group as one wave. */
export function stepladder(
  activities: Pick<ReturnType<typeof createActivities>, 'drainWave'>,
  context: ClusterContext,
): Contestant {
  return {
    name: 'Stepladder, one wave',
    async drain(nodeGroup, nodes) {
      drainedOrThrow(
        await activities.drainWave({
          context,
          nodeGroup,
          nodes: [...nodes],
          policy: { ignoreDaemonSets: true, deleteEmptyDirData: true, force: false },
          timeoutMs: 600_000,
        }),
      );
    },
  };
}

/** `kubectl drain`, so many nodes at a time, each by a process of its own. */
export function kubectl(program: string, kubeconfig: string, parallel: number): Contestant {
  const drainNode = async (node: string): Promise<void> => {
    const flags = ['--ignore-daemonsets', '--delete-emptydir-data', '--timeout=1800s'];
    await execa(program, ['--kubeconfig', kubeconfig, 'drain', node, ...flags], { stdin: 'ignore' });
  };
  return {
    name: parallel === 1 ? 'kubectl drain, one by one' : `kubectl drain, ${parallel} at a time`,
    async drain(_, nodes) {
      const left = [...nodes];
      const next = async (): Promise<void> => {
        for (let node = left.shift(); node !== undefined; node = left.shift()) await drainNode(node);
      };
      await Promise.all(Array.from({ length: parallel }, next));
    },
  };
}
