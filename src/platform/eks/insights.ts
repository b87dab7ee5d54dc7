import { DescribeInsightCommand, ListInsightsCommand } from '@aws-sdk/client-eks';
import type { DeprecationDetail, Insight, InsightSummary } from '@aws-sdk/client-eks';
import type { ObservedDeprecation, ObservedInsight } from '../../plan/observation.ts';
import type { EksConnection } from './connection.ts';

/**
 * ListInsights of upgrade readiness, and DescribeInsight of each that does not pass. EKS refreshes them once a day
 * and looks back 30 days.
 */
export async function listInsights(
  connection: EksConnection,
  signal?: AbortSignal,
): Promise<ObservedInsight[]> {
  const summaries = await connection.all(
    'ListInsights',
    undefined,
    signal,
    async (client, nextToken, options) => {
      const answer = await client.send(
        new ListInsightsCommand({
          clusterName: connection.cluster,
          filter: { categories: ['UPGRADE_READINESS'] },
          nextToken,
        }),
        options,
      );
      return { entries: answer.insights, nextToken: answer.nextToken };
    },
  );
  const insights: ObservedInsight[] = [];
  for (const summary of summaries) {
    const { id } = summary;
    if (id === undefined) continue;
    const passes = summary.insightStatus?.status === 'PASSING';
    insights.push(readInsight(id, summary, passes ? undefined : await describe(connection, id, signal)));
  }
  return insights;
}

async function describe(
  connection: EksConnection,
  id: string,
  signal: AbortSignal | undefined,
): Promise<Insight | undefined> {
  const answer = await connection.call('DescribeInsight', `insight ${id}`, signal, (client, options) =>
    client.send(new DescribeInsightCommand({ clusterName: connection.cluster, id }), options),
  );
  return answer.insight;
}

function readInsight(id: string, summary: InsightSummary, insight: Insight | undefined): ObservedInsight {
  const told = insight ?? summary;
  return {
    id,
    name: told.name ?? id,
    category: told.category ?? 'UPGRADE_READINESS',
    ...(told.kubernetesVersion === undefined ? {} : { kubernetesVersion: told.kubernetesVersion }),
    status: told.insightStatus?.status ?? 'UNKNOWN',
    reason: told.insightStatus?.reason ?? '',
    recommendation: insight?.recommendation ?? '',
    usages: [
      ...(insight?.categorySpecificSummary?.deprecationDetails ?? []).flatMap(usageLines),
      ...(insight?.categorySpecificSummary?.addonCompatibilityDetails ?? []).flatMap(
        ({ name, compatibleVersions }) =>
          name === undefined
            ? []
            : [`add-on ${name}: compatible versions ${compatibleVersions?.join(', ') ?? 'unknown'}`],
      ),
    ],
    deprecations: (insight?.categorySpecificSummary?.deprecationDetails ?? []).flatMap(deprecation),
    ...(told.lastRefreshTime === undefined ? {} : { refreshedAt: told.lastRefreshTime.toISOString() }),
  };
}

function usageLines(detail: DeprecationDetail): string[] {
  const what =
    (detail.usage ?? 'unknown API') +
    (detail.stopServingVersion === undefined ? '' : `, not served from ${detail.stopServingVersion} on`) +
    (detail.replacedWith === undefined || detail.replacedWith === ''
      ? ''
      : `, replaced by ${detail.replacedWith}`);
  const clients = detail.clientStats ?? [];
  if (clients.length === 0) return [what];
  return clients.map(
    (client) =>
      `${what}: used by ${client.userAgent ?? 'an unknown client'}, ` +
      `${client.numberOfRequestsLast30Days ?? 'an unknown number of'} requests in 30 days` +
      (client.lastRequestTime === undefined ? '' : `, last on ${client.lastRequestTime.toISOString()}`),
  );
}

function deprecation({
  usage,
  replacedWith,
  stopServingVersion,
  clientStats,
}: DeprecationDetail): ObservedDeprecation[] {
  if (usage === undefined) return [];
  return [
    {
      usage,
      ...(replacedWith === undefined || replacedWith === '' ? {} : { replacedWith }),
      ...(stopServingVersion === undefined ? {} : { stopServingVersion }),
      clients: (clientStats ?? []).map(({ userAgent, numberOfRequestsLast30Days, lastRequestTime }) => ({
        userAgent: userAgent ?? 'an unknown client',
        ...(numberOfRequestsLast30Days === undefined
          ? {}
          : { requestsLast30Days: numberOfRequestsLast30Days }),
        ...(lastRequestTime === undefined ? {} : { lastRequestAt: lastRequestTime.toISOString() }),
      })),
    },
  ];
}
