import type { DrainPolicy } from '../../contract/workers.ts';
import type { LabelRequirement } from '../../plan/labelSelector.ts';
import { meets } from '../../plan/labelSelector.ts';
import type { WatchedPod } from '../watching/watchedPod.ts';
import { isActive } from '../watching/watchedPod.ts';
import { filterPod } from './filters.ts';
import type { Gate, Gates } from './gates.ts';
import type { Obstacle } from './stuck.ts';

/** What decides whether a Pod concerns a drain. */
export interface Admission {
  policy: DrainPolicy;
  selector: readonly LabelRequirement[];
  /** uids of Pods that are passed over as if they were not there. */
  passOver: ReadonlySet<string>;
  gates: Gates;
  now: Date;
}

/** A Pod that has to leave its node. */
export interface Admitted {
  leaving: boolean;
  gate: Gate;
  /** What no waiting mends, if it stands in the Pod's way already. */
  stop?: Obstacle;
}

/** Whether a Pod on a node of a drain has to go, by the filters of `kubectl drain`. Undefined when it does not. */
export function admit(
  pod: WatchedPod,
  { policy, selector, passOver, gates, now }: Admission,
): Admitted | undefined {
  if (passOver.has(pod.uid) || !selector.every((each) => meets(each, pod.labels))) return undefined;
  const filtered = filterPod(pod, {
    policy,
    now,
    hasDaemonSet: (namespace, name) => gates.owners.hasDaemonSet(namespace, name),
  });
  const leaving = pod.deletionTimestamp !== undefined;
  // Who is going already needs nobody's leave.
  const held = !filtered.evict && !(leaving && filtered.answer === 'error');
  if (held && filtered.reason === undefined) return undefined;
  const gate = gates.of(pod);
  if (held && filtered.reason !== undefined)
    return { leaving, gate, stop: { reason: filtered.reason, why: filtered.message } };
  if (leaving || !isActive(pod) || pod.phase === 'Pending' || gate.budgets.length <= 1)
    return { leaving, gate };
  const room = gates.roomFor(pod, gate);
  return room.state === 'several-budgets'
    ? { leaving, gate, stop: { reason: 'several-budgets', why: room.why } }
    : { leaving, gate };
}
