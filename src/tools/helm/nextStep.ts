import type { Revision } from './releases.ts';

/** The newest revision of a release, and whether we made it. */
export interface Newest extends Revision {
  /** By our label; undefined where what made it leaves none (helmfile): then any that came after ours began is. */
  marked?: boolean;
  /** Version of its chart, of one that is deployed. */
  chartVersion?: string;
}

/** What a step of a tool's upgrade works towards. */
export interface Aim {
  /** The revision that was there before the upgrade; undefined for a first installation. */
  revisionBefore: number | undefined;
  /** Version of the chart that it is brought to. */
  version: string;
  /** How long helm may take. Milliseconds. */
  timeoutMs: number;
  /** Milliseconds since 1970. */
  now: number;
  /** A revision from before that failed is gone on from: helm upgrades it against the last one that was deployed. */
  evenFailed?: boolean | undefined;
}

export type NextStep =
  /** Nothing is left to do. */
  | { do: 'nothing' }
  | { do: 'upgrade' }
  | { do: 'install' }
  /** Back to the revision from before. */
  | { do: 'roll-back' }
  | { do: 'uninstall' }
  /** Somebody of ours may still be at work on it; look again. Milliseconds. */
  | { do: 'wait'; forMs: number }
  /** An earlier run of ours failed. */
  | { do: 'fail'; why: string }
  /** It is not as it was when the upgrade was planned; nothing is changed. */
  | { do: 'refuse'; why: string };

/** A clock that is off by less than this, or a helm that ends a little late, does no harm. Milliseconds. */
const graceMs = 10_000;

/**
 * What to do to bring a release up, by how it stands now. A revision that an earlier run left pending is taken back
 * first, once the time that helm may take is over: until then a worker that we lost may still be at work on it.
 *
 * @param newest undefined when there is no such release
 */
export function nextForUpgrade(newest: Newest | undefined, aim: Aim): NextStep {
  const { revisionBefore: before, version, evenFailed = false } = aim;
  if (newest === undefined) {
    return before === undefined
      ? { do: 'install' }
      : { do: 'refuse', why: `it is gone; revision ${before} was there when the upgrade was prepared` };
  }
  if (newest.revision === before) {
    return newest.status === 'deployed' || (evenFailed && newest.status === 'failed')
      ? { do: 'upgrade' }
      : { do: 'refuse', why: `its revision ${before} is ${newest.status}` };
  }
  if (isReturnTo(before, newest)) return pendingOr(newest, aim, () => ({ do: 'upgrade' }));
  if (!isOurs(newest, before)) return { do: 'refuse', why: strangers(newest, before) };
  return pendingOr(newest, aim, () => {
    if (newest.status === 'deployed') {
      return newest.chartVersion === version
        ? { do: 'nothing' }
        : {
            do: 'refuse',
            why: `it has version ${newest.chartVersion ?? 'unknown'} by revision ${newest.revision}`,
          };
    }
    // Helm was told to stop: with its worker, not by a fault.
    if (newest.status === 'failed' && /context canceled|cancelled/.test(newest.description)) {
      return before === undefined ? { do: 'uninstall' } : { do: 'upgrade' };
    }
    return { do: 'fail', why: newest.description };
  });
}

/** What to do to bring a release back to how it was before the upgrade. */
export function nextForReturn(newest: Newest | undefined, aim: Omit<Aim, 'version'>): NextStep {
  const { revisionBefore: before } = aim;
  if (newest === undefined) {
    return before === undefined
      ? { do: 'nothing' }
      : { do: 'refuse', why: `it is gone; revision ${before} was there before the upgrade` };
  }
  if (newest.revision === before) {
    return newest.status === 'deployed'
      ? { do: 'nothing' }
      : { do: 'refuse', why: `its revision ${before} is ${newest.status}` };
  }
  if (isReturnTo(before, newest) && newest.status === 'deployed') return { do: 'nothing' };
  if (!isReturnTo(before, newest) && !isOurs(newest, before))
    return { do: 'refuse', why: strangers(newest, before) };
  return pendingOr(newest, aim, () => ({ do: before === undefined ? 'uninstall' : 'roll-back' }));
}

function pendingOr(newest: Newest, aim: Omit<Aim, 'version'>, otherwise: () => NextStep): NextStep {
  if (!newest.status.startsWith('pending-') && newest.status !== 'uninstalling') return otherwise();
  const endsAt = Date.parse(newest.updatedAt) + aim.timeoutMs + graceMs;
  if (endsAt > aim.now) return { do: 'wait', forMs: endsAt - aim.now };
  return { do: aim.revisionBefore === undefined ? 'uninstall' : 'roll-back' };
}

/** A rollback to the revision from before bears no label of ours, and is as good whoever made it. */
function isReturnTo(before: number | undefined, newest: Newest): boolean {
  if (before === undefined || newest.revision <= before) return false;
  // Helm's description while it rolls back and afterwards, and the one of a rollback that failed.
  return newest.description === `Rollback to ${before}` || newest.description.startsWith('Rollback "');
}

function isOurs(newest: Newest, before: number | undefined): boolean {
  return newest.marked ?? newest.revision > (before ?? 0);
}

function strangers(newest: Newest, before: number | undefined): string {
  return (
    `its revision ${newest.revision} (${newest.status}, "${newest.description}") was not made by this upgrade` +
    (before === undefined ? ', which was to install it' : `, which began at revision ${before}`)
  );
}
