import clusterVersions from './data/cluster-versions.json' with { type: 'json' };
import nodeReleases from './data/node-releases.json' with { type: 'json' };

/** The second number of `1.31`. */
export function minorOf(version: string): number {
  return Number(version.split('.')[1]);
}

/** The minors that EKS knows, newest first. */
export const knownVersions = clusterVersions.versions;

/** Undefined for a version that EKS does not know. */
export function findVersion(version: string): (typeof knownVersions)[number] | undefined {
  return knownVersions.find((known) => known.version === version);
}

/** The version that a new cluster gets unless told otherwise. */
export function defaultVersion(): (typeof knownVersions)[number] | undefined {
  return knownVersions.find((known) => known.default === true);
}

/** Releases of the node image of a minor, oldest first; none for a minor that is not known. */
export function nodeReleasesOf(version: string): string[] {
  return new Map(Object.entries(nodeReleases.releases)).get(version) ?? [];
}

/** The newest release of the node image of a minor. One is made up for a minor without any. */
export function latestNodeRelease(version: string): string {
  return nodeReleasesOf(version).at(-1) ?? `${version}.0-20250101`;
}
