import { z } from 'zod';
import { invalid } from './errors.ts';
import { boolean, list, number } from '../eks-api/queryForm.ts';
import type { ActionRecord, ForwardAction, OtherAction } from './records.ts';

/** As many target groups as one action may forward to. */
const mostTargetGroups = 5;
const greatestWeight = 999;

const forwardSchema = z.object({
  Type: z.literal('forward'),
  Order: number.optional(),
  TargetGroupArn: z.string().min(1).optional(),
  ForwardConfig: z
    .object({
      TargetGroups: list(
        z.object({ TargetGroupArn: z.string().min(1), Weight: number.optional() }),
      ).optional(),
      TargetGroupStickinessConfig: z
        .object({ Enabled: boolean.optional(), DurationSeconds: number.optional() })
        .optional(),
    })
    .optional(),
});

const otherSchema = z.looseObject({
  Type: z.enum(['authenticate-oidc', 'authenticate-cognito', 'jwt-validation', 'redirect', 'fixed-response']),
  Order: number.optional(),
});

/** Actions as a form has them. */
export const actionsSchema = list(z.discriminatedUnion('Type', [forwardSchema, otherSchema])).refine(
  (actions) => actions.length > 0,
  { error: 'at least one action is required' },
);

/** One action as a form has it, its texts read. */
export type AskedAction = z.infer<typeof actionsSchema>[number];

/**
 * What a rule has when it was told to have these actions, as the API describes it then.
 *
 * @throws ElbError ValidationError for actions that do not go together or a weight out of bounds
 */
export function normalizeActions(
  asked: readonly AskedAction[],
  before: readonly ActionRecord[],
): ActionRecord[] {
  const last = [...asked].sort(byOrder).at(-1);
  if (last === undefined || !['forward', 'redirect', 'fixed-response'].includes(last.Type)) {
    throw invalid('The last action of a rule must be forward, redirect or fixed-response');
  }
  return asked.map((action) => (action.Type === 'forward' ? forward(action) : keepSecret(action, before)));
}

const byOrder = (one: AskedAction, other: AskedAction): number => (one.Order ?? 0) - (other.Order ?? 0);

function forward({ Order, TargetGroupArn, ForwardConfig }: z.infer<typeof forwardSchema>): ForwardAction {
  const given = ForwardConfig?.TargetGroups ?? [];
  const groups = given.length > 0 || TargetGroupArn === undefined ? given : [{ TargetGroupArn }];
  const [first] = groups;
  if (first === undefined) throw invalid('A forward action must name a target group');
  if (TargetGroupArn !== undefined && (groups.length > 1 || first.TargetGroupArn !== TargetGroupArn)) {
    throw invalid('TargetGroupArn and ForwardConfig must name the same, single target group');
  }
  if (groups.length > mostTargetGroups) {
    throw invalid(`A forward action may name at most ${mostTargetGroups} target groups`);
  }
  if (new Set(groups.map((group) => group.TargetGroupArn)).size < groups.length) {
    throw invalid('A forward action may name a target group only once');
  }
  const sticky = ForwardConfig?.TargetGroupStickinessConfig;
  return {
    Type: 'forward',
    ...(Order === undefined ? {} : { Order }),
    ...(groups.length === 1 ? { TargetGroupArn: first.TargetGroupArn } : {}),
    ForwardConfig: {
      TargetGroups: groups.map((group) => weighed(group, groups.length)),
      TargetGroupStickinessConfig: stickiness(sticky),
    },
  };
}

function weighed(
  { TargetGroupArn, Weight }: { TargetGroupArn: string; Weight?: number | undefined },
  groups: number,
): { TargetGroupArn: string; Weight: number } {
  if (Weight === undefined && groups > 1) throw invalid(`A weight is required for ${TargetGroupArn}`);
  const weight = Weight ?? 1;
  if (weight < 0 || weight > greatestWeight) {
    throw invalid(`Weight ${weight} is not between 0 and ${greatestWeight}`);
  }
  return { TargetGroupArn, Weight: weight };
}

function stickiness(
  asked: { Enabled?: boolean | undefined; DurationSeconds?: number | undefined } | undefined,
): ForwardAction['ForwardConfig']['TargetGroupStickinessConfig'] {
  if (asked?.Enabled !== true) return { Enabled: false };
  const { DurationSeconds } = asked;
  if (DurationSeconds === undefined || DurationSeconds < 1 || DurationSeconds > 604_800) {
    throw invalid('DurationSeconds of the stickiness must be between 1 and 604800');
  }
  return { Enabled: true, DurationSeconds };
}

/** A client secret is taken and never shown; whoever describes and writes back says that the one there is is kept. */
function keepSecret(action: z.infer<typeof otherSchema>, before: readonly ActionRecord[]): OtherAction {
  if (action.Type !== 'authenticate-oidc') return action;
  const { ClientSecret, UseExistingClientSecret, ...config } = z
    .looseObject({ ClientSecret: z.string().optional(), UseExistingClientSecret: boolean.optional() })
    .parse(action.AuthenticateOidcConfig ?? {});
  const has = before.some(({ Type }) => Type === 'authenticate-oidc');
  if (ClientSecret === undefined && !(UseExistingClientSecret === true && has)) {
    throw invalid('ClientSecret is required unless UseExistingClientSecret is true and there is one');
  }
  return { ...action, AuthenticateOidcConfig: config };
}

/** The target groups that actions forward to. */
export const targetGroupsOf = (actions: readonly ActionRecord[]): string[] =>
  actions.flatMap((action) =>
    action.Type === 'forward'
      ? action.ForwardConfig.TargetGroups.map(({ TargetGroupArn }) => TargetGroupArn)
      : [],
  );
