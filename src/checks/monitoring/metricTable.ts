/** The metrics of each Kubernetes minor; made by scripts/generate-metrics.ts. */
import type { MinorVersion } from '../../contract/plan.ts';
import { compareMinors } from '../../plan/versions.ts';
import data from './data/metrics.json' with { type: 'json' };
import type { MetricDefinition } from './types.ts';

/** A metric as it is from one minor to another, both included. */
interface Span {
  from: MinorVersion;
  to: MinorVersion;
  type: string;
  labels?: string[];
  stability: string;
  deprecated?: MinorVersion;
  hidden?: boolean;
  help: string;
}

export type MetricTable = ReadonlyMap<string, MetricDefinition>;

const spans = Object.entries<Span[]>(data.metrics);
const tables = new Map<MinorVersion, MetricTable>();

/** The minors that the table knows, oldest first. */
export const knownMinors: readonly MinorVersion[] = data.minors.map(({ minor }) => minor);

/** The releases that the table was made of, as `1.31` → `1.31.0`. */
export const tableReleases: ReadonlyMap<MinorVersion, string> = new Map(
  data.minors.map(({ minor, release }) => [minor, release]),
);

/** All metrics of a minor by name, hidden ones included; undefined for a minor that the table does not know. */
export function metricsOf(minor: MinorVersion): MetricTable | undefined {
  if (!knownMinors.includes(minor)) return undefined;
  let table = tables.get(minor);
  if (table === undefined) {
    table = new Map(spans.flatMap(([name, each]) => definitionAt(name, each, minor)));
    tables.set(minor, table);
  }
  return table;
}

function definitionAt(
  name: string,
  each: readonly Span[],
  minor: MinorVersion,
): [string, MetricDefinition][] {
  const span = each.find(({ from, to }) => compareMinors(from, minor) <= 0 && compareMinors(minor, to) <= 0);
  if (span === undefined) return [];
  const { type, labels, stability, deprecated, hidden, help } = span;
  return [
    [
      name,
      {
        name,
        // The generator has checked both against the same names.
        type: type as MetricDefinition['type'],
        ...(labels === undefined ? {} : { labels }),
        stability: stability as MetricDefinition['stability'],
        ...(deprecated === undefined ? {} : { deprecated }),
        hidden: hidden === true,
        help,
      },
    ],
  ];
}

/** Series that a family is made of have these endings; a summary has no buckets. */
const endings = { histogram: ['_bucket', '_sum', '_count'], summary: ['_sum', '_count'] } as const;

/** The names under which Prometheus stores a family's series. */
export function seriesNames({ name, type }: Pick<MetricDefinition, 'name' | 'type'>): string[] {
  // A native histogram is stored under the family's own name.
  return type === 'histogram' || type === 'summary'
    ? [name, ...endings[type].map((ending) => name + ending)]
    : [name];
}

/** The family that a series belongs to: `x` for `x_bucket` when x is a histogram. Undefined when it is nobody's. */
export function familyOf(series: string, table: MetricTable): MetricDefinition | undefined {
  const own = table.get(series);
  if (own !== undefined) return own;
  const base = /^(.+)_(?:bucket|sum|count)$/.exec(series)?.[1];
  const family = base === undefined ? undefined : table.get(base);
  return family !== undefined && seriesNames(family).includes(series) ? family : undefined;
}
