/** A target group of a forward action, and its share: 0 to 999, as against the others' of the same action. */
export interface WeightedTargetGroup {
  TargetGroupArn: string;
  Weight: number;
}

/** An action that forwards, in the API's own words. Always with its `ForwardConfig`, as the API describes it. */
export interface ForwardAction {
  Type: 'forward';
  Order?: number | undefined;
  /** There where it forwards to one group only. */
  TargetGroupArn?: string | undefined;
  ForwardConfig: {
    TargetGroups: WeightedTargetGroup[];
    TargetGroupStickinessConfig: { Enabled: boolean; DurationSeconds?: number | undefined };
  };
}

/** An action of another type. It is kept as it came, except for secrets. */
export interface OtherAction {
  Type: 'authenticate-oidc' | 'authenticate-cognito' | 'jwt-validation' | 'redirect' | 'fixed-response';
  Order?: number | undefined;
  [config: string]: unknown;
}

export type ActionRecord = ForwardAction | OtherAction;

export interface LoadBalancerRecord {
  arn: string;
  name: string;
  dnsName: string;
  vpcId: string;
  scheme: 'internet-facing' | 'internal';
  type: 'application' | 'network';
  state: 'active' | 'provisioning' | 'active_impaired' | 'failed';
  createdAt: Date;
}

export interface ListenerRecord {
  arn: string;
  loadBalancerArn: string;
  /** That it listens on, on this machine. */
  port: number;
}

/** A rule of a listener. Its default action is a rule too: the last one. */
export interface RuleRecord {
  arn: string;
  listenerArn: string;
  /** 1 to 50000, the least first; the default rule has none. */
  priority: number | undefined;
  /** Host names and paths that it is for, with `*` and `?`; all without. */
  hosts: string[];
  paths: string[];
  actions: ActionRecord[];
}

/** Where a target is. */
export interface TargetAddress {
  /** IP address. */
  id: string;
  port: number;
}

export type TargetState = 'initial' | 'healthy' | 'unhealthy' | 'draining' | 'unused';

/** A target of a target group as its health checks and the router see it. */
export interface TargetRecord extends TargetAddress {
  state: Exclude<TargetState, 'unused'>;
  /** Health checks in a row that say other than its state. */
  contrary: number;
  /** Requests that it has not answered yet. */
  inFlight: number;
  /** Called when it is in its group no more. */
  onGone: (() => void)[];
}

export interface TargetGroupRecord {
  arn: string;
  name: string;
  vpcId: string;
  protocol: 'HTTP' | 'HTTPS';
  port: number;
  targetType: 'ip' | 'instance';
  healthCheck: { path: string; expectStatus: number; healthyAfter: number; unhealthyAfter: number };
  targets: TargetRecord[];
}
