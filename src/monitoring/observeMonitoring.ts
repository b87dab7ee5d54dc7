import type { ObservedMonitoring } from '../checks/monitoring/types.ts';
import { readCluster } from './cluster.ts';
import { readPath } from './files.ts';
import { followRules } from './followRules.ts';
import type { MonitoringOptions, MonitoringSources } from './options.ts';
import { readPrometheus } from './prometheus.ts';
import type { SourceResult } from './sourceResult.ts';

/**
 * Reads rules, dashboards and autoscalers, and says which metrics each stands on. Recording rules are followed across
 * all sources: a dashboard in a file may stand on a rule that a Prometheus has loaded. A source that can't be read is
 * told in the result, never left out (rule 11); nothing is thrown for it.
 *
 * @throws the signal's reason when that was aborted
 */
export async function observeMonitoring(
  sources: MonitoringSources,
  options: MonitoringOptions,
): Promise<ObservedMonitoring> {
  const results = await readAll(sources, options);
  const observedAt = options.now.toISOString();
  const { uses, problems } = followRules(
    results.flatMap(({ contents }) => contents.expressions),
    results.flatMap(({ contents }) => contents.names),
    observedAt,
  );
  return {
    uses,
    coverage: results.map(({ source, state, why, contents }) => ({
      source,
      state,
      ...(why === undefined ? {} : { why }),
      count: contents.count,
      observedAt,
    })),
    problems: [
      ...results.flatMap(({ contents }) =>
        contents.problems.map((problem) => ({ ...problem, kind: 'unreadable' as const, observedAt })),
      ),
      ...problems.map((problem) => ({ ...problem, source: problem.place.source, observedAt })),
    ],
  };
}

async function readAll(
  { rules = [], dashboards = [], prometheus, kubernetes }: MonitoringSources,
  { signal, onProgress, environment = process.env }: MonitoringOptions,
): Promise<SourceResult[]> {
  const results: SourceResult[] = [];
  for (const path of rules) results.push(await readPath(path, 'rules', { signal, onProgress }));
  for (const path of dashboards) results.push(await readPath(path, 'dashboards', { signal, onProgress }));
  if (prometheus !== undefined) results.push(await readPrometheus(prometheus, environment, signal));
  if (kubernetes !== undefined) results.push(...(await readCluster(kubernetes, { signal, onProgress })));
  return results;
}
