import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { ChartVersion } from '../../contract/tools.ts';
import { compareChartVersions } from '../choice/chartVersions.ts';
import { toolProblem } from '../problem.ts';
import type { ChartRepository, FetchedChart } from '../types.ts';
import { isAddress, shownAddress } from './manifestsAddress.ts';
import { gatherManifests } from './manifestsGather.ts';
import { httpLimits } from './manifestsHttp.ts';
import type { HttpLimits } from './manifestsHttp.ts';
import { kustomizationNames } from './manifestsKustomization.ts';
import { locationOf, placeholder, versionsOnDisk } from './manifestsOnDisk.ts';
import { noSuchVersion, offered } from './offered.ts';

export interface ManifestsOptions {
  /** Version that is installed: pre-releases count when it is one. */
  installed?: string | undefined;
  /** Versions on offer where the source can't list them: addresses, and one folder without a version in its path. */
  versions?: readonly string[] | undefined;
  http?: HttpLimits;
}

/** What manifests without any version are called. */
export const unversioned = 'unversioned';

/**
 * Manifests alone: a file, a folder of them, a folder with a kustomization, or the address of a file or of such a
 * folder. Nothing is fetched yet.
 *
 * @param location with `{version}` where the version stands, or without
 */
export function openManifests(location: string, options: ManifestsOptions = {}): ChartRepository {
  const { versions: given = [], installed, http = httpLimits } = options;
  const hasPlaceholder = location.includes(placeholder);
  const shown = isAddress(location) ? shownAddress(location).replaceAll(/%7B|%7D/gi, brace) : location;

  async function all(): Promise<ChartVersion[]> {
    if (given.length > 0) return given.map((version) => ({ version }));
    if (!hasPlaceholder) return [{ version: unversioned }];
    if (isAddress(location)) {
      throw toolProblem(
        'no-such-version',
        `Which versions there are at ${shown} can't be listed over HTTP.`,
        'Name them: `versions` of the tool in the request, or one version.',
      );
    }
    const found = await versionsOnDisk(location);
    if (found.length > 0) return found.map((version) => ({ version }));
    throw toolProblem(
      'unreachable-source',
      `There is nothing at ${location} on the worker, whatever stands for ${placeholder}.`,
      'Check the path; it is looked up where the worker runs.',
    );
  }

  return {
    async versions(signal) {
      signal?.throwIfAborted();
      return offered(await all(), installed);
    },
    async fetch(version, signal) {
      signal?.throwIfAborted();
      // A version of an address is asked for; those of a folder are there or not.
      if (!isAddress(location) && hasPlaceholder) {
        const known = await versionsOnDisk(location);
        if (!known.includes(version)) throw noSuchVersion(version, shown, asVersions(known));
      } else if (given.length > 0 && !given.includes(version)) {
        throw noSuchVersion(version, shown, asVersions(given));
      }
      return fetchManifests(locationOf(location, version), version, http, signal);
    },
  };
}

function asVersions(versions: readonly string[]): ChartVersion[] {
  return [...versions].sort((one, other) => compareChartVersions(other, one)).map((version) => ({ version }));
}

function brace(encoded: string): string {
  return encoded.toUpperCase() === '%7B' ? '{' : '}';
}

/** Files and folders stay where they are; what a kustomization names, or an address has, is brought into a folder. */
async function fetchManifests(
  location: string,
  version: string,
  http: HttpLimits,
  signal: AbortSignal | undefined,
): Promise<FetchedChart> {
  if (!isAddress(location) && !(await hasKustomization(location))) {
    return { version, path: location, kind: 'manifests', release: async () => undefined };
  }
  const files = await gatherManifests(location, http, signal);
  const path = await mkdtemp(join(tmpdir(), 'stepladder-manifests-'));
  const release = () => rm(path, { recursive: true, force: true });
  try {
    for (const [index, { source, text }] of files.entries()) {
      // Their order, and a name by which a message can tell them apart.
      const name = basename(new URL(source, 'file:///').pathname).replace(/(?:\.(?:ya?ml|json))?$/i, '');
      await writeFile(join(path, `${String(index + 1).padStart(3, '0')}-${name}.yaml`), text);
    }
    return { version, path, kind: 'manifests', release };
  } catch (error) {
    await release();
    throw error;
  }
}

async function hasKustomization(path: string): Promise<boolean> {
  if (kustomizationNames.some((name) => basename(path) === name)) return true;
  try {
    if (!(await stat(path)).isDirectory()) return false;
    const present = new Set(await readdir(path));
    return kustomizationNames.some((name) => present.has(name));
  } catch (error) {
    throw toolProblem(
      'unreachable-source',
      `There are no manifests at ${path} on the worker.`,
      'Check the path; it is looked up where the worker runs.',
      { cause: error },
    );
  }
}
