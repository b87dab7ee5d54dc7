import type { EksInsightState } from './state.ts';
import { minorOf } from './versions.ts';

/** Insights about upgrading to a version are gone once the cluster is there. */
export function visibleInsights(insights: EksInsightState[], clusterVersion: string): EksInsightState[] {
  return insights.filter(
    ({ category, kubernetesVersion }) =>
      category !== 'UPGRADE_READINESS' ||
      kubernetesVersion === undefined ||
      minorOf(kubernetesVersion) > minorOf(clusterVersion),
  );
}

/** The insights for which EKS refuses an upgrade to that version unless it is forced. */
export function blockingInsights(insights: EksInsightState[], to: string): EksInsightState[] {
  return insights.filter(
    ({ category, kubernetesVersion, status }) =>
      category === 'UPGRADE_READINESS' &&
      status === 'ERROR' &&
      (kubernetesVersion === undefined || kubernetesVersion === to),
  );
}
