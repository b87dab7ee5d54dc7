import { lookUpApis } from '../../checks/removedApis/lifecycles.ts';
import type { ApiLifecycleTable, ObservedApiUses } from '../../checks/removedApis/types.ts';
import type { MinorVersion } from '../../contract/plan.ts';
import { scanManifestText } from '../../manifests/index.ts';
import type { KubernetesConnection } from '../connection.ts';
import { discoverResources } from '../discovery.ts';
import { observeDeprecatedRequests } from './deprecatedRequests.ts';
import { observeHelmReleases } from './helmReleases.ts';
import { observeLiveObjects } from './liveObjects.ts';

export interface LiveApiUsesOptions {
  /** Kubernetes' own table and those that were given. */
  tables: readonly ApiLifecycleTable[];
  /** The version that the cluster has. */
  from: MinorVersion;
  /** The version that it shall have. */
  to: MinorVersion;
  now: Date;
  signal?: AbortSignal | undefined;
}

/**
 * What a cluster itself tells of the use of APIs: Helm's releases, its objects' metadata, and the counters of its API
 * servers, one after another so that each keeps to its own bound of memory.
 *
 * @throws StepladderError as `KubernetesConnection.getJson` when the API itself is out of reach
 */
export async function observeLiveApiUses(
  connection: KubernetesConnection,
  { tables, from, to, now, signal }: LiveApiUsesOptions,
): Promise<ObservedApiUses> {
  const lookup = lookUpApis(tables, from, to);
  const scan = { tables, from, to, observedAt: now.toISOString() };
  const helm = await observeHelmReleases(connection, {
    scan: (text, place) => scanManifestText(text, place, scan),
    signal,
  });
  const discovery = await discoverResources(connection, signal);
  const objects = await observeLiveObjects(connection, discovery, { lookup, now, signal });
  const requests = await observeDeprecatedRequests(connection, { lookup, now, signal });
  return {
    uses: [...helm.uses, ...objects.uses, ...requests.uses],
    coverage: [helm.coverage, ...objects.coverage, requests.coverage],
    problems: helm.problems,
    served: discovery.served,
    ...(requests.requests === undefined ? {} : { requests: requests.requests }),
  };
}
