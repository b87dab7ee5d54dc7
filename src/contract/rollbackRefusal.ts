import type { MigrationStatus } from './migration.ts';

/**
 * Why `rollback` can't send a migration's users back now, and what to do instead: without a capital and a full stop, as
 * refusals are. Only for times in which nothing that it would break off is under way.
 *
 * @param migration where the users are; absent before the plan is approved
 * @param blue name of the old cluster
 * @param isEnding true once blue is given up, or the migration leads back to it by itself
 */
export function rollbackRefusal(
  migration: Pick<MigrationStatus, 'green' | 'moves' | 'weights'> | undefined,
  blue: string,
  isEnding: boolean,
): string {
  const { green, moves, weights } = migration ?? { green: { name: 'the new cluster' }, moves: [] };
  if (moves.length === 0) {
    return 'no users have been sent to the new cluster, so there is nothing to go back from: to end the migration, send `abort` or reject the open gate';
  }
  const isOnBlue = weights?.green === 0;
  if (isEnding) {
    return isOnBlue
      ? `all users are back on ${blue} already, and the migration is ending`
      : `the migration is ending, and there is no way back by \`rollback\` any more: while ${blue} is there, the router's weights can be set by hand`;
  }
  return isOnBlue
    ? `all users are back on ${blue} already: approve the gate \`cutover\` to send them to ${green.name} again, or end the migration by rejecting it or by \`abort\``
    : `the users are being sent back to ${blue} already: the gate \`cutover\` opens again when they are there`;
}
