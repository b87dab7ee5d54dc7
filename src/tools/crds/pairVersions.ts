import { isObject, listAt, objectAt, sameJson, textAt } from './json.ts';
import type { Json } from './json.ts';

/** Objects of one version, as they are listed now, and the schema that they would have to meet. */
export interface VersionTrial {
  /** Version in which they are listed. */
  listed: string;
  /** Version whose new schema judges them. */
  judged: string;
  schema: Json;
  /** The schema that they meet now, where it is of the same version. */
  old?: Json;
}

/**
 * Which objects are tried against which of the new schemas: those of a version against the same version's where that
 * changed, and against a version that is new, when objects come to it as they are. A version that is gone or no longer
 * served needs no trial.
 *
 * @returns also the versions for which that can't be known, as sentences: a webhook converts to them
 */
export function pairVersions(live: Json, next: Json): { trials: VersionTrial[]; unknown: string[] } {
  const liveVersions = versionsOf(live);
  const trials: VersionTrial[] = [];
  const unknown: string[] = [];
  const listable =
    liveVersions.find(({ stored, served }) => stored && served) ?? liveVersions.find((each) => each.served);
  for (const { name, served, stored, schema } of versionsOf(next)) {
    if (!served && !stored) continue;
    const same = liveVersions.find((version) => version.name === name && version.served);
    if (same !== undefined) {
      if (!sameJson(same.schema, schema)) {
        trials.push({ listed: name, judged: name, schema, old: same.schema });
      }
    } else if (listable === undefined) {
      unknown.push(`no version of it is served, so its objects can't be read to try them against ${name}`);
    } else if (textAt(objectAt(objectAt(next, 'spec'), 'conversion'), 'strategy') === 'Webhook') {
      unknown.push(`a webhook converts its objects to ${name}, so what they are there is not known before`);
    } else trials.push({ listed: listable.name, judged: name, schema });
  }
  return { trials, unknown };
}

interface Version {
  name: string;
  served: boolean;
  stored: boolean;
  schema: Json;
}

function versionsOf(crd: Json): Version[] {
  return listAt(objectAt(crd, 'spec'), 'versions')
    .filter(isObject)
    .map((version) => ({
      name: textAt(version, 'name'),
      served: version['served'] === true,
      stored: version['storage'] === true,
      schema: objectAt(objectAt(version, 'schema'), 'openAPIV3Schema'),
    }));
}
