import type { MigrationStatus } from '../../contract/migration.ts';
import type { UpgradeStatus } from '../../contract/status.ts';
import { weightsBar, weightsText } from '../../contract/weightsText.ts';
import { momentText } from './duration.ts';
import type { Style } from './style.ts';

/** Where the users are, by which way they come, and what becomes of the old cluster; nothing for an upgrade in place. */
export function migrationLines(status: UpgradeStatus, now: Date, style: Style): string[] {
  const { migration } = status;
  if (migration === undefined) return [];
  const { green, weights, addresses, moves, keepUntil, removed = [] } = migration;
  const last = moves.at(-1);
  const since = last === undefined ? '' : style.faint(`   since ${momentText(last.at, now)}: ${last.why}`);
  return [
    `${style.title('Users')}   ${weights === undefined ? 'not known to be sent anywhere' : weightsBar(weights)}${since}`,
    `        blue is ${status.cluster.name}, green is ${green.name}${addresses.length === 0 ? '' : `, they come by ${addresses.join(', ')}`}`,
    ...(keepUntil === undefined || removed.length > 0
      ? []
      : [`        blue is kept until ${momentText(keepUntil, now)} at least`]),
    ...(removed.length === 0 ? [] : [`        deleted: ${removed.join(', ')}`]),
  ];
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
