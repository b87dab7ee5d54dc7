import type { Finding } from '../../contract/finding.ts';
import { overrideNames } from '../../contract/request.ts';
import { controlPlaneSteps, type Check, type CheckInput } from '../check.ts';
import { isOver } from '../ignoring/day.ts';
import { standsAgainst } from '../insightScope.ts';
import { isOverridden, lookupOf } from './insightFolding.ts';
import { judge } from './severity.ts';
import type { Circumstances } from './severity.ts';
import type { ApiUse } from './types.ts';
import { unknownSources, unreadableManifests } from './unknownSources.ts';
import { usedApis } from './usedApis.ts';
import type { UsedApi } from './usedApis.ts';
import { evidenceOf } from './useEvidence.ts';
import { remedyOf, usedBy } from './useWords.ts';

/**
 * Versions of APIs that a hop removes and that are in use (rule 6): one finding for each, with all that use it as its
 * evidence. What a source could not see is unknown. Where nobody looked (observations of older releases), nothing.
 */
export const removedApis: Check = (input) => {
  const { observation, plan } = input;
  const { apiUses: observed, observedAt } = observation;
  const to = controlPlaneSteps(plan).at(-1);
  if (observed === undefined || to === undefined) return [];
  const from = observation.cluster.version;
  const circumstances = circumstancesOf(input, to);
  const apis = usedApis(usesToJudge(input), lookupOf(observation, from, to), from, to);
  return [
    ...apis.flatMap((api) => findingOf(api, circumstances)),
    ...unreadableManifests(observed, observedAt),
    ...unknownSources(observed, observedAt),
  ];
};

/** An insight that the request overrides by its own name is told by itself. */
function usesToJudge({ observation, request }: CheckInput): ApiUse[] {
  return (observation.apiUses?.uses ?? []).filter(
    ({ place }) =>
      place.kind !== 'eks-insight' || !isOverridden({ id: place.insight }, overrideNames(request)),
  );
}

function circumstancesOf({ observation, plan, request }: CheckInput, to: string): Circumstances {
  const steps = controlPlaneSteps(plan);
  return {
    observed: observation.apiUses ?? { uses: [], coverage: [], problems: [] },
    observedAt: observation.observedAt,
    to,
    refusing: new Set(
      observation.insights.filter((insight) => standsAgainst(insight, steps)).map(({ id }) => id),
    ),
    overrideInsights: request.controlPlane.overrideInsights,
  };
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
