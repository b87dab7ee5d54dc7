import type { WorkloadState } from './workloadState.ts';

/**
 * Joins two looks at the same workloads: broken is what was broken in both. The lists of one look are read one after
 * the other, so a workload that changes at that moment can seem broken for once; in a baseline that would hide its
 * being broken for good later.
 *
 * @param first an earlier look
 * @param second a later one, which decides what exists
 */
export function joinLooks(
  first: readonly WorkloadState[],
  second: readonly WorkloadState[],
): WorkloadState[] {
  const wellBefore = new Map(first.filter(({ well }) => well).map((state) => [state.uid, state]));
  return second.map((state) => (state.well ? state : (wellBefore.get(state.uid) ?? state)));
}
