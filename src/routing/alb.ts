import {
  DescribeTargetHealthCommand,
  ModifyListenerCommand,
  ModifyRuleCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import { StepladderError } from '../contract/errors.ts';
import type { AlbRouter, RoutingWeights } from '../contract/routing.ts';
import type { AlbConnection } from './albConnection.ts';
import { atWeights, readForward, sameForward, weightsOf, withForward } from './albForward.ts';
import type { Forward } from './albForward.ts';
import { readTargetHealth } from './albHealth.ts';
import { albNotes } from './albNotes.ts';
import { readActions, readView } from './albView.ts';
import type { ActionsHolder, AlbView } from './albView.ts';
import { describeWeights, sameWeights } from './routing.ts';
import type {
  Routing,
  RoutingChange,
  RoutingDescription,
  RoutingHealth,
  RoutingMemento,
  SideHealth,
  WeightsWish,
} from './routing.ts';

/** A rule's actions, or a listener's own. */
type Rule = Pick<AlbView, 'holder' | 'actions'>;

/** Routes by the weights that a rule of an Application Load Balancer gives to the target groups of two clusters. */
export class AlbRouting implements Routing {
  readonly #connection: AlbConnection;
  readonly #router: AlbRouter;

  constructor(connection: AlbConnection, router: AlbRouter) {
    this.#connection = connection;
    this.#router = router;
  }

  async describe(signal?: AbortSignal): Promise<RoutingDescription> {
    const view = await readView(this.#connection, this.#router, signal);
    const forward = readForward(view.actions);
    const { loadBalancer, listener, holder } = view;
    return {
      router: `${describeHolder(holder)} of load balancer ${loadBalancer.LoadBalancerName ?? ''}`,
      weights: forward === undefined ? undefined : weightsOf(forward, this.#router),
      greenAttached: isAttached(forward, this.#router.green),
      ...(forward === undefined ? {} : { memento: { kind: 'alb', of: holder.arn, ...forward } }),
      addresses: [
        `${(listener.Protocol ?? 'HTTP').toLowerCase()}://${loadBalancer.DNSName ?? ''}:${listener.Port ?? 80}`,
      ],
      notes: albNotes(view),
    };
  }

  async setWeights(wish: WeightsWish, signal?: AbortSignal): Promise<RoutingChange> {
    const { to } = wish;
    const found = await readActions(this.#connection, this.#router, signal);
    const forward = forwardOf(found);
    if (sameForward(forward, atWeights(forward, this.#router, to))) {
      return { outcome: 'set', changed: false, before: memento(found) };
    }
    const now = weightsOf(forward, this.#router);
    refuseOthers(found, now, wish);
    const sendsMore = now === undefined || to.green > now.green || !isAttached(forward, this.#router.green);
    // A way back to blue is never barred, and asks for no more than it needs.
    const current = sendsMore ? await this.#readUnblocked(to, signal) : found;
    await this.#write(current, atWeights(forwardOf(current), this.#router, to), signal);
    return { outcome: 'set', changed: true, before: memento(current) };
  }

  async #readUnblocked(to: RoutingWeights, signal?: AbortSignal): Promise<Rule> {
    const view = await readView(this.#connection, this.#router, signal);
    const blocker = albNotes(view).find(({ severity }) => severity === 'blocker');
    if (blocker === undefined) return view;
    throw new StepladderError(
      'PlatformRefused',
      `The weights were not set to ${describeWeights(to)}: ${blocker.message} ${blocker.remedy}`,
      { reason: 'blocked' },
    );
  }

  async health(signal?: AbortSignal): Promise<RoutingHealth> {
    const { blue, green } = this.#router;
    return { blue: await this.#healthOf(blue, signal), green: await this.#healthOf(green, signal) };
  }

  async restore(before: RoutingMemento, signal?: AbortSignal): Promise<RoutingChange> {
    const found = await readActions(this.#connection, this.#router, signal);
    if (before.kind !== 'alb' || before.of !== found.holder.arn) {
      throw new StepladderError(
        'InvalidInput',
        `What is to be put back is not of ${describeHolder(found.holder)}, so nothing was changed.`,
      );
    }
    const { targetGroups, stickySeconds } = before;
    const wanted = { targetGroups, ...(stickySeconds === undefined ? {} : { stickySeconds }) };
    const changed = !sameForward(forwardOf(found), wanted);
    if (changed) await this.#write(found, wanted, signal);
    return { outcome: 'set', changed, before: memento(found) };
  }

  async #healthOf(targetGroup: string, signal?: AbortSignal): Promise<SideHealth> {
    const { TargetHealthDescriptions = [] } = await this.#connection.call(
      'DescribeTargetHealth',
      `target group ${targetGroup}`,
      signal,
      (client, options) =>
        client.send(new DescribeTargetHealthCommand({ TargetGroupArn: targetGroup }), options),
    );
    return readTargetHealth(TargetHealthDescriptions);
  }

  /** Writes all actions, and makes sure that they are what the load balancer has then. */
  async #write({ holder, actions }: Rule, wanted: Forward, signal?: AbortSignal): Promise<void> {
    const written = readForward(await this.#modify(holder, withForward(actions, wanted), signal));
    if (written !== undefined && sameForward(written, wanted)) return;
    throw new StepladderError(
      'ServerError',
      `Elastic Load Balancing answered the change of ${describeHolder(holder)} with other weights than it was asked for.`,
    );
  }

  async #modify(holder: ActionsHolder, actions: Action[], signal?: AbortSignal): Promise<Action[]> {
    const of = describeHolder(holder);
    if (holder.kind === 'listener') {
      const { Listeners } = await this.#connection.call('ModifyListener', of, signal, (client, options) =>
        client.send(new ModifyListenerCommand({ ListenerArn: holder.arn, DefaultActions: actions }), options),
      );
      return Listeners?.[0]?.DefaultActions ?? [];
    }
    const { Rules } = await this.#connection.call('ModifyRule', of, signal, (client, options) =>
      client.send(new ModifyRuleCommand({ RuleArn: holder.arn, Actions: actions }), options),
    );
    return Rules?.[0]?.Actions ?? [];
  }
}

const describeHolder = ({ kind, arn }: ActionsHolder): string =>
  kind === 'rule' ? `listener rule ${arn}` : `the default action of listener ${arn}`;

const isAttached = (forward: Forward | undefined, green: string): boolean =>
  forward?.targetGroups.some(({ arn }) => arn === green) ?? false;

const memento = (rule: Rule): RoutingMemento => ({ kind: 'alb', of: rule.holder.arn, ...forwardOf(rule) });

/** @throws StepladderError `PlatformRefused` where somebody else has set the weights */
function refuseOthers({ holder }: Rule, now: RoutingWeights | undefined, { from }: WeightsWish): void {
  if (from === undefined || (now !== undefined && from.some((each) => sameWeights(each, now)))) return;
  throw new StepladderError(
    'PlatformRefused',
    `The weights of ${describeHolder(holder)} are ${now === undefined ? 'not those of the two clusters' : describeWeights(now)}, and ${from.map(describeWeights).join(' or ')} was expected: somebody has changed them, and they were left alone. Find out who, and say how to go on.`,
    { reason: 'changed', weights: now ?? null },
  );
}

function forwardOf({ holder, actions }: Rule): Forward {
  const forward = readForward(actions);
  if (forward !== undefined) return forward;
  throw new StepladderError(
    'PlatformRefused',
    `The actions of ${describeHolder(holder)} forward to no target group, so there are no weights to set. Name the rule that forwards the users' requests to the old cluster.`,
    { reason: 'blocked' },
  );
}
