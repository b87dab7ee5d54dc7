import type { EksInsightState } from './state.ts';

/** EKS's insights, and when they were looked at last. */
export interface InsightsRecord {
  shown: EksInsightState[];
  /** What the next refresh will find, if it differs from what is shown. */
  next: EksInsightState[] | undefined;
  refreshedAt: Date;
  /** By insight ID: since when it has its status. */
  since: Map<string, Date>;
  refresh: { startedAt: Date; endedAt?: Date } | undefined;
}

export function insightsRecord(insights: EksInsightState[], now: Date): InsightsRecord {
  // EKS looks once a day; the last look was some hours before the start.
  const refreshedAt = new Date(now.getTime() - 6 * 3_600_000);
  return {
    shown: insights,
    next: undefined,
    refreshedAt,
    since: new Map(insights.map(({ id }) => [id, refreshedAt])),
    refresh: undefined,
  };
}
