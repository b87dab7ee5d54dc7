import type { StageEstimate } from '../contract/plan.ts';
import { isSameStage } from '../contract/stageSubject.ts';
import type { HopStatus, StageStatus, UpgradeStatus } from '../contract/status.ts';

/** A stage that has outlived its estimate is thought to need at least this share of it still. */
const leastShareLeft = 0.05;

interface Reckoned {
  status: StageStatus;
  estimatedSeconds: number;
}

/**
 * How long an upgrade still needs, by its estimates, corrected by what its stages have really taken so far: by those
 * of the same kind where there are any, otherwise by all. Waits for people or windows that lie ahead are not in it.
 *
 * @param now the moment to reckon from
 * @returns seconds and the moment of the end (ISO 8601); undefined before there is a plan and when it has ended
 */
export function remaining(
  status: UpgradeStatus,
  now: Date,
): { seconds: number; finishAt: string } | undefined {
  if (status.endedAt !== undefined || status.estimates.length === 0 || status.hops.length === 0) {
    return undefined;
  }
  const stages = status.hops.flatMap((hop) => reckoned(hop, status.estimates));
  const done = stages.filter(({ status: stage }) => stage.state === 'done');
  const overall = ratio(done, now);
  const seconds = Math.round(
    stages.reduce((sum, stage) => {
      const alike = done.filter((each) => each.status.stage === stage.status.stage);
      return sum + secondsLeft(stage, ratio(alike, now) ?? overall ?? 1, now);
    }, 0),
  );
  return { seconds, finishAt: new Date(now.getTime() + seconds * 1000).toISOString() };
}

function reckoned(hop: HopStatus, estimates: readonly StageEstimate[]): Reckoned[] {
  // While a migration keeps the old cluster nothing is done.
  const work = hop.stages.filter(({ stage }) => stage !== 'retirement');
  return work.map((status) => ({
    status,
    estimatedSeconds:
      estimates.find((estimate) => estimate.hop === hop.to && isSameStage(estimate, status))?.seconds ?? 0,
  }));
}

/** Measured over estimated; undefined when nothing has been measured. */
function ratio(done: readonly Reckoned[], now: Date): number | undefined {
  let measured = 0;
  let estimated = 0;
  for (const stage of done) {
    const seconds = elapsed(stage.status, now);
    if (seconds === undefined || stage.estimatedSeconds === 0) continue;
    measured += seconds;
    estimated += stage.estimatedSeconds;
  }
  return estimated === 0 || measured === 0 ? undefined : measured / estimated;
}

function secondsLeft({ status, estimatedSeconds }: Reckoned, correction: number, now: Date): number {
  const whole = estimatedSeconds * correction;
  if (status.state === 'pending') return whole;
  if (status.state !== 'running') return 0;
  return Math.max(whole - (elapsed(status, now) ?? 0), whole * leastShareLeft);
}

/** Seconds that a stage has taken, until now if it has not ended. */
function elapsed(status: StageStatus, now: Date): number | undefined {
  if (status.startedAt === undefined) return undefined;
  const end = status.endedAt === undefined ? now.getTime() : Date.parse(status.endedAt);
  const seconds = (end - Date.parse(status.startedAt)) / 1000;
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined;
}
