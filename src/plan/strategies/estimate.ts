/** What stages are thought to take when nothing has been measured yet. Seconds, at scale 1. */
export const estimateDefaults = {
  /** EKS replaces a control plane in about ten minutes. */
  controlPlane: 600,
  addon: 120,
  tool: 180,
  verification: 60,
  /** The phases of a managed node group's update. */
  nodeGroup: {
    /** A new version of the launch template, and the group's own bookkeeping. */
    setup: 60,
    /** New nodes are ordered all at once, boot and join. `MINIMAL` leaves this out. */
    scaleUp: 180,
    /** A node is drained, ended and replaced; as many at once as the group's settings say. */
    node: 300,
    scaleDown: 60,
  },
  /** From a Pod's eviction until its successor is Ready. */
  replacement: 60,
  /** Between two waves: their owners and the guards are looked at. */
  betweenWaves: 15,
  /** Load balancers deregister drained nodes (`timing.deregistrationWait`). */
  deregistration: 60,
} as const;

/** What the roll of one node group is thought to cost. Nodes are counted, times are seconds at scale 1. */
export interface RollEstimate {
  seconds: number;
  budgetSeconds: number;
  extraNodes: number;
  missingNodes: number;
  /** Undefined where the Pods are not known. */
  evictions: number | undefined;
}

/**
 * The time that budgets demand for waves of such sizes: in each wave the tightest needs ⌈its Pods of that wave ÷
 * allowed⌉ replacements one after another, and its Pods are spread over the nodes.
 *
 * @param rounds the largest Pods ÷ allowed over the whole group
 */
export function budgetSeconds(sizes: readonly number[], nodes: number, rounds: number): number {
  if (nodes === 0 || rounds === 0) return 0;
  return sizes.reduce(
    (sum, size) => sum + Math.ceil((rounds * size) / nodes) * estimateDefaults.replacement,
    0,
  );
}
