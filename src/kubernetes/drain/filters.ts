import type { DrainPolicy, StuckReason } from '../../contract/workers.ts';
import type { WatchedPod } from '../watching/watchedPod.ts';
import { isFinished } from '../watching/watchedPod.ts';

/**
 * What a filter says of a Pod, in kubectl's words. `okay` and `warning` with `evict`: it goes. `skip` and `warning`
 * without: the drain passes it over. `error`: the drain can't be done like that.
 */
export interface FilterAnswer {
  answer: 'okay' | 'skip' | 'warning' | 'error';
  evict: boolean;
  /** Which Pod, what is the matter and what to do; empty for okay and skip. */
  message: string;
  reason?: StuckReason;
}

export interface FilterContext {
  policy: DrainPolicy;
  now: Date;
  /** Whether there is a DaemonSet of that name. */
  hasDaemonSet: (namespace: string, name: string) => boolean;
}

export type PodFilter = (pod: WatchedPod, context: FilterContext) => FilterAnswer;

const okay: FilterAnswer = { answer: 'okay', evict: true, message: '' };
const skip: FilterAnswer = { answer: 'skip', evict: false, message: '' };
const warning = (evict: boolean, message: string): FilterAnswer => ({ answer: 'warning', evict, message });
const error = (reason: StuckReason, message: string): FilterAnswer => ({
  answer: 'error',
  evict: false,
  message,
  reason,
});
const nameOf = ({ namespace, name }: WatchedPod): string => `Pod ${namespace}/${name}`;

/** A Pod that should have ended longer ago than the drain is to wait is left to itself. */
export const deletedFilter: PodFilter = ({ deletionTimestamp }, { policy, now }) => {
  const limit = policy.skipWaitForDeleteSeconds ?? 0;
  if (limit <= 0 || deletionTimestamp === undefined) return okay;
  const overdueSeconds = Math.trunc((now.getTime() - Date.parse(deletionTimestamp)) / 1000);
  return overdueSeconds > limit ? skip : okay;
};

/** A DaemonSet would put its Pod on the node again at once, cordoned or not. */
export const daemonSetFilter: PodFilter = (pod, { policy, hasDaemonSet }) => {
  const { controller } = pod;
  if (controller?.kind !== 'DaemonSet' || isFinished(pod)) return okay;
  const owner = `DaemonSet ${pod.namespace}/${controller.name}`;
  if (!hasDaemonSet(pod.namespace, controller.name)) {
    return policy.force
      ? warning(true, `${nameOf(pod)} goes although its ${owner} is gone: nobody makes it anew.`)
      : error(
          'daemon-set-gone',
          `${nameOf(pod)} belongs to ${owner}, which is gone, so nobody would make it anew. Delete the Pod if it is no longer needed, or drain with force.`,
        );
  }
  return policy.ignoreDaemonSets
    ? warning(false, `${nameOf(pod)} stays: ${owner} would put it there again.`)
    : error(
        'daemon-set',
        `${nameOf(pod)} belongs to ${owner}, which would put it there again at once. Let the drain ignore DaemonSets.`,
      );
};

/** The API can't end a static Pod: its kubelet runs it from a file. */
export const mirrorPodFilter: PodFilter = ({ mirror }) => (mirror ? skip : okay);

/** What lies in an emptyDir is lost with its Pod. */
export const localStorageFilter: PodFilter = (pod, { policy }) => {
  if (!pod.emptyDir || isFinished(pod)) return okay;
  return policy.deleteEmptyDirData
    ? warning(true, `${nameOf(pod)} loses what lies in its emptyDir volumes.`)
    : error(
        'local-storage',
        `${nameOf(pod)} keeps data in an emptyDir volume, which is lost when it goes. Save what is needed, and let the drain delete emptyDir data, or delete the Pod.`,
      );
};

/** A Pod that nobody controls is not made anew elsewhere. */
export const unmanagedFilter: PodFilter = (pod, { policy }) => {
  if (pod.controller !== undefined || isFinished(pod)) return okay;
  return policy.force
    ? warning(true, `${nameOf(pod)} has no controller: nobody makes it anew.`)
    : error(
        'no-controller',
        `${nameOf(pod)} has no controller, so nobody would make it anew elsewhere. Delete or move the Pod, or drain with force.`,
      );
};

/** In the order in which kubectl asks them. */
export const filters: readonly PodFilter[] = [
  deletedFilter,
  daemonSetFilter,
  mirrorPodFilter,
  localStorageFilter,
  unmanagedFilter,
];

/** The first answer by which the Pod does not go; else the last warning; else okay: as kubectl adds them up. */
export function filterPod(pod: WatchedPod, context: FilterContext): FilterAnswer {
  let last = okay;
  for (const filter of filters) {
    const answer = filter(pod, context);
    if (!answer.evict) return answer;
    if (answer.answer === 'warning') last = answer;
  }
  return last;
}
