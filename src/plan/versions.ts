import { StepladderError } from '../contract/errors.ts';
import type { MinorVersion } from '../contract/plan.ts';

const versionPattern = /^v?(\d+)\.(\d+)(?:[.+-].*)?$/;

/**
 * The minor version in any text that Kubernetes or EKS uses for a version: `1.31`, `v1.31.4-eks-aeac579`, `1.31+`,
 * `v1.31.2-eksbuild.3`. Undefined when it is none: what can't be read is unknown, never equal to something.
 */
export function minorOf(text: string): MinorVersion | undefined {
  const match = versionPattern.exec(text.trim());
  return match === null ? undefined : `${Number(match[1])}.${Number(match[2])}`;
}

/**
 * The same for a version that must be readable.
 *
 * @param whose whose version it is, for the message
 * @throws StepladderError `PlanRefused`
 */
export function requireMinor(text: string, whose: string): MinorVersion {
  const minor = minorOf(text);
  if (minor === undefined) {
    throw new StepladderError(
      'PlanRefused',
      `The version of ${whose} can't be read: "${text}". Nothing can be planned without it.`,
      { version: text },
    );
  }
  return minor;
}

/** Negative when `left` is older than `right`, 0 when they are the same, positive when it is newer. */
export function compareMinors(left: MinorVersion, right: MinorVersion): number {
  return ordinal(left) - ordinal(right);
}

/** How many minors `newer` is ahead of `older`; negative when it is behind. Minors of one major only: Kubernetes has one. */
export function minorDistance(older: MinorVersion, newer: MinorVersion): number {
  return ordinal(newer) - ordinal(older);
}

/** `1.31` → `1.32`. */
export function nextMinor(version: MinorVersion): MinorVersion {
  const { major, minor } = parts(version);
  return `${major}.${minor + 1}`;
}

/** One step a minor from the one version to the other (rule 1); none when `to` is not newer than `from`. */
export function hopsBetween(
  from: MinorVersion,
  to: MinorVersion,
): { from: MinorVersion; to: MinorVersion }[] {
  const hops = [];
  for (let version = from; compareMinors(version, to) < 0; version = nextMinor(version)) {
    hops.push({ from: version, to: nextMinor(version) });
  }
  return hops;
}

/**
 * Orders full versions such as `v1.31.2-eksbuild.3`, `v1.32.1` or `v2.0.0-rc.1-eksbuild.1`: by their numbers, then a
 * pre-release before its release, then EKS's build (a version without one is the oldest). Negative when `left` is
 * older than `right`.
 */
export function compareVersions(left: string, right: string): number {
  const a = readVersion(left);
  const b = readVersion(right);
  return (
    compareNumbers(a.numbers, b.numbers) ||
    comparePreReleases(a.preRelease, b.preRelease) ||
    a.build - b.build ||
    (left < right ? -1 : left > right ? 1 : 0)
  );
}

interface FullVersion {
  numbers: number[];
  /** Undefined for a release. */
  preRelease: string | undefined;
  build: number;
}

function readVersion(text: string): FullVersion {
  const build = /-eksbuild\.(\d+)$/.exec(text);
  const rest = (build === null ? text : text.slice(0, build.index)).replace(/^v/, '').replace(/\+.*$/, '');
  const dash = rest.indexOf('-');
  const core = dash === -1 ? rest : rest.slice(0, dash);
  return {
    numbers: core.split('.').map((part) => Number.parseInt(part, 10) || 0),
    preRelease: dash === -1 ? undefined : rest.slice(dash + 1),
    build: build === null ? -1 : Number(build[1]),
  };
}

function compareNumbers(left: number[], right: number[]): number {
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function comparePreReleases(left: string | undefined, right: string | undefined): number {
  if (left === right) return 0;
  if (left === undefined) return 1;
  if (right === undefined) return -1;
  return left.localeCompare(right, 'en', { numeric: true });
}

function parts(version: MinorVersion): { major: number; minor: number } {
  const match = /^(\d+)\.(\d+)$/.exec(version);
  if (match === null) {
    throw new StepladderError('InternalError', `"${version}" is not a minor version such as "1.32".`);
  }
  return { major: Number(match[1]), minor: Number(match[2]) };
}

function ordinal(version: MinorVersion): number {
  const { major, minor } = parts(version);
  return major * 1000 + minor;
}
