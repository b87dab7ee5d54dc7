import { StepladderError } from '../contract/errors.ts';
import type { ErrorName } from '../contract/errors.ts';
import type { ToolProblem } from './types.ts';

export type ToolProblemKind = ToolProblem['kind'];

/** What stands in a tool's way when nothing has been changed: the name of the error for each kind of problem. */
const errorNames: Record<ToolProblemKind, ErrorName> = {
  // The only one that mends by itself.
  'unreachable-source': 'Unreachable',
  'no-such-version': 'InvalidInput',
  'broken-chart': 'ToolRefused',
  'values-do-not-render': 'ToolRefused',
  'not-installed': 'ToolRefused',
  'release-pending': 'ToolRefused',
  'release-failed': 'ToolRefused',
  'namespace-terminating': 'ToolRefused',
  'no-helm': 'ToolRefused',
  unseen: 'ToolRefused',
};

/**
 * An error that says which problem of a tool it stands for, so that observing makes a finding of it and a step fails by it.
 *
 * @param message what is wrong, with what; a sentence
 * @param remedy what to do; a sentence
 */
export function toolProblem(
  kind: ToolProblemKind,
  message: string,
  remedy: string,
  options?: ErrorOptions,
): StepladderError {
  return new StepladderError(
    errorNames[kind],
    `${message} ${remedy}`,
    { problem: kind, message, remedy },
    options,
  );
}

/**
 * The problem that an error stands for.
 *
 * @param source where it was met, for the finding's evidence: `https://charts.example.org, chart web`
 * @returns undefined for an error that is none of a tool, such as an API server that does not answer
 */
export function problemOf(error: unknown, source: string): ToolProblem | undefined {
  if (!(error instanceof StepladderError)) return undefined;
  const { problem, message, remedy } = error.details;
  if (typeof problem !== 'string' || !Object.hasOwn(errorNames, problem)) return undefined;
  return {
    kind: problem as ToolProblemKind,
    message: String(message),
    remedy: String(remedy),
    source,
  };
}
