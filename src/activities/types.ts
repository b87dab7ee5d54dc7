import type { ClusterIdentity } from '../contract/cluster.ts';
import type {
  EvidenceReference,
  InventoryVerdict,
  ProbeSummary,
  WorkloadsVerdict,
} from '../contract/evidence.ts';
import type { FindingSummary, Severity } from '../contract/finding.ts';
import type {
  Comparison,
  Hop,
  HopWindow,
  MinorVersion,
  Plan,
  StageEstimate,
  UpdateSettings,
} from '../contract/plan.ts';
import type {
  ClusterReference,
  MaintenanceWindow,
  NotifyTarget,
  Request,
  RequestChecks,
} from '../contract/request.ts';
import type { MigrationRequest } from '../contract/migrationSchema.ts';
import type { RequestTool } from '../contract/toolsSchema.ts';
import type { GateName, UpgradeStatus } from '../contract/status.ts';
import type { Strategy } from '../contract/workers.ts';
import type { WorkflowType } from '../contract/workflowTypes.ts';
import type { UpdateError, UpdateTarget } from '../platform/platform.ts';
import type { WorkerActivities } from './workerTypes.ts';

export type { UpdateError, UpdateTarget } from '../platform/platform.ts';

/** With what every activity that touches a cluster is called; it refuses one of another identity (`WrongCluster`). */
export interface ClusterContext {
  cluster: ClusterReference;
  identity: ClusterIdentity;
  /** Prefix for the keys of what it stores, `<cluster>/<root workflow ID>/<run ID>`. */
  evidencePrefix: string;
}

/** `already-done`: nothing was sent because it is there already. `adopted`: an update to the same end is under way. */
export type StartedUpdate = { state: 'already-done' } | { state: 'started' | 'adopted'; updateId: string };

/** `StillRunning`: the time limit passed and it goes on; call again to go on waiting. */
export interface UpdateOutcome {
  status: 'Successful' | 'Failed' | 'Cancelled' | 'StillRunning';
  errors: UpdateError[];
  probe?: ProbeSummary;
}

/** What `awaitUpdate` heartbeats, so that `watch` shows it without a word in the history. */
export interface UpdateProgress {
  /** One line: `node group blue: 2 of 3 nodes at 1.32, update InProgress`. */
  line: string;
  updateId: string;
  probe?: ProbeSummary;
  /** When the last probe was made, so that a gap can be counted as unobserved. ISO 8601. */
  lastProbeAt?: string;
  nodes?: { name: string; kubeletVersion: string; ready: boolean; schedulable: boolean }[];
}

/** A plan as workflows keep it: findings, which can be many, stay in the evidence store. */
export interface PlanSummary {
  plan: Plan;
  digest: string;
  hopDigests: string[];
  estimates: StageEstimate[];
  windows: HopWindow[];
  /** Absent where no workers are rolled, and in plans of older releases. */
  comparison?: Comparison;
  summary: FindingSummary;
  /** The findings worth showing at a gate, one line each, worst first; at most 15. */
  shownFindings: string[];
  /** The same by hop and severity; absent in plans that an older release has made. */
  findingGroups?: FindingGroupSummary[];
  /** Why findings are overridden, by their names, where the request says so. */
  overrideReasons?: Record<string, string>;
  /** Blockers and unknowns that are not overridden: the plan can't be approved while there is one. At most 15. */
  blocking: string[];
  blockingCount: number;
  evidence: EvidenceReference;
}

/** Findings of one severity about one hop, as a person is shown them. */
export interface FindingGroupSummary {
  /** Absent for those that concern the whole upgrade. */
  hop?: MinorVersion;
  severity: Severity;
  /** How many there are; `lines` may be fewer. */
  count: number;
  lines: string[];
}

/** What a person is told by webhook. */
export interface Notification {
  kind: 'gate' | 'decision' | 'wait' | 'failure' | 'info' | 'end';
  title: string;
  /** Lines of plain text. */
  lines: string[];
  /** The payload to paste, at a gate or a question. */
  payload?: string;
}

/** Every side effect of the engine. Each looks before it acts and may be run twice (rule 13). */
export interface Activities extends Pick<
  WorkerActivities,
  'nextWave' | 'verifyOwners' | 'checkGuards' | 'uncordonNodes' | 'releaseAutoscalers' | 'deleteNodeGroup'
> {
  /**
   * Checks a request and fills in its defaults; the result is recorded, so that a later release's defaults do not
   * change a running upgrade. Throws `InvalidInput`.
   */
  readRequest(input: { workflowType: WorkflowType; request: unknown }): Promise<Request>;

  /**
   * The first look at the cluster. Throws `ClusterNotFound`, `ClusterNotActive`, `CredentialsRefused`, `Unreachable`.
   */
  identifyCluster(input: {
    cluster: ClusterReference;
  }): Promise<{ identity: ClusterIdentity; version: MinorVersion; region: string }>;

  /** Who holds the lock with this workflow ID. */
  describeLockHolder(input: { lockId: string }): Promise<{ workflowId: string; runId: string } | undefined>;

  /**
   * Asks the server to cancel a workflow: a workflow can't cancel itself, and one that was aborted by a message shall
   * end as Canceled like one that was cancelled. One that has ended is fine.
   */
  requestCancellation(input: { workflowId: string; runId: string }): Promise<void>;

  /**
   * Observes the cluster (nodes, node groups, add-ons, insights, tags) into the evidence store; with `checks` and a
   * target also what APIs and metrics are in use. Throws `InvalidInput` for files of the request that can't be used.
   */
  observeCluster(input: {
    context: ClusterContext;
    /** Absent in upgrades that an older release has begun. */
    checks?: RequestChecks;
    targetVersion?: MinorVersion;
    /** Tools to look at; none means that the request names none. */
    tools?: RequestTool[];
    /** For a migration: what it stands on is observed too. */
    migration?: MigrationRequest;
    /** How workers are replaced: strategies other than `managed` need more permissions. None means `managed`. */
    strategies?: Strategy[];
  }): Promise<{ evidence: EvidenceReference; observedAt: string; version: MinorVersion }>;

  /**
   * Makes the plan from an observation. `approved` is the plan that is being carried out, if any: its choices are
   * kept where they still hold, so that what is left of it has the same digest unless something really changed.
   * Throws `InvalidInput` (a target that does not fit this cluster) and `PlanRefused`.
   */
  makePlan(input: {
    context: ClusterContext;
    workflowType: WorkflowType;
    request: Request;
    observation: EvidenceReference;
    approved?: Plan;
  }): Promise<PlanSummary>;

  /**
   * The digest (sha-256, hex) of one opening of a gate: of the plan's digest, the gate, hop, opening and evidence.
   */
  digestOpening(input: {
    planDigest: string;
    gate: GateName;
    hop?: MinorVersion;
    nodeGroup?: string;
    opening: number;
    evidence: string[];
  }): Promise<{ digest: string }>;

  /**
   * When changes may start. `waitMs` is 0 inside the window or without one.
   * @param input.at the workflow's time, ISO 8601
   */
  nextWindow(input: {
    window: MaintenanceWindow;
    at: string;
  }): Promise<{ waitMs: number; opensAt: string; closesAt: string }>;

  /** The state of every workload's owner, before anything is changed. */
  takeBaseline(input: { context: ClusterContext }): Promise<EvidenceReference>;

  /**
   * Compares the owners with the baseline until all that were well are well again or the time is over.
   * Throws on nothing but trouble in looking.
   */
  verifyWorkloads(input: {
    context: ClusterContext;
    baseline: EvidenceReference;
    /** How long to wait for recovery; 0 looks once. */
    settleMs: number;
    pollMs: number;
  }): Promise<WorkloadsVerdict>;

  /** Metadata of all objects, paged, into the evidence store. */
  takeInventory(input: { context: ClusterContext; name: string }): Promise<EvidenceReference>;

  /** Which objects of `before` are not in `after`, less what the table of exceptions names for this hop. */
  compareInventories(input: {
    context: ClusterContext;
    before: EvidenceReference;
    after: EvidenceReference;
    from: MinorVersion;
    to: MinorVersion;
  }): Promise<InventoryVerdict>;

  /**
   * Starts the update of the control plane, unless it is there or under way.
   * `attempt` goes up after an update that ended, so that EKS does not give the old one back for the same token.
   * Throws `PlatformRefused`, `UpdateInProgress`.
   */
  startControlPlaneUpdate(input: {
    context: ClusterContext;
    to: MinorVersion;
    force: boolean;
    /** Run ID of the root's first run, from which the client token is derived. */
    runId: string;
    attempt: number;
  }): Promise<StartedUpdate>;

  /** The same for one add-on. `to` is a full add-on version. */
  startAddonUpdate(input: {
    context: ClusterContext;
    name: string;
    to: string;
    resolveConflicts: 'PRESERVE' | 'OVERWRITE' | 'NONE';
    runId: string;
    attempt: number;
  }): Promise<StartedUpdate>;

  /** The same for one managed node group. */
  startNodeGroupUpdate(input: {
    context: ClusterContext;
    nodeGroup: string;
    to: MinorVersion;
    /** Version of its launch template to go to. */
    templateVersion?: string;
    /** Whatever the budgets say: only by a person's decision `force-group`. */
    force?: boolean;
    runId: string;
    attempt: number;
  }): Promise<StartedUpdate>;

  /** Waits for an update, heartbeating `UpdateProgress`; probes the API server all the while when asked to. */
  awaitUpdate(input: {
    context: ClusterContext;
    target: UpdateTarget;
    updateId: string;
    timeoutMs: number;
    pollMs: number;
    /** Present for the control plane: how often to probe. */
    probeIntervalMs?: number;
    /** What an earlier call has measured, to go on from. */
    probe?: ProbeSummary;
  }): Promise<UpdateOutcome>;

  /** The update settings that a node group has now; if a note of ours is on it, those that the note tells of. */
  readUpdateSettings(input: { context: ClusterContext; nodeGroup: string }): Promise<UpdateSettings>;

  /**
   * Gives a node group other update settings for the roll. What it had is first noted on the group itself (a tag),
   * so that it can be found should this upgrade be terminated. Does nothing when they are there already.
   */
  changeUpdateSettings(input: {
    context: ClusterContext;
    nodeGroup: string;
    before: UpdateSettings;
    settings: UpdateSettings;
    runId: string;
    attempt: number;
  }): Promise<StartedUpdate>;

  /** Puts a node group's update settings back, and then takes the note off it. */
  restoreUpdateSettings(input: {
    context: ClusterContext;
    nodeGroup: string;
    before: UpdateSettings;
    runId: string;
    attempt: number;
    pollMs: number;
  }): Promise<void>;

  /** Tells people. Never fails because somebody can't be reached; returns how many were. */
  notify(input: {
    targets: NotifyTarget[];
    status: Pick<UpgradeStatus, 'workflowId' | 'runId' | 'cluster' | 'targetVersion' | 'phase'>;
    notification: Notification;
  }): Promise<{ reached: number; failed: number }>;

  /**
   * Whether every component has the version that the hop was to bring: API server, node groups and their nodes,
   * add-ons. Each problem is one line; none means that the hop is complete.
   */
  verifyVersions(input: { context: ClusterContext; hop: Hop }): Promise<{ problems: string[] }>;

  /** Writes the report from the status and the evidence that it refers to. */
  writeReport(input: { evidencePrefix: string; status: UpgradeStatus }): Promise<EvidenceReference>;
}
