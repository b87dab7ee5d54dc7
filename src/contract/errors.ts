/**
 * The errors that the engine raises, by the name that stands as `type` in Temporal's failures, and what each means
 * for whoever retries. This is the only place where that is decided.
 *
 * - `final`: trying again would give the same answer; a person has to change something.
 * - `wait`: the world is at fault and will mend or be mended. Before the first change to a cluster the upgrade
 *   ends with it within a minute; afterwards it is a named wait that goes on by itself.
 * - `retry`: passing; Temporal tries again by itself and nobody needs to be told.
 */
export const errorRetry = {
  /** The request has problems; the message lists each by its path. */
  InvalidInput: 'final',
  /** Another upgrade holds this cluster. */
  ClusterLocked: 'final',
  /** There is no cluster of that name in that account and region. */
  ClusterNotFound: 'final',
  /** The cluster is in a state other than ACTIVE. */
  ClusterNotActive: 'final',
  /** ARN, endpoint or certificate authority differ from what was observed first. */
  WrongCluster: 'final',
  /** A plan would break the version-skew policy, or nothing can be planned. */
  PlanRefused: 'final',
  /** A blocker or an unknown stands against the plan. */
  Blocked: 'final',
  /** A person said no, or nobody answered in time. */
  Rejected: 'final',
  /** The platform refused a change for a reason that waiting does not mend. */
  PlatformRefused: 'final',
  /** An update was carried out and ended as Failed or Cancelled. */
  UpdateFailed: 'final',
  /** New nodes did not join, or were not Ready in time. */
  NodesMissing: 'final',
  /** A roll was ended on its way by a person's decision, or because nobody decided. */
  RollStopped: 'final',
  /** Pods were moved back to the old nodes, as a person wanted it. */
  RolledBack: 'final',
  /** Workloads that were well before the upgrade are broken and nobody accepted that. */
  WorkloadsBroken: 'final',
  /** A tool or its release is not as the plan has it, or may not be upgraded; nothing was changed. */
  ToolRefused: 'final',
  /** A step of a tool's upgrade failed; the message has helm's words. */
  ToolFailed: 'final',
  /** A stage ended without its end being known, because its workflow was cancelled or terminated from outside. */
  UpgradeFailed: 'final',
  /** Something in Stepladder itself is wrong. */
  InternalError: 'final',
  /** Credentials are missing, expired or not allowed to do this. */
  CredentialsRefused: 'wait',
  /** An API could not be reached: no route, no answer, a refused or reset connection, TLS trouble. */
  Unreachable: 'wait',
  /** The platform is busy with an update that is not ours. */
  UpdateInProgress: 'wait',
  /** Too many requests. */
  Throttled: 'retry',
  /** The other side answered with a server error. */
  ServerError: 'retry',
} as const satisfies Record<string, 'final' | 'wait' | 'retry'>;

export type ErrorName = keyof typeof errorRetry;

/** True for a name that `errorRetry` knows. */
export function isErrorName(name: string | null | undefined): name is ErrorName {
  return name !== null && name !== undefined && Object.hasOwn(errorRetry, name);
}

/** Names on which Temporal must not retry by itself: the workflow decides what follows. */
export const nonRetryableErrorTypes: string[] = Object.entries(errorRetry)
  .filter(([, retry]) => retry !== 'retry')
  .map(([name]) => name);

/**
 * An error with one of our names, for code that knows nothing of Temporal. The activity boundary turns it into an
 * ApplicationFailure of the same type.
 */
export class StepladderError extends Error {
  readonly type: ErrorName;
  /** JSON for whoever handles it; no secrets, no object bodies. */
  readonly details: Record<string, unknown>;

  /**
   * @param type one of the names above
   * @param message what happened, to what, and what to do next
   */
  constructor(
    type: ErrorName,
    message: string,
    details: Record<string, unknown> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = type;
    this.type = type;
    this.details = details;
  }
}
