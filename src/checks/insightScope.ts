import type { MinorVersion } from '../contract/plan.ts';
import type { ObservedInsight } from '../plan/observation.ts';
import { compareMinors } from '../plan/versions.ts';

/** True for an insight by which EKS itself would refuse a step of the control plane to one of these versions. */
export function standsAgainst(insight: ObservedInsight, steps: readonly MinorVersion[]): boolean {
  return insight.category === 'UPGRADE_READINESS' && insight.status === 'ERROR' && concerns(insight, steps);
}

/** Whether an insight is about one of these versions; one that names none is about all of them. */
export function concerns(insight: ObservedInsight, steps: readonly MinorVersion[]): boolean {
  const about = insight.kubernetesVersion;
  return steps.length > 0 && (about === undefined || steps.some((step) => compareMinors(step, about) === 0));
}
