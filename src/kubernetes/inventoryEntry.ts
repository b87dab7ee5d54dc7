import { z } from 'zod';

const resource = { group: z.string(), resource: z.string() };

/** One line of an inventory as it is stored: an object by name, a number of objects, or what could not be seen. */
export const inventoryEntrySchema = z.union([
  z.object({
    ...resource,
    kind: z.string(),
    namespace: z.string().optional(),
    name: z.string(),
    uid: z.string(),
  }),
  z.object({ ...resource, counted: z.int() }),
  z.object({ ...resource, unseen: z.string() }),
]);

export interface NamedObject {
  group: string;
  /** Plural name, `configmaps`. */
  resource: string;
  kind: string;
  namespace?: string | undefined;
  name: string;
  uid: string;
}

export interface CountedObjects {
  group: string;
  resource: string;
  counted: number;
}

export interface UnseenResource {
  group: string;
  /** `*` when the whole group could not be discovered. */
  resource: string;
  /** Why. */
  unseen: string;
}

export type InventoryEntry = NamedObject | CountedObjects | UnseenResource;

/** `configmaps`, `deployments.apps`. */
export function resourceName({ group, resource: name }: { group: string; resource: string }): string {
  return group === '' ? name : `${name}.${group}`;
}
