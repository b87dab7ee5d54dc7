import { z } from 'zod';
import type { ObservedStoredVersions } from '../plan/observedExtensions.ts';
import type { KubernetesConnection } from './connection.ts';
import { listObjects } from './list.ts';

const definitionSchema = z
  .object({
    metadata: z.object({ name: z.string() }),
    spec: z.object({
      versions: z.array(z.object({ name: z.string(), served: z.boolean(), storage: z.boolean() })),
    }),
    status: z.object({ storedVersions: z.array(z.string()).nullish() }).prefault({}),
  })
  .transform(({ metadata, spec, status }): ObservedStoredVersions | undefined => {
    const storedVersions = status.storedVersions ?? [];
    const isStoredNow = (name: string): boolean =>
      spec.versions.some((version) => version.name === name && version.storage);
    return storedVersions.every(isStoredNow)
      ? undefined
      : {
          name: metadata.name,
          storedVersions,
          servedVersions: spec.versions.filter(({ served }) => served).map(({ name }) => name),
        };
  });

/**
 * CustomResourceDefinitions with objects that may lie in another version than the one that is stored now.
 * Throws as `KubernetesConnection.getJson`.
 */
export async function listStoredVersions(
  connection: KubernetesConnection,
  signal?: AbortSignal,
): Promise<ObservedStoredVersions[]> {
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  const definitions = await listObjects(connection, path, definitionSchema, {
    name: 'customresourcedefinitions.apiextensions.k8s.io',
    // With its schema one can be as large as a megabyte.
    limit: 20,
    signal,
  });
  return definitions.filter((definition) => definition !== undefined);
}
