import type { Fields } from './json.ts';
import { fieldsOf, isFields } from './json.ts';
import { badRequest } from './status.ts';
import { listStrategy } from './strategicMergeKeys.ts';

const orderPrefix = '$setElementOrder/';
const deletePrefix = '$deleteFromPrimitiveList/';

/**
 * Applies a strategic merge patch: as a merge patch, but lists of keyed items merge item by item. Understands the
 * directives `$patch` (replace, delete, merge), `$retainKeys`, `$setElementOrder/…` and `$deleteFromPrimitiveList/…`.
 * Throws StatusError 400 for a directive that can't be followed.
 */
export function strategicMergePatch(kind: string, original: Fields, patch: Fields): Fields {
  return mergeFields(kind, [], original, patch);
}

function mergeFields(kind: string, path: string[], original: Fields, patch: Fields): Fields {
  const { $patch: directive, $retainKeys: retained, ...changes } = patch;
  if (directive === 'replace') return withoutDirectives(changes);
  if (directive === 'delete') return {};
  if (directive !== undefined && directive !== 'merge')
    throw badRequest(
      `the strategic merge patch has an unknown directive $patch: ${JSON.stringify(directive)}`,
    );
  const kept = Object.entries(original).filter(
    ([field]) => !Array.isArray(retained) || retained.includes(field),
  );
  const result = new Map(kept);
  for (const [field, value] of Object.entries(changes)) {
    if (field.startsWith(orderPrefix) || field.startsWith(deletePrefix)) continue;
    const inner = [...path, field];
    if (value === null) result.delete(field);
    else if (isFields(value)) result.set(field, mergeFields(kind, inner, fieldsOf(result.get(field)), value));
    else if (Array.isArray(value))
      result.set(field, mergeLists(kind, inner, listOf(result.get(field)), value));
    else result.set(field, value);
  }
  followListDirectives(kind, path, result, changes);
  return Object.fromEntries(result);
}

/** `$deleteFromPrimitiveList/…` and `$setElementOrder/…`, which speak of lists as they are after the merge. */
function followListDirectives(
  kind: string,
  path: string[],
  result: Map<string, unknown>,
  changes: Fields,
): void {
  for (const [field, value] of Object.entries(changes)) {
    if (!Array.isArray(value)) continue;
    if (field.startsWith(deletePrefix)) {
      const name = field.slice(deletePrefix.length);
      result.set(
        name,
        listOf(result.get(name)).filter((entry) => !value.includes(entry)),
      );
    } else if (field.startsWith(orderPrefix)) {
      const name = field.slice(orderPrefix.length);
      if (result.has(name)) result.set(name, inOrder(kind, [...path, name], listOf(result.get(name)), value));
    }
  }
}

function mergeLists(kind: string, path: string[], original: unknown[], patch: unknown[]): unknown[] {
  const strategy = listStrategy(kind, path);
  const replacing = patch.some((entry) => isFields(entry) && entry['$patch'] === 'replace');
  if (strategy.merge === 'replace' || replacing)
    return patch.filter((entry) => !isDirectiveAlone(entry)).map(withoutDirectivesInside);
  if (strategy.merge === 'values')
    return [...original, ...patch.filter((entry) => !original.includes(entry))];
  const result = [...original];
  for (const entry of patch) {
    if (!isFields(entry) || entry[strategy.key] === undefined)
      throw badRequest(
        `the strategic merge patch has an item of ${path.join('.')} without its key ${strategy.key}`,
      );
    const index = result.findIndex(
      (present) => isFields(present) && present[strategy.key] === entry[strategy.key],
    );
    if (entry['$patch'] === 'delete') {
      if (index !== -1) result.splice(index, 1);
    } else if (index === -1) result.push(mergeFields(kind, path, {}, entry));
    else result[index] = mergeFields(kind, path, fieldsOf(result[index]), entry);
  }
  return result;
}

/** The items that `order` names in that order; the others stay behind the item that they were behind. */
function inOrder(kind: string, path: string[], items: unknown[], order: unknown[]): unknown[] {
  const strategy = listStrategy(kind, path);
  const identity = (item: unknown): unknown =>
    strategy.merge === 'byKey' && isFields(item) ? item[strategy.key] : item;
  const wanted = order.map(identity);
  const ordered = wanted.flatMap((key) => items.filter((item) => identity(item) === key));
  items.forEach((item, index) => {
    if (wanted.includes(identity(item))) return;
    const before = items[index - 1];
    ordered.splice(before === undefined ? 0 : ordered.indexOf(before) + 1, 0, item);
  });
  return ordered;
}

function isDirectiveAlone(entry: unknown): boolean {
  return isFields(entry) && entry['$patch'] !== undefined && Object.keys(entry).length === 1;
}

function withoutDirectives(fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([field, value]) => !field.startsWith('$') && value !== null)
      .map(([field, value]) => [field, withoutDirectivesInside(value)]),
  );
}

function withoutDirectivesInside(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDirectivesInside);
  return isFields(value) ? withoutDirectives(value) : value;
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);
