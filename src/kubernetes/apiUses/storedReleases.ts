import { z } from 'zod';
import type { KubernetesConnection } from '../connection.ts';
import { listObjects, metadataOnly } from '../list.ts';
import { UnreadableRelease } from './helmRelease.ts';
import type { StoredRevision } from './newestRevisions.ts';

/** Where Helm keeps its releases: in Secrets, unless HELM_DRIVER says ConfigMaps. */
export const helmStorages = [
  { resource: 'secrets', kind: 'Secret' },
  { resource: 'configmaps', kind: 'ConfigMap' },
] as const;

export type HelmStorage = (typeof helmStorages)[number];

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

/**
 * Revisions of Helm releases by the labels of the objects that hold them; nothing of their contents is read.
 *
 * @param of one release of one namespace, instead of all
 * @throws StepladderError as `KubernetesConnection.getJson`
 */
export async function listRevisions(
  connection: KubernetesConnection,
  { resource }: HelmStorage,
  { of, signal }: { of?: { namespace: string; release: string }; signal?: AbortSignal | undefined },
): Promise<StoredRevision[]> {
  const path = of === undefined ? `/api/v1/${resource}` : `/api/v1/namespaces/${of.namespace}/${resource}`;
  const found = await listObjects(connection, path, revisionSchema, {
    accept: metadataOnly,
    labelSelector: of === undefined ? 'owner=helm' : `owner=helm,name=${of.release}`,
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

/**
 * One revision as Helm stores it, for `readHelmRelease`; undefined when it is gone since it was listed, or is somebody
 * else's Secret with Helm's labels.
 *
 * @throws UnreadableRelease when it has no content
 * @throws StepladderError as `KubernetesConnection.getJson`
 */
export async function readStored(
  connection: KubernetesConnection,
  { resource, kind }: HelmStorage,
  { namespace, object }: StoredRevision,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  // A list of one: the worker may list, and need not be allowed to get.
  const answer = await connection.getJson(`/api/v1/namespaces/${namespace}/${resource}`, {
    query: { fieldSelector: `metadata.name=${object}` },
    signal,
    what: `list ${resource}`,
  });
  const stored = z.object({ items: z.array(storedSchema).nullish() }).safeParse(answer).data?.items?.[0];
  if (stored === undefined) return undefined;
  if (kind === 'Secret' && stored.type !== 'helm.sh/release.v1') return undefined;
  const value = stored.data?.['release'];
  if (value === undefined) throw new UnreadableRelease('it has no key "release"');
  return kind === 'Secret' ? Buffer.from(value, 'base64').toString('latin1') : value;
}
