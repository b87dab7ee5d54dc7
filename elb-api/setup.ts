import type { LoadBalancerRecord, OtherAction, TargetAddress } from './records.ts';

/** A forward action, for short: by the names of target groups. */
export interface ForwardSetup {
  Type: 'forward';
  to: { targetGroup: string; weight: number }[];
  stickySeconds?: number;
  order?: number;
}

/** What an action of a listener does; one that forwards for short. */
export type ActionSetup = ForwardSetup | OtherAction;

/** A rule that there is from the start. */
export interface RuleSetup {
  priority: number;
  hosts?: string[];
  paths?: string[];
  actions: ActionSetup[];
  tags?: Record<string, string>;
}

export interface ListenerSetup {
  /** On this machine; any free one unless given. */
  port?: number;
  defaultActions: ActionSetup[];
  rules?: RuleSetup[];
  tags?: Record<string, string>;
}

export interface LoadBalancerSetup {
  name: string;
  vpcId?: string;
  scheme?: LoadBalancerRecord['scheme'];
  type?: LoadBalancerRecord['type'];
  state?: LoadBalancerRecord['state'];
  listeners: ListenerSetup[];
  tags?: Record<string, string>;
}

export interface TargetGroupSetup {
  name: string;
  vpcId?: string;
  port?: number;
  targetType?: 'ip' | 'instance';
  /** `/` unless given. */
  healthCheckPath?: string;
  targets?: TargetAddress[];
  tags?: Record<string, string>;
}

/** What there is from the start: load balancers are not made by this API. */
export interface ElbSetup {
  account: string;
  region: string;
  loadBalancers: LoadBalancerSetup[];
  targetGroups: TargetGroupSetup[];
}

/** The VPC of what names none. */
export const onlyVpc = 'vpc-0a1b2c3d4e5f60718';
