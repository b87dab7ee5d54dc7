import type { ProbeSummary } from '../contract/evidence.ts';

/** What has been measured so far. Times are milliseconds of one monotonic clock. */
export interface ProbeAccount {
  readonly probes: number;
  readonly failures: number;
  readonly downtimeMs: number;
  readonly longestOutageMs: number;
  readonly unobservedMs: number;
  /** When the last probe ended; before the first one, when probing began. */
  readonly lastEndedAt: number;
  /** An outage that goes on: when its first failed probe began. */
  readonly outageSince?: number;
}

export interface ProbeResult {
  startedAt: number;
  endedAt: number;
  /** False for a connection that failed, no answer in time, or a 5xx. */
  up: boolean;
}

/** An account to begin with at a time, or to go on from what an earlier process has measured. */
export function openAccount(now: number, prior?: ProbeSummary, unobservedMs = 0): ProbeAccount {
  return {
    lastEndedAt: now,
    probes: prior?.probes ?? 0,
    failures: prior?.failures ?? 0,
    downtimeMs: (prior?.downtimeSeconds ?? 0) * 1_000,
    longestOutageMs: (prior?.longestOutageSeconds ?? 0) * 1_000,
    unobservedMs: (prior?.unobservedSeconds ?? 0) * 1_000 + unobservedMs,
  };
}

/**
 * Adds one probe. An outage lasts from the beginning of its first failed probe to the answer of the next good one, so
 * that what is reported is never less than what was seen. A pause longer than `longestPauseMs` (the process stood
 * still) is unobserved: an outage is not drawn across it, since nobody knows.
 */
export function addProbe(account: ProbeAccount, probe: ProbeResult, longestPauseMs: number): ProbeAccount {
  const { lastEndedAt, outageSince, ...sums } = account;
  const pause = probe.startedAt - lastEndedAt;
  const unobserved = pause > longestPauseMs ? pause : 0;
  const since = unobserved > 0 ? undefined : outageSince;
  const next = {
    ...sums,
    probes: account.probes + 1,
    failures: account.failures + (probe.up ? 0 : 1),
    unobservedMs: account.unobservedMs + unobserved,
    lastEndedAt: probe.endedAt,
  };
  if (probe.up && since === undefined) return next;
  const begin = since ?? probe.startedAt;
  // Of an outage that goes on, everything up to the end of the last probe is in the sum already.
  const countedTo = since === undefined ? probe.startedAt : lastEndedAt;
  return {
    ...next,
    downtimeMs: account.downtimeMs + (probe.endedAt - countedTo),
    longestOutageMs: Math.max(account.longestOutageMs, probe.endedAt - begin),
    ...(probe.up ? {} : { outageSince: begin }),
  };
}

/** Adds time in which no probe could be made: it is unobserved, and so is what became of an outage. */
export function addPause(account: ProbeAccount, now: number): ProbeAccount {
  const { outageSince: _, ...sums } = account;
  return { ...sums, unobservedMs: account.unobservedMs + (now - account.lastEndedAt), lastEndedAt: now };
}

/** The account in seconds, to the millisecond; an outage that goes on is in it as far as it was seen. */
export function summarize(account: ProbeAccount): ProbeSummary {
  return {
    probes: account.probes,
    failures: account.failures,
    downtimeSeconds: Math.round(account.downtimeMs) / 1_000,
    longestOutageSeconds: Math.round(account.longestOutageMs) / 1_000,
    unobservedSeconds: Math.round(account.unobservedMs) / 1_000,
  };
}
