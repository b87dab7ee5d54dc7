import type { Finding } from '../contract/finding.ts';
import type { ObservedInsight } from '../plan/observation.ts';
import { controlPlaneSteps, seenBy, type Check } from './check.ts';

/**
 * What EKS says about going back: a control plane can be rolled back by one minor version within seven days, unless
 * one of these insights stands against it. It holds up no upgrade, but people want to know before they approve one.
 */
export const rollbackReadiness: Check = ({ observation, plan }) => {
  if (controlPlaneSteps(plan).length === 0) return [];
  return observation.insights
    .filter(({ category, status }) => category === 'ROLLBACK_READINESS' && status !== 'PASSING')
    .map((insight): Finding => ({
      check: 'rollback-readiness',
      severity: insight.status === 'ERROR' ? 'warning' : 'info',
      subject: { kind: 'Insight', name: insight.id },
      message: describe(insight),
      remedy:
        insight.recommendation.trim() === ''
          ? 'Mend it if a way back is wanted; otherwise approve knowing that there may be none.'
          : `${insight.recommendation.trim().replace(/[.\s]+$/, '')}. It matters only if the upgrade is to be rolled back.`,
      evidence: seenBy(observation, `EKS: DescribeInsight ${insight.id}`),
    }));
};

function describe({ name, status, reason }: ObservedInsight): string {
  const why = reason.trim().replace(/[.\s]+$/, '');
  return status === 'UNKNOWN'
    ? `EKS does not know whether the control plane could be rolled back: "${name}"${why === '' ? '' : ` says: ${why}`}.`
    : `EKS says (${status}) that a rollback of the control plane would meet trouble: "${name}"${why === '' ? '' : ` says: ${why}`}.`;
}
