import type { ChartRelease, ResourcesStage } from '../../contract/migration.ts';
import type { SelectionContext } from '../../kubernetes/copying/selection.ts';

/**
 * Releases that charts among the sources bring: nothing of them is copied, whatever the order. A copy that is made once
 * more would take back what the chart has made of them.
 */
export function chartReleases(
  sources: readonly (object | { chart: Pick<ChartRelease, 'namespace' | 'release'> })[],
): SelectionContext['tools'] {
  return sources.flatMap((source) =>
    'chart' in source ? [{ namespace: source.chart.namespace, release: source.chart.release }] : [],
  );
}

/** What the request leaves behind, whichever of its copies says so, and what its tools and charts bring. */
export function selectionOf(
  { sources }: Pick<ResourcesStage, 'sources'>,
  tools: SelectionContext['tools'],
  sharedVolumes: ReadonlySet<string> = new Set(),
  named?: SelectionContext['named'],
): SelectionContext {
  const copies = sources.flatMap((source) => ('copy' in source ? [source.copy] : []));
  return {
    tools: [...tools, ...chartReleases(sources)],
    excludeNamespaces: copies.flatMap(({ excludeNamespaces }) => excludeNamespaces),
    excludeKinds: copies.flatMap(({ excludeKinds }) => excludeKinds),
    ...{ sharedVolumes, named },
  };
}
