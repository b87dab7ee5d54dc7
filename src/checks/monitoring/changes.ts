import type { MinorVersion } from '../../contract/plan.ts';
import { heirOf } from './heirs.ts';
import type { MetricTable } from './metricTable.ts';
import { metricsOf } from './metricTable.ts';
import type { MetricChange, MetricDefinition } from './types.ts';

/**
 * What a hop does to Kubernetes' own metrics, by name. A metric that goes has one change; one that stays may be
 * deprecated and lose labels at once. Undefined when the table does not know both versions.
 */
export function changesAt(
  from: MinorVersion,
  to: MinorVersion,
): ReadonlyMap<string, MetricChange[]> | undefined {
  const before = metricsOf(from);
  const after = metricsOf(to);
  if (before === undefined || after === undefined) return undefined;
  const key = `${from} ${to}`;
  const changes = known.get(key) ?? compareTables(before, after, to);
  known.set(key, changes);
  return changes;
}

/** The tables never change, and heirs take their time to be found. */
const known = new Map<string, ReadonlyMap<string, MetricChange[]>>();

/** The same between two tables, for tests and for tables that are not Kubernetes' own. */
export function compareTables(
  before: MetricTable,
  after: MetricTable,
  at: MinorVersion,
): ReadonlyMap<string, MetricChange[]> {
  const changes = new Map<string, MetricChange[]>();
  for (const was of before.values()) {
    const is = after.get(was.name);
    const kinds = changesOf(was, is);
    if (kinds.length === 0) continue;
    const heir = heirOf(is ?? was, { before, after });
    changes.set(
      was.name,
      kinds.map((kind) => ({
        name: was.name,
        at,
        ...kind,
        ...(heir === undefined || kind.change === 'labels-removed' ? {} : { heir }),
      })),
    );
  }
  return changes;
}

type Kind = Pick<MetricChange, 'change' | 'labels' | 'newLabels' | 'hiddenBefore'>;

function changesOf(was: MetricDefinition, is: MetricDefinition | undefined): Kind[] {
  if (is === undefined) return [{ change: 'removed', ...(was.hidden ? { hiddenBefore: true } : {}) }];
  // Nobody who does not show it on purpose has it any more.
  if (is.hidden) return was.hidden ? [] : [{ change: 'hidden' }];
  const kinds: Kind[] = [];
  if (is.deprecated !== undefined && was.deprecated === undefined) kinds.push({ change: 'deprecated' });
  const labels = missing(was.labels, is.labels);
  if (labels.length > 0) {
    const newLabels = missing(is.labels, was.labels);
    kinds.push({ change: 'labels-removed', labels, ...(newLabels.length > 0 ? { newLabels } : {}) });
  }
  return kinds;
}

/** What the one has and the other has not; nothing where either is not known. */
function missing(of: readonly string[] | undefined, inThe: readonly string[] | undefined): string[] {
  return of === undefined || inThe === undefined ? [] : of.filter((label) => !inThe.includes(label));
}
