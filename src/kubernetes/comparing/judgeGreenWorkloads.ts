import { workloadKey } from '../compareWorkloads.ts';
import { describeWorkload } from '../workloadState.ts';
import type { WorkloadState } from '../workloadState.ts';

export interface GreenWorkloads {
  /** Well on blue, and not as well on green. */
  behind: { owner: WorkloadState; line: string }[];
  /** Broken on blue already, whatever they are on green: they stand in nobody's way. */
  alreadyBroken: WorkloadState[];
  /** Not judged, because they stand still or stay behind on purpose. */
  apart: { owner: WorkloadState; reason: string }[];
  /** How many were judged. */
  compared: number;
  well: boolean;
}

/**
 * Whether green's owners of Pods are as well as blue's: each is there, has every Pod that it wants, and at least as many
 * Ready ones as blue has. DaemonSets are judged by green's own nodes. What goes by itself (Jobs, bare Pods) need not be
 * there. Where blue has owners and none could be judged nothing is known, and that is not well (rule 11).
 *
 * @param apart why an owner is not to be judged, by `workloadKey`
 */
export function judgeGreenWorkloads(
  blue: readonly WorkloadState[],
  green: readonly WorkloadState[],
  apart: ReadonlyMap<string, string>,
): GreenWorkloads {
  const onGreen = new Map(green.map((state) => [workloadKey(state), state]));
  const result: Omit<GreenWorkloads, 'well'> = { behind: [], alreadyBroken: [], apart: [], compared: 0 };
  const lasting = blue.filter((owner) => owner.shortLived !== true || onGreen.has(workloadKey(owner)));
  for (const owner of lasting) {
    const reason = apart.get(workloadKey(owner));
    if (reason !== undefined) {
      result.apart.push({ owner, reason });
      continue;
    }
    if (!owner.well) {
      result.alreadyBroken.push(owner);
      continue;
    }
    result.compared += 1;
    const line = behindBy(owner, onGreen.get(workloadKey(owner)));
    if (line !== undefined) result.behind.push({ owner, line });
  }
  return {
    ...result,
    well: result.behind.length === 0 && (result.compared > 0 || lasting.length === 0),
  };
}

/** Why green's is not as well as blue's, one line; undefined when it is. */
function behindBy(blue: WorkloadState, green: WorkloadState | undefined): string | undefined {
  if (green === undefined) return describeWorkload({ ...blue, reason: 'it is not on the new cluster' });
  if (!green.well) return describeWorkload(green);
  if (blue.kind === 'DaemonSet' || blue.shortLived === true || green.ready >= blue.ready) return undefined;
  const why =
    green.wanted < blue.ready
      ? `it wants ${green.wanted} there; raise its replicas, or the minReplicas of its HorizontalPodAutoscaler`
      : `${green.wanted} are wanted`;
  return describeWorkload({
    ...green,
    reason: `${green.ready} Ready on the new cluster, ${blue.ready} on the old one: ${why}`,
  });
}
