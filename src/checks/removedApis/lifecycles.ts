import type { MinorVersion } from '../../contract/plan.ts';
import { compareMinors } from '../../plan/versions.ts';
import type { ApiKind, ApiLifecycle, ApiLifecycleTable } from './types.ts';

/** A version of an API as a source names it: by its kind, by its plural resource name, or by both. */
export interface ApiName {
  group: string;
  version: string;
  kind?: string;
  resource?: string;
}

/** What an upgrade means to one version of an API. */
export interface ApiFate {
  /**
   * `removed`: a version on the way stops serving it. `gone`: the version at which the upgrade starts does not serve it
   * any more. `deprecated`: the target still serves it, and says that it will not for ever.
   */
  state: 'removed' | 'gone' | 'deprecated';
  lifecycle: ApiLifecycle;
  /** The table that says so. */
  table: ApiLifecycleTable;
  /** Of `removed`: the hop that breaks it, as its target version. A table with versions of its own knows no hop. */
  hop?: MinorVersion;
}

/** Lifecycles by name, so that one of thousands of objects is looked up at once. */
export interface ApiLookup {
  fateOf(api: ApiName): ApiFate | undefined;
  /** All versions of APIs that have a fate, for whoever searches for their names. */
  fates: readonly ApiFate[];
}

/**
 * Judges every lifecycle of the tables for an upgrade. A table that comes later wins over an earlier one that knows the
 * same version of the same kind.
 *
 * @param from the version that the cluster has, e.g. `1.31`
 * @param to the version that the upgrade shall reach; every hop between them is considered
 */
export function lookUpApis(
  tables: readonly ApiLifecycleTable[],
  from: MinorVersion,
  to: MinorVersion,
): ApiLookup {
  const byKind = new Map<string, ApiFate | undefined>();
  const byResource = new Map<string, ApiFate | undefined>();
  for (const table of tables) {
    for (const lifecycle of table.lifecycles) {
      const fate = fateOf(table, lifecycle, table.upgrade?.from ?? from, table.upgrade?.to ?? to);
      byKind.set(nameOf(lifecycle, lifecycle.kind), fate);
      if (lifecycle.resource !== undefined) byResource.set(nameOf(lifecycle, lifecycle.resource), fate);
    }
  }
  return {
    fateOf: (api) =>
      (api.kind === undefined ? undefined : byKind.get(nameOf(api, api.kind))) ??
      (api.resource === undefined ? undefined : byResource.get(nameOf(api, api.resource))),
    fates: [...byKind.values()].filter((fate) => fate !== undefined),
  };
}

/**
 * What an upgrade from one version to another means to one version of an API; undefined when nothing in it is
 * deprecated or removed by then, or when the table does not know it.
 */
export function removedBetween(
  table: ApiLifecycleTable,
  api: ApiName,
  from: MinorVersion,
  to: MinorVersion,
): ApiFate | undefined {
  return lookUpApis([table], from, to).fateOf(api);
}

/** `policy/v1beta1`, and `v1` for the core group: what stands as `apiVersion` in an object. */
export function apiVersionOf({ group, version }: Pick<ApiKind, 'group' | 'version'>): string {
  return group === '' ? version : `${group}/${version}`;
}

/** The reverse of {@link apiVersionOf}. */
export function groupAndVersionOf(apiVersion: string): Pick<ApiKind, 'group' | 'version'> {
  const slash = apiVersion.indexOf('/');
  return slash === -1
    ? { group: '', version: apiVersion }
    : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}

function fateOf(
  table: ApiLifecycleTable,
  lifecycle: ApiLifecycle,
  from: MinorVersion,
  to: MinorVersion,
): ApiFate | undefined {
  const { deprecated, removed } = lifecycle;
  if (removed !== undefined && compareMinors(removed, from) <= 0) return { state: 'gone', lifecycle, table };
  if (removed !== undefined && compareMinors(removed, to) <= 0) {
    return { state: 'removed', lifecycle, table, ...(table.upgrade === undefined ? { hop: removed } : {}) };
  }
  if (deprecated !== undefined && compareMinors(deprecated, to) <= 0) {
    return { state: 'deprecated', lifecycle, table };
  }
  return undefined;
}

/** `|` stands in no name of an API. */
function nameOf({ group, version }: Pick<ApiKind, 'group' | 'version'>, name: string): string {
  return `${group}|${version}|${name}`;
}
