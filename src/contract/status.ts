import type { EvidenceReference, InventoryVerdict, ProbeSummary, WorkloadsVerdict } from './evidence.ts';
import type { FindingSummary } from './finding.ts';
import type { MigrationStatus } from './migration.ts';
import type { MinorVersion, StageEstimate, StageName, HopWindow } from './plan.ts';
import type { DecisionRecord } from './workers.ts';
import type { WorkflowType } from './workflowTypes.ts';

/** All times are ISO 8601 in UTC, by the workflow's own clock. */
export type Timestamp = string;

/** Where an upgrade stands; also the search attribute `StepladderPhase`. */
export type Phase =
  | 'starting'
  | 'planning'
  | 'awaiting-approval'
  | 'upgrading'
  | 'aborting'
  | 'completed'
  | 'failed'
  | 'rejected'
  | 'aborted';

/** What an upgrade can be waiting for; also the search attribute `StepladderWaitingFor`. */
export type WaitKind =
  | 'gate'
  | 'window'
  | 'pause'
  | 'credentials'
  | 'connection'
  | 'update-in-progress'
  | 'slow-update'
  | 'retry'
  | 'workloads'
  /** New nodes have to join and be Ready. */
  | 'nodes'
  /** Pods do not leave a node. */
  | 'drain'
  /** A guard of the request does not hold. */
  | 'guard'
  /** Git has to bring a tool that Argo CD manages to its version. */
  | 'git'
  /** A person's decision. */
  | 'decision'
  /** The new cluster of a migration, or its add-ons, are being made. */
  | 'green'
  /** A step of the cutover is watched. */
  | 'soak'
  /** The old cluster is kept for a while. */
  | 'keep-old';

export interface Wait {
  kind: WaitKind;
  /** One sentence: what is waited for, and what ends the wait. */
  what: string;
  since: Timestamp;
  until?: Timestamp;
  /** The hop and stage that wait, when it is not the whole upgrade. */
  at?: string;
}

export type StageState = 'pending' | 'running' | 'done' | 'failed' | 'stopped' | 'skipped';

export interface StageStatus {
  stage: StageName;
  nodeGroup?: string;
  tool?: string;
  /** The child workflow that does it. */
  workflowId?: string;
  state: StageState;
  startedAt?: Timestamp;
  endedAt?: Timestamp;
  /** The last thing that it reported, one line. */
  detail?: string;
  /** What was measured of the API server; control plane only. */
  probe?: ProbeSummary;
  /** Objects before and after; control plane only. */
  inventory?: InventoryVerdict;
  /** Workloads against the baseline once the stage was done. */
  workloads?: WorkloadsVerdict;
}

export interface HopStatus {
  from: MinorVersion;
  to: MinorVersion;
  state: StageState;
  startedAt?: Timestamp;
  endedAt?: Timestamp;
  stages: StageStatus[];
}

export type GateName = 'plan' | 'hop' | 'workers' | 'cutover' | 'retire';

/** One opening of a gate, and how it ended. */
export interface GateRecord {
  gate: GateName;
  hop?: MinorVersion;
  /** The node group that it is about; `retire` only. */
  nodeGroup?: string;
  /** 1 for the gate's first opening. */
  opening: number;
  digest: string;
  openedAt: Timestamp;
  closesAt?: Timestamp;
  /** What the person is shown to decide on, Markdown lines. */
  shown: string[];
  outcome?: 'approved' | 'rejected' | 'timed-out' | 'void' | 'aborted';
  by?: string;
  comment?: string;
  answeredAt?: Timestamp;
}

/** A message that was not accepted, kept where people can see it. */
export interface Refusal {
  at: Timestamp;
  message: string;
  by?: string;
  reason: string;
  /** The payload that would be right now, if there is one. */
  instead?: string;
}

/** Something that a person said and that was accepted, other than a gate's answer. */
export interface PersonAction {
  at: Timestamp;
  action: 'pause' | 'resume' | 'abort' | 'cancel' | 'rollback' | 'decide';
  by?: string;
  comment?: string;
  /** What it brought about. */
  effect: string;
}

/** Something that happened and that the report tells. */
export interface Note {
  at: Timestamp;
  hop?: MinorVersion;
  stage?: StageName;
  text: string;
}

/** What was changed for the upgrade's sake, and whether it has been put back. */
export interface Compensation {
  undo:
    | 'restoreUpdateSettings'
    | 'uncordonNodes'
    | 'releaseAutoscalers'
    | 'deleteNodeGroup'
    | 'restoreNodeGroupSize'
    | 'rollBackTool'
    | 'removeGreenCluster'
    | 'distrustGreen'
    | 'restoreRouting'
    /** What must not work twice stands still on blue. */
    | 'releaseWork';
  args: Record<string, unknown>;
  /** One line for people. */
  what: string;
  recordedAt: Timestamp;
  /** `kept`: it stays, because that is the upgrade's end or because a person said so. */
  state: 'open' | 'put-back' | 'failed' | 'kept';
}

/** The answer to the query `status`: everything that a person, `watch` or the report needs. Plain JSON. */
export interface UpgradeStatus {
  schema: 1;
  workflowType: WorkflowType;
  workflowId: string;
  runId: string;
  taskQueue: string;
  cluster: { name: string; region?: string; arn?: string };
  /** The control plane's version when the upgrade began, and now. */
  fromVersion?: MinorVersion;
  currentVersion?: MinorVersion;
  targetVersion?: MinorVersion;
  startedAt: Timestamp;
  endedAt?: Timestamp;
  phase: Phase;
  paused: boolean;
  waits: Wait[];
  gates: GateRecord[];
  planDigest?: string;
  findings?: FindingSummary;
  estimates: StageEstimate[];
  windows: HopWindow[];
  hops: HopStatus[];
  compensations: Compensation[];
  /** Present for a migration to a new cluster. */
  migration?: MigrationStatus;
  /** What was asked of people beside the gates; absent when nothing ever was. */
  decisions?: DecisionRecord[];
  refusals: Refusal[];
  actions: PersonAction[];
  notes: Note[];
  evidence: EvidenceReference[];
  /** How it ended, one sentence. */
  outcome?: string;
  /** Key of the report in the evidence store. */
  report?: string;
}
