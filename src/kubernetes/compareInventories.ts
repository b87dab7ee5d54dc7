import type { MinorVersion } from '../contract/plan.ts';
import { resourceName } from './inventoryEntry.ts';
import type { InventoryEntry, NamedObject } from './inventoryEntry.ts';
import { exceptionFor } from './inventoryExceptions.ts';

/** An object that was there before and is not there after. */
export interface MissingObject extends NamedObject {
  /** Another object has its name now: its own data went with its uid. */
  replaced?: true;
}

export interface InventoryComparison {
  missing: MissingObject[];
  /** Missing as the table of exceptions allows, with its reason. */
  excepted: { entry: MissingObject; reason: string }[];
  /** How many objects of `before` were looked for. */
  compared: number;
  /** What could not be compared, one line each: `secrets: … (in the inventory after)`. None means that all was. */
  unseen: string[];
}

/** Either kind of stream: what a store reads back, or an array. */
export type Inventory = AsyncIterable<InventoryEntry> | Iterable<InventoryEntry>;

/**
 * Which objects of one inventory are not in another (rule 5), by kind, namespace, name and uid: one that was deleted
 * and made anew under its old name is missing. What could not be seen on either side is not taken for missing, nor for
 * present, but listed as unseen (rule 11). Holds the keys of `after` in memory and streams `before`.
 *
 * @param hop the control plane's minor versions before and after, for what the new one takes away itself
 */
export async function compareInventories(
  before: Inventory,
  after: Inventory,
  hop: { from: MinorVersion; to: MinorVersion },
): Promise<InventoryComparison> {
  const uids = new Map<string, string>();
  const blind = new Set<string>();
  const unseen: string[] = [];
  for await (const entry of after) {
    if ('unseen' in entry) {
      blind.add(resourceName(entry));
      unseen.push(`${resourceName(entry)}: ${entry.unseen} (in the inventory after)`);
    } else if ('uid' in entry) {
      uids.set(key(entry), entry.uid);
    }
  }
  const result: InventoryComparison = { missing: [], excepted: [], compared: 0, unseen };
  for await (const entry of before) {
    if ('unseen' in entry) {
      unseen.push(`${resourceName(entry)}: ${entry.unseen} (in the inventory before)`);
      continue;
    }
    if (!('uid' in entry)) continue;
    const uid = uids.get(key(entry));
    // Seen by chance (a group of which one version did not answer) is seen.
    if (uid === undefined && isBlind(entry, blind)) continue;
    result.compared += 1;
    if (uid === entry.uid) continue;
    const missing: MissingObject = uid === undefined ? entry : { ...entry, replaced: true };
    const reason = exceptionFor(entry, hop);
    if (reason === undefined) result.missing.push(missing);
    else result.excepted.push({ entry: missing, reason });
  }
  return result;
}

/** One line for people: `ConfigMap shop/settings`. */
export function describeMissing({ kind, namespace, name, replaced }: MissingObject): string {
  const what = `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
  return replaced === true ? `${what} (replaced: another object has its name now)` : what;
}

function isBlind(entry: NamedObject, blind: ReadonlySet<string>): boolean {
  return blind.has(resourceName(entry)) || blind.has(resourceName({ group: entry.group, resource: '*' }));
}

function key({ group, resource, namespace, name }: NamedObject): string {
  return `${resource}.${group}/${namespace ?? ''}/${name}`;
}
