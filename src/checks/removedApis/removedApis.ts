import type { Finding } from '../../contract/finding.ts';
import type { MinorVersion } from '../../contract/plan.ts';
import type { ObservedInsight } from '../../plan/observation.ts';
import { overrideNames } from '../../contract/overrides.ts';
import { controlPlaneSteps, type Check } from '../check.ts';
import { isOver } from '../ignoring/day.ts';
import { standsAgainst } from '../insightScope.ts';
import { isOverridden, lookupOf } from './insightFolding.ts';
import { apiVersionOf } from './lifecycles.ts';
import { judge } from './severity.ts';
import type { Circumstances } from './severity.ts';
import type { ObservedApiUses } from './types.ts';
import { unknownSources, unreadableManifests } from './unknownSources.ts';
import { usedApis } from './usedApis.ts';
import type { UsedApi } from './usedApis.ts';
import { evidenceOf } from './useEvidence.ts';
import { remedyOf, usedBy } from './useWords.ts';

/** What the use of APIs is judged for. */
export interface RemovedApisInput {
  observed: ObservedApiUses;
  /** ISO 8601. */
  observedAt: string;
  /** The version that the cluster has, and the one that it shall have; every hop between them is considered. */
  from: MinorVersion;
  to: MinorVersion;
  /** IDs of insights by which EKS itself refuses a step. */
  refusing?: ReadonlySet<string>;
  /** IDs of insights that the request overrides by name: what they say is told by themselves. */
  overridden?: ReadonlySet<string>;
  /** Whether the request goes on in spite of EKS's insights. */
  overrideInsights?: boolean;
}

/** Of a plan: see `removedApiFindings`. Where nobody looked (observations of older releases), nothing. */
export const removedApis: Check = (input) => {
  const { observation, plan, request } = input;
  const { apiUses: observed, observedAt, insights, cluster } = observation;
  const steps = controlPlaneSteps(plan);
  const to = steps.at(-1);
  if (observed === undefined || to === undefined) return [];
  const idsOf = (some: readonly ObservedInsight[]) => new Set(some.map(({ id }) => id));
  return removedApiFindings({
    ...{ observed, observedAt, from: cluster.version, to },
    // EKS refuses nobody a new cluster.
    refusing: idsOf(
      request.migration === undefined ? insights.filter((insight) => standsAgainst(insight, steps)) : [],
    ),
    overridden: idsOf(insights.filter((insight) => isOverridden(insight, overrideNames(request)))),
    overrideInsights: request.controlPlane.overrideInsights,
  });
};

/**
 * Versions of APIs that a hop removes and that are in use (rule 6): one finding for each, with all that use it as its
 * evidence. What a source could not see is unknown.
 */
export function removedApiFindings(input: RemovedApisInput): Finding[] {
  const { observed, observedAt, from, to, overridden = new Set() } = input;
  const uses = observed.uses.filter(
    ({ place }) => place.kind !== 'eks-insight' || !overridden.has(place.insight),
  );
  const circumstances: Circumstances = {
    ...{ observed, observedAt, to },
    refusing: input.refusing ?? new Set(),
    overrideInsights: input.overrideInsights ?? false,
  };
  const lookup = lookupOf(observed.tables, from, to);
  const { served } = observed;
  const goes = lookup.fates.some(
    ({ state, lifecycle }) =>
      state === 'removed' && (served === undefined || served.includes(apiVersionOf(lifecycle))),
  );
  return [
    ...usedApis(uses, lookup, from, to).flatMap((api) => findingOf(api, circumstances)),
    ...unreadableManifests(observed, observedAt),
    ...unknownSources(observed, observedAt, goes),
  ];
}

function findingOf(api: UsedApi, circumstances: Circumstances): Finding[] {
  const { observedAt } = circumstances;
  const counted = api.uses.filter(
    ({ ignored }) => ignored === undefined || isOver(ignored.until, observedAt),
  );
  const passedOver = api.uses.length - counted.length;
  // All of them are ignored: the finding stands, and does not count.
  const uses = counted.length === 0 ? api.uses : counted;
  const ignored = counted.length === 0 ? api.uses[0]?.ignored : undefined;
  const judged = judge(api, uses, circumstances);
  if (judged === undefined) return [];
  const { severity, remark } = judged;
  const more =
    counted.length > 0 && passedOver > 0
      ? [`${passedOver === 1 ? 'One more use is' : `${passedOver} more uses are`} ignored by annotation.`]
      : [];
  return [
    {
      check: 'removed-apis',
      severity,
      ...(api.hop === undefined ? {} : { hop: api.hop }),
      subject: { apiVersion: api.apiVersion, kind: 'API', name: api.name },
      message: [
        `${headline(api)}: ${usedBy(uses)}.`,
        ...(remark === undefined ? [] : [remark]),
        ...more,
      ].join(' '),
      remedy: remedyOf(api, uses),
      evidence: evidenceOf(uses),
      ...(ignored === undefined ? {} : { ignored }),
    },
  ];
}

function headline({ apiVersion, kind, state, removed, deprecated, table }: UsedApi): string {
  const what = `${apiVersion} ${kind}${table === undefined ? '' : ` (${table})`}`;
  switch (state) {
    case 'removed':
      return `${what} is not served from ${removed ?? '?'} on, and is in use`;
    case 'gone':
      return `${what} is not served since ${removed ?? '?'} already, and is still written`;
    case 'deprecated':
      return `${what} is deprecated${deprecated === undefined ? '' : ` since ${deprecated}`}${removed === undefined ? '' : ` and not served from ${removed} on`}, and is in use`;
  }
}
