import type { KubernetesConnection } from '../../kubernetes/connection.ts';
import type { Work } from '../../kubernetes/copying/holding.ts';
import { holdSide, releaseSide } from '../../kubernetes/holding/holdSide.ts';
import type { WorkLook } from '../../kubernetes/holding/holdSide.ts';
import { workName } from '../../kubernetes/holding/workObjects.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import type { MigrationActivities, WorkVerdict } from '../migrationTypes.ts';
import { growingPauses, pause } from '../pause.ts';
import { activityScope, heartbeating } from '../scope.ts';

type Input = Parameters<MigrationActivities['holdWork']>[0];
type Look = (
  connection: KubernetesConnection,
  input: { singletons: Input['singletons']; madeBy: string; signal: AbortSignal },
) => Promise<WorkLook>;

/** Has what must not work twice stand still on one side, and start again. */
export function workActivities({
  clusters,
}: Pick<ActivityDependencies, 'clusters'>): Pick<MigrationActivities, 'holdWork' | 'releaseWork'> {
  return {
    holdWork: (input) => repeat(input, holdSide, 'looking for what must stand still'),
    releaseWork: (input) => repeat(input, releaseSide, 'looking for what stands still'),
  };

  /** Looks until nothing is in the way any more, or the time is over. */
  async function repeat(
    { context, singletons, madeBy, timeoutMs, pollMs, side }: Input,
    look: Look,
    begin: string,
  ): Promise<WorkVerdict> {
    const { signal } = activityScope();
    const until = performance.now() + timeoutMs;
    const pauses = growingPauses(pollMs);
    // What was held or given back, by name: a look sees only what it has found itself.
    const done = new Map<string, Work | undefined>();
    let line = begin;
    return heartbeating(
      async () => {
        for (;;) {
          const { kubernetes } = await clusters.open(context, signal);
          const { objects, problems, absent } = await look(kubernetes, { singletons, madeBy, signal });
          for (const object of objects) done.set(workName(object), object.work);
          const left = until - performance.now();
          if (problems.length === 0 || left <= 0) {
            const missing = side === 'green' ? [] : absent.map(notThere);
            return { ...counted(done), problems: [...problems, ...missing] };
          }
          line = `${problems[0] ?? ''}${problems.length === 1 ? '' : ` and ${problems.length - 1} more`}`;
          await pause(Math.min(pauses.next().value, left), signal);
        }
      },
      () => ({ line }),
    );
  }
}

function notThere(singleton: Input['singletons'][number]): string {
  return `${workName(singleton)} is not there, though the request names it as a singleton`;
}

function counted(works: ReadonlyMap<string, Work | undefined>): Omit<WorkVerdict, 'problems'> {
  const all = [...works.values()];
  const cronJobs = all.filter((work) => work === 'cron-job').length;
  const singletons = all.filter((work) => work === 'singleton').length;
  return { cronJobs, singletons, others: all.length - cronJobs - singletons };
}
