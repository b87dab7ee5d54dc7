import type { MinorVersion } from '../../contract/plan.ts';
import { compareMinors } from '../../plan/versions.ts';
import { apiVersionOf } from './lifecycles.ts';
import type { ApiFate, ApiLookup } from './lifecycles.ts';
import type { ApiUse } from './types.ts';

/** One version of one API with all that use it. */
export interface UsedApi {
  /** `flowcontrol.apiserver.k8s.io/v1beta3/FlowSchema`, by which overrides and ignore rules name it. */
  name: string;
  apiVersion: string;
  /** The kind, or the plural name of the resource where no table knows the kind. */
  kind: string;
  state: ApiFate['state'];
  /** The hop that breaks it. */
  hop?: MinorVersion;
  removed?: MinorVersion;
  deprecated?: MinorVersion;
  /** What to use instead, in words, where somebody says so. */
  replacement?: string;
  /** The table's name, where it is not Kubernetes' own. */
  table?: string;
  uses: ApiUse[];
}

/**
 * Brings the uses of one API together, wherever they were seen: manifests name kinds, counters and insights name
 * resources. Uses of what neither goes nor is deprecated are left out. By name.
 */
export function usedApis(
  uses: readonly ApiUse[],
  lookup: ApiLookup,
  from: MinorVersion,
  to: MinorVersion,
): UsedApi[] {
  const apis = new Map<string, UsedApi>();
  for (const use of uses) {
    const known = lookup.fateOf(use);
    const told = known === undefined ? toldBySource(use, from, to) : describe(known);
    if (told === undefined) continue;
    const apiVersion = apiVersionOf(use);
    const kind = known?.lifecycle.kind ?? use.kind ?? use.resource ?? '';
    const name = `${apiVersion}/${kind}`;
    const api = apis.get(name) ?? { name, apiVersion, kind, ...told, uses: [] };
    api.uses.push(use);
    apis.set(name, api);
  }
  return [...apis.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
}

type Told = Pick<UsedApi, 'state' | 'hop' | 'removed' | 'deprecated' | 'replacement' | 'table'>;

function describe({ state, hop, lifecycle, table }: ApiFate): Told {
  const { removed, deprecated, replacement } = lifecycle;
  return {
    state,
    ...(hop === undefined ? {} : { hop }),
    ...(removed === undefined ? {} : { removed }),
    ...(deprecated === undefined ? {} : { deprecated }),
    ...(replacement === undefined ? {} : { replacement: `${apiVersionOf(replacement)} ${replacement.kind}` }),
    ...(table.name === 'Kubernetes' ? {} : { table: table.name }),
  };
}

/** For an API that no table knows: what the API server's counter or EKS's insight itself says of its end. */
function toldBySource(
  { removed, replacedWith }: ApiUse,
  from: MinorVersion,
  to: MinorVersion,
): Told | undefined {
  if (removed === undefined || compareMinors(removed, from) <= 0) return undefined;
  const goes = compareMinors(removed, to) <= 0;
  return {
    state: goes ? 'removed' : 'deprecated',
    ...(goes ? { hop: removed } : {}),
    removed,
    ...(replacedWith === undefined ? {} : { replacement: replacedWith }),
  };
}
