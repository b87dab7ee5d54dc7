import { z } from 'zod';
import { readIgnoreAnnotation } from '../../checks/ignoring/annotation.ts';
import { groupAndVersionOf } from '../../checks/removedApis/lifecycles.ts';
import type { ApiFate, ApiLookup } from '../../checks/removedApis/lifecycles.ts';
import type { ApiUse, ApiUseCoverage, ApiUseSource } from '../../checks/removedApis/types.ts';
import type { FindingSubject } from '../../contract/finding.ts';
import type { KubernetesConnection } from '../connection.ts';
import { treatmentOf } from '../countedResources.ts';
import { listPath, unseenReason } from '../discovery.ts';
import type { Discovery, ListableResource } from '../discovery.ts';
import { inOrder } from '../inOrder.ts';
import { resourceName } from '../inventoryEntry.ts';
import { listObjects } from '../list.ts';
import { isControlPlane } from './controlPlaneManagers.ts';

/** Metadata alone; an aggregated API server that can't give that gives whole objects, of which no more is kept. */
const metadataOnly =
  'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json;q=0.9';

/**
 * Objects a page, and pages at a time. Managed fields and the last applied manifest are most of an object's size: at
 * 20 KB each, two pages are 10 MB on the wire and some times that while they are read.
 */
const objectsAPage = 250;
const kindsAtATime = 2;

const lastAppliedKey = 'kubectl.kubernetes.io/last-applied-configuration';

const objectSchema = z.object({
  metadata: z.object({
    namespace: z.string().optional(),
    name: z.string(),
    annotations: z.record(z.string(), z.string()).nullish(),
    managedFields: z
      .array(
        z.object({
          manager: z.string().default(''),
          apiVersion: z.string().default(''),
          time: z.string().optional(),
        }),
      )
      .nullish(),
  }),
});

export interface LiveObjectsOptions {
  lookup: ApiLookup;
  now: Date;
  signal?: AbortSignal | undefined;
  /** Told after each page how many objects have been looked at. */
  onProgress?: (objects: number) => void;
}

/**
 * Uses of APIs that the objects of the cluster tell of themselves: the manifest that was applied last, which kubectl
 * keeps as an annotation, and the managers that have written in that version (`metadata.managedFields`). Only metadata
 * is asked for, page by page; of it no more is kept than names and versions. Kinds of which no version has to be moved
 * away from are not listed: their objects can't tell of one.
 *
 * @param discovery what the API server serves
 * @throws StepladderError as `KubernetesConnection.getJson` when the API itself is out of reach
 */
export async function observeLiveObjects(
  connection: KubernetesConnection,
  discovery: Discovery,
  options: LiveObjectsOptions,
): Promise<{ uses: ApiUse[]; coverage: ApiUseCoverage[] }> {
  const kinds = new Set(options.lookup.fates.filter(matters).map(({ lifecycle }) => lifecycle.kind));
  const resources = discovery.resources.filter(
    ({ group, resource, kind }) => kinds.has(kind) && treatmentOf(group, resource) !== 'skip',
  );
  const unseen = discovery.unseen
    .filter(({ group }) => treatmentOf(group, '*') !== 'skip')
    .map(({ group, version, reason }) => `${group}/${version}: ${reason}`);
  let looked = 0;
  const uses: ApiUse[] = [];
  const lists = inOrder(
    resources,
    (resource) =>
      readResource(connection, resource, options, (objects) => options.onProgress?.(looked + objects)),
    kindsAtATime,
  );
  for await (const { found, objects, reason } of lists) {
    looked += objects;
    uses.push(...found);
    if (reason !== undefined) unseen.push(reason);
  }
  return {
    uses,
    coverage: (['last-applied', 'managed-fields'] as const).map((source) =>
      coverageOf(source, looked, unseen, resources.length),
    ),
  };
}

/**
 * Whether an object that tells of this version is worth telling of. What is gone already is nothing that the upgrade
 * changes, and what has no end in sight (Endpoints) is in use everywhere.
 */
function matters(fate: ApiFate | undefined): boolean {
  return fate !== undefined && fate.state !== 'gone' && fate.lifecycle.removed !== undefined;
}

function coverageOf(
  source: ApiUseSource,
  count: number,
  unseen: readonly string[],
  kinds: number,
): ApiUseCoverage {
  if (unseen.length === 0) return { source, state: 'complete', count };
  const shown = unseen.slice(0, 5).join('; ');
  const why = unseen.length > 5 ? `${shown}; and ${unseen.length - 5} more` : shown;
  return { source, state: count === 0 && kinds > 0 ? 'failed' : 'partial', why, count };
}

async function readResource(
  connection: KubernetesConnection,
  resource: ListableResource,
  { lookup, now, signal }: LiveObjectsOptions,
  onPage: (objects: number) => void,
): Promise<{ found: ApiUse[]; objects: number; reason?: string }> {
  const observedAt = now.toISOString();
  // Undefined for an object that tells of nothing, so that no more than a place is held for it.
  const schema = objectSchema.transform(({ metadata }): ApiUse[] | undefined => {
    const { annotations, managedFields, namespace, name } = metadata;
    const object = {
      kind: resource.kind,
      ...(namespace === undefined ? {} : { namespace }),
      name,
    };
    const ignored = readIgnoreAnnotation(annotations ?? {}, 'removed-apis');
    const found = [
      ...lastApplied(annotations?.[lastAppliedKey], object, lookup, observedAt),
      ...managers(managedFields ?? [], object, lookup, observedAt),
    ].map((use) => (ignored === undefined ? use : { ...use, ignored }));
    return found.length === 0 ? undefined : found;
  });
  try {
    const objects = await listObjects(connection, listPath(resource), schema, {
      accept: metadataOnly,
      name: resourceName(resource),
      limit: objectsAPage,
      signal,
      onPage,
    });
    return { found: objects.flatMap((each) => each ?? []), objects: objects.length };
  } catch (error) {
    return { found: [], objects: 0, reason: unseenReason(error) };
  }
}

function lastApplied(
  text: string | undefined,
  object: Omit<FindingSubject, 'apiVersion'>,
  lookup: ApiLookup,
  observedAt: string,
): ApiUse[] {
  const applied = text === undefined ? undefined : appliedApi(text);
  if (applied === undefined) return [];
  const { apiVersion, kind } = applied;
  const api = groupAndVersionOf(apiVersion);
  if (!matters(lookup.fateOf({ ...api, kind }))) return [];
  return [{ ...api, kind, object: { apiVersion, ...object }, place: { kind: 'last-applied' }, observedAt }];
}

/** What the manifest that was applied last is written in; undefined for what is no manifest. */
function appliedApi(text: string): { apiVersion: string; kind: string } | undefined {
  try {
    const manifest: unknown = JSON.parse(text);
    if (typeof manifest !== 'object' || manifest === null) return undefined;
    if (!('apiVersion' in manifest) || !('kind' in manifest)) return undefined;
    const { apiVersion, kind } = manifest;
    return typeof apiVersion === 'string' && typeof kind === 'string' ? { apiVersion, kind } : undefined;
  } catch {
    // Anybody may write the annotation; kubectl itself always writes JSON.
    return undefined;
  }
}

/** One use for each manager and version, with the last time that it wrote. */
function managers(
  fields: readonly { manager: string; apiVersion: string; time?: string | undefined }[],
  object: Omit<FindingSubject, 'apiVersion'>,
  lookup: ApiLookup,
  observedAt: string,
): ApiUse[] {
  const uses = new Map<string, ApiUse>();
  for (const { manager, apiVersion, time } of fields) {
    const api = groupAndVersionOf(apiVersion);
    if (!matters(lookup.fateOf({ ...api, kind: object.kind }))) continue;
    // They are replaced with the control plane, by others of the new version.
    if (isControlPlane(manager)) continue;
    const key = `${manager} ${apiVersion}`;
    const before = uses.get(key)?.lastUsedAt;
    const last = before !== undefined && (time === undefined || before > time) ? before : time;
    uses.set(key, {
      ...api,
      kind: object.kind,
      object: { apiVersion, ...object },
      place: { kind: 'managed-fields', manager },
      observedAt,
      ...(last === undefined ? {} : { lastUsedAt: last }),
    });
  }
  return [...uses.values()];
}
