/** The path of a field, as API servers write it: `spec.source`, and `spec.values[a/b]` for a name that is none. */
export function fieldPath(path: string, name: string): string {
  if (!/^[\w$-]+$/.test(name)) return elementPath(path, name);
  return path === '' ? name : `${path}.${name}`;
}

/** The path of a list's element, or of a map's value. */
export function elementPath(path: string, key: string): string {
  return `${path}[${key}]`;
}
