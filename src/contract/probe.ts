import { z } from 'zod';
import { duration } from './duration.ts';

/** What is sent in these is secret, and requests are recorded. */
const secretHeaders = new Set(['authorization', 'proxy-authorization', 'cookie', 'x-api-key']);

const headerName = z
  .string()
  .regex(/^[a-z0-9!#$%&'*+.^_`|~-]+$/, { error: 'must be the name of a header in small letters' })
  .refine((name) => !secretHeaders.has(name), {
    error: 'must not be sent, because requests are recorded: name a token by tokenEnv instead',
  });
const headerValue = z.string().regex(/^[^\r\n\0]*$/, { error: 'must be one line' });

const pattern = z.string().min(1).max(500).refine(isPattern, { error: 'must be a regular expression' });

function isPattern(text: string): boolean {
  try {
    return new RegExp(text, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}

const serviceName = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** A Service that is asked through the API server, which reaches Services that nothing outside the cluster does. */
const serviceSchema = z
  .strictObject({
    service: z.strictObject({
      namespace: z
        .string()
        .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, { error: 'must be the name of a namespace' }),
      name: z.string().regex(serviceName, { error: 'must be the name of a Service' }),
      port: z
        .union([
          z.int().min(1).max(65_535),
          z.string().regex(/^[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?$/, { error: 'must be the name of a port' }),
        ])
        .describe('Number or name of its port.'),
      https: z.boolean().default(false).describe('True where that port speaks TLS.'),
    }),
  })
  .describe('A Service, asked through the API server.');

export type ServiceTarget = z.infer<typeof serviceSchema>;

const target = () =>
  z.union([address(), serviceSchema], { error: 'must be a URL, without a password, or `{"service": …}`' });

/** Where a probe is asked on one cluster. */
export type ProbeTarget = string | ServiceTarget;

/** A question to a cluster's workloads by HTTP, and what it must be answered with. */
export const probeSchema = z
  .strictObject({
    name: z.string().min(1).max(100).describe('What it is called in the gate, the status and the report.'),
    path: z
      .string()
      .regex(/^\/[^\s#]*$/, { error: 'must be a path that begins with "/"' })
      .default('/')
      .describe('Path and query that are asked for.'),
    blue: target()
      .optional()
      .describe(
        'Where the old cluster answers: a URL, or a Service as for `green`. Without it the new one is judged alone.',
      ),
    green: target().describe('Where the new cluster answers, before users are sent to it.'),
    method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']).default('GET'),
    headers: z
      .record(headerName, headerValue)
      .default({})
      .describe('Headers to send, `host` among them. No secrets: they are recorded.'),
    tokenEnv: z
      .string()
      .regex(/^STEPLADDER_PROBE[A-Z0-9_]*$/, {
        error: 'must be the name of an environment variable of the worker that begins with STEPLADDER_PROBE',
      })
      .optional()
      .describe('Environment variable of the worker with a bearer token to send.'),
    body: z.string().max(10_000).optional().describe('Body to send. No secrets: it is recorded.'),
    expectStatus: z
      .int()
      .min(100)
      .max(599)
      .default(200)
      .describe('HTTP status that it must be answered with.'),
    expectText: z.string().min(1).optional().describe('Text that the answer must contain.'),
    expectPattern: pattern.optional().describe('Regular expression that the answer must match.'),
    inARow: z.int().min(1).max(1_000).default(3).describe('How often it must be answered well in a row.'),
    every: duration('How long between two questions.', '1s'),
    answerWithin: duration('How long one answer may take.', '5s'),
    timeLimit: duration('How long it may take until it was answered well so often in a row.', '1m'),
  })
  .refine(({ headers, green, blue }) => !('host' in headers) || (isAddress(green) && isAddress(blue)), {
    path: ['headers', 'host'],
    error: 'goes to addresses only: a Service is asked by way of the API server, whose name it is then',
  })
  .refine(({ tokenEnv, green, blue }) => tokenEnv === undefined || (isAddress(green) && isAddress(blue)), {
    path: ['tokenEnv'],
    error: 'goes to addresses only: the API server keeps what a Service would get as a token for itself',
  })
  .describe('A question to a cluster’s workloads by HTTP, and what it must be answered with.');

export type Probe = z.infer<typeof probeSchema>;

/** What came of a probe on one cluster. No answer's body stands in it. */
export interface ProbeResult {
  name: string;
  /** `unknown` where nobody answered or the answer could not be judged; never a pass. */
  state: 'holds' | 'fails' | 'unknown';
  why: string;
  /** Questions asked. */
  asked: number;
  /** How many of the last ones were answered well. */
  inARow: number;
}

function isAddress(given: string | object | undefined): boolean {
  return given === undefined || typeof given === 'string';
}

function address() {
  return z
    .string()
    .refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), {
      error: 'must be a URL that begins with http:// or https://',
    })
    .refine((text) => !URL.canParse(text) || new URL(text).password === '', {
      error: 'must not hold a password: name an environment variable of the worker with a token instead',
    });
}
