import { request } from 'undici';
import type { PrometheusAddress } from './options.ts';
import { fieldsOf, textOf } from './fields.ts';
import { readRuleGroups } from './rules/ruleGroups.ts';
import { asked, failed } from './sourceResult.ts';
import type { SourceResult } from './sourceResult.ts';

/** The largest installations answer with some tens of megabytes. */
const maximumBytes = 128 * 1024 * 1024;
const limitMs = 30_000;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the rules that a Prometheus has loaded, from `/api/v1/rules`. Credentials come from environment variables and
 * are told nowhere; redirections are not followed, because they would carry them elsewhere.
 *
 * @throws the signal's reason when that was aborted
 */
export async function readPrometheus(
  address: PrometheusAddress,
  environment: Environment,
  signal?: AbortSignal,
): Promise<SourceResult> {
  const url = rulesUrl(address.url);
  if (url === undefined) return failed('Prometheus', 'its address is no http or https URL');
  const source = `Prometheus at ${url.origin}${url.pathname.replace(/\/api\/v1\/rules$/, '')}`;
  const authorization = authorizationOf(address, environment);
  if ('missing' in authorization) {
    return failed(source, `the environment variable ${authorization.missing} is not set`);
  }
  try {
    const answer = await ask(url, authorization, signal);
    if (typeof answer === 'string') return failed(source, answer);
    const fields = fieldsOf(answer.json);
    if (fields['status'] !== 'success') return failed(source, 'it did not answer as a Prometheus does');
    return asked(source, readRuleGroups(fieldsOf(fields['data'])['groups'], source), 'rules');
  } catch (error) {
    signal?.throwIfAborted();
    return failed(source, `it could not be asked (${codeOf(error)})`);
  }
}

function rulesUrl(text: string): URL | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/api/v1/rules`;
  // Credentials belong into variables; in an address they would get into messages.
  url.username = '';
  url.password = '';
  return url;
}

function authorizationOf(
  { tokenVariable, usernameVariable, passwordVariable }: PrometheusAddress,
  environment: Environment,
): { authorization?: string } | { missing: string } {
  if (tokenVariable !== undefined) {
    const token = environment[tokenVariable];
    return token === undefined ? { missing: tokenVariable } : { authorization: `Bearer ${token}` };
  }
  if (usernameVariable === undefined) return {};
  const username = environment[usernameVariable];
  if (username === undefined) return { missing: usernameVariable };
  const password = passwordVariable === undefined ? '' : environment[passwordVariable];
  if (password === undefined) return { missing: passwordVariable ?? '' };
  return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
}

/** The answer's JSON, or what is wrong with it. */
async function ask(
  url: URL,
  headers: { authorization?: string },
  signal: AbortSignal | undefined,
): Promise<{ json: unknown } | string> {
  const limit = AbortSignal.timeout(limitMs);
  const { statusCode, body } = await request(url, {
    headers: { accept: 'application/json', ...headers },
    signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
  });
  if (statusCode !== 200) {
    await body.dump();
    return `it answered with HTTP ${statusCode}`;
  }
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    length += chunk.length;
    // Leaving the loop closes the connection.
    if (length > maximumBytes) return 'its answer is larger than 128 MB';
    chunks.push(chunk);
  }
  try {
    return { json: JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown };
  } catch {
    return 'its answer is no JSON';
  }
}

function codeOf(error: unknown): string {
  for (
    let each: unknown = error, depth = 0;
    each instanceof Error && depth < 5;
    each = each.cause, depth += 1
  ) {
    const code = 'code' in each ? textOf(each.code) : undefined;
    if (code !== undefined) return code;
    if (each.name === 'TimeoutError') return 'ETIMEDOUT';
  }
  return 'unknown error';
}
