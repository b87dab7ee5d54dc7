import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTagsCommand,
  DescribeTargetGroupsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type {
  Action,
  Listener,
  LoadBalancer,
  Rule,
  TargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { StepladderError } from '../contract/errors.ts';
import type { AlbRouter } from '../contract/routing.ts';
import type { AlbConnection } from './albConnection.ts';

/** Where the actions stand that send the users somewhere. */
export type ActionsHolder = { kind: 'rule'; arn: string } | { kind: 'listener'; arn: string };

/** What there is around a rule, as far as its change depends on it. */
export interface AlbView {
  holder: ActionsHolder;
  actions: Action[];
  listener: Listener;
  loadBalancer: LoadBalancer;
  blue: TargetGroup;
  green: TargetGroup;
  /** All rules of the load balancer's listeners but the one that is looked at. */
  otherRules: Rule[];
  /** Tags of load balancer, listener, rule and target groups, by ARN. */
  tags: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

/** The actions, and where they are written: a listener's default rule can be changed through the listener only. */
export async function readActions(
  connection: AlbConnection,
  router: AlbRouter,
  signal?: AbortSignal,
): Promise<Pick<AlbView, 'holder' | 'actions'>> {
  if (router.rule === undefined) return readDefault(connection, router.listener ?? '', signal);
  const rule = await readRule(connection, router.rule, signal);
  if (rule.IsDefault === true) return readDefault(connection, listenerOf(router.rule), signal);
  return { holder: { kind: 'rule', arn: router.rule }, actions: rule.Actions ?? [] };
}

async function readDefault(
  connection: AlbConnection,
  listenerArn: string,
  signal?: AbortSignal,
): Promise<Pick<AlbView, 'holder' | 'actions'>> {
  const listener = await readListener(connection, listenerArn, signal);
  return { holder: { kind: 'listener', arn: listenerArn }, actions: listener.DefaultActions ?? [] };
}

/** Everything that decides whether the routing can be changed there. */
export async function readView(
  connection: AlbConnection,
  router: AlbRouter,
  signal?: AbortSignal,
): Promise<AlbView> {
  const { holder, actions } = await readActions(connection, router, signal);
  const listenerArn = holder.kind === 'listener' ? holder.arn : listenerOf(holder.arn);
  const listener = await readListener(connection, listenerArn, signal);
  const loadBalancerArn = listener.LoadBalancerArn ?? '';
  const loadBalancer = await readLoadBalancer(connection, loadBalancerArn, signal);
  const [blue, green] = await readTargetGroups(connection, [router.blue, router.green], signal);
  const arns = [loadBalancerArn, listenerArn, router.blue, router.green];
  return {
    holder,
    actions,
    listener,
    loadBalancer,
    blue,
    green,
    otherRules: await readOtherRules(connection, loadBalancerArn, holder, signal),
    tags: await readTags(connection, holder.kind === 'rule' ? [...arns, holder.arn] : arns, signal),
  };
}

/** `…:listener-rule/app/shop/50dc/f2f7/9683` is a rule of `…:listener/app/shop/50dc/f2f7`. */
export const listenerOf = (ruleArn: string): string =>
  ruleArn.replace(':listener-rule/', ':listener/').replace(/\/[^/]+$/, '');

async function readRule(connection: AlbConnection, arn: string, signal?: AbortSignal): Promise<Rule> {
  const { Rules } = await connection.call(
    'DescribeRules',
    `listener rule ${arn}`,
    signal,
    (client, options) => client.send(new DescribeRulesCommand({ RuleArns: [arn] }), options),
  );
  return one(Rules, `listener rule ${arn}`);
}

async function readListener(connection: AlbConnection, arn: string, signal?: AbortSignal): Promise<Listener> {
  const { Listeners } = await connection.call(
    'DescribeListeners',
    `listener ${arn}`,
    signal,
    (client, options) => client.send(new DescribeListenersCommand({ ListenerArns: [arn] }), options),
  );
  return one(Listeners, `listener ${arn}`);
}

async function readLoadBalancer(
  connection: AlbConnection,
  arn: string,
  signal?: AbortSignal,
): Promise<LoadBalancer> {
  const { LoadBalancers } = await connection.call(
    'DescribeLoadBalancers',
    `load balancer ${arn}`,
    signal,
    (client, options) => client.send(new DescribeLoadBalancersCommand({ LoadBalancerArns: [arn] }), options),
  );
  return one(LoadBalancers, `load balancer ${arn}`);
}

async function readTargetGroups(
  connection: AlbConnection,
  [blue, green]: readonly [string, string],
  signal?: AbortSignal,
): Promise<[TargetGroup, TargetGroup]> {
  const of = `target groups ${blue} and ${green}`;
  const { TargetGroups = [] } = await connection.call('DescribeTargetGroups', of, signal, (client, options) =>
    client.send(new DescribeTargetGroupsCommand({ TargetGroupArns: [blue, green] }), options),
  );
  const byArn = (arn: string) =>
    one(
      TargetGroups.filter(({ TargetGroupArn }) => TargetGroupArn === arn),
      `target group ${arn}`,
    );
  return [byArn(blue), byArn(green)];
}

async function readOtherRules(
  connection: AlbConnection,
  loadBalancerArn: string,
  holder: ActionsHolder,
  signal?: AbortSignal,
): Promise<Rule[]> {
  const of = `load balancer ${loadBalancerArn}`;
  const listeners = await connection.all('DescribeListeners', of, signal, async (client, Marker, options) => {
    const asked = new DescribeListenersCommand({ LoadBalancerArn: loadBalancerArn, Marker });
    const { Listeners, NextMarker } = await client.send(asked, options);
    return { entries: Listeners, next: NextMarker };
  });
  const others: Rule[] = [];
  for (const { ListenerArn } of listeners) {
    const rules = await connection.all(
      'DescribeRules',
      `listener ${ListenerArn ?? ''}`,
      signal,
      async (client, Marker, options) => {
        const { Rules, NextMarker } = await client.send(
          new DescribeRulesCommand({ ListenerArn, Marker }),
          options,
        );
        return { entries: Rules, next: NextMarker };
      },
    );
    others.push(...rules.filter((rule) => !isHolder(rule, ListenerArn, holder)));
  }
  return others;
}

const isHolder = (rule: Rule, listenerArn: string | undefined, holder: ActionsHolder): boolean =>
  holder.kind === 'rule'
    ? rule.RuleArn === holder.arn
    : rule.IsDefault === true && listenerArn === holder.arn;

async function readTags(
  connection: AlbConnection,
  arns: readonly string[],
  signal?: AbortSignal,
): Promise<AlbView['tags']> {
  const { TagDescriptions = [] } = await connection.call(
    'DescribeTags',
    `load balancer, listener and target groups of ${arns[0] ?? ''}`,
    signal,
    (client, options) => client.send(new DescribeTagsCommand({ ResourceArns: [...arns] }), options),
  );
  return new Map(
    TagDescriptions.map(({ ResourceArn = '', Tags = [] }) => [
      ResourceArn,
      Object.fromEntries(Tags.map(({ Key = '', Value = '' }) => [Key, Value])),
    ]),
  );
}

function one<T>(found: readonly T[] | undefined, what: string): T {
  const [first] = found ?? [];
  if (first !== undefined) return first;
  throw new StepladderError('PlatformRefused', `Elastic Load Balancing does not find ${what}.`, {
    reason: 'not-found',
    subject: what,
  });
}
