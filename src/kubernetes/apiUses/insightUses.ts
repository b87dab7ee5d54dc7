import type { ApiLookup } from '../../checks/removedApis/lifecycles.ts';
import type { ApiUse } from '../../checks/removedApis/types.ts';
import type { ObservedInsight } from '../../plan/observation.ts';

/** An API as EKS writes it: `/apis/policy/v1beta1/podsecuritypolicies`, `/api/v1/componentstatuses`. */
const apiPath = /^\/?(?:apis\/([^/]+)\/([^/]+)|api\/([^/]+))\/(?:namespaces\/[^/]+\/)?([^/]+)/;

/** The API that a path is of; undefined for what is none. */
export function readApiPath(path: string): { group: string; version: string; resource: string } | undefined {
  const match = apiPath.exec(path.trim());
  if (match === null) return undefined;
  const [, group = '', version, coreVersion, resource = ''] = match;
  return { group, version: version ?? coreVersion ?? '', resource };
}

/**
 * Uses of APIs that EKS has seen in its audit log of the last 30 days, one for each client. A use that EKS names
 * without a client is one of an unknown client.
 *
 * @param observedAt of the observation, for an insight that does not say when it was refreshed; ISO 8601
 */
export function insightUses(
  insights: readonly ObservedInsight[],
  lookup: ApiLookup,
  observedAt: string,
): ApiUse[] {
  return insights
    .filter(({ status }) => status !== 'PASSING')
    .flatMap((insight) =>
      (insight.deprecations ?? []).flatMap(({ usage, replacedWith, stopServingVersion, clients }) => {
        const api = readApiPath(usage);
        if (api === undefined) return [];
        const kind = lookup.fateOf(api)?.lifecycle.kind;
        const known = clients.length === 0 ? [{ userAgent: 'a client that EKS does not name' }] : clients;
        return known.map((client): ApiUse => {
          const { userAgent, requestsLast30Days, lastRequestAt } = { ...noMore, ...client };
          return {
            ...api,
            ...(kind === undefined ? {} : { kind }),
            place: {
              kind: 'eks-insight',
              insight: insight.id,
              userAgent,
              ...(requestsLast30Days === undefined ? {} : { requestsLast30Days }),
            },
            observedAt: insight.refreshedAt ?? observedAt,
            ...(lastRequestAt === undefined ? {} : { lastUsedAt: lastRequestAt }),
            ...(stopServingVersion === undefined ? {} : { removed: stopServingVersion }),
            ...(replacedWith === undefined ? {} : { replacedWith }),
          };
        });
      }),
    );
}

const noMore: { requestsLast30Days?: number; lastRequestAt?: string } = {};
