import type { ResourcesStage } from '../../contract/migration.ts';
import type { SelectionContext } from '../../kubernetes/copying/selection.ts';

/** What the request leaves behind, whichever of its copies says so, and what its tools bring. */
export function selectionOf(
  { sources }: Pick<ResourcesStage, 'sources'>,
  tools: SelectionContext['tools'],
  sharedVolumes: ReadonlySet<string> = new Set(),
  named?: SelectionContext['named'],
): SelectionContext {
  const copies = sources.flatMap((source) => ('copy' in source ? [source.copy] : []));
  return {
    tools,
    excludeNamespaces: copies.flatMap(({ excludeNamespaces }) => excludeNamespaces),
    excludeKinds: copies.flatMap(({ excludeKinds }) => excludeKinds),
    ...{ sharedVolumes, named },
  };
}
