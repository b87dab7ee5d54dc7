import type { Severity } from '../../contract/finding.ts';
import type { MinorVersion } from '../../contract/plan.ts';
import { nextMinor } from '../../plan/versions.ts';
import { noRequestsSince, whyRequestsUnknown } from './requestsKnown.ts';
import type { ApiUse, ObservedApiUses } from './types.ts';
import type { UsedApi } from './usedApis.ts';

/** What a use of a removed API says about the time after the hop. */
export interface Judgement {
  severity: Severity;
  /** What has to be known beside it, as a sentence. */
  remark?: string;
}

export interface Circumstances {
  observed: ObservedApiUses;
  /** ISO 8601. */
  observedAt: string;
  /** The version that the plan goes to. */
  to: MinorVersion;
  /** IDs of insights by which EKS itself refuses a step of the plan. */
  refusing: ReadonlySet<string>;
  /** Whether the request goes on in spite of EKS's insights. */
  overrideInsights: boolean;
}

/**
 * How bad it is that these uses were seen.
 *
 * - What will be applied or asked for again (manifests, releases, last applied manifests, counted requests) breaks.
 * - What EKS has seen in its 30 days may have been mended since: it is told apart where the counters of the API servers,
 *   all of them, show none since. EKS itself refuses the step all the same until its window has passed.
 * - Managed fields stay as they are after their writer has moved on: alone they break nothing, and whether the writer
 *   still asks for that version is known where requests are.
 *
 * Undefined when there is nothing to tell.
 */
export function judge(
  api: UsedApi,
  uses: readonly ApiUse[],
  circumstances: Circumstances,
): Judgement | undefined {
  const written = uses.some(({ place }) => ['manifest', 'helm-release', 'last-applied'].includes(place.kind));
  switch (api.state) {
    case 'gone':
      return written ? { severity: 'warning' } : undefined;
    case 'deprecated':
      return { severity: api.removed === nextMinor(circumstances.to) ? 'warning' : 'info' };
    case 'removed':
      if (written || uses.some(({ place }) => place.kind === 'api-requests')) return { severity: 'blocker' };
      return uses.some(({ place }) => place.kind === 'eks-insight')
        ? judgeInsights(uses, circumstances)
        : judgeManagers(circumstances);
  }
}

function judgeInsights(
  uses: readonly ApiUse[],
  { observed, refusing, overrideInsights }: Circumstances,
): Judgement {
  const seen = uses.filter(({ place }) => place.kind === 'eks-insight');
  const since = noRequestsSince(observed);
  const last = seen
    .map(({ lastUsedAt }) => lastUsedAt ?? '')
    .sort()
    .at(-1);
  const mended =
    since !== undefined &&
    last !== undefined &&
    seen.every(({ lastUsedAt }) => lastUsedAt !== undefined && Date.parse(lastUsedAt) < Date.parse(since));
  const overridden = overrideInsights ? 'warning' : 'blocker';
  if (!mended) return { severity: overridden };
  const refused = seen.some(({ place }) => place.kind === 'eks-insight' && refusing.has(place.insight));
  const told = `It seems to be mended: no API server has counted a request since ${since}, and nothing else uses it; EKS still counts the last one, at ${last}, for 30 days`;
  return refused
    ? {
        severity: overridden,
        remark: `${told}, and refuses the step until then unless this finding is overridden.`,
      }
    : { severity: 'warning', remark: `${told}.` };
}

function judgeManagers({ observed, observedAt }: Circumstances): Judgement {
  const unknown = whyRequestsUnknown(observed, observedAt);
  const told =
    'Only managed fields tell of it, which stay when a manager has moved to another version; the objects themselves are converted.';
  return unknown === undefined
    ? { severity: 'warning', remark: `${told} No request for it was seen.` }
    : { severity: 'unknown', remark: `${told} Whether it still asks for it is not known: ${unknown}.` };
}
