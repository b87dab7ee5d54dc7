import type { RoutingWeights } from '../contract/routing.ts';

/** Something about the routing that stands against changing it, or that a person should know. */
export interface RoutingNote {
  severity: 'blocker' | 'unknown' | 'warning';
  message: string;
  /** What a person can do about it. */
  remedy: string;
}

/** How users are routed now, and what that stands on. */
export interface RoutingDescription {
  /** What decides, for messages: `listener rule … of load balancer shop`. */
  router: string;
  /** Undefined where it can't be known. */
  weights: RoutingWeights | undefined;
  /** True where the router sends to green, be it with weight 0: only then does it know of green's health. */
  greenAttached: boolean;
  /** What there is, to be put back one day; absent where a rule forwards nowhere. */
  memento?: RoutingMemento;
  /** Where users' requests arrive. */
  addresses: string[];
  notes: RoutingNote[];
}

/** The health of the targets of one cluster, as the router sees it. */
export type SideHealth =
  | {
      state: 'known';
      healthy: number;
      unhealthy: number;
      /** Not judged yet. */
      starting: number;
      /** Being deregistered: they answer what they were asked before. */
      leaving: number;
    }
  | { state: 'unknown'; why: string }
  /** This router does not look after targets. */
  | { state: 'not offered' };

export interface RoutingHealth {
  blue: SideHealth;
  green: SideHealth;
}

/** What a router had before it was changed, enough to put it back exactly. Plain JSON, and no secret. */
export type RoutingMemento =
  | {
      kind: 'alb';
      /** ARN of the rule, or of the listener for its default action. */
      of: string;
      targetGroups: { arn: string; weight: number }[];
      /** Seconds for which a user stays with a target group; absent where that is off. */
      stickySeconds?: number;
    }
  | { kind: 'manual'; weights?: RoutingWeights };

/** What has come of a wish for other weights. */
export type RoutingChange =
  | {
      outcome: 'set';
      /** False where it was so already. */
      changed: boolean;
      /** What there was when it was looked at. */
      before: RoutingMemento;
    }
  /** A person has to do it. When one says that it is done, the same is wished for again. */
  | { outcome: 'asked'; instruction: string };

export interface WeightsWish {
  to: RoutingWeights;
  /** Weights that it may be changed from, besides `to`. Others are somebody else's doing, and are left alone. */
  from?: readonly RoutingWeights[];
}

/**
 * Who sends the users' requests to which cluster. Each call looks before it changes anything and may be made again.
 * Calls throw StepladderErrors as those of the platform do.
 */
export interface Routing {
  describe(signal?: AbortSignal): Promise<RoutingDescription>;

  /**
   * Sends so many of a hundred users to each cluster. Green is attached from the first call on, also with weight 0, so
   * that its health can be looked at before anybody is sent there.
   *
   * @throws StepladderError `PlatformRefused` where a blocker stands against it, or the weights are not as in `from`
   */
  setWeights(wish: WeightsWish, signal?: AbortSignal): Promise<RoutingChange>;

  health(signal?: AbortSignal): Promise<RoutingHealth>;

  /**
   * Puts back what there was, target groups, weights and stickiness.
   *
   * @throws StepladderError `InvalidInput` for what another router had
   */
  restore(before: RoutingMemento, signal?: AbortSignal): Promise<RoutingChange>;
}

/** `blue 95, green 5`. */
export const describeWeights = ({ blue, green }: RoutingWeights): string => `blue ${blue}, green ${green}`;

export const sameWeights = (one: RoutingWeights, other: RoutingWeights): boolean =>
  one.blue === other.blue && one.green === other.green;
