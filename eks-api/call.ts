import { z } from 'zod';
import { invalidParameter } from './errors.ts';

/** One request as its operation sees it. */
export interface Call {
  /** Parameters in the path, decoded. */
  path: Record<string, string>;
  /** Parameters of the query; one that is repeated is a list. */
  query: Record<string, string | string[] | undefined>;
  /** The JSON body, `{}` without one. */
  body: Record<string, unknown>;
  /** Region that the request was signed for. */
  region: string | undefined;
  /** Who calls, `arn:aws:iam::111122223333:user/stepladder`; undefined before that is known. */
  principalArn?: string;
}

/** A parameter of the path that the route has. */
export function inPath(call: Call, name: string): string {
  const value = call.path[name];
  if (value === undefined || value === '') throw invalidParameter(`${name} is required.`);
  return value;
}

/** A parameter of the query that is given once at most. */
export function inQuery(call: Call, name: string): string | undefined {
  const value = call.query[name];
  return Array.isArray(value) ? value[0] : value;
}

/** A parameter of the query that may be repeated. */
export function listInQuery(call: Call, name: string): string[] {
  const value = call.query[name];
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

/** What a GET asks of a list. */
export function pageInQuery(call: Call): { maxResults?: number; nextToken?: string } {
  const maxResults = inQuery(call, 'maxResults');
  const nextToken = inQuery(call, 'nextToken');
  return {
    ...(maxResults === undefined ? {} : { maxResults: Number(maxResults) }),
    ...(nextToken === undefined ? {} : { nextToken }),
  };
}

/**
 * Reads a request's body.
 *
 * @throws EksError InvalidParameterException that names the field
 */
export function readBody<T extends z.ZodType>(schema: T, call: Call): z.infer<T> {
  const result = schema.safeParse(call.body);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const field = issue === undefined ? '' : z.core.toDotPath(issue.path);
  throw invalidParameter(
    `Value at '${field === '' ? 'body' : field}' failed to satisfy constraint: ${issue?.message ?? 'unknown'}`,
  );
}
