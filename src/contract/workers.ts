/** The words that the ways to replace worker nodes share: plan, activities, status and report. */

/** How the nodes of a group are replaced. `blue-green` is not a way for one group. */
export type Strategy = 'managed' | 'surge' | 'in-place';

/** How the nodes of a group are taken, some at a time. Part of the plan, so approved with it. */
export interface WavePolicy {
  /** Nodes drained at the same time at the most: a number, or a share of the group such as `25%`, rounded up. */
  maxParallel: number | string;
  /** One node without stateful Pods goes first and alone. */
  canary: boolean;
  /** Names of nodes to take first, in this order; the others follow by their budgets. */
  order: string[];
}

/** What a drain does about Pods that are not simply evicted; the words are those of `kubectl drain`. */
export interface DrainPolicy {
  ignoreDaemonSets: boolean;
  deleteEmptyDirData: boolean;
  /** Pods without a controller are evicted too; nobody makes them anew. */
  force: boolean;
  /** Seconds that each Pod is given to end; without it the Pod's own. */
  gracePeriodSeconds?: number;
  /** Only Pods with these labels are evicted. */
  podSelector?: string;
  /** Pods that have been terminating for longer than that are not waited for. Seconds. */
  skipWaitForDeleteSeconds?: number;
}

/** One Pod, told apart from a successor of the same name by its uid. */
export interface PodReference {
  namespace: string;
  name: string;
  uid: string;
  node?: string;
}

/** The controller that makes a Pod's successor. */
export interface OwnerReference {
  apiVersion: string;
  kind: string;
  namespace: string;
  name: string;
  uid: string;
}

/** A budget as it stands between a Pod and its eviction. */
export interface BudgetState {
  namespace: string;
  name: string;
  disruptionsAllowed: number;
  currentHealthy: number;
  desiredHealthy: number;
  expectedPods: number;
}

/**
 * Why a Pod does not leave its node. Only `budget`, `implied-budget` and `terminating` can clear by waiting; all others
 * are named stops at once.
 */
export type StuckReason =
  | 'budget'
  /** An owner without a budget: so many of its Pods are away already. */
  | 'implied-budget'
  | 'several-budgets'
  | 'eviction-error'
  | 'terminating'
  | 'no-controller'
  | 'local-storage'
  | 'daemon-set'
  | 'daemon-set-gone';

/** A Pod that holds up a drain, as people are told of it. */
export interface StuckPod extends PodReference {
  node: string;
  owner?: OwnerReference;
  reason: StuckReason;
  /** The budget or budgets in the way. */
  budgets: BudgetState[];
  /** Since when it could not go, ISO 8601. */
  since: string;
  /** One sentence with all numbers. */
  message: string;
}

/** How many nodes a group has, wants and may have. */
export interface NodeGroupSize {
  min: number;
  max: number;
  desired: number;
}

/** What a person can say to a drain that is stuck, or to a roll that holds. */
export type Decision =
  /** Wait for another `timing.drainTimeout`. */
  | 'wait'
  /** Roll the owner of the Pod, so that its next one starts on a new node. */
  | 'restart'
  /** Leave the node as it is, and name it. */
  | 'skip'
  /** Delete the Pods that are named, whatever their budgets say. */
  | 'force'
  /** EKS's own force, which ignores every budget of the group; managed strategy only. */
  | 'force-group'
  /** Carry on with the roll that holds. */
  | 'forward'
  /** Move Pods back to the old nodes, and take the new ones away. */
  | 'back'
  /** End with both, as they are. */
  | 'stay'
  /** It is done: what the engine can't do itself. */
  | 'done';

/** What is asked of a person, and what they said. Each has a digest, which the answer names (rule 12). */
export interface DecisionRecord {
  /**
   * `drain`: a wave is stuck. `hold`: Pods have moved, and going on or back is a person's choice. `guard`: one fails.
   * `routing`: a person sets the weights. `step`: nobody knows how a step of the cutover does.
   */
  about: 'drain' | 'hold' | 'guard' | 'routing' | 'step';
  /** The stage's place, `1.32/workers/blue`. */
  at: string;
  /** 1 for the stage's first question. */
  opening: number;
  digest: string;
  /** ISO 8601. */
  openedAt: string;
  /** When `byDefault` is taken. ISO 8601. */
  closesAt?: string;
  options: Decision[];
  byDefault: Decision;
  /** What is the matter, Markdown lines: at most 20 Pods. */
  shown: string[];
  /** The Pods that the question is about, at most 20; `force` and `restart` concern these or fewer. */
  pods: StuckPod[];
  outcome?: Decision | 'void' | 'aborted';
  /** Absent when the default was taken. */
  by?: string;
  comment?: string;
  answeredAt?: string;
}

/** The answer to a question. */
export interface DecisionAnswer {
  decision: Decision;
  by: string;
  /** At least the first 8 characters of the question's digest. */
  digest: string;
  /** Narrows `skip` to one node. */
  node?: string;
  /** Narrows `force` and `restart` to these Pods, each as `namespace/name`. */
  pods?: string[];
  comment?: string;
}

/** One guard of the request, looked at. A guard that can't be known does not hold (rule 11). */
export interface GuardResult {
  name: string;
  state: 'holds' | 'fails' | 'unknown';
  /** One sentence. */
  why: string;
}
