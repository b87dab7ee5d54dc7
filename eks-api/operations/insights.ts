import { z } from 'zod';
import { inPath, readBody } from '../call.ts';
import type { Call } from '../call.ts';
import { EksError } from '../errors.ts';
import { visibleInsights } from '../insightFilter.ts';
import { page } from '../pagination.ts';
import type { EksService } from '../service.ts';
import type { EksInsightState } from '../state.ts';

const listSchema = z.object({
  filter: z
    .object({
      categories: z.array(z.enum(['UPGRADE_READINESS', 'MISCONFIGURATION', 'ROLLBACK_READINESS'])).optional(),
      kubernetesVersions: z.array(z.string()).optional(),
      statuses: z.array(z.enum(['PASSING', 'WARNING', 'ERROR', 'UNKNOWN'])).optional(),
    })
    .optional(),
  maxResults: z.number().int().optional(),
  nextToken: z.string().optional(),
});

/** ListInsights: a POST with a filter; an empty list in it narrows nothing. */
export function listInsights(service: EksService, call: Call) {
  const cluster = service.findCluster(inPath(call, 'clusterName'), call.region);
  const { filter, maxResults, nextToken: from } = readBody(listSchema, call);
  const insights = visibleInsights(service.insights.shown, cluster.version).filter(
    (insight) =>
      allows(filter?.categories, insight.category) &&
      allows(filter?.statuses, insight.status) &&
      (insight.kubernetesVersion === undefined ||
        allows(filter?.kubernetesVersions, insight.kubernetesVersion)),
  );
  const of = `insights/${JSON.stringify(filter ?? {})}`;
  const { entries, nextToken } = page(insights, of, { maxResults, nextToken: from });
  return { insights: entries.map((insight) => summaryOf(service, insight)), nextToken };
}

/** DescribeInsight. Throws ResourceNotFoundException. */
export function describeInsight(service: EksService, call: Call) {
  const cluster = service.findCluster(inPath(call, 'clusterName'), call.region);
  const id = inPath(call, 'id');
  const insight = visibleInsights(service.insights.shown, cluster.version).find((shown) => shown.id === id);
  if (insight === undefined) {
    throw new EksError('ResourceNotFoundException', `No insight found for ID: ${id}`, {
      clusterName: cluster.name,
    });
  }
  return {
    insight: {
      ...summaryOf(service, insight),
      recommendation: insight.recommendation,
      additionalInfo: {},
      resources: insight.resources.map((kubernetesResourceUri) => ({
        insightStatus: { status: insight.status },
        kubernetesResourceUri,
      })),
      categorySpecificSummary: {
        deprecationDetails: insight.deprecations,
        addonCompatibilityDetails: insight.addonCompatibility ?? [],
      },
    },
  };
}

/** StartInsightsRefresh: takes its time; one that is asked for while another runs joins it. */
export function startInsightsRefresh(service: EksService, call: Call) {
  service.findCluster(inPath(call, 'clusterName'), call.region);
  const { insights, infrastructure } = service;
  if (insights.refresh === undefined || insights.refresh.endedAt !== undefined) {
    const refresh: { startedAt: Date; endedAt?: Date } = { startedAt: infrastructure.clock.now() };
    insights.refresh = refresh;
    service.updates.background(async (signal) => {
      await service.pause(service.timings.insightsRefresh, signal);
      const now = infrastructure.clock.now();
      showNext(service, now);
      insights.refreshedAt = now;
      refresh.endedAt = now;
    });
  }
  return { message: 'The refresh of the insights is in progress.', status: 'IN_PROGRESS' };
}

/** DescribeInsightsRefresh. */
export function describeInsightsRefresh(service: EksService, call: Call) {
  const cluster = service.findCluster(inPath(call, 'clusterName'), call.region);
  const { refresh } = service.insights;
  if (refresh === undefined) {
    throw new EksError(
      'ResourceNotFoundException',
      `No insights refresh was started for cluster ${cluster.name}.`,
      {
        clusterName: cluster.name,
      },
    );
  }
  const running = refresh.endedAt === undefined;
  return {
    message: running ? 'The refresh of the insights is in progress.' : 'The insights were refreshed.',
    status: running ? 'IN_PROGRESS' : 'COMPLETED',
    ...refresh,
  };
}

function showNext({ insights }: EksService, now: Date): void {
  const { next, shown } = insights;
  if (next === undefined) return;
  for (const insight of next) {
    const before = shown.find(({ id }) => id === insight.id);
    if (before?.status !== insight.status) insights.since.set(insight.id, now);
  }
  insights.shown = next;
  insights.next = undefined;
}

const allows = (wanted: readonly string[] | undefined, value: string): boolean =>
  wanted === undefined || wanted.length === 0 || wanted.includes(value);

function summaryOf({ insights }: EksService, insight: EksInsightState) {
  return {
    id: insight.id,
    name: insight.name,
    category: insight.category,
    kubernetesVersion: insight.kubernetesVersion,
    lastRefreshTime: insights.refreshedAt,
    lastTransitionTime: insights.since.get(insight.id) ?? insights.refreshedAt,
    description: insight.description,
    insightStatus: { status: insight.status, reason: insight.reason },
  };
}
