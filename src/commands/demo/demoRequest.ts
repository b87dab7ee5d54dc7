import { readRequest } from '../../contract/request.ts';
import type { Scenario } from '../../../scenario/scenario.ts';
import type { DemoOptions } from '../demo.ts';
import type { GivenRequest } from '../requestInput.ts';
import { demoMigration } from './demoMigration.ts';

/** Simulated seconds in a real one, unless the person wants another: two hops then take about a minute. */
export const demoSpeed = 120;

/** Asking EKS more often than this would only cost the machine. Real seconds. */
const pollEverySeconds = 0.5;
/** New nodes may keep the engine waiting for so long. Real minutes. */
const nodesWithinMinutes = 2;

/** The version that the demo goes to; to a new cluster several at once. */
export const demoTarget = ({ target, strategy }: Pick<DemoOptions, 'target' | 'strategy'>): string =>
  target ?? (strategy === 'blue-green' ? '1.34' : '1.33');

/**
 * The request that the demo starts, or that a person starts where it stays up. All waits are shortened by as much as the cluster is faster, so that the estimates
 * hold; the gates stay open for hours, because people are not faster.
 *
 * @throws StepladderError `InvalidInput`
 * @throws CommandFailed where the scenario has no load balancer that a migration could switch
 */
export function demoRequest(
  scenario: Scenario,
  options: Pick<DemoOptions, 'target' | 'strategy' | 'speed' | 'stay'>,
): GivenRequest {
  const { strategy, speed = demoSpeed, stay = false } = options;
  const targetVersion = demoTarget(options);
  const written = {
    cluster: { name: scenario.cluster.name },
    targetVersion,
    workers: workersOf(strategy, stay),
    ...(strategy === 'blue-green'
      ? { migration: demoMigration(scenario, stay ? 'played' : 'watched').migration }
      : {}),
    gates: { timeout: `${Math.ceil(4 * speed)}h` },
    timing: {
      scale: Math.min(1 / speed, 10),
      pollInterval: `${pollEverySeconds * speed}s`,
      // What would end the upgrade: the cluster is faster, the machine is not.
      nodesTimeout: `${Math.ceil(nodesWithinMinutes * speed)}m`,
    },
  };
  return { written, checked: { ...readRequest('upgradeCluster', written), targetVersion } };
}

/**
 * Nobody may be there to be asked: what holds up a drain is then solved as a person would, and the report says so; who
 * plays gets time to decide. In place the demo says yes to the capacity that it costs.
 */
function workersOf(strategy: string, stay: boolean) {
  if (strategy === 'managed' || strategy === 'blue-green') return { strategy };
  const stuck = { byDefault: 'restart', timeout: stay ? '20h' : '1h' };
  return { strategy, stuck, ...(strategy === 'in-place' ? { acceptLostCapacity: true } : {}) };
}
