import { compare, parse } from 'semver';

/**
 * Orders versions of charts as Helm does: by semantic versioning, a leading `v` and what follows a `+` without meaning.
 * What is no such version is lower than all that are, and ordered by its text.
 *
 * @returns less than 0 when `left` is the older one, 0 when they are the same
 */
export function compareChartVersions(left: string, right: string): number {
  const [before, after] = [parse(left), parse(right)];
  if (before !== null && after !== null) return compare(before, after);
  if (before !== null || after !== null) return before === null ? -1 : 1;
  return left === right ? 0 : left < right ? -1 : 1;
}

/** The minor line of a version, `2.14` of `v2.14.11`; a line of its own for what is no semantic version. */
export function minorLine(version: string): string {
  const parsed = parse(version);
  return parsed === null ? version : `${parsed.major}.${parsed.minor}`;
}

/** True for `2.15.0-rc1`. */
export function isPreRelease(version: string): boolean {
  return (parse(version)?.prerelease.length ?? 0) > 0;
}
