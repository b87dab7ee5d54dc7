import type { FitNode } from './types.ts';

/** Labels that each node has of its own, and that a new one gets of its own as well. */
const ownLabels = /^(topology\.|failure-domain\.|node\.kubernetes\.io\/|beta\.kubernetes\.io\/|k8s\.io\/)/;
const hostname = 'kubernetes.io/hostname';

/**
 * What the new nodes of a group are taken to be: one for each old one, in its place and of its size, with those labels
 * and taints only that all nodes of the group have. What somebody has put on a single node by hand does not come back,
 * and neither do their names.
 *
 * @returns for each old node, by its name, the new one
 */
export function replacementNodes(group: readonly FitNode[]): Map<string, FitNode> {
  const shared = new Map(
    Object.entries(group[0]?.labels ?? {}).filter(([key, value]) =>
      group.every(({ labels }) => labels[key] === value),
    ),
  );
  const sharedTaints = (group[0]?.taints ?? []).filter((taint) =>
    group.every(({ taints = [] }) =>
      taints.some((other) => other.key === taint.key && other.effect === taint.effect),
    ),
  );
  return new Map(
    group.map(({ name, labels, allocatable }) => {
      const own = Object.entries(labels).filter(([key]) => ownLabels.test(key));
      const newName = `the new node in place of ${name}`;
      return [
        name,
        {
          name: newName,
          labels: { ...Object.fromEntries(shared), ...Object.fromEntries(own), [hostname]: newName },
          ...(sharedTaints.length > 0 ? { taints: sharedTaints } : {}),
          allocatable,
        },
      ];
    }),
  );
}
