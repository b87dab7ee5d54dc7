import type { DrainPolicy, OwnerReference, StuckPod } from '../../contract/workers.ts';
import type { KubernetesConnection } from '../connection.ts';
import type { WatchedCluster } from '../watching/clusterWatches.ts';
import type { OwnerTable } from './owners.ts';

/** What a drain is made of. */
export interface DrainOptions {
  connection: KubernetesConnection;
  cluster: WatchedCluster;
  owners: OwnerTable;
  nodes: readonly string[];
  policy: DrainPolicy;
  /** uids of Pods that are passed over as if they were not there. */
  passOver: ReadonlySet<string>;
  /** Without progress for so long, the drain is stuck. Milliseconds. */
  timeoutMs: number;
  /** What an earlier attempt had done: counts, and since when Pods have been waiting, by uid. */
  prior?: { evicted: number; refused: number; since: ReadonlyMap<string, string> };
  /** Awaited before the first eviction, with the owners of all Pods that are to go. */
  beforeFirst: (owners: OwnerReference[]) => Promise<unknown>;
  now: () => Date;
  signal: AbortSignal;
}

/** How far a drain has come. */
export interface DrainSnapshot {
  evicted: number;
  refused: number;
  /** uids of Pods whose eviction was granted here. */
  granted: readonly string[];
  /** Pods that are still there, worst first; at most 20. */
  stuck: StuckPod[];
  stuckCount: number;
  /** Pods that have yet to go. */
  left: number;
  nodes: number;
  drained: string[];
  vanished: string[];
}
