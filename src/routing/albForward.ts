import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { RoutingWeights } from '../contract/routing.ts';
import type { RoutingMemento } from './routing.ts';

/** What a rule of an ALB forwards to: target groups with weights of 0 to 999, and for how long a user stays with one. */
export type Forward = Pick<Extract<RoutingMemento, { kind: 'alb' }>, 'targetGroups' | 'stickySeconds'>;

/** The two target groups by their clusters. */
export interface Sides {
  blue: string;
  green: string;
}

/** Reads the forward action among a rule's actions. Undefined where it has none. */
export function readForward(actions: readonly Action[]): Forward | undefined {
  const action = actions.find(({ Type }) => Type === 'forward');
  if (action === undefined) return undefined;
  const { TargetGroupArn, ForwardConfig } = action;
  const given = ForwardConfig?.TargetGroups ?? [];
  const groups = given.length > 0 ? given : [{ TargetGroupArn, Weight: 1 }];
  const sticky = ForwardConfig?.TargetGroupStickinessConfig;
  return {
    targetGroups: groups.flatMap((group) =>
      group.TargetGroupArn === undefined ? [] : [{ arn: group.TargetGroupArn, weight: group.Weight ?? 1 }],
    ),
    ...(sticky?.Enabled === true && sticky.DurationSeconds !== undefined
      ? { stickySeconds: sticky.DurationSeconds }
      : {}),
  };
}

/**
 * The same actions with another forward action, as they are to be written: the API takes all actions of a rule or none.
 * What it never shows, the client secret of an OpenID Connect action, it is told to keep.
 */
export function withForward(actions: readonly Action[], forward: Forward): Action[] {
  return actions.map((action) => {
    if (action.Type === 'authenticate-oidc' && action.AuthenticateOidcConfig !== undefined) {
      return {
        ...action,
        AuthenticateOidcConfig: { ...action.AuthenticateOidcConfig, UseExistingClientSecret: true },
      };
    }
    if (action.Type !== 'forward') return action;
    // With several target groups it may not be there, and with one it says nothing more.
    const { TargetGroupArn: _replaced, ...rest } = action;
    const { targetGroups, stickySeconds } = forward;
    return {
      ...rest,
      ForwardConfig: {
        TargetGroups: targetGroups.map(({ arn, weight }) => ({ TargetGroupArn: arn, Weight: weight })),
        TargetGroupStickinessConfig:
          stickySeconds === undefined
            ? { Enabled: false }
            : { Enabled: true, DurationSeconds: stickySeconds },
      },
    };
  });
}

/** The forward with other weights for the two sides. Stickiness stays as it is. */
export function atWeights(forward: Forward, { blue, green }: Sides, weights: RoutingWeights): Forward {
  return {
    ...forward,
    targetGroups: [
      { arn: blue, weight: weights.blue },
      { arn: green, weight: weights.green },
    ],
  };
}

/** Whether two forward alike: the same target groups with the same shares, and the same stickiness. */
export function sameForward(one: Forward, other: Forward): boolean {
  const [these, those] = [sharesOf(one), sharesOf(other)];
  return (
    one.stickySeconds === other.stickySeconds &&
    these.size === those.size &&
    [...these].every(([arn, share]) => those.get(arn) === share)
  );
}

/** Parts of the whole by target group, so that 1 and 1 are the same as 50 and 50. A weight of 0 stays one. */
function sharesOf({ targetGroups }: Forward): Map<string, number> {
  const total = sumOf(targetGroups) || 1;
  return new Map(targetGroups.map(({ arn, weight }) => [arn, weight / total]));
}

/** Of a hundred users, how many go to which side. Undefined where nobody goes anywhere, or some go elsewhere. */
export function weightsOf({ targetGroups }: Forward, { blue, green }: Sides): RoutingWeights | undefined {
  const total = sumOf(targetGroups);
  const ours = targetGroups.filter(({ arn }) => arn === blue || arn === green);
  if (total === 0 || sumOf(ours) !== total) return undefined;
  const ofGreen = ours.find(({ arn }) => arn === green)?.weight ?? 0;
  // To a hundredth: the least part that weights can have is one of a thousand.
  const percent = Math.round((ofGreen / total) * 10_000) / 100;
  return { blue: Math.round((100 - percent) * 100) / 100, green: percent };
}

const sumOf = (groups: Forward['targetGroups']): number =>
  groups.reduce((sum, { weight }) => sum + weight, 0);
