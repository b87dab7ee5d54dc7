import type { TargetHealthDescription } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { SideHealth } from './routing.ts';

/**
 * Reads the health of a target group's targets. One state that says nothing makes the whole unknown: a target that is
 * not looked at may be ill.
 */
export function readTargetHealth(descriptions: readonly TargetHealthDescription[]): SideHealth {
  const counts = { healthy: 0, unhealthy: 0, starting: 0, leaving: 0 };
  for (const { Target, TargetHealth } of descriptions) {
    switch (TargetHealth?.State) {
      case 'healthy':
        counts.healthy += 1;
        break;
      case 'unhealthy':
        counts.unhealthy += 1;
        break;
      case 'initial':
        counts.starting += 1;
        break;
      case 'draining':
      case 'unhealthy.draining':
        counts.leaving += 1;
        break;
      default: {
        const target = `${Target?.Id ?? 'a target'}:${Target?.Port ?? ''}`;
        const reason = TargetHealth?.Reason === undefined ? '' : ` (${TargetHealth.Reason})`;
        return {
          state: 'unknown',
          why: `The load balancer says of target ${target} only that it is ${TargetHealth?.State ?? 'there'}${reason}.`,
        };
      }
    }
  }
  return { state: 'known', ...counts };
}
