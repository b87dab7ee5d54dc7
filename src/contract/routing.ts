import { z } from 'zod';
import { duration } from './duration.ts';

/** Of all users, how many parts of a hundred are sent to which cluster. The two add up to 100. */
export interface RoutingWeights {
  blue: number;
  green: number;
}

const part = 'elasticloadbalancing:[a-z0-9-]+:\\d{12}';
const arn = (of: string, what: string) =>
  z.string().regex(new RegExp(`^arn:aws[a-z-]*:${part}:${of}/.+$`), { error: `must be the ARN of ${what}` });

const albSchema = z
  .strictObject({
    rule: arn('listener-rule', 'a listener rule')
      .optional()
      .describe('ARN of the listener rule that the users’ requests match.'),
    listener: arn('listener', 'a listener')
      .optional()
      .describe('ARN of the listener whose default action the users’ requests come to, instead of a rule.'),
    blue: arn('targetgroup', 'a target group').describe(
      'ARN of the target group with the old cluster’s targets.',
    ),
    green: arn('targetgroup', 'a target group').describe(
      'ARN of the target group with the new cluster’s targets. It need not be in the rule yet.',
    ),
  })
  .refine(({ rule, listener }) => (rule === undefined) !== (listener === undefined), {
    error: 'must have either rule or listener',
  })
  .refine(({ blue, green }) => blue !== green, { error: 'blue and green must be two target groups' });

const manualSchema = z.strictObject({
  instructions: z
    .string()
    .min(1)
    .max(2_000)
    .optional()
    .describe('What the person who is asked should know: where the weights are set, and how.'),
});

/** Who sends the users' requests to which cluster. */
export const routerSchema = z
  .union([z.strictObject({ alb: albSchema }), z.strictObject({ manual: manualSchema })], {
    error: 'must have either `alb` or `manual`',
  })
  .describe('Who sends the users’ requests to which cluster.');

export type Router = z.infer<typeof routerSchema>;
export type AlbRouter = z.infer<typeof albSchema>;
export type ManualRouter = z.infer<typeof manualSchema>;

const percent = z.int().min(1).max(100);

/** By which steps the users go over to the new cluster. */
export const weightStepsSchema = z
  .strictObject({
    weights: z
      .array(percent)
      .min(1)
      .max(20)
      .refine((steps) => steps.every((step, index) => index === 0 || step > (steps[index - 1] ?? 0)), {
        error: 'each step must be more than the one before',
      })
      .refine((steps) => steps.at(-1) === 100, { error: 'the last step must be 100' })
      .default([5, 25, 50, 100])
      .describe('Percent of the users that are sent to the new cluster, step by step.'),
    soak: duration('How long each step is watched before the next.', '5m'),
    lookEvery: duration('How long between two looks at a step.', '15s'),
    badLooks: z
      .int()
      .min(1)
      .max(100)
      .default(2)
      .describe('Looks in a row at which the new cluster must be worse than the old one before all go back.'),
  })
  .prefault({});

export type WeightSteps = z.infer<typeof weightStepsSchema>;
