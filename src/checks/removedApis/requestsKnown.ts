import type { ApiUseCoverage, ApiUseSource, ObservedApiUses } from './types.ts';

/** As far as EKS's insights look back: counters that reach as far tell as much. Milliseconds. */
const lookBackMs = 30 * 24 * 60 * 60 * 1000;

/** What became of asking one source; undefined when it is not spoken of. */
export function coverageOf(observed: ObservedApiUses, source: ApiUseSource): ApiUseCoverage | undefined {
  return observed.coverage.find((each) => each.source === source);
}

/**
 * Why it is not known whether clients ask for an API of which no request was seen; undefined when it is known: by the
 * insights of EKS, which read 30 days of audit log, or by the counters of all API servers where these are as old.
 *
 * @param observedAt ISO 8601
 */
export function whyRequestsUnknown(observed: ObservedApiUses, observedAt: string): string | undefined {
  if (coverageOf(observed, 'eks-insights')?.state === 'complete') return undefined;
  const counters = coverageOf(observed, 'api-requests');
  if (counters === undefined || counters.state === 'not-asked') return 'nobody asked the API servers';
  if (counters.state !== 'complete') return counters.why ?? 'the API servers could not be asked';
  const since = observed.requests?.youngestStart;
  if (since !== undefined && Date.parse(observedAt) - Date.parse(since) >= lookBackMs) return undefined;
  return `the counters of the API servers know nothing of before ${since ?? 'their start'}, when the youngest of them started`;
}

/**
 * Since when it is known that nobody asks for an API of which no request was counted; undefined when not all API
 * servers were met.
 */
export function noRequestsSince(observed: ObservedApiUses): string | undefined {
  return coverageOf(observed, 'api-requests')?.state === 'complete'
    ? observed.requests?.youngestStart
    : undefined;
}
