import type { MinorVersion } from '../../contract/plan.ts';
import { isObject, objectAt, sameJson } from '../../tools/crds/json.ts';
import type { Json } from '../../tools/crds/json.ts';
import type { CopiedKind } from '../copying/objectFacts.ts';
import { resourceName } from '../inventoryEntry.ts';

/** A value that API servers fill in from some minor version on, and before that do not have. */
interface NewerDefault {
  /** As `statefulsets.apps`. */
  kind: string;
  path: readonly string[];
  value: unknown;
  since: MinorVersion;
}

/**
 * Defaults that came after 1.24 to objects that had been there before, of `defaults.go` of each group up to 1.35 and the
 * feature gates by which they are filled in. There are so few because Pod templates never get new ones: every workload
 * would be rolled out anew.
 */
const newerDefaults: readonly NewerDefault[] = [
  {
    kind: 'statefulsets.apps',
    path: ['spec', 'persistentVolumeClaimRetentionPolicy'],
    value: { whenDeleted: 'Retain', whenScaled: 'Retain' },
    since: '1.27',
  },
  {
    kind: 'statefulsets.apps',
    path: ['spec', 'updateStrategy', 'rollingUpdate', 'maxUnavailable'],
    value: 1,
    since: '1.35',
  },
  { kind: 'csidrivers.storage.k8s.io', path: ['spec', 'seLinuxMount'], value: false, since: '1.27' },
  {
    kind: 'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io',
    path: ['spec', 'limited', 'lendablePercent'],
    value: 0,
    since: '1.26',
  },
];

/** An object without the defaults that only the newer one of two minor versions fills in. */
export function withoutNewerDefaults(kind: CopiedKind, object: Json): Json {
  const name = resourceName(kind);
  return newerDefaults
    .filter((each) => each.kind === name)
    .reduce((rest, { path, value }) => without(rest, path, value), object);
}

function without(object: Json, [key = '', ...deeper]: readonly string[], value: unknown): Json {
  if (deeper.length > 0)
    return isObject(object[key])
      ? { ...object, [key]: without(objectAt(object, key), deeper, value) }
      : object;
  if (!sameJson(object[key], value)) return object;
  const { [key]: _default, ...rest } = object;
  return rest;
}
