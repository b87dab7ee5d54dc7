import { z } from 'zod';

const webAddress = z
  .string()
  .refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), {
    error: 'must be a URL that begins with http:// or https://',
  })
  .refine((text) => !URL.canParse(text) || new URL(text).password === '', {
    error: 'must not hold a password: name an environment variable of the worker instead',
  });

const environmentName = z.string().regex(/^STEPLADDER_GUARD[A-Z0-9_]*$/, {
  error: 'must be the name of an environment variable of the worker that begins with STEPLADDER_GUARD',
});

const name = z
  .string()
  .min(1)
  .max(100)
  .describe('What it is called in the status and the report, e.g. `checkout answers`.');

const httpGuard = z
  .strictObject({
    name,
    http: webAddress.describe('Address that must answer, asked from the worker.'),
    expectStatus: z.int().min(100).max(599).default(200).describe('HTTP status that it must answer with.'),
    expectText: z.string().min(1).optional().describe('Text that the answer must contain.'),
    tokenEnv: environmentName
      .optional()
      .describe('Environment variable of the worker with a bearer token for it.'),
  })
  .describe('An address that must answer.');

const promqlGuard = z
  .strictObject({
    name,
    promql: z
      .string()
      .min(1)
      .describe(
        'PromQL expression that must hold: every sample that it gives must be true (not 0), and it must give at least one. Compare with `bool`, as in `errors < bool 5`: without it a comparison gives the value itself, which may be 0.',
      ),
    prometheus: webAddress.describe('Address of the Prometheus that is asked, from the worker.'),
    tokenEnv: environmentName
      .optional()
      .describe('Environment variable of the worker with a bearer token for it.'),
  })
  .describe('A PromQL expression that must hold.');

/** Something that must hold after each wave of nodes; one that fails or can't be known pauses the upgrade. */
export const guardSchema = z
  .union([httpGuard, promqlGuard], {
    error: 'must have `name` and either `http`, or `promql` and `prometheus`',
  })
  .describe('Something that must hold after each wave of nodes.');

export type Guard = z.infer<typeof guardSchema>;
