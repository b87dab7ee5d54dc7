import { defaultTimings } from '../../eks-api/index.ts';
import type { EksTimings } from '../../eks-api/index.ts';
import { eksTimingsOf } from '../../scenario/eksState.ts';
import type { ScenarioTimings } from '../../scenario/scenario.ts';

/**
 * Real seconds below which the speed shortens no time limit: real programs on a busy machine need them. A scenario whose
 * own limit is less, before any speed, gets that.
 */
const shortestLimits: Partial<EksTimings> = { nodeJoinLimit: 60, podEvictionLimit: 120, addonRollLimit: 120 };

/** How often something refused is tried again at the least, so that a fast lab does not flood its API servers. Seconds. */
const shortestInterval = 0.2;

/**
 * EKS's own times in real seconds: those of the scenario, or EKS's, divided by the speed. The lab's clock is the real
 * one, so that is where its speed lies.
 */
export function scaledEksTimings(timings: ScenarioTimings, speed: number): EksTimings {
  const scenario = { ...defaultTimings, ...eksTimingsOf(timings) };
  const scaled = Object.fromEntries(
    Object.entries(scenario).map(([name, seconds]) => [
      name,
      Math.max(seconds / speed, Math.min(seconds, shortestLimits[name as keyof EksTimings] ?? 0)),
    ]),
  ) as unknown as EksTimings;
  return { ...scaled, retryInterval: Math.max(scaled.retryInterval, shortestInterval) };
}
