import { runsBetween } from './cron.ts';
import type { JobSeen, StateComparison, ToolState, WorkloadSeen } from './toolState.ts';

/** `Deployment argocd/argocd-server`. */
export function nameOf({ kind, namespace, name }: Pick<WorkloadSeen, 'kind' | 'namespace' | 'name'>): string {
  return `${kind} ${namespace}/${name}`;
}

/**
 * Whether everything that the tool wants to run is there and Ready. Wanted is what its release's manifest has; without
 * a release, what was there before.
 */
export function compareToolWorkloads(before: ToolState, after: ToolState): string[] {
  if (after.workloads === undefined) return [];
  const now = new Set(after.workloads.map(nameOf));
  const wanted = after.released ?? (before.workloads ?? []).map(nameOf);
  const brokenBefore = new Set((before.workloads ?? []).filter(({ well }) => !well).map(nameOf));
  return [
    ...wanted.filter((name) => !now.has(name)).map((name) => `${name}: it is not there`),
    ...after.workloads
      .filter(({ well }) => !well)
      .map((workload) => {
        const name = nameOf(workload);
        return `${name}: ${workload.reason ?? 'not well'}${brokenBefore.has(name) ? ' (not well before either)' : ''}`;
      }),
  ];
}

/** A Job that begins later than this before the end is not waited for. Milliseconds. */
const timeOfJobMs = 60_000;

/** What is to come of CronJobs depends on how long is waited for it. */
export interface JobsTiming {
  /** From here on runs are looked for: the first look after the change. */
  from: Date;
  /** Nobody waits longer. */
  until: Date;
}

/**
 * Whether the CronJobs of the tool have run as they are now: by a Job that was not there before and has the images of
 * today. One that is not due while somebody waits is a note.
 */
export function compareJobs(before: ToolState, after: ToolState, timing: JobsTiming): StateComparison {
  const result: StateComparison = { problems: [], unknown: [], notes: [] };
  if (after.jobs === undefined) return result;
  const known = new Set((before.jobs ?? []).map(({ uid }) => uid));
  for (const cronJob of after.workloads ?? []) {
    const { schedule } = cronJob;
    if (schedule === undefined) continue;
    const name = nameOf(cronJob);
    if (schedule.suspended) {
      result.notes.push(`${name}: it is suspended, so nothing of it runs`);
      continue;
    }
    const own = after.jobs.filter((job) => !known.has(job.uid) && isJobOf(job, cronJob));
    const ended = newestOf(own.filter(({ state }) => state !== 'running'));
    if (ended?.state === 'complete') continue;
    if (ended !== undefined) {
      result.problems.push(`${name}: its Job ${ended.name} failed (${ended.reason ?? 'no reason given'})`);
      continue;
    }
    const running = newestOf(own);
    if (running !== undefined) {
      result.problems.push(`${name}: its Job ${running.name} still runs`);
      continue;
    }
    if (hasRunSince(before, cronJob)) continue;
    const until = new Date(timing.until.getTime() - timeOfJobMs);
    const due = runsBetween(schedule.cron, timing.from, until, schedule.timeZone);
    if (due === undefined) result.unknown.push(`${name}: its schedule "${schedule.cron}" can't be read`);
    else if (due) result.problems.push(`${name}: it has not run since, by its schedule "${schedule.cron}"`);
    else
      result.notes.push(
        `${name}: by its schedule "${schedule.cron}" it runs later than anybody waits for it`,
      );
  }
  return result;
}

function newestOf(jobs: readonly JobSeen[]): JobSeen | undefined {
  return jobs.toSorted((one, other) => (one.createdAt < other.createdAt ? 1 : -1))[0];
}

function isJobOf(job: JobSeen, cronJob: WorkloadSeen): boolean {
  return (
    job.namespace === cronJob.namespace &&
    job.cronJob === cronJob.name &&
    job.images.every((image) => cronJob.images.includes(image))
  );
}

/** Its Job may be gone already (`ttlSecondsAfterFinished`): the CronJob itself keeps when it was scheduled and well. */
function hasRunSince(before: ToolState, { namespace, name, schedule }: WorkloadSeen): boolean {
  const then = before.workloads?.find(
    (each) => each.kind === 'CronJob' && each.namespace === namespace && each.name === name,
  )?.schedule;
  const { lastScheduledAt = '', lastSucceededAt = '' } = schedule ?? {};
  const scheduledThen = then?.lastScheduledAt ?? '';
  return (
    lastScheduledAt > scheduledThen &&
    lastSucceededAt > (then?.lastSucceededAt ?? '') &&
    lastSucceededAt >= lastScheduledAt
  );
}
