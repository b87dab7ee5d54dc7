import { z } from 'zod';
import type { ApiUse, ApiUseCoverage, ManifestProblem } from '../../checks/removedApis/types.ts';
import type { KubernetesConnection } from '../connection.ts';
import { unseenReason } from '../discovery.ts';
import { inOrder } from '../inOrder.ts';
import { listObjects } from '../list.ts';
import { readHelmRelease, UnreadableRelease } from './helmRelease.ts';
import { newestRevisions } from './newestRevisions.ts';
import type { StoredRevision } from './newestRevisions.ts';

const metadataOnly = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

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

const revisionSchema = z.object({
  metadata: z.object({
    namespace: z.string().default(''),
    name: z.string(),
    labels: z.record(z.string(), z.string()).nullish(),
  }),
});

const storedSchema = z.object({
  type: z.string().optional(),
  data: z.record(z.string(), z.string()).nullish(),
});

const storages = [
  { resource: 'secrets', kind: 'Secret' },
  { resource: 'configmaps', kind: 'ConfigMap' },
] as const;

type Storage = (typeof storages)[number];

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
  for (const storage of storages) {
    let revisions: StoredRevision[];
    try {
      revisions = newestRevisions(await listRevisions(connection, storage, options.signal));
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
            state: unseen.length >= storages.length && count === 0 ? 'failed' : 'partial',
            why: [...new Set(unseen)].slice(0, 5).join('; '),
            count,
          },
  };
}

async function listRevisions(
  connection: KubernetesConnection,
  { resource }: Storage,
  signal: AbortSignal | undefined,
): Promise<StoredRevision[]> {
  const found = await listObjects(connection, `/api/v1/${resource}`, revisionSchema, {
    accept: metadataOnly,
    labelSelector: 'owner=helm',
    name: resource,
    signal,
  });
  return found.flatMap(({ metadata: { namespace, name, labels } }) => {
    const { name: release, version, status = '' } = labels ?? {};
    const revision = Number(version);
    return release === undefined || !Number.isInteger(revision)
      ? []
      : [{ namespace, object: name, release, revision, status }];
  });
}

interface Read {
  releases: number;
  uses: ApiUse[];
  problems: ManifestProblem[];
  unseen: string[];
}

async function readRevision(
  connection: KubernetesConnection,
  { resource, kind }: Storage,
  { namespace, object, release }: StoredRevision,
  { scan, signal }: HelmReleasesOptions,
): Promise<Read> {
  const nothing: Read = { releases: 0, uses: [], problems: [], unseen: [] };
  const file = `${kind} ${namespace}/${object}`;
  try {
    // A list of one: the worker may list, and need not be allowed to get.
    const answer = await connection.getJson(`/api/v1/namespaces/${namespace}/${resource}`, {
      query: { fieldSelector: `metadata.name=${object}` },
      signal,
      what: `list ${resource}`,
    });
    const stored = z.object({ items: z.array(storedSchema).nullish() }).safeParse(answer).data?.items?.[0];
    // Gone since it was listed, or somebody else's Secret with Helm's labels.
    if (stored === undefined) return nothing;
    if (kind === 'Secret' && stored.type !== 'helm.sh/release.v1') return nothing;
    const value = stored.data?.['release'];
    if (value === undefined) throw new UnreadableRelease('it has no key "release"');
    const { chart, manifest } = await readHelmRelease(
      kind === 'Secret' ? Buffer.from(value, 'base64').toString('latin1') : value,
    );
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
