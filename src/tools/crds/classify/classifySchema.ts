import type { CrdChange } from '../../../contract/tools.ts';
import { isObject, objectAt, sameJson } from '../json.ts';
import type { Json } from '../json.ts';
import { changeAt } from './change.ts';
import { keywordRules, requiredChanges } from './schemaRules.ts';

/** Keywords that hold schemas, or are judged with what stands beside them. */
const structure = new Set(['properties', 'items', 'additionalProperties', 'required']);

/**
 * How a schema differs from the one before, each difference where it is. A field that came or went is one difference,
 * whatever is in it.
 *
 * @param path of the schema, `spec.versions[v1].schema`
 */
export function classifySchema(path: string, old: Json, next: Json): CrdChange[] {
  if (old === next || sameJson(old, next)) return [];
  return [
    ...keywordChanges(path, old, next),
    ...requiredChanges(`${path}.required`, old, next),
    ...propertyChanges(`${path}.properties`, old, next),
    ...nestedChanges(`${path}.items`, old['items'], next['items']),
    ...nestedChanges(
      `${path}.additionalProperties`,
      opened(old['additionalProperties']),
      opened(next['additionalProperties']),
    ),
  ];
}

function keywordChanges(path: string, old: Json, next: Json): CrdChange[] {
  const changes: CrdChange[] = [];
  for (const keyword of new Set([...Object.keys(old), ...Object.keys(next)])) {
    if (structure.has(keyword) || sameJson(old[keyword], next[keyword])) continue;
    const rule = Object.hasOwn(keywordRules, keyword) ? keywordRules[keyword] : undefined;
    const at = `${path}.${keyword}`;
    changes.push(
      ...(rule?.(at, old[keyword], next[keyword]) ?? [
        changeAt(at, 'breaking', 'differs, and what it means is not known here'),
      ]),
    );
  }
  return changes;
}

function propertyChanges(path: string, old: Json, next: Json): CrdChange[] {
  const before = objectAt(old, 'properties');
  const now = objectAt(next, 'properties');
  const wasOpen = old['x-kubernetes-preserve-unknown-fields'] === true || takesAnyField(old);
  const changes: CrdChange[] = [];
  for (const [name, schema] of Object.entries(before)) {
    const other = now[name];
    if (!Object.hasOwn(now, name)) changes.push(changeAt(step(path, name), 'breaking', 'the field is gone'));
    else if (isObject(schema) && isObject(other)) {
      changes.push(...classifySchema(step(path, name), schema, other));
    }
  }
  for (const name of Object.keys(now)) {
    if (Object.hasOwn(before, name)) continue;
    changes.push(
      wasOpen
        ? changeAt(step(path, name), 'breaking', 'a schema for a field that could hold anything before')
        : changeAt(step(path, name), 'additive', 'a new field'),
    );
  }
  return changes;
}

function takesAnyField(schema: Json): boolean {
  const others = schema['additionalProperties'];
  return others !== undefined && others !== false;
}

/** `additionalProperties: true` is a schema that takes anything. */
function opened(schema: unknown): unknown {
  return schema === true ? {} : schema === false ? undefined : schema;
}

function nestedChanges(path: string, old: unknown, next: unknown): CrdChange[] {
  if (isObject(old) && isObject(next)) return classifySchema(path, old, next);
  if (sameJson(old, next)) return [];
  return [changeAt(path, 'breaking', 'another kind of content than before')];
}

/** A field's name may have dots in it, as the keys of annotations have. */
function step(path: string, name: string): string {
  return /^[\w$-]+$/.test(name) ? `${path}.${name}` : `${path}[${name}]`;
}
