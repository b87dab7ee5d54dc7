import type { Client } from '@temporalio/client';
import type { EvidenceStore } from '../evidence/store.ts';
import type { Clusters } from './clusters.ts';

/** What activities are given; everything that reaches outside comes in here. */
export interface ActivityDependencies {
  clusters: Clusters;
  evidence: EvidenceStore;
  /** For looking at other workflows. Commands that run activities in their own process need none. */
  temporal: Pick<Client, 'workflow'> | undefined;
  /** Environment variables, in which the addresses of webhooks are found. */
  env: Readonly<Record<string, string | undefined>>;
  now: () => Date;
  log: ActivityLog;
}

/** Where what nobody has to act on is told. */
export interface ActivityLog {
  warn: (message: string, fields?: Record<string, unknown>) => void;
}
