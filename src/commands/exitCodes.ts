import { CommanderError } from 'commander';
import { StepladderError } from '../contract/errors.ts';
import type { Finding, Severity } from '../contract/finding.ts';

/** What a command's exit code says. `plan` alone uses 3 to 5. */
export const exitCodes = { done: 0, failed: 1, badUsage: 2, blockers: 3, unknowns: 4, warnings: 5 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** The command was called in a way that can't work; nothing was done. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** It did not work, and the message says all that there is to say. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
}

/** Tells bad usage (nothing was done, the person has to ask differently) from a failure. */
export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.badUsage;
  if (error instanceof UsageError) return exitCodes.badUsage;
  // By its name: most commands never load the simulator.
  if (error instanceof Error && error.name === 'InvalidScenario') return exitCodes.badUsage;
  return typeOf(error) === 'InvalidInput' ? exitCodes.badUsage : exitCodes.failed;
}

/** The type of an error of ours, also of one that Temporal has carried here. */
function typeOf(error: unknown): unknown {
  if (error instanceof StepladderError) return error.type;
  // By its name: Temporal's library takes longer to load than some commands run.
  return error instanceof Error && error.name === 'ApplicationFailure' && 'type' in error
    ? error.type
    : undefined;
}

/**
 * The exit code of `plan`: the worst finding wins. What the request overrides stands in the plan for a person to
 * approve, so it counts as a warning.
 *
 * @param blocking the blockers and unknowns that are not overridden
 */
export function exitCodeOfPlan(findings: readonly Finding[], blocking: readonly Finding[]): ExitCode {
  const has = (among: readonly Finding[], severity: Severity) =>
    among.some((finding) => finding.severity === severity);
  if (has(blocking, 'blocker')) return exitCodes.blockers;
  if (has(blocking, 'unknown')) return exitCodes.unknowns;
  return findings.some(({ severity }) => severity !== 'info') ? exitCodes.warnings : exitCodes.done;
}
