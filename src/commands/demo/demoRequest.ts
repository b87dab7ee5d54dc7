import { readRequest } from '../../contract/request.ts';
import type { DemoOptions } from '../demo.ts';
import type { GivenRequest } from '../requestInput.ts';

/** Simulated seconds in a real one, unless the person wants another: two hops then take about a minute. */
export const demoSpeed = 120;

/** Asking EKS more often than this would only cost the machine. Real seconds. */
const pollEverySeconds = 0.5;

/**
 * The request that the demo starts. All waits are shortened by as much as the cluster is faster, so that the estimates
 * hold; the gates stay open for hours, because people are not faster.
 *
 * @throws StepladderError `InvalidInput`
 */
export function demoRequest(
  cluster: string,
  { target, strategy, speed = demoSpeed }: Pick<DemoOptions, 'target' | 'strategy' | 'speed'>,
): GivenRequest {
  const written = {
    cluster: { name: cluster },
    targetVersion: target,
    workers: workersOf(strategy),
    gates: { timeout: `${Math.ceil(4 * speed)}h` },
    timing: { scale: Math.min(1 / speed, 10), pollInterval: `${pollEverySeconds * speed}s` },
  };
  return { written, checked: { ...readRequest('upgradeCluster', written), targetVersion: target } };
}

/**
 * Nobody may be there to be asked: what holds up a drain is then solved as a person would, and the report says so. In
 * place the demo says yes to the capacity that it costs.
 */
function workersOf(strategy: string) {
  if (strategy === 'managed') return { strategy };
  const stuck = { byDefault: 'restart', timeout: '1h' };
  return { strategy, stuck, ...(strategy === 'in-place' ? { acceptLostCapacity: true } : {}) };
}
