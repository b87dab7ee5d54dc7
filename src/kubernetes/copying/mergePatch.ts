import { isObject, sameJson } from '../../tools/crds/json.ts';
import type { Json } from '../../tools/crds/json.ts';

/** An object with a merge patch applied to it (RFC 7386): null takes a field away, objects merge, all else replaces. */
export function mergePatched(object: Json, patch: Json): Json {
  const result: Json = { ...object };
  for (const [key, value] of Object.entries(patch)) {
    const old = result[key];
    if (value === null) Reflect.deleteProperty(result, key);
    else result[key] = isObject(value) ? mergePatched(isObject(old) ? old : {}, value) : value;
  }
  return result;
}

/**
 * The merge patch by which a live object gets what another one says. What the live one says besides stays: the API
 * server has filled in its defaults, and controllers have written what is theirs. Undefined when nothing differs.
 *
 * A list is one value to a merge patch. One whose entries say the same as far as they are given, entry by entry, is not
 * touched: defaults are filled into entries too.
 */
export function patchToward(live: Json, wanted: Json): Json | undefined {
  const patch: Json = {};
  for (const [key, value] of Object.entries(wanted)) {
    const old = live[key];
    if (isObject(value) && isObject(old)) {
      const inner = patchToward(old, value);
      if (inner !== undefined) patch[key] = inner;
    } else if (!saysSame(old, value)) patch[key] = value;
  }
  return Object.keys(patch).length === 0 ? undefined : patch;
}

function saysSame(live: unknown, wanted: unknown): boolean {
  if (isEmpty(live) && isEmpty(wanted)) return true;
  if (Array.isArray(live) && Array.isArray(wanted))
    return live.length === wanted.length && wanted.every((each, index) => saysSame(live[index], each));
  if (isObject(live) && isObject(wanted)) return patchToward(live, wanted) === undefined;
  return sameJson(live, wanted);
}

/** API servers leave out what is empty. */
function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  return Array.isArray(value) ? value.length === 0 : isObject(value) && Object.values(value).every(isEmpty);
}
