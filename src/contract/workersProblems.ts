import type { Strategy } from './workers.ts';

/** As much of a request's `workers` as can contradict itself. */
interface Workers {
  strategy: Strategy | 'blue-green';
  groups: Readonly<
    Record<
      string,
      {
        strategy?: Strategy | undefined;
        maxParallel?: number | string | undefined;
        canary?: boolean | undefined;
      }
    >
  >;
  maxUnavailable?: number | undefined;
  maxUnavailablePercentage?: number | undefined;
  updateStrategy?: string | undefined;
  nodeOrder: readonly string[];
  order: readonly string[];
  skip: readonly string[];
}

interface Contradiction {
  path: (string | number)[];
  message: string;
}

const managedSettings = ['maxUnavailable', 'maxUnavailablePercentage', 'updateStrategy'] as const;
const waveSettings = ['maxParallel', 'canary'] as const;

/**
 * What of a request's `workers` can't be meant together, by its path below `workers`: settings of a strategy that no
 * group is rolled by, and groups that are both skipped and spoken of. Defaults contradict nothing.
 */
export function contradictions(workers: Workers): Contradiction[] {
  return [...forOtherStrategies(workers), ...ofGroups(workers), ...ofSkipped(workers)];
}

function forOtherStrategies(workers: Workers): Contradiction[] {
  const used = new Set([
    workers.strategy,
    ...Object.values(workers.groups).map((group) => group.strategy ?? workers.strategy),
  ]);
  const contradictions: Contradiction[] = [];
  if (!used.has('managed')) {
    for (const name of managedSettings) {
      if (workers[name] === undefined) continue;
      const instead =
        workers.strategy === 'blue-green'
          ? 'a migration rolls no group'
          : `with "${workers.strategy}", maxParallel says how many nodes go at once`;
      const message = `is for strategy "managed", and no group is rolled by it here; ${instead}`;
      contradictions.push({ path: [name], message });
    }
  }
  if (!used.has('surge') && !used.has('in-place') && workers.nodeOrder.length > 0) {
    const message =
      'is for strategies "surge" and "in-place": in a "managed" roll EKS chooses the nodes itself';
    contradictions.push({ path: ['nodeOrder'], message });
  }
  return contradictions;
}

function ofGroups(workers: Workers): Contradiction[] {
  return Object.entries(workers.groups).flatMap(([name, group]) => {
    if ((group.strategy ?? workers.strategy) !== 'managed') return [];
    return waveSettings
      .filter((setting) => group[setting] !== undefined)
      .map((setting) => ({
        path: ['groups', name, setting],
        message: `is for strategies "surge" and "in-place", and node group "${name}" is rolled by "managed", in which EKS makes the waves itself`,
      }));
  });
}

function ofSkipped({ skip, order, groups }: Workers): Contradiction[] {
  return skip.flatMap((name, index) => {
    if (order.includes(name)) {
      const message = `"${name}" stands in workers.order too: a node group is rolled or skipped`;
      return [{ path: ['skip', index], message }];
    }
    if (!Object.hasOwn(groups, name)) return [];
    const message = `"${name}" stands in workers.groups too: a node group is rolled or skipped`;
    return [{ path: ['skip', index], message }];
  });
}
