/**
 * A frozen copy of JSON-like data, without its undefined fields. What is frozen already is shared and not copied: a
 * frozen object is taken to be frozen all through, as everything that the store gives out is.
 */
export function snapshot<T>(value: T): T;
export function snapshot(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  if (Array.isArray(value)) return Object.freeze(value.map((entry: unknown) => snapshot(entry)));
  const copy: Record<string, unknown> = {};
  for (const [field, entry] of Object.entries(value)) if (entry !== undefined) copy[field] = snapshot(entry);
  return Object.freeze(copy);
}

/** Whether two JSON-like values say the same; a field that is undefined counts as absent. */
export function sameContent(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (Array.isArray(left) || Array.isArray(right))
    return (
      Array.isArray(left) &&
      Array.isArray(right) &&
      left.length === right.length &&
      left.every((entry, index) => sameContent(entry, right[index]))
    );
  const leftFields = Object.entries(left).filter(([, value]) => value !== undefined);
  const rightFields = new Map(Object.entries(right).filter(([, value]) => value !== undefined));
  return (
    leftFields.length === rightFields.size &&
    leftFields.every(([field, value]) => rightFields.has(field) && sameContent(value, rightFields.get(field)))
  );
}
