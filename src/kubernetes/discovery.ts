import { z } from 'zod';
import { StepladderError } from '../contract/errors.ts';
import type { KubernetesConnection } from './connection.ts';
import { inOrder } from './inOrder.ts';
import { resourceName } from './inventoryEntry.ts';
import { parse } from './list.ts';

/** A resource that can be listed, in the one version by which we read it. */
export interface ListableResource {
  group: string;
  version: string;
  /** Plural name, `deployments`. */
  resource: string;
  kind: string;
  namespaced: boolean;
}

export interface Discovery {
  /** By group and name. */
  resources: ListableResource[];
  /** Every version of every group that is served, as `apps/v1`, and `v1` for the core group. */
  served: string[];
  /**
   * By resource (`deployments.apps`), the versions in which it can be listed and created, the preferred one first;
   * absent for what can't be created.
   */
  writable: ReadonlyMap<string, readonly string[]>;
  /** What could not be asked for, and why. */
  unseen: { group: string; version: string; reason: string }[];
}

const groupsSchema = z.object({
  groups: z.array(
    z.object({
      name: z.string(),
      versions: z.array(z.object({ version: z.string() })),
      preferredVersion: z.object({ version: z.string() }).optional(),
    }),
  ),
});

const resourcesSchema = z.object({
  resources: z.array(
    z.object({
      name: z.string(),
      kind: z.string(),
      namespaced: z.boolean(),
      verbs: z
        .array(z.string())
        .nullish()
        .transform((verbs) => verbs ?? []),
    }),
  ),
});

/**
 * Everything that the API server lists, each resource once: in its group's preferred version, or in the next one that
 * has it. A group that does not answer (its APIService is down) is told in `unseen`.
 *
 * @throws StepladderError as `KubernetesConnection.getJson` when the API server itself can't be asked
 */
export async function discoverResources(
  connection: KubernetesConnection,
  signal?: AbortSignal,
): Promise<Discovery> {
  const answer = await connection.getJson('/apis', { signal, what: 'discover API groups' });
  const versions = parse(groupsSchema, answer, 'a list of API groups').groups.flatMap((group) => {
    const preferred = group.preferredVersion?.version;
    return group.versions
      .map(({ version }) => ({ group: group.name, version }))
      .sort((one, other) => Number(other.version === preferred) - Number(one.version === preferred));
  });
  const found = new Map<string, ListableResource>();
  const writable = new Map<string, string[]>();
  const unseen: Discovery['unseen'] = [];
  const answers = inOrder([{ group: '', version: 'v1' }, ...versions], (each) =>
    readGroupVersion(connection, each, signal),
  );
  for await (const { group, version, resources, creatable, reason } of answers) {
    if (reason !== undefined) unseen.push({ group, version, reason });
    for (const resource of resources) {
      const key = `${group}/${resource.resource}`;
      if (!found.has(key)) found.set(key, resource);
      if (!creatable.has(resource.resource)) continue;
      const name = resourceName(resource);
      writable.set(name, [...(writable.get(name) ?? []), version]);
    }
  }
  const resources = [...found].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, each]) => each);
  const served = ['v1', ...versions.map(({ group, version }) => `${group}/${version}`)];
  return { resources, served, writable, unseen };
}

/** Path under which all objects of a resource are listed, over all namespaces. */
export function listPath({ group, version, resource }: ListableResource): string {
  return `${groupVersionPath(group, version)}/${resource}`;
}

/** Path under which objects of a resource are created, in a namespace if it has them. */
export function createPath(resource: ListableResource, namespace: string | undefined): string {
  if (!resource.namespaced || namespace === undefined) return listPath(resource);
  const within = groupVersionPath(resource.group, resource.version);
  return `${within}/namespaces/${encodeURIComponent(namespace)}/${resource.resource}`;
}

function groupVersionPath(group: string, version: string): string {
  return group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
}

async function readGroupVersion(
  connection: KubernetesConnection,
  { group, version }: { group: string; version: string },
  signal: AbortSignal | undefined,
): Promise<{
  group: string;
  version: string;
  resources: ListableResource[];
  /** Names of those that can be created. */
  creatable: Set<string>;
  reason?: string;
}> {
  try {
    const answer = await connection.getJson(groupVersionPath(group, version), {
      signal,
      what: `discover ${group === '' ? 'core' : group}/${version}`,
    });
    const resources = parse(resourcesSchema, answer, 'a list of API resources').resources;
    return {
      group,
      version,
      creatable: new Set(resources.filter(({ verbs }) => verbs.includes('create')).map(({ name }) => name)),
      // Subresources have a `/` in their names.
      resources: resources
        .filter(({ name, verbs }) => !name.includes('/') && verbs.includes('list'))
        .map(({ name, kind, namespaced }) => ({ group, version, resource: name, kind, namespaced })),
    };
  } catch (error) {
    return { group, version, resources: [], creatable: new Set(), reason: unseenReason(error) };
  }
}

/**
 * Why one resource or group could not be seen, when it alone is concerned. Throws the error on when the whole API is:
 * out of reach, throttled, or the credentials are refused altogether.
 */
export function unseenReason(error: unknown): string {
  if (!(error instanceof StepladderError)) throw error;
  const forbidden = error.type === 'CredentialsRefused' && error.details['code'] === 403;
  if (error.type === 'ServerError' || error.type === 'InternalError' || forbidden) return error.message;
  throw error;
}
