import type { Json } from '../json.ts';
import { hasFormat } from './formats.ts';
import { matchesPattern } from './pattern.ts';

/** What a text or a number breaks, and the rules that can't be tried here and are not the old schema's. */
export function scalarProblems(
  value: unknown,
  schema: Json,
  old: Json | undefined,
): { problems: string[]; untried: string[] } {
  if (typeof value === 'string') return textProblems(value, schema, old);
  return { problems: typeof value === 'number' ? numberProblems(value, schema) : [], untried: [] };
}

function textProblems(
  text: string,
  schema: Json,
  old: Json | undefined,
): { problems: string[]; untried: string[] } {
  const problems: string[] = [];
  const untried: string[] = [];
  const { maxLength, minLength, pattern, format } = schema;
  // In code points, as Go counts, not in UTF-16's units.
  const length = typeof maxLength === 'number' || typeof minLength === 'number' ? Array.from(text).length : 0;
  if (typeof maxLength === 'number' && length > maxLength) {
    problems.push(`is longer than ${maxLength} characters`);
  }
  if (typeof minLength === 'number' && length < minLength) {
    problems.push(`is shorter than ${minLength} characters`);
  }
  const judge = (kept: boolean, passes: boolean | undefined, problem: string, rule: string): void => {
    if (passes === false) problems.push(problem);
    else if (passes === undefined && !kept) untried.push(rule);
  };
  if (typeof pattern === 'string' && pattern !== '') {
    const passes = matchesPattern(pattern, text);
    judge(old?.['pattern'] === pattern, passes, `does not match ${pattern}`, `pattern ${pattern}`);
  }
  if (typeof format === 'string' && format !== '') {
    judge(old?.['format'] === format, hasFormat(format, text), `is no ${format}`, `format ${format}`);
  }
  return { problems, untried };
}

const int32 = { least: -(2 ** 31), most: 2 ** 31 - 1 };

function numberProblems(value: number, schema: Json): string[] {
  const problems: string[] = [];
  const { maximum, minimum, multipleOf } = schema;
  if (typeof maximum === 'number') {
    const exclusive = schema['exclusiveMaximum'] === true;
    if (value > maximum || (exclusive && value === maximum)) {
      problems.push(`must be ${exclusive ? 'less than' : 'at most'} ${maximum}`);
    }
  }
  if (typeof minimum === 'number') {
    const exclusive = schema['exclusiveMinimum'] === true;
    if (value < minimum || (exclusive && value === minimum)) {
      problems.push(`must be ${exclusive ? 'more than' : 'at least'} ${minimum}`);
    }
  }
  if (typeof multipleOf === 'number' && multipleOf > 0 && !isMultiple(value, multipleOf)) {
    problems.push(`must be a multiple of ${multipleOf}`);
  }
  if (schema['format'] === 'int32' && (value < int32.least || value > int32.most)) {
    problems.push('must fit into 32 bits');
  }
  return problems;
}

/** As the API server does: a factor below one is turned round first, and what is left is allowed to be tiny. */
function isMultiple(value: number, factor: number): boolean {
  const times = factor < 1 ? (1 / factor) * value : value / factor;
  return Math.abs(times - Math.round(times)) < 1e-9 * Math.max(1, Math.abs(times));
}
