import { stableHex } from '../eks-api/random.ts';
import { targetGroupsOf } from './actions.ts';
import { ElbError } from './errors.ts';
import type {
  ActionRecord,
  ListenerRecord,
  LoadBalancerRecord,
  RuleRecord,
  TargetAddress,
  TargetGroupRecord,
  TargetRecord,
} from './records.ts';
import { onlyVpc } from './setup.ts';
import type {
  ActionSetup,
  ElbSetup,
  ListenerSetup,
  LoadBalancerSetup,
  RuleSetup,
  TargetGroupSetup,
} from './setup.ts';

const idLength = 16;

/** Load balancers, their listeners and rules, target groups, and the tags of all of them. */
export class ElbStore {
  readonly loadBalancers = new Map<string, LoadBalancerRecord>();
  readonly listeners = new Map<string, ListenerRecord>();
  readonly rules = new Map<string, RuleRecord>();
  readonly targetGroups = new Map<string, TargetGroupRecord>();
  readonly tags = new Map<string, Map<string, string>>();
  readonly #arnPrefix: string;

  constructor(setup: ElbSetup) {
    this.#arnPrefix = `arn:aws:elasticloadbalancing:${setup.region}:${setup.account}`;
    for (const group of setup.targetGroups) this.addTargetGroup(group);
    for (const loadBalancer of setup.loadBalancers) this.#addLoadBalancer(loadBalancer);
  }

  addTargetGroup(setup: TargetGroupSetup): TargetGroupRecord {
    const { name, port = 80, targetType = 'ip' } = setup;
    const arn = this.targetGroupArn(name);
    const group: TargetGroupRecord = {
      arn,
      name,
      vpcId: setup.vpcId ?? onlyVpc,
      protocol: 'HTTP',
      port,
      targetType,
      healthCheck: {
        path: setup.healthCheckPath ?? '/',
        expectStatus: 200,
        healthyAfter: 2,
        unhealthyAfter: 2,
      },
      targets: (setup.targets ?? []).map(newTarget),
    };
    this.targetGroups.set(arn, group);
    this.#tag(arn, setup.tags);
    return group;
  }

  /** The ARN that a target group of this name has, or would have. */
  targetGroupArn(name: string): string {
    return `${this.#arnPrefix}:targetgroup/${name}/${stableHex(`target-group/${name}`, idLength)}`;
  }

  /** @throws ElbError TargetGroupNotFound */
  findTargetGroup(arn: string): TargetGroupRecord {
    return found(this.targetGroups.get(arn), 'TargetGroupNotFound', `Target groups '${arn}' not found`);
  }

  /** Puts a target into a group; one that was on its way out is checked anew. */
  register(groupArn: string, { id, port }: TargetAddress): void {
    const group = this.findTargetGroup(groupArn);
    const there = targetIn(group, { id, port });
    if (there === undefined) group.targets.push(newTarget({ id, port }));
    else if (there.state === 'draining') there.state = 'initial';
  }

  /**
   * Sends a target nothing more. It is told of as draining until it has answered what it was asked.
   *
   * @returns resolves when it is gone
   */
  deregister(groupArn: string, address: TargetAddress): Promise<void> {
    const group = this.targetGroups.get(groupArn);
    const target = group === undefined ? undefined : targetIn(group, address);
    if (target === undefined) return Promise.resolve();
    target.state = 'draining';
    const gone = new Promise<void>((resolve) => target.onGone.push(resolve));
    if (target.inFlight === 0) this.remove(groupArn, target);
    return gone;
  }

  /** Takes a target out that has nothing more to answer. */
  remove(groupArn: string, target: TargetRecord): void {
    const group = this.targetGroups.get(groupArn);
    if (group !== undefined) group.targets = group.targets.filter((each) => each !== target);
    for (const tell of target.onGone.splice(0)) tell();
  }

  /** @throws ElbError ListenerNotFound */
  findListener(arn: string): ListenerRecord {
    return found(this.listeners.get(arn), 'ListenerNotFound', `One or more listeners not found`);
  }

  /** @throws ElbError LoadBalancerNotFound */
  findLoadBalancer(arn: string): LoadBalancerRecord {
    return found(this.loadBalancers.get(arn), 'LoadBalancerNotFound', `Load balancers '[${arn}]' not found`);
  }

  /** @throws ElbError RuleNotFound */
  findRule(arn: string): RuleRecord {
    return found(this.rules.get(arn), 'RuleNotFound', `One or more rules not found`);
  }

  /** A listener's rules in the order in which they are tried: the default one is the last. */
  rulesOf(listenerArn: string): RuleRecord[] {
    return [...this.rules.values()]
      .filter((rule) => rule.listenerArn === listenerArn)
      .sort((one, other) => (one.priority ?? Infinity) - (other.priority ?? Infinity));
  }

  /** @throws Error where a listener has none, which can't be */
  defaultRuleOf(listenerArn: string): RuleRecord {
    const rule = this.rulesOf(listenerArn).find(({ priority }) => priority === undefined);
    if (rule === undefined) throw new Error(`listener ${listenerArn} has no default rule`);
    return rule;
  }

  loadBalancerOfRule(rule: RuleRecord): LoadBalancerRecord {
    return this.findLoadBalancer(this.findListener(rule.listenerArn).loadBalancerArn);
  }

  /** ARNs of the load balancers whose rules forward to a target group. */
  loadBalancersOf(targetGroupArn: string): string[] {
    const arns = [...this.rules.values()]
      .filter((rule) => targetGroupsOf(rule.actions).includes(targetGroupArn))
      .map((rule) => this.findListener(rule.listenerArn).loadBalancerArn);
    return [...new Set(arns)];
  }

  #addLoadBalancer(setup: LoadBalancerSetup): void {
    const {
      name,
      vpcId = onlyVpc,
      scheme = 'internet-facing',
      type = 'application',
      state = 'active',
    } = setup;
    const kind = type === 'application' ? 'app' : 'net';
    const path = `${kind}/${name}/${stableHex(`load-balancer/${name}`, idLength)}`;
    const arn = `${this.#arnPrefix}:loadbalancer/${path}`;
    this.loadBalancers.set(arn, {
      arn,
      name,
      // Listeners are on this machine, and this is where they can be reached.
      dnsName: '127.0.0.1',
      vpcId,
      scheme,
      type,
      state,
      createdAt: new Date('2026-01-02T03:04:05Z'),
    });
    this.#tag(arn, setup.tags);
    setup.listeners.forEach((listener, index) => this.#addListener(listener, arn, `${path}/${index}`));
  }

  #addListener(setup: ListenerSetup, loadBalancerArn: string, seed: string): void {
    const path = `${seed.slice(0, seed.lastIndexOf('/'))}/${stableHex(`listener/${seed}`, idLength)}`;
    const arn = `${this.#arnPrefix}:listener/${path}`;
    this.listeners.set(arn, { arn, loadBalancerArn, port: setup.port ?? 0 });
    this.#tag(arn, setup.tags);
    for (const rule of setup.rules ?? []) this.#addRule(rule, arn, path);
    this.#addRule({ actions: setup.defaultActions }, arn, path);
  }

  #addRule(
    setup: Omit<RuleSetup, 'priority'> & { priority?: number },
    listenerArn: string,
    path: string,
  ): void {
    const id = stableHex(`rule/${path}/${setup.priority ?? 'default'}`, idLength);
    const arn = `${this.#arnPrefix}:listener-rule/${path}/${id}`;
    this.rules.set(arn, {
      arn,
      listenerArn,
      priority: setup.priority,
      hosts: setup.hosts ?? [],
      paths: setup.paths ?? [],
      actions: setup.actions.map((action) => this.#action(action)),
    });
    this.#tag(arn, setup.tags);
  }

  #action(setup: ActionSetup): ActionRecord {
    if (setup.Type !== 'forward') return setup;
    const { stickySeconds, order } = setup;
    const groups = setup.to.map(({ targetGroup, weight }) => ({
      TargetGroupArn: this.findTargetGroup(this.targetGroupArn(targetGroup)).arn,
      Weight: weight,
    }));
    const [first] = groups;
    return {
      Type: 'forward',
      ...(order === undefined ? {} : { Order: order }),
      ...(groups.length === 1 && first !== undefined ? { TargetGroupArn: first.TargetGroupArn } : {}),
      ForwardConfig: {
        TargetGroups: groups,
        TargetGroupStickinessConfig:
          stickySeconds === undefined
            ? { Enabled: false }
            : { Enabled: true, DurationSeconds: stickySeconds },
      },
    };
  }

  #tag(arn: string, tags: Record<string, string> = {}): void {
    this.tags.set(arn, new Map(Object.entries(tags)));
  }
}

/** A target as it is when it has just been registered: nobody has asked it yet. */
export const newTarget = ({ id, port }: TargetAddress): TargetRecord => ({
  id,
  port,
  state: 'initial',
  contrary: 0,
  inFlight: 0,
  onGone: [],
});

const targetIn = ({ targets }: TargetGroupRecord, address: TargetAddress): TargetRecord | undefined =>
  targets.find(({ id, port }) => id === address.id && port === address.port);

function found<T>(
  record: T | undefined,
  error: ConstructorParameters<typeof ElbError>[0],
  message: string,
): T {
  if (record === undefined) throw new ElbError(error, message);
  return record;
}
