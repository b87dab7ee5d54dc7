import type { Fields } from './json.ts';
import { fieldsOf, isFields } from './json.ts';

/** Applies a JSON merge patch (RFC 7386): null removes, objects merge, all else replaces. */
export function mergePatch(original: Fields, patch: Fields): Fields {
  const result = new Map(Object.entries(original));
  for (const [field, value] of Object.entries(patch)) {
    if (value === null) result.delete(field);
    else result.set(field, isFields(value) ? mergePatch(fieldsOf(result.get(field)), value) : value);
  }
  return Object.fromEntries(result);
}
