import type { ClusterIdentity } from '../contract/cluster.ts';
import type { EvidenceReference } from '../contract/evidence.ts';
import type {
  GreenAddonsStage,
  GreenClusterStage,
  GreenToolsStage,
  GreenWorkersStage,
  ResourcesStage,
  RetirementStage,
  Singleton,
} from '../contract/migration.ts';
import type { Probe, ProbeResult } from '../contract/probe.ts';
import type { ClusterReference } from '../contract/request.ts';
import type { Router, RoutingWeights } from '../contract/routing.ts';
import type { SoakVerdict, StepVerdict } from '../routing/judgeStep.ts';
import type { RoutingChange, RoutingMemento, WeightsWish } from '../routing/routing.ts';
import type { ClusterContext } from './types.ts';

/** Both clusters of a migration. */
export interface Sides {
  blue: ClusterContext;
  green: ClusterContext;
}

/** What came of copying resources, as a workflow keeps it; names are in the evidence. */
export interface CopyVerdict {
  /** Objects created or brought to the same, those that were so already, and those that stay behind. */
  applied: number;
  unchanged: number;
  leftOut: number;
  /** Objects that green refused, one line each with its reason, at most 20. */
  refused: string[];
  refusedCount: number;
  evidence: EvidenceReference;
}

/** Blue's inventory against green's. */
export interface ComparisonVerdict {
  /** Objects that both have. */
  same: number;
  /** Differences that have a reason, by reason with how many. */
  explained: { reason: string; count: number }[];
  /** Differences without one, one line each, at most 20: each stands against the cutover. */
  unexplained: string[];
  unexplainedCount: number;
  /** What the objects say that both have; absent where a worker of an earlier version has compared. */
  contents?: ContentsVerdict;
  evidence: EvidenceReference;
}

/** What objects say on blue against what they say on green. It stands in nobody's way, but is to be seen. */
export interface ContentsVerdict {
  /** Objects of which it was compared. */
  compared: number;
  /** How many say something else. */
  differing: number;
  /** Of how many green has all that blue says, and something besides. */
  onlyGreenSaysMore: number;
  /** One line each, what people look for first before all else, at most 20: `shop/Deployment/web: spec.replicas`. */
  lines: string[];
  /** Blue alone is the source: what differs has changed since, and is brought again right before the users go. */
  isBroughtAgain: boolean;
}

/** How green's workloads do against blue's. */
export interface GreenWorkloadsVerdict {
  well: boolean;
  /** Owners on green that are not as well as on blue, one line each, at most 20. */
  behind: string[];
  behindCount: number;
  /** Owners that are compared; 0 is never well where blue has some. */
  compared: number;
  /** Owners that were broken on blue already, and so stand in nobody's way. */
  alreadyBrokenCount?: number;
  evidence: EvidenceReference;
}

/** Probes of one cluster, each with its result. */
export interface ProbesVerdict {
  hold: boolean;
  results: ProbeResult[];
}

/** One look at a step, and what becomes of the step by it. */
export interface StepLookVerdict {
  look: StepVerdict;
  soak: SoakVerdict;
  /** One line: `blue 3 of 3 healthy, green 3 of 3; shop holds`. */
  line: string;
}

/** What stands still on one side. */
export interface WorkVerdict {
  cronJobs: number;
  singletons: number;
  /** Others: external-dns, Applications of Argo CD that sync by themselves. */
  others: number;
  /** What does not stand still, or does not run, after the time limit; one line each. */
  problems: string[];
}

/**
 * The side effects of a migration. Each looks before it acts and may be run twice (rule 13); whatever it makes bears the
 * root's workflow ID (`madeBy`) in a tag or an annotation, and only what bears it is removed.
 */
export interface MigrationActivities {
  /** Creates green's control plane, unless it is there or under way. Throws `PlatformRefused` (a name that is taken). */
  createGreenCluster(input: {
    blue: ClusterContext;
    stage: GreenClusterStage;
    madeBy: string;
    runId: string;
    attempt: number;
  }): Promise<{ state: 'created' | 'already-there' }>;

  /** Waits until green is ACTIVE. `line` says how it stands at the end of the time. */
  awaitGreenCluster(input: {
    blue: ClusterContext;
    cluster: string;
    timeoutMs: number;
    pollMs: number;
  }): Promise<
    | { state: 'active'; reference: ClusterReference; identity: ClusterIdentity }
    | { state: 'failed' | 'still-running'; line: string }
  >;

  /** Access entries and Pod identities as blue has them, as far as the stage lists them. */
  grantGreenAccess(input: {
    sides: Sides;
    stage: GreenClusterStage;
    madeBy: string;
  }): Promise<{ made: number }>;

  /** Makes green's OIDC provider, where blue has one, and has the roles of the stage trust it. */
  trustGreen(input: {
    sides: Sides;
    stage: GreenClusterStage;
    madeBy: string;
  }): Promise<{ changed: string[] }>;

  /** Takes back what `trustGreen` has done, also where green is gone. */
  distrustGreen(input: { blue: ClusterContext; stage: GreenClusterStage; madeBy: string }): Promise<void>;

  /** Creates the add-ons that are not there, with the settings that blue's have. */
  createGreenAddons(input: {
    sides: Sides;
    stage: GreenAddonsStage;
    madeBy: string;
  }): Promise<{ made: number }>;

  /** Waits until all of them are ACTIVE. */
  awaitGreenAddons(input: {
    green: ClusterContext;
    stage: GreenAddonsStage;
    timeoutMs: number;
    pollMs: number;
  }): Promise<{ state: 'active' | 'failed' | 'still-running'; problems: string[] }>;

  /** Creates the node groups that are not there; their nodes are waited for by `awaitNodeGroupNodes`. */
  createGreenNodeGroups(input: {
    sides: Sides;
    stage: GreenWorkersStage;
    madeBy: string;
    runId: string;
  }): Promise<{ made: number }>;

  /** Installs the tools of the stage with helm, their CRDs first. Throws `ToolFailed`, `ToolRefused`. */
  installGreenTools(input: { sides: Sides; stage: GreenToolsStage; madeBy: string }): Promise<{
    installed: string[];
    /** What an earlier attempt had left half done and was taken back first, one sentence each. */
    notes?: string[];
  }>;

  /** Brings all resources to green; what must not work twice stands still there. Can be run again. */
  copyResources(input: {
    sides: Sides;
    stage: ResourcesStage;
    /** Names of Helm releases that were installed as tools: what they own is not copied. */
    tools: { namespace: string; release: string }[];
    madeBy: string;
    /** How long Argo CD may take for each Application, and between two looks. Milliseconds. */
    timeoutMs?: number;
    pollMs?: number;
  }): Promise<CopyVerdict>;

  /** Compares what is on both sides. */
  compareSides(input: {
    sides: Sides;
    stage: ResourcesStage;
    tools: { namespace: string; release: string }[];
  }): Promise<ComparisonVerdict>;

  /** Waits until green's owners of Pods are as well as blue's, less what stands still. `timeoutMs` 0 looks once. */
  verifyGreenWorkloads(input: {
    sides: Sides;
    stage: ResourcesStage;
    tools?: { namespace: string; release: string }[];
    timeoutMs: number;
    pollMs: number;
  }): Promise<GreenWorkloadsVerdict>;

  /**
   * Has what must not work twice stand still on one side: CronJobs suspended, singletons and external-dns at 0 with no Pod
   * left, automatic sync of Argo CD off. What there was is noted on each object.
   */
  holdWork(input: {
    context: ClusterContext;
    singletons: Singleton[];
    madeBy: string;
    timeoutMs: number;
    pollMs: number;
    /** On green a singleton that is not there was left behind; without it, it is a problem. */
    side?: 'blue' | 'green';
  }): Promise<WorkVerdict>;

  /** Gives back what `holdWork`, or copying, has taken: waits until singletons have Pods again that are Ready. */
  releaseWork(input: {
    context: ClusterContext;
    singletons: Singleton[];
    madeBy: string;
    timeoutMs: number;
    pollMs: number;
    side?: 'blue' | 'green';
  }): Promise<WorkVerdict>;

  /** The router's state, enough to put it back. */
  readRouting(input: {
    blue: ClusterContext;
    router: Router;
    said?: RoutingWeights;
  }): Promise<{ weights?: RoutingWeights; memento?: RoutingMemento; addresses: string[]; router: string }>;

  /** Sets the weights of a step. `said` is what a person says stands, for a router that can't be asked. */
  setRoutingWeights(input: {
    blue: ClusterContext;
    router: Router;
    wish: WeightsWish;
    said?: RoutingWeights;
  }): Promise<RoutingChange>;

  /** Puts the routing back exactly as it was. */
  restoreRouting(input: {
    blue: ClusterContext;
    router: Router;
    before: RoutingMemento;
    said?: RoutingWeights;
  }): Promise<RoutingChange>;

  /** Asks green the probes, until each holds or its own time is over. */
  probeGreen(input: { green: ClusterContext; probes: Probe[] }): Promise<ProbesVerdict>;

  /**
   * One look at a step, judged with the looks before it.
   * @param input.looks verdicts of this step's looks so far
   */
  lookAtStep(input: {
    sides: Sides;
    router: Router;
    probes: Probe[];
    looks: StepVerdict[];
    badLooks: number;
    isOver: boolean;
  }): Promise<StepLookVerdict>;

  /**
   * Removes green, in order and waiting: node groups, add-ons, the cluster. Only what bears `madeBy`; one that is not
   * there is fine. Throws `PlatformRefused` for a cluster that somebody else made.
   */
  removeGreenCluster(input: {
    blue: ClusterContext;
    cluster: string;
    madeBy: string;
    timeoutMs: number;
    pollMs: number;
  }): Promise<{ state: 'gone' | 'still-going'; line: string }>;

  /**
   * Deletes blue: the node groups and add-ons that the stage lists, then the cluster. Throws `PlatformRefused` when there
   * is a node group that the plan has not listed.
   */
  deleteBlueCluster(input: {
    blue: ClusterContext;
    stage: RetirementStage;
    timeoutMs: number;
    pollMs: number;
  }): Promise<{ state: 'gone' | 'still-going'; line: string }>;
}
