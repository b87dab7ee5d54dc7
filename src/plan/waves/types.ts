/** A node of the group that is replaced. */
export interface WaveNode {
  name: string;
  zone?: string;
  ready: boolean;
}

/** A Pod that has to leave its node: DaemonSets' Pods, mirror Pods and finished ones are none. */
export interface WavePod {
  node: string;
  /** It has a stable identity or a volume that moves with it: of a StatefulSet, or with a claim. */
  stateful: boolean;
  /** Indexes into the limits: each allows so many of the Pods under it to be away at once. */
  limits: readonly number[];
}

/**
 * What holds the pace of Pods: a PodDisruptionBudget, or, for an owner without one, what its own rollout would allow.
 */
export interface PaceLimit {
  /** For people: `budget shop/web`, `Deployment shop/web (no budget)`. */
  name: string;
  /** Pods that may be away at once when all are well; 0 lets none go. */
  allowed: number;
}

/** Everything that the choice of a wave stands on. */
export interface WaveQuestion {
  /** The nodes that the old group has now, in any order. */
  nodes: readonly WaveNode[];
  pods: readonly WavePod[];
  limits: readonly PaceLimit[];
  policy: { maxParallel: number | string; canary: boolean; order: readonly string[] };
  /** Nodes that have been drained; some may still be there. */
  drained: readonly string[];
  /** Nodes that people left as they are. */
  skipped: readonly string[];
  /** How many waves there have been. */
  waves: number;
  /** Nodes that the group had when its roll began: shares are of these. */
  groupNodes: number;
}

/** The nodes to drain next, and why these. */
export interface ChosenWave {
  number: number;
  nodes: string[];
  canary: boolean;
  left: number;
  why: string;
}
