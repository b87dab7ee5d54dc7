import type { FindingEvidence } from '../../contract/finding.ts';
import { isOver } from '../ignoring/day.ts';
import type { ApiUse } from './types.ts';

/** A finding holds so much evidence at the most; beyond it says how many more there are. */
export const mostEvidence = 500;

/** Of each source so many come first, so that whoever reads the beginning has met all sources. */
const firstOfEach = 5;

const order: readonly ApiUse['place']['kind'][] = [
  'manifest',
  'helm-release',
  'last-applied',
  'api-requests',
  'eks-insight',
  'managed-fields',
];

/** The evidence of a finding: where the API is used, by whom and when. */
export function evidenceOf(uses: readonly ApiUse[], most = mostEvidence): FindingEvidence[] {
  const bySource = order.map((kind) =>
    uses
      .filter(({ place }) => place.kind === kind)
      .map(evidence)
      .sort(byPlace),
  );
  const all = [
    ...bySource.flatMap((found) => found.slice(0, firstOfEach)),
    ...bySource.flatMap((found) => found.slice(firstOfEach)),
  ];
  const [first] = all;
  if (all.length <= most || first === undefined) return all;
  const more = all.length - most;
  return [
    ...all.slice(0, most),
    { source: `and ${more} more ${more === 1 ? 'place' : 'places'}`, observedAt: first.observedAt },
  ];
}

function byPlace(one: FindingEvidence, other: FindingEvidence): number {
  if (one.file === other.file) {
    const lines = (one.line ?? 0) - (other.line ?? 0);
    if (lines !== 0) return lines;
  }
  return one.source < other.source ? -1 : one.source > other.source ? 1 : 0;
}

function evidence(use: ApiUse): FindingEvidence {
  const { place, observedAt, ignored } = use;
  const ended =
    ignored !== undefined && isOver(ignored.until, observedAt)
      ? `, whose annotation to ignore it ended on ${ignored.until}`
      : '';
  return {
    source: `${sourceOf(use)}${ended}`,
    observedAt,
    ...(place.kind === 'manifest' ? { file: place.file, line: place.line } : {}),
  };
}

function sourceOf(use: ApiUse): string {
  const { place, lastUsedAt } = use;
  const last = lastUsedAt === undefined ? '' : ` at ${lastUsedAt}`;
  switch (place.kind) {
    case 'manifest':
      return `manifest ${place.file}:${place.line}${objectOf(use, ' (', ')')}`;
    case 'helm-release':
      return `Helm release ${place.namespace}/${place.release}, chart ${place.chart}${objectOf(use, ' (', ')')}`;
    case 'last-applied':
      return `last applied manifest of ${objectOf(use)}`;
    case 'managed-fields':
      return `managed fields of ${objectOf(use)}, written by ${place.manager === '' ? 'an unnamed manager' : place.manager}${last}`;
    case 'api-requests':
      return `requests for ${use.resource ?? use.kind ?? 'it'}, counted by an API server (apiserver_requested_deprecated_apis)`;
    case 'eks-insight': {
      const { insight, userAgent, requestsLast30Days: requests } = place;
      const often =
        requests === undefined ? '' : `, ${requests} ${requests === 1 ? 'request' : 'requests'} in 30 days`;
      return `EKS insight ${insight}: client ${userAgent}${often}${last === '' ? '' : `, the last${last}`}`;
    }
  }
}

function objectOf({ object, kind }: ApiUse, before = '', after = ''): string {
  if (object === undefined) return before === '' ? (kind ?? 'an object') : '';
  const { namespace, name } = object;
  return `${before}${object.kind} ${namespace === undefined ? '' : `${namespace}/`}${name}${after}`;
}
