import { compareClusters } from '../../kubernetes/comparing/compareClusters.ts';
import type { ComparedKind, ComparisonProgress } from '../../kubernetes/comparing/compareClusters.ts';
import { describeDifference, isUnexplained } from '../../kubernetes/comparing/compareKind.ts';
import type { Difference } from '../../kubernetes/comparing/compareKind.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { keyOfMoment } from '../evidence.ts';
import type { MigrationActivities } from '../migrationTypes.ts';
import { activityScope, heartbeating } from '../scope.ts';
import { openSides } from './openSides.ts';
import { selectionOf } from './selectionOf.ts';

/** Lines that stand in a verdict at most; the evidence has all. */
const shownLines = 20;

/** Whether everything of blue is on green, but what has a reason not to be. */
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
          const entries = compareClusters(
            connections,
            selectionOf(stage, tools),
            signal,
            (at) => (progress = at),
          );
          const key = `${sides.blue.evidencePrefix}/sides-${keyOfMoment(now())}`;
          const reference = await evidence.writeLines('sides', key, tally.over(entries));
          return { ...tally.verdict(), evidence: reference };
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

/** Adds up what passes by. */
class Tally {
  #same = 0;
  readonly #explained = new Map<string, number>();
  readonly #unexplained: string[] = [];
  #unexplainedCount = 0;

  async *over(entries: AsyncIterable<ComparedKind | Difference>): AsyncGenerator<ComparedKind | Difference> {
    for await (const entry of entries) {
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

  #add(entry: ComparedKind | Difference): void {
    if ('same' in entry) this.#same += entry.same;
    if (!('what' in entry)) return;
    if (isUnexplained(entry)) {
      this.#unexplainedCount += 1;
      if (this.#unexplained.length < shownLines) this.#unexplained.push(describeDifference(entry));
    } else if (entry.what !== 'unseen' && entry.reason !== undefined) {
      this.#explained.set(entry.reason, (this.#explained.get(entry.reason) ?? 0) + 1);
    }
  }
}
