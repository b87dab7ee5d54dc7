import type { MigrationStatus } from '../../contract/migration.ts';
import type { UpgradeStatus } from '../../contract/status.ts';
import { stepText, weightsBar, weightsText } from '../../contract/weightsText.ts';
import { momentText } from './duration.ts';
import type { Style } from './style.ts';
import { wrapped } from './wrapped.ts';

/**
 * Where the users are, how far the steps have come, by which way the users come, what becomes of the old cluster, and how
 * to go back as long as there is a way; nothing for an upgrade in place.
 *
 * @param columns of the terminal
 */
export function migrationLines(status: UpgradeStatus, now: Date, style: Style, columns: number): string[] {
  const { migration, cluster } = status;
  if (migration === undefined) return [];
  const { green, weights, steps, addresses, moves, keepUntil, removed = [] } = migration;
  const last = moves.at(-1);
  const step =
    steps === undefined || weights === undefined || weights.green === 0 ? [] : [stepText(steps, weights)];
  const since =
    last === undefined
      ? []
      : [`since ${momentText(last.at, now)}${last.why.startsWith('step of') ? '' : `: ${last.why}`}`];
  const facts = [
    [...step, ...since].join(', '),
    `blue is ${cluster.name}, green is ${green.name}${addresses.length === 0 ? '' : `; users come by ${addresses.join(', ')}`}`,
    keepUntil === undefined || removed.length > 0 ? '' : keptText(keepUntil, now),
    removed.length === 0 ? '' : `deleted: ${removed.join(', ')}`,
    canGoBack(status) ? `to send all users back to blue: stepladder rollback ${status.workflowId}` : '',
  ];
  return [
    `${style.title('Users')}   ${weights === undefined ? 'not known to be sent anywhere' : weightsBar(weights)}`,
    ...facts.filter((fact) => fact !== '').map((fact) => wrapped(`${indent}${fact}`, columns, indent)),
  ];
}

const indent = ' '.repeat('Users   '.length);

/** Blue never goes by itself: when its time is over it is asked about. */
function keptText(keepUntil: string, now: Date): string {
  return Date.parse(keepUntil) > now.getTime()
    ? `blue is kept until ${momentText(keepUntil, now)} at least`
    : 'blue is kept until its deletion is approved';
}

/** Users are on green, and blue is there. */
function canGoBack({ migration, gates, endedAt, phase }: UpgradeStatus): boolean {
  const isGoing = gates.some(({ gate, outcome }) => gate === 'retire' && outcome === 'approved');
  return phase === 'upgrading' && endedAt === undefined && !isGoing && (migration?.weights?.green ?? 0) > 0;
}

/** What has changed of a migration since the last look, one line each. */
export function migrationChanges(
  before: MigrationStatus | undefined,
  now: MigrationStatus | undefined,
): string[] {
  if (now === undefined) return [];
  const known = new Set(before?.moves.map(({ at }) => at));
  const { keepUntil, removed = [] } = now;
  return [
    ...now.moves
      .filter(({ at }) => !known.has(at))
      .map(({ to, why }) => `users: ${weightsText(to)} (${why})`),
    ...(keepUntil === undefined || keepUntil === before?.keepUntil
      ? []
      : [`the old cluster is kept until ${keepUntil} at least`]),
    ...removed.filter((each) => before?.removed?.includes(each) !== true).map((each) => `deleted: ${each}`),
  ];
}
