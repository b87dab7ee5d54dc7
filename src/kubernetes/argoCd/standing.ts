import { lastWords } from '../../tools/helm/lastWords.ts';
import type { Application, KeptObject } from './application.ts';

/** What else tells how an Application stands. */
export interface StandingContext {
  /** Whether an object stands still by this migration, so that it is not as Git says. */
  isHeld: (object: KeptObject) => boolean;
  /** Keys of Applications of which this look's caller has begun a sync. */
  begun: ReadonlySet<string>;
  /** Keys of Applications that are suspended on blue too. */
  suspendedOnBlue: ReadonlySet<string>;
}

/**
 * How an Application stands. `due`: a sync by hand would help. `waiting`: time may help. `failed`: neither does.
 * `line` says it for people: `OutOfSync at 3f2c1e0: Deployment shop/web`.
 */
export interface Standing {
  state: 'well' | 'due' | 'waiting' | 'failed';
  line: string;
}

/** Objects that are named in a line. */
const named = 5;

/**
 * One Application of green. What we have stand still is not as Git says, and counts as synced; so does health
 * `Suspended`, which some releases of Argo CD give to what stands still. A sync that has succeeded is not begun again at
 * the same revision, whatever came of it.
 */
export function standingOf(application: Application, context: StandingContext): Standing {
  const { key, refreshing, operating, phase, sync, health, errors } = application;
  const told = application.message === '' ? '' : `: ${shown(application.message)}`;
  if (refreshing) return { state: 'waiting', line: 'Argo CD has not looked at it yet' };
  if (operating) return { state: 'waiting', line: `a sync is under way${told}` };
  if (phase === 'Failed' || phase === 'Error') {
    const line = `its sync ended as ${phase}${told}`;
    return { state: context.begun.has(key) ? 'failed' : 'due', line };
  }
  if (sync !== 'Synced' && sync !== 'OutOfSync') {
    const why = errors.length === 0 ? '' : `: ${shown(errors.join('; '))}`;
    return { state: 'waiting', line: `Argo CD could not compare it with Git yet${why}` };
  }
  const differing = application.kept.filter(({ status }) => status === 'OutOfSync');
  const open = differing.filter((object) => !context.isHeld(object));
  if (sync === 'OutOfSync' && (open.length > 0 || differing.length === 0)) {
    const line = `OutOfSync${at(application.comparedTo)}${open.length === 0 ? '' : `: ${listed(open)}`}`;
    return isSyncedThere(application, context)
      ? { state: 'waiting', line: `${line}, although it was synced` }
      : { state: 'due', line };
  }
  const stillAllowed =
    health === 'Suspended' && (context.suspendedOnBlue.has(key) || application.kept.some(context.isHeld));
  if (health === 'Healthy' || stillAllowed)
    return { state: 'well', line: `synced${at(application.comparedTo)}` };
  return { state: 'waiting', line: `Synced, but ${health ?? 'its health is not known yet'}` };
}

/**
 * Whether the last sync has brought what it is compared with now. One that this caller has begun always counts: its
 * revision shows in the comparison a moment later.
 */
function isSyncedThere(
  { key, phase, syncedTo, comparedTo }: Application,
  { begun }: StandingContext,
): boolean {
  if (phase !== 'Succeeded') return false;
  if (begun.has(key)) return true;
  return (
    comparedTo.length > 0 &&
    syncedTo.length === comparedTo.length &&
    syncedTo.every((each, index) => each === comparedTo[index])
  );
}

/** A whole commit says no more to people than its beginning. */
function at(revisions: readonly string[]): string {
  const short = revisions.map((each) => (/^[0-9a-f]{40}$/.test(each) ? each.slice(0, 7) : each));
  return short.length === 0 ? '' : ` at ${short.join(', ')}`;
}

function listed(objects: readonly KeptObject[]): string {
  const names = objects.slice(0, named).map(({ kind, namespace, name, requiresPruning }) => {
    const object = `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`;
    return requiresPruning ? `${object} (Git has it no more, and nothing is pruned)` : object;
  });
  const more = objects.length - names.length;
  return more === 0 ? names.join(', ') : `${names.join(', ')} and ${more} more`;
}

/** What Argo CD says may quote addresses with credentials in them, and pieces of objects. */
function shown(message: string): string {
  return lastWords(message).replace(/[.\s]+$/, '');
}
