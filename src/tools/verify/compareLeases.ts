import { nameOf } from './compareWorkloads.ts';
import type { LeaseSeen, ToolState, WorkloadSeen } from './toolState.ts';

/** A Lease that nobody has renewed for so long was in nobody's use before. Milliseconds. */
const abandonedMs = 10 * 60_000;

/**
 * Whether each Lease that was in use is led again: by a new holder when the Pods were replaced, who renews it. To take
 * it once is not enough: two looks at the same holder have to show another renewal. With one look after the change, it
 * has to have been renewed since the look before. The holder's clock is compared with itself alone, never with ours.
 *
 * @param taken each Lease as it was first seen with its newest holder, by looks after the change and before `after`;
 * absent when `after` is the first
 */
export function compareLeases(
  before: ToolState,
  after: ToolState,
  taken: readonly LeaseSeen[] | undefined,
): string[] {
  if (after.leases === undefined) return [];
  const now = byName(after.leases);
  const firstSeen = byName(taken ?? []);
  return (before.leases ?? [])
    .filter((lease) => isInUse(lease, before))
    .flatMap((then) => {
      const name = leaseName(then);
      const lease = now.get(name);
      if (lease === undefined) return [`Lease ${name}: it is no longer there`];
      if (lease.holder === '') return [`Lease ${name}: nobody holds it, ${then.holder} did`];
      if (lease.holder === then.holder && wasReplaced(then, before, after)) {
        return [`Lease ${name}: still held by ${then.holder}, whose Pod was replaced`];
      }
      const since = taken === undefined ? then : firstSeen.get(name);
      if (since === undefined || (taken !== undefined && since.holder !== lease.holder)) {
        return [`Lease ${name}: just taken by ${lease.holder}, and not renewed yet`];
      }
      return renewedMs(lease.renewedAt) > renewedMs(since.renewedAt)
        ? []
        : [`Lease ${name}: not renewed since ${lease.renewedAt || 'it was made'}, held by ${lease.holder}`];
    });
}

/** Leases as they were first seen with the holders that they have now. */
export function noteTaken(
  taken: readonly LeaseSeen[] | undefined,
  seen: readonly LeaseSeen[] | undefined,
): LeaseSeen[] {
  const known = byName(taken ?? []);
  return (seen ?? []).map((lease) => {
    const earlier = known.get(leaseName(lease));
    return earlier?.holder === lease.holder ? earlier : lease;
  });
}

function leaseName({ namespace, name }: LeaseSeen): string {
  return `${namespace}/${name}`;
}

function byName(leases: readonly LeaseSeen[]): Map<string, LeaseSeen> {
  return new Map(leases.map((each) => [leaseName(each), each]));
}

function isInUse({ holder, renewedAt }: LeaseSeen, { lookedAt }: ToolState): boolean {
  return holder !== '' && renewedMs(lookedAt) - renewedMs(renewedAt) < abandonedMs;
}

/** Renew times have microseconds, which Date does not keep, so what is within a millisecond is told by the text. */
function renewedMs(time: string): number {
  const micros = /\.\d{3}(\d{3})Z$/.exec(time)?.[1] ?? '0';
  const milliseconds = Date.parse(time);
  return Number.isNaN(milliseconds) ? -Infinity : milliseconds + Number(micros) / 1000;
}

/** A holder calls itself by its Pod; by its node where it has the node's network, and then any workload may be it. */
function wasReplaced({ holder }: LeaseSeen, before: ToolState, after: ToolState): boolean {
  const then = before.workloads ?? [];
  const own = then.filter(({ name }) => holder.startsWith(`${name}-`));
  // `argocd-server-…` begins as `argocd` does too: the longest name is meant.
  const longest = Math.max(0, ...own.map(({ name }) => name.length));
  const candidates = own.length === 0 ? then : own.filter(({ name }) => name.length === longest);
  const now = new Map((after.workloads ?? []).map((each) => [nameOf(each), each]));
  const replaced = (workload: WorkloadSeen): boolean => {
    const current = now.get(nameOf(workload));
    return current?.uid !== workload.uid || current.template !== workload.template;
  };
  return candidates.length > 0 && candidates.every(replaced);
}
