import { workloadKey } from '../../kubernetes/compareWorkloads.ts';
import { judgeGreenWorkloads } from '../../kubernetes/comparing/judgeGreenWorkloads.ts';
import type { GreenWorkloads } from '../../kubernetes/comparing/judgeGreenWorkloads.ts';
import { leftBehind } from '../../kubernetes/comparing/leftBehind.ts';
import type { KubernetesConnection } from '../../kubernetes/connection.ts';
import type { SelectionContext } from '../../kubernetes/copying/selection.ts';
import { listWork, workName } from '../../kubernetes/holding/workObjects.ts';
import { joinLooks } from '../../kubernetes/secondLook.ts';
import { readWorkloads } from '../../kubernetes/workloads.ts';
import type { WorkloadState } from '../../kubernetes/workloads.ts';
import type { Singleton } from '../../contract/migration.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { keep } from '../evidence.ts';
import type { GreenWorkloadsVerdict, MigrationActivities } from '../migrationTypes.ts';
import { growingPauses, pause } from '../pause.ts';
import { activityScope, heartbeating } from '../scope.ts';
import { openSides } from './openSides.ts';
import { selectionOf } from './selectionOf.ts';

/** Lines that stand in a verdict at most; the evidence has all. */
const shownLines = 20;

/** Between two looks at what is broken on blue at most: a change that was under way shows in all lists by then. */
const secondLookMs = 1_000;

/** How green's owners of Pods do against blue's (rule 8). */
export function verifyGreenWorkloadsActivity({
  clusters,
  evidence,
}: Pick<ActivityDependencies, 'clusters' | 'evidence'>): Pick<MigrationActivities, 'verifyGreenWorkloads'> {
  return {
    async verifyGreenWorkloads({ sides, stage, tools, timeoutMs, pollMs }) {
      const { signal } = activityScope();
      const until = performance.now() + timeoutMs;
      const pauses = growingPauses(pollMs);
      const selection = selectionOf(stage, tools ?? []);
      let line = 'looking at the workloads of both clusters';
      let before: WorkloadState[] | undefined;
      // Why one is left behind does not change from look to look.
      const reasons = new Map<string, string | undefined>();
      const look = async (): Promise<GreenWorkloads> => {
        const { blue, green } = await openSides(clusters, sides, signal);
        const [onBlue, onGreen, held] = await Promise.all([
          readWorkloads(blue, signal),
          readWorkloads(green, signal),
          heldOwners([blue, green], stage.singletons, signal),
        ]);
        // Broken is what was so in two looks, one after the other.
        const joined = before === undefined ? onBlue : joinLooks(before, onBlue);
        before = onBlue;
        const there = new Set(onGreen.map(workloadKey));
        const missing = joined.filter((owner) => {
          const key = workloadKey(owner);
          return owner.shortLived !== true && !there.has(key) && !held.has(key);
        });
        const left = await whyLeft(blue, missing, reasons, selection, signal);
        return judgeGreenWorkloads(joined, onGreen, new Map([...left, ...held]));
      };
      const judged = await heartbeating(
        async () => {
          for (let looks = 1; ; looks += 1) {
            const seen = await look();
            const left = until - performance.now();
            const certain = looks > 1 || seen.alreadyBroken.length === 0;
            if (certain && (seen.well || left <= 0)) return seen;
            line = seen.well ? 'looking once more' : `waiting for ${summary(seen)}`;
            const wait =
              seen.well || left <= 0 ? Math.min(secondLookMs, pollMs) : Math.min(pauses.next().value, left);
            await pause(wait, signal);
          }
        },
        () => ({ line }),
      );
      return verdictOf(
        judged,
        await keep(
          evidence,
          sides.blue.evidencePrefix,
          'green-workloads',
          judged,
          judged.behind.length + judged.alreadyBroken.length + judged.apart.length,
        ),
      );
    },
  };
}

/** Of those that are left behind on purpose, why; what was found out is kept in `known`. */
async function whyLeft(
  blue: KubernetesConnection,
  missing: readonly WorkloadState[],
  known: Map<string, string | undefined>,
  selection: SelectionContext,
  signal: AbortSignal,
): Promise<[key: string, reason: string][]> {
  const unknown = missing.filter((owner) => !known.has(workloadKey(owner)));
  const found = await leftBehind(blue, unknown, selection, signal);
  for (const owner of unknown) known.set(workloadKey(owner), found.get(workloadKey(owner)));
  return missing.flatMap((owner) => {
    const key = workloadKey(owner);
    const reason = known.get(key);
    return reason === undefined ? [] : [[key, reason]];
  });
}

function verdictOf(
  judged: GreenWorkloads,
  evidence: GreenWorkloadsVerdict['evidence'],
): GreenWorkloadsVerdict {
  const { behind, compared, well, alreadyBroken } = judged;
  const lines = behind.map(({ line }) => line);
  if (!well && lines.length === 0) lines.push(noneJudged(judged));
  return {
    ...{ well, behind: lines.slice(0, shownLines), behindCount: lines.length, compared },
    ...{ alreadyBrokenCount: alreadyBroken.length, evidence },
  };
}

function noneJudged({ alreadyBroken, apart }: GreenWorkloads): string {
  return `no workload could be compared: ${alreadyBroken.length} are broken on the old cluster already, ${apart.length} stand still or stay behind`;
}

function summary(judged: GreenWorkloads): string {
  const [first] = judged.behind;
  if (first === undefined) return noneJudged(judged);
  const others = judged.behind.length - 1;
  return `${first.line}${others === 0 ? '' : ` and ${others} more`}`;
}

/** Deployments and StatefulSets that stand still on green, or may, by `workloadKey`. */
async function heldOwners(
  connections: readonly KubernetesConnection[],
  singletons: readonly Singleton[],
  signal: AbortSignal,
): Promise<Map<string, string>> {
  const held = new Map<string, string>();
  for (const connection of connections)
    for (const object of await listWork(connection, singletons, signal, ['deployments', 'statefulsets'])) {
      const { kind, namespace, name } = object;
      const key = workloadKey({ apiVersion: 'apps/v1', kind, namespace, name });
      held.set(key, `${workName(object)} does not work on both clusters`);
    }
  return held;
}
