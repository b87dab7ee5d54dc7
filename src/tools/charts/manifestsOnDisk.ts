import { escapePath, glob } from 'tinyglobby';
import { compareChartVersions } from '../choice/chartVersions.ts';

/** What stands for a version in the path or the address of manifests. */
export const placeholder = '{version}';

/** A location with a version in the placeholder's place, wherever that stands. */
export function locationOf(location: string, version: string): string {
  return location.replaceAll(placeholder, version);
}

/**
 * The versions that there are on disk for a path with the placeholder: what stands in its place, the highest first.
 */
export async function versionsOnDisk(path: string): Promise<string[]> {
  const parts = path.split(placeholder);
  const found = await glob(parts.map(escapePath).join('*'), {
    onlyFiles: false,
    expandDirectories: false,
    absolute: path.startsWith('/'),
    dot: true,
  });
  const [before = ''] = parts;
  const escaped = parts.map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`));
  // Wherever the placeholder stands it stands for the same version.
  const pattern = new RegExp(`^${escaped.join('([^/]+)').replace('([^/]+)', '(?<version>[^/]+)')}/?$`);
  const versions = found
    .map((each) => pattern.exec(each.startsWith(before) ? each : `./${each}`)?.groups?.['version'])
    .filter((version) => version !== undefined);
  const whole = versions.filter((version) =>
    found.some((each) => stripped(each) === stripped(locationOf(path, version))),
  );
  return [...new Set(whole)].sort((one, other) => compareChartVersions(other, one));
}

function stripped(path: string): string {
  return path.replace(/^\.\//, '').replace(/\/$/, '');
}
