import { compareClusters } from '../../kubernetes/comparing/compareClusters.ts';
import type { ComparedKind, ComparisonProgress } from '../../kubernetes/comparing/compareClusters.ts';
import {
  describeContents,
  describeDifference,
  isUnexplained,
} from '../../kubernetes/comparing/compareKind.ts';
import type { ContentDifference, Difference } from '../../kubernetes/comparing/compareKind.ts';
import { rankOf } from '../../kubernetes/comparing/differingPaths.ts';
import { chooseArgoCd, leftToArgoCd } from '../../kubernetes/argoCd/chosen.ts';
import type { KubernetesConnection } from '../../kubernetes/connection.ts';
import { readSharedVolumes } from '../../kubernetes/copying/sharedVolumes.ts';
import { listWork } from '../../kubernetes/holding/workObjects.ts';
import { describeDoubleWork, worksTwice } from '../../kubernetes/holding/worksTwice.ts';
import type { DoubleWork } from '../../kubernetes/holding/worksTwice.ts';
import type { Singleton } from '../../contract/migration.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { keyOfMoment } from '../evidence.ts';
import type { ContentsVerdict, MigrationActivities } from '../migrationTypes.ts';
import { activityScope, heartbeating } from '../scope.ts';
import { openSides } from './openSides.ts';
import { selectionOf } from './selectionOf.ts';

/** Lines that stand in a verdict at most; the evidence has all. */
const shownLines = 20;

/**
 * Whether everything of blue is on green, but what has a reason not to be, and nothing works on both; and what of it says
 * something else there.
 */
export function compareSidesActivity({
  clusters,
  evidence,
  now,
}: Pick<ActivityDependencies, 'clusters' | 'evidence' | 'now'>): Pick<MigrationActivities, 'compareSides'> {
  return {
    async compareSides({ sides, stage, tools }) {
      const { signal } = activityScope();
      let progress: ComparisonProgress | undefined;
      return heartbeating(
        async () => {
          const connections = await openSides(clusters, sides, signal);
          const tally = new Tally();
          const { claims, volumes } = await readSharedVolumes(connections.blue, stage.volumes, signal);
          const named = await leftByArgoCd({ sides, stage, tools }, connections.blue, signal);
          const of = { selection: selectionOf(stage, tools, volumes, named), sharedClaims: claims };
          const twice = doubleWork(connections, stage.singletons, signal);
          const entries = compareClusters(connections, of, signal, (at) => (progress = at));
          const key = `${sides.blue.evidencePrefix}/sides-${keyOfMoment(now())}`;
          const reference = await evidence.writeLines('sides', key, tally.over(entries, twice));
          const isBroughtAgain = stage.sources.every((source) => 'copy' in source);
          return {
            ...tally.verdict(),
            contents: { ...tally.contents(), isBroughtAgain },
            evidence: reference,
          };
        },
        () => ({
          line:
            progress === undefined
              ? 'asking what both clusters serve'
              : `${progress.kinds} of ${progress.ofKinds} kinds compared`,
        }),
      );
    },
  };
}

/** What the source of Argo CD leaves on blue on purpose. */
async function leftByArgoCd(
  { sides, stage, tools }: Parameters<MigrationActivities['compareSides']>[0],
  blue: KubernetesConnection,
  signal: AbortSignal,
): Promise<ReturnType<typeof leftToArgoCd> | undefined> {
  const source = stage.sources.find((each) => 'argoCd' in each);
  if (source === undefined) return undefined;
  const { endpoint } = sides.blue.identity;
  return leftToArgoCd(
    await chooseArgoCd(blue, source.argoCd, { blueServer: endpoint, tools, signal }),
    false,
  );
}

/** A line of the evidence. */
type Entry = ComparedKind | Difference | ContentDifference | DoubleWork;

async function* doubleWork(
  { blue, green }: Awaited<ReturnType<typeof openSides>>,
  singletons: readonly Singleton[],
  signal: AbortSignal,
): AsyncGenerator<DoubleWork> {
  const [onBlue, onGreen] = await Promise.all([
    listWork(blue, singletons, signal),
    listWork(green, singletons, signal),
  ]);
  yield* worksTwice(onBlue, onGreen);
}

/** Adds up what passes by. */
class Tally {
  #same = 0;
  readonly #explained = new Map<string, number>();
  readonly #unexplained: string[] = [];
  #unexplainedCount = 0;
  #contents = 0;
  #differing = 0;
  #onlyGreenSaysMore = 0;
  /** The first so many of the worst. */
  #worst: { rank: number; line: string }[] = [];

  /** All that is given, in this order. */
  async *over(...parts: AsyncIterable<Entry>[]): AsyncGenerator<Entry> {
    for (const part of parts)
      for await (const entry of part) {
        this.#add(entry);
        yield entry;
      }
  }

  /** Two clusters have much in common: where they seem not to, nothing was compared, which is no pass. */
  verdict() {
    if (this.#same === 0 && this.#unexplainedCount === 0) {
      this.#unexplained.push('nothing was found that both clusters have');
      this.#unexplainedCount = 1;
    }
    return {
      same: this.#same,
      explained: [...this.#explained]
        .map(([reason, count]) => ({ reason, count }))
        .sort((one, other) => other.count - one.count || (one.reason < other.reason ? -1 : 1)),
      unexplained: this.#unexplained,
      unexplainedCount: this.#unexplainedCount,
    };
  }

  contents(): Omit<ContentsVerdict, 'isBroughtAgain'> {
    return {
      compared: this.#contents,
      differing: this.#differing,
      onlyGreenSaysMore: this.#onlyGreenSaysMore,
      lines: this.#worst.map(({ line }) => line),
    };
  }

  #add(entry: Entry): void {
    if ('same' in entry) {
      this.#same += entry.same;
      this.#contents += entry.contents ?? 0;
    }
    if (!('what' in entry)) return;
    if (entry.what === 'differs') this.#differs(entry);
    else if (entry.what === 'twice') this.#stands(describeDoubleWork(entry));
    else if (isUnexplained(entry)) this.#stands(describeDifference(entry));
    else if (entry.what !== 'unseen' && entry.reason !== undefined) {
      this.#explained.set(entry.reason, (this.#explained.get(entry.reason) ?? 0) + 1);
    }
  }

  #differs(entry: ContentDifference): void {
    this.#differing += 1;
    if (entry.onlyGreenSaysMore) this.#onlyGreenSaysMore += 1;
    // Of an object the worst path stands first.
    this.#worst.push({ rank: rankOf(entry.paths[0] ?? ''), line: describeContents(entry) });
    this.#worst = this.#worst.sort((one, other) => one.rank - other.rank).slice(0, shownLines);
  }

  #stands(line: string): void {
    this.#unexplainedCount += 1;
    if (this.#unexplained.length < shownLines) this.#unexplained.push(line);
  }
}
