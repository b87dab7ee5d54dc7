import type { EvidenceReference, WorkloadsVerdict } from '../contract/evidence.ts';
import type { MinorVersion, ReplacedWorkersStage } from '../contract/plan.ts';
import type { Guard } from '../contract/guard.ts';
import type {
  Decision,
  DecisionRecord,
  DrainPolicy,
  GuardResult,
  NodeGroupSize,
  OwnerReference,
  PodReference,
  StuckPod,
} from '../contract/workers.ts';
import type { ClusterContext, StartedUpdate } from './types.ts';

/** How a node group stands, as far as a roll needs it. */
export interface NodeGroupState {
  /** False when there is none of that name. */
  exists: boolean;
  /** The platform's word: `ACTIVE`, `CREATING`, `DELETING`, `CREATE_FAILED`, `DEGRADED` … */
  status?: string;
  size?: NodeGroupSize;
  /** Nodes of it that have joined, that are Ready, and that are Ready and take new Pods. */
  joined: number;
  ready: number;
  schedulable: number;
  /** Tells that an upgrade has made it: the workflow ID that did. */
  madeBy?: string;
  healthIssues: string[];
}

/** The nodes of one wave. No nodes: all are done. */
export interface Wave {
  /** 1 for the canary, or for the first. */
  number: number;
  nodes: string[];
  canary: boolean;
  /** Old nodes that are left after this wave, skipped ones not counted. */
  left: number;
  /** One line for people: why these. */
  why: string;
  /**
   * In place: Pods of these nodes that would not fit on the others, one line each, at most 20. The wave must not be
   * drained then.
   */
  unplaceable: string[];
}

export interface DrainOutcome {
  /**
   * `drained`: no Pod that concerns the drain is left on the nodes. `stuck`: the time is over, or something that no
   * waiting mends stands in the way. `vanished` nodes count as drained and are named.
   */
  state: 'drained' | 'stuck';
  /** Pods evicted, refused evictions, and requests to the eviction API in this call. */
  evicted: number;
  refused: number;
  /** Pods still there that hold it up, at most 20, worst first. */
  stuck: StuckPod[];
  stuckCount: number;
  /** Nodes of the wave that are empty, and those that are not there any more. */
  drained: string[];
  vanished: string[];
  /**
   * The owners of the Pods that were on the nodes and had to go, in the evidence store: a list of `OwnerReference`, a
   * Deployment where a ReplicaSet stands between. Of all calls for the same nodes, so that none is left out after a crash.
   */
  owners: EvidenceReference;
}

/** What `drainWave` heartbeats, so that `watch` shows it without a word in the history. */
export interface DrainProgress {
  /** One line: `12 of 40 nodes empty, 230 Pods evicted, 3 wait for budgets: shop/web-pdb (0 allowed) 40 s`. */
  line: string;
  evicted: number;
  refused: number;
  /** uids of Pods whose eviction was granted, so that a second run does not count them twice; at most 2,000. */
  granted: string[];
  stuck: StuckPod[];
}

/** A question about nodes, as far as its digest is made of it. */
export interface QuestionOpening {
  planDigest: string;
  /** The stage's place, `1.32/workers/blue`. */
  at: string;
  about: DecisionRecord['about'];
  /** 1 for the stage's first question. */
  opening: number;
  options: Decision[];
  shown: string[];
  /** uids of the Pods that it is about. */
  pods: string[];
}

/**
 * The side effects of replacing workers. Each looks before it acts and may be run twice (rule 13). What is changed on
 * an object for the upgrade's sake is noted on the object itself, by the root's workflow ID, so that only our own is put
 * back, and the next start finds what a terminated upgrade left (rule 14).
 */
export interface WorkerActivities {
  /** The digest (sha-256, hex) of one question about nodes, which its answer names (rule 12). */
  digestQuestion(input: QuestionOpening): Promise<{ digest: string }>;

  /**
   * Looks for the Pods whose budgets keep those nodes of a group from being emptied that are not at the new version yet,
   * without evicting anything: what the platform's own roll does not name. `stuck` are those that no waiting mends,
   * `waiting` those that may go later; at most 20 of each. What an older release has recorded has all in `stuck`.
   */
  findStuckPods(input: {
    context: ClusterContext;
    nodeGroup: string;
    to: MinorVersion;
  }): Promise<{ stuck: StuckPod[]; stuckCount: number; waiting?: StuckPod[]; waitingCount?: number }>;

  /** Throws nothing but trouble in looking. */
  describeNodeGroup(input: { context: ClusterContext; nodeGroup: string }): Promise<NodeGroupState>;

  /**
   * Creates a node group beside another: same labels, taints, instance types, subnets, roles, launch template, tags and
   * update settings, of another version. `empty` makes it with no nodes (in place), otherwise with as many as the old
   * one has now. Tagged with the root's workflow ID and the old group's name.
   * Throws `PlatformRefused`, also when a group of that name is there that is not ours.
   */
  createNodeGroup(input: {
    context: ClusterContext;
    like: string;
    nodeGroup: string;
    to: MinorVersion;
    empty: boolean;
    templateVersion?: string;
    /** Workflow ID of the root. */
    madeBy: string;
    runId: string;
    attempt: number;
  }): Promise<{ state: 'there-already' | 'creating' }>;

  /**
   * Waits until the group is ACTIVE and so many of its nodes are Ready, heartbeating one line.
   * `failed`: the platform says that it will not get them (CREATE_FAILED, DEGRADED with an error that stays).
   */
  awaitNodeGroupNodes(input: {
    context: ClusterContext;
    nodeGroup: string;
    nodes: number;
    version: MinorVersion;
    timeoutMs: number;
    pollMs: number;
  }): Promise<{ state: 'ready' | 'waiting' | 'failed'; ready: number; problems: string[] }>;

  /** Changes a group's size. Resolves with the update, or at once when it is so already. */
  resizeNodeGroup(input: {
    context: ClusterContext;
    nodeGroup: string;
    size: NodeGroupSize;
    runId: string;
    attempt: number;
  }): Promise<StartedUpdate>;

  /**
   * Deletes a group that is no longer needed, and waits until it is gone or the time is over. Never one that is neither
   * `madeBy` this root nor named by `retires`.
   */
  deleteNodeGroup(input: {
    context: ClusterContext;
    nodeGroup: string;
    /** The root that made it; or that it is the old group, whose end the gate `retire` has approved. */
    because: { madeBy: string } | { retired: true };
    timeoutMs: number;
    pollMs: number;
  }): Promise<{ state: 'gone' | 'waiting'; problems: string[] }>;

  /**
   * Cordons nodes: all of a group, or those that are named. Each that we cordon is annotated; one that somebody else had
   * cordoned stays theirs. Heartbeats.
   */
  cordonNodes(input: {
    context: ClusterContext;
    nodeGroup: string;
    nodes?: string[];
    madeBy: string;
  }): Promise<{ cordoned: number; already: number }>;

  /**
   * Takes our cordons off, and the label for load balancers if we have set it: of a group, or of the nodes named. A node
   * that is gone is fine. Heartbeats.
   */
  uncordonNodes(input: {
    context: ClusterContext;
    nodeGroup: string;
    nodes?: string[];
    madeBy: string;
  }): Promise<{ uncordoned: number }>;

  /**
   * Holds autoscalers off the nodes of these groups by annotations (`cluster-autoscaler.kubernetes.io/scale-down-disabled`,
   * `karpenter.sh/do-not-disrupt`), noting beside them what was there. Nodes that have joined since are taken too.
   */
  holdOffAutoscalers(input: {
    context: ClusterContext;
    nodeGroups: string[];
    madeBy: string;
  }): Promise<{ annotated: number }>;

  /** Puts those annotations back as they were. */
  releaseAutoscalers(input: {
    context: ClusterContext;
    nodeGroups: string[];
    madeBy: string;
  }): Promise<{ restored: number }>;

  /**
   * The next nodes to drain, from the cluster as it is now: pure code in plan/waves over nodes, Pods, owners and budgets.
   * @param input.waves how many there have been
   * @param input.skipped nodes that people left as they are
   */
  nextWave(input: {
    context: ClusterContext;
    stage: ReplacedWorkersStage;
    waves: number;
    /** Nodes that have been drained and are still there. */
    drained: string[];
    skipped: string[];
    /** Nodes that the group had at the beginning of the roll: shares are of these. */
    groupNodes: number;
  }): Promise<Wave>;

  /**
   * Drains a wave: evicts as the budgets make room, and waits until the Pods are gone by uid. Ends as `stuck` after
   * `timeoutMs` without progress, or at once at what no waiting mends: if it is there from the beginning, before the
   * first eviction. Heartbeats `DrainProgress`.
   */
  drainWave(input: {
    context: ClusterContext;
    nodeGroup: string;
    nodes: string[];
    policy: DrainPolicy;
    timeoutMs: number;
    /** With it, nodes that somebody has uncordoned meanwhile are cordoned again first. Workflow ID of the root. */
    madeBy?: string;
    /** Pods that a person has decided not to wait for: passed over as if they were not there. */
    passOver?: PodReference[];
  }): Promise<DrainOutcome>;

  /** Deletes the Pods that a person has named, by uid, whatever their budgets say. */
  deletePods(input: {
    context: ClusterContext;
    pods: PodReference[];
  }): Promise<{ deleted: number; gone: number }>;

  /**
   * The same for Pods that the platform's own roll is to move: each is deleted once its node takes no Pods and another of
   * the group does, because before that its successor could come back to a node that is to go. Waits for that without
   * end; whoever starts it ends it with the roll.
   */
  deletePodsOnceReplaced(input: {
    context: ClusterContext;
    nodeGroup: string;
    pods: PodReference[];
    pollMs: number;
  }): Promise<{ deleted: number; gone: number }>;

  /**
   * Rolls owners (Deployment, StatefulSet) as `kubectl rollout restart` does, so that their next Pods start on nodes
   * that take Pods. One that can't be rolled is named in `problems`.
   */
  restartOwners(input: {
    context: ClusterContext;
    owners: OwnerReference[];
    /** Stands in the template's annotation, so that a second call is the same restart. */
    restartedAt: string;
  }): Promise<{ restarted: number; problems: string[] }>;

  /** The owners of a wave's evicted Pods against the baseline, until they are well or the time is over (rule 8). */
  verifyOwners(input: {
    context: ClusterContext;
    baseline: EvidenceReference;
    owners: EvidenceReference;
    settleMs: number;
    pollMs: number;
  }): Promise<WorkloadsVerdict>;

  /** Looks at every guard of the request once. */
  checkGuards(input: { context: ClusterContext; guards: Guard[] }): Promise<{ results: GuardResult[] }>;

  /**
   * Labels drained nodes `node.kubernetes.io/exclude-from-external-load-balancers`, so that load balancers deregister
   * them before they go.
   */
  excludeFromLoadBalancers(input: {
    context: ClusterContext;
    nodes: string[];
  }): Promise<{ labelled: number }>;

  /**
   * Ends nodes and takes their places off the group's size, so that nothing is started in their stead. A node that is
   * gone is fine. Waits until they are gone from the Kubernetes API or the time is over.
   */
  terminateNodes(input: {
    context: ClusterContext;
    nodeGroup: string;
    nodes: string[];
    timeoutMs: number;
    pollMs: number;
  }): Promise<{ terminated: number; left: string[] }>;
}
