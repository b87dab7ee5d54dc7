import type { MinorVersion } from '../../contract/plan.ts';
import { familyOf, metricsOf, seriesNames } from './metricTable.ts';
import type { MetricTable } from './metricTable.ts';
import { compileNamePattern } from './namePattern.ts';
import type { MetricChange, MetricUse, UsedMetric } from './types.ts';

/** What one change of a metric does to one place that stands on it. */
export interface Effect {
  use: MetricUse;
  /**
   * - `blind`: what it asks for is not there any more.
   * - `less`: a part of what it asks for goes, or a label that it only leaves aside.
   * - `already`: it was hidden before, so nothing changes for who does not show hidden metrics.
   * - `later`: deprecated; it goes with a later version.
   */
  effect: 'blind' | 'less' | 'already' | 'later';
  change: MetricChange;
  /** Recording rules on the way to the metric, the nearest first. */
  through?: string[];
  /** The pattern that named it, instead of a name. */
  pattern?: string;
}

type Changes = ReadonlyMap<string, readonly MetricChange[]>;

/** What a hop does to one place. Metrics that are not Kubernetes' own, and those that stay, do nothing. */
export function effectsOn(
  use: MetricUse,
  hop: { from: MinorVersion; to: MinorVersion },
  changes: Changes,
): Effect[] {
  const table = metricsOf(hop.from);
  if (table === undefined) return [];
  return [
    ...use.metrics.flatMap((metric) => ofMetric(use, metric, table, changes)),
    ...use.namePatterns.flatMap((pattern) => ofPattern(use, pattern, table, changes)),
  ];
}

function ofMetric(use: MetricUse, used: UsedMetric, table: MetricTable, changes: Changes): Effect[] {
  const family = familyOf(used.name, table);
  if (family === undefined) return [];
  const through = used.through === undefined ? {} : { through: used.through };
  return (changes.get(family.name) ?? []).flatMap((change): Effect[] => {
    switch (change.change) {
      case 'removed':
        return [{ use, effect: change.hiddenBefore === true ? 'already' : 'blind', change, ...through }];
      case 'hidden':
        return [{ use, effect: 'blind', change, ...through }];
      case 'deprecated':
        return [{ use, effect: 'later', change, ...through }];
      case 'labels-removed': {
        const needed = (change.labels ?? []).filter((label) => used.labels.includes(label));
        const ignored = (change.labels ?? []).filter((label) => used.ignoredLabels?.includes(label) === true);
        if (needed.length > 0)
          return [{ use, effect: 'blind', change: { ...change, labels: needed }, ...through }];
        return ignored.length > 0
          ? [{ use, effect: 'less', change: { ...change, labels: ignored }, ...through }]
          : [];
      }
    }
  });
}

/**
 * A pattern goes blind when nothing that it matched is left; labels are not followed through patterns. One that can't
 * be judged is told once, by the findings about what could not be read.
 */
function ofPattern(use: MetricUse, pattern: string, table: MetricTable, changes: Changes): Effect[] {
  const matches = compileNamePattern(pattern);
  if (matches === undefined) return [];
  const matched = [...table.values()].filter(
    (metric) => !metric.hidden && seriesNames(metric).some((name) => matches(name)),
  );
  const gone = matched.flatMap(({ name }) =>
    (changes.get(name) ?? []).filter(({ change }) => change === 'removed' || change === 'hidden'),
  );
  const effect = gone.length === matched.length ? 'blind' : 'less';
  return gone.map((change) => ({ use, effect, change, pattern }));
}
