import type { WorkloadState } from './workloadState.ts';

export interface WorkloadComparison {
  /** Well in the baseline and not now, as they stand now; those that are gone and should not be are among them. */
  newlyBroken: WorkloadState[];
  /** Not well then and not well now. */
  alreadyBroken: WorkloadState[];
  /** Not well then and well now. */
  recovered: WorkloadState[];
  /** In the baseline and no longer there, as they stood then. */
  gone: WorkloadState[];
}

/**
 * Tells what the upgrade broke from what was broken before it (rule 8). Workloads are the same by kind, namespace and
 * name: one that was deleted and made anew is judged by how it stands now. What is there now and was not in the
 * baseline is nobody's loss and is left out.
 */
export function compareWorkloads(
  baseline: Iterable<WorkloadState>,
  now: Iterable<WorkloadState>,
): WorkloadComparison {
  const current = new Map<string, WorkloadState>();
  for (const state of now) current.set(workloadKey(state), state);
  const result: WorkloadComparison = { newlyBroken: [], alreadyBroken: [], recovered: [], gone: [] };
  for (const before of baseline) {
    const after = current.get(workloadKey(before));
    if (after === undefined) {
      result.gone.push(before);
      if (before.well && before.shortLived !== true && before.wanted > 0) {
        result.newlyBroken.push({ ...before, well: false, ready: 0, reason: 'it is no longer there' });
      }
    } else if (!after.well) {
      (before.well ? result.newlyBroken : result.alreadyBroken).push(after);
    } else if (!before.well) {
      result.recovered.push(after);
    }
  }
  return result;
}

/** By what a workload is the same over time: without the version, so that `apps/v1beta2` and `apps/v1` are. */
export function workloadKey({
  apiVersion,
  kind,
  namespace,
  name,
}: Pick<WorkloadState, 'apiVersion' | 'kind' | 'namespace' | 'name'>): string {
  const slash = apiVersion.indexOf('/');
  return `${slash === -1 ? '' : apiVersion.slice(0, slash)}/${kind}/${namespace}/${name}`;
}
