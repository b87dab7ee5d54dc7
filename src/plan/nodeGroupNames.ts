import type { MinorVersion } from '../contract/plan.ts';
import { compareMinors } from './versions.ts';

/** EKS takes node group names of up to 63 characters. */
const longestName = 63;

/** The oldest version that can stand in a name: EKS has had managed node groups since then. */
const oldestVersion = '1.14';

/**
 * The name of the group that takes another's place: the old name with the new version, `blue` → `blue-1-33`, and then
 * `blue-1-33` → `blue-1-34`, so that a name stays readable over many upgrades. It is cut where it would be too long for
 * EKS. When another group has that name, a number follows: `blue-1-33-2`.
 *
 * @param input.name the old group's name
 * @param input.from its version
 * @param input.taken names that groups have or will have
 */
export function nextGroupName(input: {
  name: string;
  from: MinorVersion;
  to: MinorVersion;
  taken: ReadonlySet<string>;
}): string {
  const base = baseName(input.name, input.from);
  const version = `-${input.to.replace('.', '-')}`;
  for (let number = 1; ; number += 1) {
    const ending = number === 1 ? version : `${version}-${number}`;
    const name = `${base.slice(0, longestName - ending.length).replace(/[-_]+$/, '')}${ending}`;
    if (name !== input.name && !input.taken.has(name)) return name;
  }
}

/**
 * A name without the version that an earlier upgrade has put at its end: `blue-1-33` → `blue`.
 *
 * @param from the group's version: an ending that says a newer one was not put there by an upgrade, and stays
 */
export function baseName(name: string, from: MinorVersion): string {
  const match = /^(.+)-1-([1-9]\d{1,2})(-[1-9]\d?)?$/.exec(name);
  if (match?.[1] === undefined) return name;
  const version = `1.${match[2] ?? ''}`;
  const plausible = compareMinors(version, oldestVersion) >= 0 && compareMinors(version, from) <= 0;
  return plausible ? match[1] : name;
}
