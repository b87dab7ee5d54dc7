import type { ChartSource } from '../../contract/tools.ts';

/** Something that a tool keeps for others, and that must be as well after its upgrade as it was before. */
export type Served =
  /** Argo CD's Applications: sync and health. */
  | 'applications'
  /** Ingresses, Services and TargetGroupBindings that the controller holds a load balancer for. */
  | 'load-balancers'
  /** CronJobs of the tool itself: their Jobs are its work. */
  | 'scheduled-jobs';

/**
 * What is known of a cluster tool before any cluster is looked at. Data alone: a tool is added with one file and one
 * line in the index.
 */
export interface ToolProfile {
  /** Name in the request. */
  name: string;
  /** What people call it, for messages. */
  title: string;
  /** Release and namespace as its own documents have them: what a request that names none gets. */
  release: string;
  namespace: string;
  /** Where its own documents fetch it from; absent for a tool that is not known. */
  source?: ChartSource;
  /** Names of the charts that install it; empty for a tool that is not known. */
  charts: string[];
  /** Last part of its images' names, wherever they are mirrored to. */
  images: string[];
  /** A workload with all labels of one of these sets is the tool's, whatever its image is called. */
  labels: Record<string, string>[];
  /**
   * Resources of what its chart makes with the values that most have, `deployments.apps`: the worker has to be allowed
   * to make, change and delete these. Empty for a tool that is not known.
   */
  installs: string[];
  crds: {
    names: string[];
    /** API groups of which every CRD is the tool's own. */
    groups: string[];
  };
  /** Names of the Leases that its controllers lead by, in the namespace that they run in or the one named here. */
  leases: { name: string; namespace?: string }[];
  serves: Served[];
  /** What its controllers call themselves in the Events that they write about others' objects. */
  eventSources: string[];
  /**
   * Beginnings of the finalizers by which it holds objects; empty where it sets none. They tell its load balancers
   * from those of others.
   */
  finalizers: string[];
  /** What people should know when it is upgraded; empty or whole sentences. */
  notes: string[];
}
