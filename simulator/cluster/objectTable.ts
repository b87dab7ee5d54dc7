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
    if (!rows.objects.has(object.metadata.name)) rows.order = undefined;
    rows.objects.set(object.metadata.name, object);
  }

  delete(object: StoredObject): void {
    const namespace = object.metadata.namespace ?? '';
    const rows = this.namespaces.get(namespace);
    if (rows?.objects.delete(object.metadata.name) !== true) return;
    rows.order = undefined;
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

interface NamespaceRows {
  objects: Map<string, StoredObject>;
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
