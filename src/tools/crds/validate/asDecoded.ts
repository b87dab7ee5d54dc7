import { isObject, objectAt } from '../json.ts';
import type { Json } from '../json.ts';
import { elementPath, fieldPath } from './paths.ts';

/** Kept in an object and in embedded ones, whatever the schema says. */
const ownFields = new Set(['apiVersion', 'kind', 'metadata']);

/**
 * A custom resource as the API server would have it after decoding it with a schema and before validating it: fields
 * that the schema does not know are dropped, nulls that it does not allow are dropped or replaced, and defaults are
 * filled in (apiextensions-apiserver, packages `pruning` and `defaulting`). The object itself is left as it is.
 *
 * @returns also the paths of the fields that were dropped
 */
export function asDecoded(object: Json, schema: Json): { object: Json; dropped: string[] } {
  const dropped: string[] = [];
  const root = { ...schema, 'x-kubernetes-embedded-resource': true };
  const decoded = decode(object, root, '', dropped);
  return { object: isObject(decoded) ? decoded : {}, dropped };
}

function decode(value: unknown, schema: Json, path: string, dropped: string[]): unknown {
  if (Array.isArray(value)) {
    const items = objectAt(schema, 'items');
    return value.map((each, index) =>
      each === null && items['nullable'] !== true && items['default'] !== undefined
        ? items['default']
        : decode(each, items, elementPath(path, String(index)), dropped),
    );
  }
  return isObject(value) ? decodeObject(value, schema, path, dropped) : value;
}

function decodeObject(object: Json, schema: Json, path: string, dropped: string[]): Json {
  const properties = objectAt(schema, 'properties');
  const others = schema['additionalProperties'];
  const keepsAll = schema['x-kubernetes-preserve-unknown-fields'] === true || others === true;
  const isResource = schema['x-kubernetes-embedded-resource'] === true;
  const decoded: Json = {};
  for (const [key, value] of Object.entries(object)) {
    const known = Object.hasOwn(properties, key) ? properties[key] : others;
    const at = fieldPath(path, key);
    if (isResource && ownFields.has(key)) decoded[key] = value;
    else if (isObject(known)) {
      if (value !== null || known['nullable'] === true) decoded[key] = decode(value, known, at, dropped);
      else if (known['default'] !== undefined) decoded[key] = known['default'];
    } else if (keepsAll) decoded[key] = value;
    else dropped.push(at);
  }
  for (const [key, property] of Object.entries(properties)) {
    if (!isObject(property) || property['default'] === undefined || Object.hasOwn(decoded, key)) continue;
    // A default may lack what its own fields have as defaults.
    decoded[key] = decode(property['default'], property, fieldPath(path, key), dropped);
  }
  return decoded;
}
