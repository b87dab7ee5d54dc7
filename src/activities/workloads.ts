import { z } from 'zod';
import type { WorkloadsVerdict } from '../contract/evidence.ts';
import { compareWorkloads, describeWorkload, readWorkloads, workloadKey } from '../kubernetes/workloads.ts';
import type { WorkloadComparison, WorkloadState } from '../kubernetes/workloads.ts';
import { joinLooks } from '../kubernetes/secondLook.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { keep } from './evidence.ts';
import { growingPauses, pause } from './pause.ts';
import { activityScope, heartbeating } from './scope.ts';
import type { Activities, ClusterContext } from './types.ts';
import type { WorkerActivities } from './workerTypes.ts';

/** Lines that stand in a verdict at most; the evidence has all. */
const shownLines = 20;

/** Between the two looks of a baseline: long enough for a change that was under way to show in all lists. */
const secondLookMs = 1_000;

/** A baseline as it is stored. */
export const baselineSchema: z.ZodType<WorkloadState[]> = z.array(
  z.object({
    apiVersion: z.string(),
    kind: z.string(),
    namespace: z.string(),
    name: z.string(),
    uid: z.string(),
    well: z.boolean(),
    reason: z.string().exactOptional(),
    wanted: z.number(),
    ready: z.number(),
    shortLived: z.literal(true).exactOptional(),
  }),
);

/** The owners of Pods that a drain has evicted, as it stores them. */
const ownersSchema = z.array(
  z.object({ apiVersion: z.string(), kind: z.string(), namespace: z.string(), name: z.string() }),
);

/** The state of the owners of Pods, before and after (rule 8). */
export function workloadActivities({
  clusters,
  evidence,
}: Pick<ActivityDependencies, 'clusters' | 'evidence'>): Pick<
  Activities,
  'takeBaseline' | 'verifyWorkloads'
> &
  Pick<WorkerActivities, 'verifyOwners'> {
  return {
    async takeBaseline({ context }) {
      const { signal } = activityScope();
      const states = await heartbeating(async () => {
        const { kubernetes } = await clusters.open(context, signal);
        const first = await readWorkloads(kubernetes, signal);
        if (first.every(({ well }) => well)) return first;
        await pause(secondLookMs, signal);
        return joinLooks(first, await readWorkloads(kubernetes, signal));
      });
      return keep(evidence, context.evidencePrefix, 'baseline', states, states.length);
    },

    async verifyWorkloads({ baseline: reference, ...input }) {
      const baseline = baselineSchema.parse(await evidence.read(reference));
      return verify(baseline, input);
    },

    async verifyOwners({ baseline: reference, owners: ownersReference, ...input }) {
      const baseline = baselineSchema.parse(await evidence.read(reference));
      const owners = ownersSchema.parse(await evidence.read(ownersReference));
      const keys = new Set(owners.map(workloadKey));
      return verify(
        baseline.filter((state) => keys.has(workloadKey(state))),
        input,
        new Set(owners.map(({ namespace }) => namespace)),
      );
    },
  };

  /**
   * Looks until all of these that were well are well again, or the time is over. The first looks follow each other soon,
   * because most workloads need seconds: whatever comes next waits for it.
   *
   * @param namespaces those of all of these; without it the whole cluster is read
   */
  async function verify(
    baseline: readonly WorkloadState[],
    { context, settleMs, pollMs }: { context: ClusterContext; settleMs: number; pollMs: number },
    namespaces?: ReadonlySet<string>,
  ): Promise<WorkloadsVerdict> {
    const { signal } = activityScope();
    const until = performance.now() + settleMs;
    const pauses = growingPauses(pollMs);
    let line = 'looking at the workloads';
    const comparison = await heartbeating(
      async () => {
        for (;;) {
          const { kubernetes } = await clusters.open(context, signal);
          const seen = compareWorkloads(baseline, await readWorkloads(kubernetes, signal, namespaces));
          const left = until - performance.now();
          if (seen.newlyBroken.length === 0 || left <= 0) return seen;
          line = `waiting for ${summary(seen)}`;
          await pause(Math.min(pauses.next().value, left), signal);
        }
      },
      () => ({ line }),
    );
    const { newlyBroken, alreadyBroken, recovered } = comparison;
    return {
      well: newlyBroken.length === 0,
      newlyBroken: newlyBroken.slice(0, shownLines).map(describeWorkload),
      newlyBrokenCount: newlyBroken.length,
      alreadyBrokenCount: alreadyBroken.length,
      recoveredCount: recovered.length,
      evidence: await keep(
        evidence,
        context.evidencePrefix,
        'workloads',
        comparison,
        newlyBroken.length + alreadyBroken.length,
      ),
    };
  }
}

function summary({ newlyBroken }: WorkloadComparison): string {
  const [first] = newlyBroken;
  if (first === undefined) return 'nothing';
  const others = newlyBroken.length - 1;
  return `${describeWorkload(first)}${others === 0 ? '' : ` and ${others} more`}`;
}
