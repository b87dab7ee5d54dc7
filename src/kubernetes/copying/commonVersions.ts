import type { Discovery, ListableResource } from '../discovery.ts';
import { resourceName } from '../inventoryEntry.ts';

/** A kind of blue, and how it is read there and written on green. */
export type PairedResource =
  | { resource: ListableResource; served: true }
  /** Green serves it in no version that blue serves too: then nothing converts its objects. */
  | { resource: ListableResource; served: false; onGreen: readonly string[] };

/**
 * Each kind that can be written on blue, in the version by which both sides know it: the first in green's own order,
 * so that blue's API server converts to what green prefers. Kinds that green does not serve yet (their CRD comes with
 * the copy) are unserved until green is discovered again.
 */
export function pairResources(blue: Discovery, green: Discovery): PairedResource[] {
  return blue.resources.flatMap((resource): PairedResource[] => {
    const name = resourceName(resource);
    const onBlue = blue.writable.get(name);
    if (onBlue === undefined) return [];
    const onGreen = green.writable.get(name) ?? [];
    const version = onGreen.find((each) => onBlue.includes(each));
    return [
      version === undefined
        ? { resource, served: false, onGreen }
        : { resource: { ...resource, version }, served: true },
    ];
  });
}
