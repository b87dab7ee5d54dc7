import type { Finding } from '../../contract/finding.ts';
import type { MinorVersion } from '../../contract/plan.ts';
import type { ObservedMonitoring } from './types.ts';

/**
 * What the steps of an upgrade do to rules, dashboards and autoscalers.
 *
 * @param steps the versions that the control plane goes through, the first of them the one it has
 */
export function monitoringFindings(
  _observed: ObservedMonitoring,
  _steps: readonly MinorVersion[],
): Finding[] {
  return [];
}
