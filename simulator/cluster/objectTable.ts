import type { StoredObject } from './types.ts';

/** The objects of one resource, by namespace (`''` for those that have none) and name. */
export class ObjectTable {
  private readonly namespaces = new Map<string, NamespaceRows>();
  /** Names of the namespaces in order; made anew after one came or went. */
  private order: string[] | undefined;

  get(namespace: string | undefined, name: string): StoredObject | undefined {
    return this.namespaces.get(namespace ?? '')?.objects.get(name);
  }

  set(object: StoredObject): void {
    const namespace = object.metadata.namespace ?? '';
    let rows = this.namespaces.get(namespace);
    if (rows === undefined) {
      rows = { objects: new Map(), order: undefined };
      this.namespaces.set(namespace, rows);
      this.order = undefined;
    }
    const { name } = object.metadata;
    if (!rows.objects.has(name) && rows.order !== undefined)
      rows.order.splice(placeOf(rows.order, name), 0, name);
    rows.objects.set(name, object);
  }

  delete(object: StoredObject): void {
    const namespace = object.metadata.namespace ?? '';
    const rows = this.namespaces.get(namespace);
    const { name } = object.metadata;
    if (rows?.objects.delete(name) !== true) return;
    rows.order?.splice(placeOf(rows.order, name), 1);
    if (rows.objects.size > 0) return;
    this.namespaces.delete(namespace);
    this.order = undefined;
  }

  /** The objects in order of namespace and name; of all namespaces unless one is given. */
  list(namespace?: string): StoredObject[] {
    if (namespace !== undefined) return inOrder(this.namespaces.get(namespace));
    this.order ??= [...this.namespaces.keys()].sort();
    return this.order.flatMap((name) => inOrder(this.namespaces.get(name)));
  }
}

/** Where a name stands, or would stand, among names in order. */
function placeOf(order: readonly string[], name: string): number {
  let low = 0;
  let high = order.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((order[middle] ?? '') < name) low = middle + 1;
    else high = middle;
  }
  return low;
}

interface NamespaceRows {
  objects: Map<string, StoredObject>;
  /** Names in order; made when they are first asked for, and kept in order from then on. */
  order: string[] | undefined;
}

function inOrder(rows: NamespaceRows | undefined): StoredObject[] {
  if (rows === undefined) return [];
  rows.order ??= [...rows.objects.keys()].sort();
  const items: StoredObject[] = [];
  for (const name of rows.order) {
    const object = rows.objects.get(name);
    if (object !== undefined) items.push(object);
  }
  return items;
}
