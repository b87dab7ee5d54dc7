import { isObject, listAt, objectAt, textAt } from './json.ts';
import type { Json } from './json.ts';

/** As whom CRDs are applied that nobody has applied server-side yet. */
export const ownFieldManager = 'stepladder';

/**
 * As whom a CRD is applied. Server-side apply takes a field out only when the manager that applied it before no longer
 * says it, so a new version is applied under the name of whoever applied the one that is there: otherwise what the new
 * version has dropped would stay, and would not be seen as a difference. Of several, kubectl: `kubectl diff
 * --server-side` sees what this sees.
 *
 * @param live as the API server gives it; undefined for a new one
 */
export function fieldManagerOf(live: Json | undefined): string {
  const managers = new Set(
    listAt(objectAt(live, 'metadata'), 'managedFields')
      .filter(isObject)
      .filter((entry) => entry['operation'] === 'Apply' && entry['subresource'] === undefined)
      .filter((entry) => isObject(objectAt(entry, 'fieldsV1')['f:spec']))
      .map((entry) => textAt(entry, 'manager')),
  );
  const [only] = managers;
  if (only !== undefined && managers.size === 1) return only;
  return managers.has('kubectl') ? 'kubectl' : ownFieldManager;
}
