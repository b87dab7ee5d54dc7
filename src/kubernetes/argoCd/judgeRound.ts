import type { Application } from './application.ts';
import { placeOf } from './destinations.ts';
import type { KnownClusters } from './destinations.ts';
import { parentsOf, waitsFor, withChildren } from './inWaves.ts';
import type { Placed, Progress } from './inWaves.ts';
import { standingOf } from './standing.ts';
import type { Standing, StandingContext } from './standing.ts';

/** What a look at green's Applications is judged by. */
export interface RoundContext extends StandingContext {
  /** Keys of those that are to come up, with the ApplicationSet that makes one. */
  chosen: ReadonlyMap<string, string | undefined>;
  /** Blue's Applications: they tell which keeps which, before green's know. */
  onBlue: readonly Placed[];
  known: KnownClusters;
}

/** What a look has shown. */
export interface Round {
  /** How many of all that are to come up, children among them, are well. */
  wellCount: number;
  count: number;
  /** Those whose sync may begin now. */
  startable: Application[];
  /** Those that are not well, with where they stand. `isMoving`: time may help. */
  open: { key: string; line: string; isMoving: boolean }[];
}

/** Judges one look at all Applications of green. Pure. */
export function judgeRound(seen: readonly Application[], context: RoundContext): Round {
  const there = new Map(seen.map((application) => [application.key, application]));
  const parents = parentsOf(seen, context.onBlue);
  const wanted = withChildren(context.chosen.keys(), parentsOf(seen));
  const standings = new Map<string, Standing>();
  for (const key of wanted) standings.set(key, standingAt(there.get(key), key, context));
  const isWell = (key: string) => standings.get(key)?.state === 'well';
  const hasBegun = (key: string) => {
    const application = there.get(key);
    if (application === undefined) return false;
    const { operating, refreshing, phase } = application;
    // One that succeeded before may be due once more, or turn out to be when Argo CD has looked.
    const hasEnded = phase === 'Succeeded' && !refreshing && standings.get(key)?.state !== 'due';
    return isWell(key) || operating || hasEnded;
  };
  const progress: Progress = { there, parents, wanted, isWell, hasBegun };
  const round: Round = { wellCount: 0, count: wanted.size, startable: [], open: [] };
  for (const [key, { state, line }] of standings) {
    if (state === 'well') {
      round.wellCount += 1;
      continue;
    }
    const other = state === 'due' ? waitsFor(key, progress) : undefined;
    const application = there.get(key);
    const isStartable = state === 'due' && other === undefined && application !== undefined;
    if (isStartable) round.startable.push(application);
    round.open.push({
      key,
      line: other === undefined ? line : `${line}; it waits for Application ${other}, which comes before it`,
      isMoving: state === 'waiting' || isStartable,
    });
  }
  return round;
}

function standingAt(application: Application | undefined, key: string, context: RoundContext): Standing {
  if (application === undefined) {
    const set = context.chosen.get(key);
    const by = set === undefined ? 'what brings it has not made it' : `ApplicationSet ${set} has not made it`;
    return { state: 'waiting', line: `it is not on the new cluster: ${by} yet` };
  }
  switch (placeOf(application.destination, context.known)) {
    case 'elsewhere':
      return { state: 'well', line: 'it deploys to another cluster, and syncs again after the cutover' };
    case 'blue':
      return {
        state: 'failed',
        line: 'its destination is the old cluster by a name of its own, which what brings it says: change it there to https://kubernetes.default.svc',
      };
    default:
      return standingOf(application, context);
  }
}
