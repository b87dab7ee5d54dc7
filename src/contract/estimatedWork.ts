import type { StageEstimate } from './plan.ts';

/**
 * How long the stages are thought to take together, seconds; without that of a migration which keeps the old cluster,
 * for days as a rule: that is no work.
 */
export function estimatedWork(estimates: readonly StageEstimate[]): number {
  return estimates.reduce((sum, { stage, seconds }) => sum + (stage === 'retirement' ? 0 : seconds), 0);
}
