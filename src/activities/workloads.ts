import { z } from 'zod';
import { compareWorkloads, describeWorkload, readWorkloads } from '../kubernetes/workloads.ts';
import type { WorkloadComparison, WorkloadState } from '../kubernetes/workloads.ts';
import { joinLooks } from '../kubernetes/secondLook.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { keep } from './evidence.ts';
import { pause } from './pause.ts';
import { activityScope, heartbeating } from './scope.ts';
import type { Activities } from './types.ts';

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

/** The state of the owners of Pods, before and after (rule 8). */
export function workloadActivities({
  clusters,
  evidence,
}: Pick<ActivityDependencies, 'clusters' | 'evidence'>): Pick<
  Activities,
  'takeBaseline' | 'verifyWorkloads'
> {
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

    async verifyWorkloads({ context, baseline: reference, settleMs, pollMs }) {
      const { signal } = activityScope();
      const baseline = baselineSchema.parse(await evidence.read(reference));
      const until = performance.now() + settleMs;
      let line = 'looking at the workloads';
      const comparison = await heartbeating(
        async () => {
          for (;;) {
            const { kubernetes } = await clusters.open(context, signal);
            const seen = compareWorkloads(baseline, await readWorkloads(kubernetes, signal));
            const left = until - performance.now();
            if (seen.newlyBroken.length === 0 || left <= 0) return seen;
            line = `waiting for ${summary(seen)}`;
            await pause(Math.min(pollMs, left), signal);
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
    },
  };
}

function summary({ newlyBroken }: WorkloadComparison): string {
  const [first] = newlyBroken;
  if (first === undefined) return 'nothing';
  const others = newlyBroken.length - 1;
  return `${describeWorkload(first)}${others === 0 ? '' : ` and ${others} more`}`;
}
