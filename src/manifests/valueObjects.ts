import { ignoreAnnotation } from '../checks/ignoring/annotation.ts';
import type { ManifestObject } from './manifestObjects.ts';

/** All objects in a parsed JSON value: the object itself, and the items of what is a list. */
export function objectsInValue(value: unknown): Omit<ManifestObject, 'offset'>[] {
  const found: Omit<ManifestObject, 'offset'>[] = [];
  const waiting = [value];
  while (waiting.length > 0) {
    const object = waiting.pop();
    if (!isObject(object)) continue;
    const { apiVersion, kind, metadata, items } = object;
    if (typeof apiVersion !== 'string' || typeof kind !== 'string') continue;
    const { name, namespace, annotations } = isObject(metadata) ? metadata : {};
    const ignore = isObject(annotations) ? annotations[ignoreAnnotation] : undefined;
    found.push({
      apiVersion,
      kind,
      ...(typeof name === 'string' ? { name } : {}),
      ...(typeof namespace === 'string' ? { namespace } : {}),
      ...(typeof ignore === 'string' ? { ignore } : {}),
    });
    // One by one: a call takes no list of a million as its arguments. Last first, because the last is taken next.
    if (kind.endsWith('List') && Array.isArray(items)) {
      for (const item of items.toReversed()) waiting.push(item);
    }
  }
  return found;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
