import type { MinorVersion } from '../../contract/plan.ts';
import type { Observation, ObservedInsight } from '../../plan/observation.ts';
import { subjectKey } from '../findingKey.ts';
import { lookUpApis } from './lifecycles.ts';
import type { ApiLookup } from './lifecycles.ts';
import { kubernetesLifecycles } from './kubernetesLifecycles.ts';
import type { ApiLifecycleTable, ApiUse } from './types.ts';
import { usedApis } from './usedApis.ts';
import type { UsedApi } from './usedApis.ts';

/** All tables: that of Kubernetes, and those that were given. */
export function lookupOf(
  given: readonly ApiLifecycleTable[] = [],
  from: MinorVersion,
  to: MinorVersion,
): ApiLookup {
  return lookUpApis([kubernetesLifecycles, ...given], from, to);
}

/**
 * The keys of the findings of `removed-apis` that an insight is evidence of; none when it is told as a finding of its
 * own: because it is about something else than APIs, because nobody looked for uses, or because the request overrides
 * the insight itself, as approvals from before may do.
 *
 * @param to the version that the plan goes to
 */
export function foldedInto(
  insight: ObservedInsight,
  observation: Observation,
  overrides: readonly string[],
  to: MinorVersion,
): string[] {
  const uses = insightUsesOf(observation, insight);
  if (uses.length === 0 || isOverridden(insight, overrides)) return [];
  const { version } = observation.cluster;
  const apis = usedApis(uses, lookupOf(observation.apiUses?.tables, version, to), version, to).filter(
    ({ state }) => state !== 'gone',
  );
  // What it says of something that is no API, or of one that no finding is made of, must not be lost.
  const told = apis.reduce((sum, api) => sum + api.uses.length, 0);
  const said = (insight.deprecations ?? []).reduce(
    (sum, { clients }) => sum + Math.max(clients.length, 1),
    0,
  );
  return told < said ? [] : apis.map(apiKey);
}

/** Whether the request overrides an insight by its own name. */
export function isOverridden({ id }: Pick<ObservedInsight, 'id'>, overrides: readonly string[]): boolean {
  return overrides.includes(subjectKey('insights', { kind: 'Insight', name: id }));
}

/** The key of the finding about one API. */
export function apiKey({ name }: Pick<UsedApi, 'name'>): string {
  return subjectKey('removed-apis', { kind: 'API', name });
}

function insightUsesOf({ apiUses }: Observation, { id }: ObservedInsight): ApiUse[] {
  return (apiUses?.uses ?? []).filter(({ place }) => place.kind === 'eks-insight' && place.insight === id);
}
