import type { ApiUse, ApiUseCoverage, ManifestProblem } from '../../checks/removedApis/types.ts';
import type { KubernetesConnection } from '../connection.ts';
import { unseenReason } from '../discovery.ts';
import { inOrder } from '../inOrder.ts';
import { readHelmRelease, UnreadableRelease } from './helmRelease.ts';
import { newestRevisions } from './newestRevisions.ts';
import type { StoredRevision } from './newestRevisions.ts';
import { helmStorages, listRevisions, readStored } from './storedReleases.ts';
import type { HelmStorage } from './storedReleases.ts';

/** Releases that are unpacked at the same time: each may be as large as `largestRelease`. */
const releasesAtATime = 2;

/** Finds the uses of APIs in the manifest that a release has installed. */
export type ScanManifest = (
  text: string,
  place: Extract<ApiUse['place'], { kind: 'helm-release' }>,
) => { uses: ApiUse[]; problems: ManifestProblem[] };

export interface HelmReleasesOptions {
  scan: ScanManifest;
  signal?: AbortSignal | undefined;
  /** Told after each release how many have been read. */
  onProgress?: (releases: number) => void;
}

/**
 * Uses of APIs in what Helm has installed, from the Secrets and ConfigMaps in which it keeps its releases. First their
 * labels are listed, then of each release only the revision that counts is read, one object at a time: a release may
 * be a megabyte, and ten revisions of it are kept. Nothing of a release is kept but names and versions.
 *
 * @throws StepladderError as `KubernetesConnection.getJson` when the API itself is out of reach
 */
export async function observeHelmReleases(
  connection: KubernetesConnection,
  options: HelmReleasesOptions,
): Promise<{ uses: ApiUse[]; problems: ManifestProblem[]; coverage: ApiUseCoverage }> {
  const uses: ApiUse[] = [];
  const problems: ManifestProblem[] = [];
  const unseen: string[] = [];
  let count = 0;
  for (const storage of helmStorages) {
    let revisions: StoredRevision[];
    try {
      revisions = newestRevisions(await listRevisions(connection, storage, { signal: options.signal }));
    } catch (error) {
      unseen.push(unseenReason(error));
      continue;
    }
    const read = (revision: StoredRevision) => readRevision(connection, storage, revision, options);
    for await (const found of inOrder(revisions, read, releasesAtATime)) {
      count += found.releases;
      uses.push(...found.uses);
      problems.push(...found.problems);
      unseen.push(...found.unseen);
      options.onProgress?.(count);
    }
  }
  return {
    uses,
    problems,
    coverage:
      unseen.length === 0
        ? { source: 'helm-releases', state: 'complete', count }
        : {
            source: 'helm-releases',
            state: unseen.length >= helmStorages.length && count === 0 ? 'failed' : 'partial',
            why: [...new Set(unseen)].slice(0, 5).join('; '),
            count,
          },
  };
}

interface Read {
  releases: number;
  uses: ApiUse[];
  problems: ManifestProblem[];
  unseen: string[];
}

async function readRevision(
  connection: KubernetesConnection,
  storage: HelmStorage,
  revision: StoredRevision,
  { scan, signal }: HelmReleasesOptions,
): Promise<Read> {
  const nothing: Read = { releases: 0, uses: [], problems: [], unseen: [] };
  const { namespace, object, release } = revision;
  const file = `${storage.kind} ${namespace}/${object}`;
  try {
    const stored = await readStored(connection, storage, revision, signal);
    if (stored === undefined) return nothing;
    const { chart, manifest } = await readHelmRelease(stored);
    const found = scan(manifest, { kind: 'helm-release', namespace, release, chart });
    return { ...nothing, releases: 1, ...found };
  } catch (error) {
    if (error instanceof UnreadableRelease) {
      const problem = `The Helm release ${namespace}/${release} can't be read: ${error.message}.`;
      return { ...nothing, problems: [{ file, problem }] };
    }
    return { ...nothing, unseen: [unseenReason(error)] };
  }
}
