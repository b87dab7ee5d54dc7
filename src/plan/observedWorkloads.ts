import type { FitNode, PodPlacement } from './fit/types.ts';
import type { LabelSelector } from './labelSelector.ts';

/**
 * Pods that run, whose they are, and what protects them. Compact: what Pods have in common stands once, in `kinds` and
 * `owners`, so that fifty thousand of them take some ten megabytes. Names and placement only, never an object's body.
 */
export interface ObservedWorkloads {
  kinds: PodKind[];
  owners: ObservedOwner[];
  /** Those that have not finished and are not being deleted. */
  pods: ObservedPod[];
  budgets: ObservedBudget[];
  /** Nodes as the scheduler sees them, with those labels only that some Pod asks for. */
  nodes: FitNode[];
}

/** What Pods of one making have in common. */
export interface PodKind {
  placement: PodPlacement;
  /** Volumes that live and die on their node. */
  localVolumes: ('emptyDir' | 'hostPath')[];
  /** Kinds of volumes that Kubernetes itself has given up. */
  legacyVolumes?: ('gitRepo' | 'cephfs' | 'rbd' | 'portworxVolume')[];
  graceSeconds: number;
  /** Annotations that keep an autoscaler from moving it, as they are written: `karpenter.sh/do-not-disrupt=true`. */
  heldBy: string[];
}

export interface ObservedOwner {
  apiVersion: string;
  kind: string;
  namespace: string;
  name: string;
  /** Pods that it wants, and how many of them are Ready. */
  wanted: number;
  ready: number;
  well: boolean;
  /** Why it is not well. */
  reason?: string;
}

export interface ObservedPod {
  namespace: string;
  name: string;
  /** The node that it runs on; absent while it has none. */
  node?: string;
  /** Index into `kinds`. */
  kind: number;
  /** Index into `owners`; absent for a Pod without a controller, or whose owner came or went at that moment. */
  owner?: number;
  /** True for a Pod that nothing controls: nothing makes it anew. */
  bare?: true;
  /** Why a drain passes it over: a DaemonSet's Pod, or one that its kubelet runs from a file. */
  staysOnNode?: 'DaemonSet' | 'mirror';
  ready: boolean;
}

export interface ObservedBudget {
  namespace: string;
  name: string;
  selector?: LabelSelector;
  /** A number, or a percentage as text. */
  minAvailable?: number | string;
  maxUnavailable?: number | string;
  unhealthyPodEvictionPolicy?: string;
  /** What its controller says; absent before it has looked at the newest version. */
  status?: {
    disruptionsAllowed: number;
    currentHealthy: number;
    desiredHealthy: number;
    expectedPods: number;
  };
  /** Why its controller can't work it out, where it says so. */
  syncFailed?: string;
}
