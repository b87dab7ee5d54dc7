import { invalidParameter } from './errors.ts';
import type { EksErrorSubject } from './errors.ts';
import type { NodeImage } from './nodeFleet.ts';
import { latestNodeRelease, minorOf, nodeReleasesOf } from './versions.ts';

/**
 * The image that nodes shall get: the version that is asked for, or that of the release, or the cluster's own; and the
 * release that is asked for, or the newest.
 *
 * @throws EksError InvalidParameterException: newer than the control plane, or no such version or release
 */
export function readNodeImage(
  asked: { version?: string | undefined; releaseVersion?: string | undefined },
  clusterVersion: string,
  subject: EksErrorSubject,
): NodeImage {
  const { releaseVersion } = asked;
  const version = asked.version ?? minorOfRelease(releaseVersion) ?? clusterVersion;
  if (!/^1\.\d+$/.test(version) || nodeReleasesOf(version).length === 0) {
    throw invalidParameter(`unsupported Kubernetes version ${version}`, subject);
  }
  if (minorOf(version) > minorOf(clusterVersion)) {
    throw invalidParameter(
      `Nodegroup Kubernetes version ${version} can't be newer than the cluster's Kubernetes version ${clusterVersion}`,
      subject,
    );
  }
  if (releaseVersion !== undefined && !nodeReleasesOf(version).includes(releaseVersion)) {
    throw invalidParameter(
      `Requested release version ${releaseVersion} is not valid for kubernetes version ${version}.`,
      subject,
    );
  }
  return { version, releaseVersion: releaseVersion ?? latestNodeRelease(version) };
}

/** `1.32` of `1.32.3-20250610`. */
function minorOfRelease(releaseVersion: string | undefined): string | undefined {
  return /^(1\.\d+)\.\d+-\d+$/.exec(releaseVersion ?? '')?.[1];
}
