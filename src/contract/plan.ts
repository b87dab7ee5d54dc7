import type { Finding, FindingSummary } from './finding.ts';
import type { MigrationStage } from './migration.ts';
import type { ToolChange } from './tools.ts';
import type { DrainPolicy, Strategy, WavePolicy } from './workers.ts';

/** A Kubernetes minor version, `1.32`. */
export type MinorVersion = string;

export type StageName = PlannedStage['stage'];

/** How one node group's nodes are replaced. Counts are nodes. */
export interface UpdateSettings {
  maxUnavailable?: number;
  maxUnavailablePercentage?: number;
  updateStrategy?: 'DEFAULT' | 'MINIMAL';
}

export interface ControlPlaneStage {
  stage: 'control-plane';
  from: MinorVersion;
  to: MinorVersion;
  /** True when the request overrides the platform's own refusal (upgrade insights). */
  force: boolean;
}

export interface AddonChange {
  name: string;
  /** Full add-on versions, e.g. `v1.31.2-eksbuild.3`. */
  from: string;
  to: string;
  resolveConflicts: 'PRESERVE' | 'OVERWRITE' | 'NONE';
}

export interface AddonsStage {
  stage: 'add-ons';
  /** In the order in which they are upgraded; those that need no change are not listed. */
  addons: AddonChange[];
}

interface AnyWorkersStage {
  stage: 'workers';
  nodeGroup: string;
  from: MinorVersion;
  to: MinorVersion;
  /** Version of the group's launch template to go to, where the template brings its own image. */
  templateVersion?: string;
}

/** EKS's own rolling update of a managed node group. */
export interface ManagedWorkersStage extends AnyWorkersStage {
  strategy: 'managed';
  /** Settings that the request wants for this roll and that differ from the group's own; put back afterwards. */
  updateSettings?: UpdateSettings;
}

/**
 * A new group takes the old one's place. `surge`: with all its nodes beside the old ones before the first drain.
 * `in-place`: a wave of old nodes ends before as many new ones start.
 */
export interface ReplacedWorkersStage extends AnyWorkersStage {
  strategy: 'surge' | 'in-place';
  /** Name of the group that takes its place, `blue-1-33`. */
  newNodeGroup: string;
  waves: WavePolicy;
  drain: DrainPolicy;
}

export type WorkersStage = ManagedWorkersStage | ReplacedWorkersStage;

/** One cluster tool, brought to another version. */
export interface ToolsStage extends ToolChange {
  stage: 'tools';
}

export interface VerificationStage {
  stage: 'verification';
}

/** What an upgrade in place does. */
export type UpgradeStage = ControlPlaneStage | AddonsStage | WorkersStage | ToolsStage | VerificationStage;

export type PlannedStage = UpgradeStage | MigrationStage;

/**
 * One minor version, or a migration to a new cluster, which may skip some. `from` equals `to` when only add-ons or
 * workers lag behind the control plane.
 */
export interface Hop {
  from: MinorVersion;
  to: MinorVersion;
  stages: PlannedStage[];
}

/** Something that an upgrade which was terminated has left on a node group or its nodes. `…By` are workflow IDs. */
export type PutBack =
  | { nodeGroup: string; settings: UpdateSettings }
  | { nodeGroup: string; cordonedBy: string }
  | { nodeGroup: string; heldOffBy: string }
  /** The least size that the group had before a roll in place lowered it. */
  | { nodeGroup: string; leastSize: number }
  /** A group beside the one whose place it was to take; nothing runs on it, so it is deleted. */
  | { nodeGroup: string; madeBy: string; inPlaceOf: string };

/** What will be done, and nothing else: its canonical JSON is what the digest is taken of. */
export interface Plan {
  cluster: { name: string; arn: string };
  target: MinorVersion;
  /** What upgrades that were terminated have left, put back before the first hop. */
  putBack: PutBack[];
  hops: Hop[];
  /** Blockers and unknowns that the request overrides, as `check/subject`. */
  overrides: string[];
}

/** How long a stage is thought to take. Not part of the digest. */
export interface StageEstimate {
  hop: MinorVersion;
  stage: StageName;
  nodeGroup?: string;
  tool?: string;
  seconds: number;
}

/** What one strategy is thought to cost, if all groups that the plan rolls were rolled by it. */
export interface StrategyEstimate {
  strategy: Strategy;
  /** How many of the plan's groups the request rolls by it. */
  groups: number;
  /** For all rolls of the plan together. */
  seconds: number;
  /** Of those, what is waited for because budgets let no more Pods go at once. */
  budgetSeconds: number;
  /** Nodes beyond today's at the peak, and nodes that are missing at the trough. */
  extraNodes: number;
  missingNodes: number;
  /** Evictions, a Pod that is moved twice counting twice; absent where the Pods could not be seen. */
  evictions?: number;
  /** Pods under budgets that let none go: each needs a person. */
  stuckPods?: number;
  /** How it is undone, one sentence. */
  undo: string;
}

/** Strategies side by side, and what rolling workers only as often as the skew policy demands makes of it. */
export interface Comparison {
  strategies: StrategyEstimate[];
  /** By the strategies that the request has. `rolls` are rolls of one node group. */
  hops: { every: HopsEstimate; fewest: HopsEstimate };
}

export interface HopsEstimate {
  rolls: number;
  seconds: number;
  evictions?: number;
}

/** When a hop could start if the plan were approved now, by the request's window. ISO 8601; absent without a window. */
export interface HopWindow {
  hop: MinorVersion;
  opensAt: string;
  closesAt: string;
  /** False when the hop's estimate is longer than the window: what runs then finishes outside it. */
  fits: boolean;
}

/** What planning gives: the plan, its digest, and what a person wants to see beside it. */
export interface PlanResult {
  plan: Plan;
  /** sha-256 (hex) of the plan's canonical JSON. */
  digest: string;
  /** sha-256 (hex) of each hop, so that what is left of an approved plan can be compared with a new one. */
  hopDigests: string[];
  estimates: StageEstimate[];
  windows: HopWindow[];
  /** Absent where no workers are rolled. */
  comparison?: Comparison;
  findings: Finding[];
  summary: FindingSummary;
  /** Why findings are overridden, by their names, where the request says so. Absent in plans of older releases. */
  overrideReasons?: Record<string, string>;
}
