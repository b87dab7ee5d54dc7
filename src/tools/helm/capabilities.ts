import { z } from 'zod';
import type { KubernetesConnection } from '../../kubernetes/connection.ts';
import { discoverResources } from '../../kubernetes/discovery.ts';
import { parse } from '../../kubernetes/list.ts';

/** What a cluster offers, as templates of charts ask for it. */
export interface Capabilities {
  /** `v1.33.13`. */
  kubeVersion: string;
  /** `apps/v1` and `apps/v1/Deployment`. */
  apiVersions: string[];
}

const versionSchema = z.object({ gitVersion: z.string() });

/**
 * What a cluster offers to charts: the versions of its API, and the kinds that can be listed.
 *
 * @throws StepladderError as `KubernetesConnection.getJson`
 */
export async function readCapabilities(
  connection: KubernetesConnection,
  signal?: AbortSignal,
): Promise<Capabilities> {
  const answer = await connection.getJson('/version', { signal, what: "read the API server's version" });
  const { gitVersion } = parse(versionSchema, answer, 'a version');
  const { resources, served } = await discoverResources(connection, signal);
  const kinds = resources.map(({ group, version, kind }) =>
    [...(group === '' ? [] : [group]), version, kind].join('/'),
  );
  return { kubeVersion: gitVersion, apiVersions: [...served, ...new Set(kinds)] };
}
