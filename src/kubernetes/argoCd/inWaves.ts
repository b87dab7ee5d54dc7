import type { Application } from './application.ts';

/** As much of an Application as tells its place among the others. */
export type Placed = Pick<Application, 'key' | 'namespace' | 'wave' | 'kept'>;

/**
 * Which Application keeps which: the parents of an app of apps, by the key of the child. One that keeps itself is nobody's
 * child by that.
 *
 * @param lists as green and blue have them: green's knows of the children only after its first comparison
 */
export function parentsOf(...lists: (readonly Placed[])[]): Map<string, string> {
  const parents = new Map<string, string>();
  for (const { key, namespace, kept } of lists.flat())
    for (const each of kept) {
      if (each.group !== 'argoproj.io' || each.kind !== 'Application') continue;
      const child = `${each.namespace === '' ? namespace : each.namespace}/${each.name}`;
      if (child !== key && !parents.has(child) && !isAbove(parents, key, child)) parents.set(child, key);
    }
  return parents;
}

/** Whether following the parents of one leads to another: two that keep each other make no ring here. */
function isAbove(parents: ReadonlyMap<string, string>, one: string, other: string): boolean {
  for (let at = parents.get(one); at !== undefined; at = parents.get(at)) if (at === other) return true;
  return false;
}

/** The chosen ones, and all that come up by them. */
export function withChildren(chosen: Iterable<string>, parents: ReadonlyMap<string, string>): Set<string> {
  const all = new Set(chosen);
  // Each round adds those whose parent is in already; a child may stand before its parent.
  for (let before = -1; before !== all.size;) {
    before = all.size;
    for (const [child, parent] of parents) if (all.has(parent)) all.add(child);
  }
  return all;
}

/** What is known of the Applications that are to be brought up. */
export interface Progress {
  /** Those that are on green, by key. */
  there: ReadonlyMap<string, Placed>;
  parents: ReadonlyMap<string, string>;
  /** Keys of all that are to come up, there or not. */
  wanted: ReadonlySet<string>;
  isWell: (key: string) => boolean;
  /** Whether its sync has at least begun, so that it brings its children. */
  hasBegun: (key: string) => boolean;
}

/**
 * Why an Application has to wait for another one, by that one's key; undefined where its turn has come. Children come
 * after their parent's sync has begun, and not after its end: a parent may itself wait for their health. Among siblings
 * the lower wave, with all that comes by it, goes first.
 */
export function waitsFor(key: string, progress: Progress): string | undefined {
  const { there, parents, wanted, hasBegun } = progress;
  const parent = parents.get(key);
  if (parent !== undefined && wanted.has(parent) && !hasBegun(parent)) return parent;
  const wave = there.get(key)?.wave ?? 0;
  for (const sibling of wanted) {
    if (sibling === key || siblingParent(sibling, progress) !== siblingParent(key, progress)) continue;
    const before = there.get(sibling);
    if (before === undefined || before.wave >= wave) continue;
    const open = openIn(sibling, progress);
    if (open !== undefined) return open;
  }
  return undefined;
}

/** Siblings have the same parent among those that are to come up, or none. */
function siblingParent(key: string, { parents, wanted }: Progress): string | undefined {
  const parent = parents.get(key);
  return parent !== undefined && wanted.has(parent) ? parent : undefined;
}

/** The first that is not well of one and all that comes by it. */
function openIn(key: string, progress: Progress): string | undefined {
  if (!progress.isWell(key)) return key;
  for (const [child, parent] of progress.parents) {
    if (parent !== key || !progress.wanted.has(child)) continue;
    const open = openIn(child, progress);
    if (open !== undefined) return open;
  }
  return undefined;
}
