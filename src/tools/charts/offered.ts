import type { StepladderError } from '../../contract/errors.ts';
import { compareChartVersions, isPreRelease } from '../choice/chartVersions.ts';
import { toolProblem } from '../problem.ts';
import type { ChartVersion } from '../../contract/tools.ts';

/**
 * The versions that are offered, the highest first, each once. Pre-releases are left out unless the installed version
 * is one.
 */
export function offered(all: readonly ChartVersion[], installed: string | undefined): ChartVersion[] {
  const preReleases = installed !== undefined && isPreRelease(installed);
  const byVersion = new Map<string, ChartVersion>();
  for (const each of all) {
    if (byVersion.has(each.version) || (isPreRelease(each.version) && !preReleases)) continue;
    byVersion.set(each.version, each);
  }
  return [...byVersion.values()].sort((one, other) => compareChartVersions(other.version, one.version));
}

/** A version that a source does not have, with those around it that it has. */
export function noSuchVersion(
  version: string,
  source: string,
  all: readonly ChartVersion[],
): StepladderError {
  const newest = all
    .map((each) => each.version)
    .sort((one, other) => compareChartVersions(other, one))
    .slice(0, 8);
  return toolProblem(
    'no-such-version',
    `There is no version ${version} of ${source}.`,
    newest.length === 0
      ? 'It has none at all: check its name.'
      : `The newest there are ${newest.join(', ')}.`,
  );
}
