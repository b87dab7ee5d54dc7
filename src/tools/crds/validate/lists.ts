import { canonical, isObject, listAt } from '../json.ts';
import type { Json } from '../json.ts';

/** What a list breaks of its own limits and of its list type. */
export function listProblems(list: readonly unknown[], schema: Json): string[] {
  const problems: string[] = [];
  const { maxItems, minItems } = schema;
  if (typeof maxItems === 'number' && list.length > maxItems)
    problems.push(`has more than ${maxItems} elements`);
  if (typeof minItems === 'number' && list.length < minItems)
    problems.push(`has fewer than ${minItems} elements`);
  const listType = schema['x-kubernetes-list-type'];
  if (listType === 'set' || schema['uniqueItems'] === true) {
    if (hasTwice(list.map(canonical))) problems.push('has an element twice');
  } else if (listType === 'map') {
    const keys = listAt(schema, 'x-kubernetes-list-map-keys');
    const named = list
      .filter(isObject)
      .map((each) => canonical(keys.map((key) => each[String(key)] ?? null)));
    if (hasTwice(named)) problems.push(`has two elements with the same ${keys.join(' and ')}`);
  }
  return problems;
}

function hasTwice(values: readonly string[]): boolean {
  return new Set(values).size < values.length;
}
