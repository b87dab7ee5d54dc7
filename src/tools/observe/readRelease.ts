import { readHelmRelease } from '../../kubernetes/apiUses/helmRelease.ts';
import { helmStorages, listRevisions, readStored } from '../../kubernetes/apiUses/storedReleases.ts';
import type { KubernetesConnection } from '../../kubernetes/connection.ts';
import type { HelmReleaseState } from '../types.ts';
import { manifestWorkloads } from './manifestWorkloads.ts';
import type { WorkloadName } from './manifestWorkloads.ts';

/** The newest revision of a release, and what it has for workloads. */
export interface SeenRelease {
  state: HelmReleaseState;
  workloads: WorkloadName[];
}

/**
 * Reads how a Helm release stands, from the object that Helm keeps of its newest revision, whatever its status: no helm
 * is needed. Undefined where there is none of that name in that namespace.
 *
 * @throws UnreadableRelease when that object is no release as Helm writes them
 * @throws StepladderError as `KubernetesConnection.getJson`
 */
export async function readRelease(
  connection: KubernetesConnection,
  of: { namespace: string; release: string },
  signal?: AbortSignal,
): Promise<SeenRelease | undefined> {
  for (const storage of helmStorages) {
    const revisions = await listRevisions(connection, storage, { of, signal });
    for (const revision of revisions.toSorted((one, other) => other.revision - one.revision)) {
      const stored = await readStored(connection, storage, revision, signal);
      if (stored === undefined) continue;
      const { state, manifest } = await readHelmRelease(stored);
      const { chartName: name, chartVersion: version, appVersion } = state;
      return {
        state: {
          ...of,
          revision: revision.revision,
          status: state.status === '' ? revision.status : state.status,
          chart: { name, version, ...(appVersion === undefined ? {} : { appVersion }) },
          description: state.description,
          updatedAt: isoTime(state.lastDeployed),
        },
        workloads: manifestWorkloads(manifest, of.namespace),
      };
    }
  }
  return undefined;
}

/** Helm writes times in its own zone and with nanoseconds. */
function isoTime(text: string): string {
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? '' : time.toISOString();
}
