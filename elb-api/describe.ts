import { z } from 'zod';
import { ElbError, invalid } from './errors.ts';
import { list, number, read } from '../eks-api/queryForm.ts';
import type { FormValue } from '../eks-api/queryForm.ts';
import type {
  ListenerRecord,
  LoadBalancerRecord,
  RuleRecord,
  TargetGroupRecord,
  TargetRecord,
} from './records.ts';
import type { ElbStore } from './store.ts';

/** Entries on a page at most, unless the caller wants fewer. */
const largestPage = 400;
/** Resources that DescribeTags takes at a time. */
const mostTagged = 20;

const arns = list(z.string().min(1)).optional();
const paging = { Marker: z.string().optional(), PageSize: number.optional() };

/** What an operation that only looks is given: what was asked, and what there is. */
type Describe = (form: Record<string, FormValue>, store: ElbStore) => object;

export const describeLoadBalancers: Describe = (form, store) => {
  const asked = read(z.object({ LoadBalancerArns: arns, Names: arns, ...paging }), form);
  const { LoadBalancerArns: wanted, Names: names } = asked;
  const all = [...store.loadBalancers.values()];
  for (const name of names ?? []) {
    if (!all.some((each) => each.name === name)) {
      throw new ElbError('LoadBalancerNotFound', `Load balancers '[${name}]' not found`);
    }
  }
  const chosen =
    wanted !== undefined
      ? wanted.map((arn) => store.findLoadBalancer(arn))
      : all.filter(({ name }) => names === undefined || names.includes(name));
  return paged('LoadBalancers', chosen.map(loadBalancer), asked);
};

export const describeListeners: Describe = (form, store) => {
  const asked = read(
    z.object({ LoadBalancerArn: z.string().optional(), ListenerArns: arns, ...paging }),
    form,
  );
  const { LoadBalancerArn: of, ListenerArns: wanted } = asked;
  if (of === undefined && wanted === undefined) throw invalid('Listeners or a load balancer must be given');
  const arn = of === undefined ? undefined : store.findLoadBalancer(of).arn;
  const chosen =
    wanted !== undefined
      ? wanted.map((each) => store.findListener(each))
      : [...store.listeners.values()].filter((each) => each.loadBalancerArn === arn);
  return paged(
    'Listeners',
    chosen.map((each) => listener(each, store)),
    asked,
  );
};

export const describeRules: Describe = (form, store) => {
  const asked = read(z.object({ ListenerArn: z.string().optional(), RuleArns: arns, ...paging }), form);
  const { ListenerArn: of, RuleArns: wanted } = asked;
  if ((of === undefined) === (wanted === undefined)) {
    throw invalid('Either rules or a listener must be given');
  }
  const chosen =
    wanted !== undefined
      ? wanted.map((each) => store.findRule(each))
      : store.rulesOf(store.findListener(of ?? '').arn);
  return paged('Rules', chosen.map(rule), asked);
};

export const describeTargetGroups: Describe = (form, store) => {
  const asked = read(
    z.object({ LoadBalancerArn: z.string().optional(), TargetGroupArns: arns, Names: arns, ...paging }),
    form,
  );
  const { LoadBalancerArn: of, TargetGroupArns: wanted, Names: names } = asked;
  const arn = of === undefined ? undefined : store.findLoadBalancer(of).arn;
  const named = wanted ?? names?.map((name) => store.targetGroupArn(name));
  const chosen =
    named !== undefined
      ? named.map((each) => store.findTargetGroup(each))
      : [...store.targetGroups.values()].filter(
          (each) => arn === undefined || store.loadBalancersOf(each.arn).includes(arn),
        );
  return paged(
    'TargetGroups',
    chosen.map((each) => targetGroup(each, store)),
    asked,
  );
};

const targetSchema = z.object({ Id: z.string().min(1), Port: number.optional() });

export const describeTargetHealth: Describe = (form, store) => {
  const { TargetGroupArn, Targets } = read(
    z.object({ TargetGroupArn: z.string().min(1), Targets: list(targetSchema).optional() }),
    form,
  );
  const group = store.findTargetGroup(TargetGroupArn);
  const inUse = store.loadBalancersOf(group.arn).length > 0;
  const chosen = group.targets.filter(
    ({ id, port }) =>
      Targets === undefined || Targets.some((each) => each.Id === id && (each.Port ?? group.port) === port),
  );
  return { TargetHealthDescriptions: chosen.map((target) => health(target, inUse)) };
};

export const describeTags: Describe = (form, store) => {
  const { ResourceArns } = read(z.object({ ResourceArns: list(z.string().min(1)) }), form);
  if (ResourceArns.length === 0 || ResourceArns.length > mostTagged) {
    throw invalid(`Between 1 and ${mostTagged} resources must be given`);
  }
  return {
    TagDescriptions: ResourceArns.map((arn) => {
      const tags = store.tags.get(arn);
      if (tags === undefined) throw notFound(arn);
      return { ResourceArn: arn, Tags: [...tags].map(([Key, Value]) => ({ Key, Value })) };
    }),
  };
};

function paged(
  name: string,
  entries: object[],
  { Marker, PageSize = largestPage }: { Marker?: string | undefined; PageSize?: number | undefined },
): object {
  if (PageSize < 1 || PageSize > largestPage) throw invalid(`PageSize must be between 1 and ${largestPage}`);
  const from = Marker === undefined ? 0 : Number(Marker);
  if (!Number.isInteger(from) || from < 0) throw invalid('Marker is not one of ours');
  const end = from + PageSize;
  return {
    [name]: entries.slice(from, end),
    ...(end < entries.length ? { NextMarker: String(end) } : {}),
  };
}

function notFound(arn: string): ElbError {
  if (arn.includes(':targetgroup/'))
    return new ElbError('TargetGroupNotFound', `Target groups '${arn}' not found`);
  if (arn.includes(':listener-rule/')) return new ElbError('RuleNotFound', 'One or more rules not found');
  if (arn.includes(':listener/')) return new ElbError('ListenerNotFound', 'One or more listeners not found');
  return new ElbError('LoadBalancerNotFound', `Load balancers '[${arn}]' not found`);
}

const loadBalancer = (record: LoadBalancerRecord): object => ({
  LoadBalancerArn: record.arn,
  LoadBalancerName: record.name,
  DNSName: record.dnsName,
  CreatedTime: record.createdAt,
  Scheme: record.scheme,
  VpcId: record.vpcId,
  State: { Code: record.state },
  Type: record.type,
  IpAddressType: 'ipv4',
});

/** A listener as the API describes it. */
export const listener = (record: ListenerRecord, store: ElbStore): object => ({
  ListenerArn: record.arn,
  LoadBalancerArn: record.loadBalancerArn,
  Port: record.port,
  Protocol: 'HTTP',
  DefaultActions: store.defaultRuleOf(record.arn).actions,
});

/** A rule as the API describes it. */
export const rule = ({ arn, priority, hosts, paths, actions }: RuleRecord): object => ({
  RuleArn: arn,
  Priority: priority ?? 'default',
  Conditions: [
    ...(hosts.length === 0
      ? []
      : [{ Field: 'host-header', Values: hosts, HostHeaderConfig: { Values: hosts } }]),
    ...(paths.length === 0
      ? []
      : [{ Field: 'path-pattern', Values: paths, PathPatternConfig: { Values: paths } }]),
  ],
  Actions: actions,
  IsDefault: priority === undefined,
});

/** A target group as the API describes it. */
export const targetGroup = (record: TargetGroupRecord, store: ElbStore): object => ({
  TargetGroupArn: record.arn,
  TargetGroupName: record.name,
  Protocol: record.protocol,
  ProtocolVersion: 'HTTP1',
  Port: record.port,
  VpcId: record.vpcId,
  TargetType: record.targetType,
  HealthCheckEnabled: true,
  HealthCheckProtocol: 'HTTP',
  HealthCheckPort: 'traffic-port',
  HealthCheckPath: record.healthCheck.path,
  HealthyThresholdCount: record.healthCheck.healthyAfter,
  UnhealthyThresholdCount: record.healthCheck.unhealthyAfter,
  Matcher: { HttpCode: record.healthCheck.expectStatus },
  LoadBalancerArns: store.loadBalancersOf(record.arn),
  IpAddressType: 'ipv4',
});

/** Reasons as the API gives them with each state. */
const reasons = {
  initial: 'Elb.InitialHealthChecking',
  unhealthy: 'Target.FailedHealthChecks',
  draining: 'Target.DeregistrationInProgress',
  unused: 'Target.NotInUse',
} as const;

function health({ id, port, state }: TargetRecord, inUse: boolean): object {
  const shown = inUse || state === 'draining' ? state : 'unused';
  return {
    Target: { Id: id, Port: port },
    HealthCheckPort: port,
    TargetHealth: { State: shown, ...(shown === 'healthy' ? {} : { Reason: reasons[shown] }) },
  };
}
