import type { z } from 'zod';
import { StepladderError } from './errors.ts';

/** One thing that is wrong with a request: `cluster.name`, `must be …`. */
export interface RequestProblem {
  path: string;
  message: string;
}

/** More than anybody reads at once; a failure's message has to stay small. */
const shownProblems = 100;

const exampleRequest = '{"cluster": {"name": "prod"}, "targetVersion": "1.33"}';

/**
 * The error for a request that can't be used: its message lists every problem by its path, its details hold them.
 * Only for times at which nothing has been changed yet, because it says so.
 */
export function invalidInput(problems: readonly RequestProblem[]): StepladderError {
  const shown = problems.slice(0, shownProblems);
  const lines = shown.map(({ path, message }) => `  ${path}: ${message}`);
  if (problems.length > shown.length) lines.push(`  … and ${problems.length - shown.length} more`);
  const count = problems.length === 1 ? 'One problem' : `${problems.length} problems`;
  return new StepladderError(
    'InvalidInput',
    `The request can't be used, and nothing was touched. ${count}:\n${lines.join('\n')}`,
    { problems: shown },
  );
}

/** What zod found, by path and in words. The issues must hold their input (zod's `reportInput`). */
export function problemsOf(issues: readonly z.core.$ZodIssue[]): RequestProblem[] {
  return issues.flatMap((issue) => {
    const path = issue.path.map(String).join('.');
    if (issue.code === 'invalid_type' && issue.input === undefined && path !== '') {
      return [{ path, message: 'is missing' }];
    }
    if (issue.code === 'invalid_key') {
      return [{ path, message: issue.issues[0]?.message ?? issue.message }];
    }
    if (issue.code !== 'unrecognized_keys') return [{ path: path || '(request)', message: issue.message }];
    return issue.keys.map((key) => ({
      path: path === '' ? key : `${path}.${key}`,
      message: 'is not a field of a request',
    }));
  });
}

/** Says in plain words what zod found, where the schema has no message of its own; zod's error map for parsing. */
export const describeIssue: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      return describeType(issue.expected, issue.input, issue.path ?? []);
    case 'too_small':
    case 'too_big':
      return describeSize(issue);
    case 'invalid_value':
      return `must be ${issue.values.length === 1 ? '' : 'one of '}${issue.values.map((value) => JSON.stringify(value)).join(', ')}`;
    default:
      return undefined;
  }
};

const typeNames: Record<string, string> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'an object',
  record: 'an object',
  string: 'a text in quotes',
};

function describeType(expected: string, input: unknown, path: readonly PropertyKey[]): string {
  if (path.length === 0) return `must be one JSON object such as ${exampleRequest}, not ${kindOf(input)}`;
  return `must be ${typeNames[expected] ?? expected}, not ${kindOf(input)}`;
}

function kindOf(input: unknown): string {
  if (input === undefined) return 'nothing';
  if (input === null) return 'null';
  if (Array.isArray(input)) return 'a list';
  switch (typeof input) {
    case 'string':
      return 'a text';
    case 'number':
      return String(input);
    case 'boolean':
      return String(input);
    default:
      return 'an object';
  }
}

function describeSize(issue: z.core.$ZodRawIssue<z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig>): string {
  const bound =
    issue.code === 'too_small'
      ? `${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}`
      : `${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}`;
  switch (issue.origin) {
    case 'string':
      return issue.code === 'too_small' && Number(issue.minimum) === 1
        ? 'must not be empty'
        : `must have ${bound} characters`;
    case 'array':
      return issue.code === 'too_small' && Number(issue.minimum) === 1
        ? 'must not be empty'
        : `must have ${bound} entries`;
    default:
      return `must be ${bound}`;
  }
}
