/** A JSON object whose fields are not known. */
export type Fields = Record<string, unknown>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A JSON object's copy, or an empty one for anything else. */
export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? { ...value } : {};
}

/** The value at a path of field names. */
export function valueAt(value: unknown, path: string[]): unknown {
  return path.reduce<unknown>((inner, part) => (isFields(inner) ? inner[part] : undefined), value);
}

/** A copy with another value at a path; the objects on the way are made where they are missing. */
export function withValueAt(fields: Fields, path: string[], value: unknown): Fields {
  const [first, ...rest] = path;
  if (first === undefined) return fields;
  return {
    ...fields,
    [first]: rest.length === 0 ? value : withValueAt(fieldsOf(fields[first]), rest, value),
  };
}
