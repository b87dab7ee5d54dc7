import type { MigrationStatus } from '../../contract/migration.ts';
import type { Report } from '../../contract/report.ts';
import type { UpgradeStatus } from '../../contract/status.ts';
import { weightsText } from '../../contract/weightsText.ts';
import { durationText } from './duration.ts';
import { bullets, code, inline, markdownTable, section } from './markdown.ts';

/** What was brought over, how green was looked at, how the users went, and what is left of blue. */
export function migrationSections({ status }: Report): string[] {
  const { migration } = status;
  if (migration === undefined) return [];
  return [
    ...section('What came to the new cluster', bullets(broughtOver(migration))),
    ...section('Probes of the new cluster before users were sent there', probes(migration)),
    ...section('How the users went', ...users(status, migration)),
    ...section('The old cluster', bullets(oldCluster(status, migration))),
  ];
}

function broughtOver({ copied, compared }: MigrationStatus): string[] {
  const lines: string[] = [];
  if (copied === undefined) lines.push('Nothing was copied.');
  else {
    const { applied, unchanged, leftOut, refusedCount } = copied;
    lines.push(
      `Copied: ${applied} objects; ${unchanged} were there already, ${leftOut} stayed behind, ${refusedCount === 0 ? 'none was refused' : `**${refusedCount} were refused**`}.`,
    );
  }
  if (compared === undefined) return [...lines, 'The inventories were not compared.'];
  const { same, explained, unexplainedCount, contents } = compared;
  return [
    ...lines,
    [
      `Compared: ${same} objects on both, ${unexplainedCount === 0 ? 'no difference without a reason' : `**${unexplainedCount} differences without a reason**`}.`,
      ...explained.map(({ reason, count }) => `  - ${count}: ${inline(reason)}`),
      ...(contents === undefined
        ? []
        : [
            `  - ${contents.compared} compared by what they say: ${contents.differing === 0 ? 'all the same' : `${contents.differing} not the same`}`,
          ]),
    ].join('\n'),
  ];
}

function probes({ probed = [] }: MigrationStatus): string {
  if (probed.length === 0) return 'None.';
  return markdownTable(
    ['probe', 'state', 'asked', 'good in a row', ''],
    probed.map(({ name, state, asked, inARow, why }) => [
      inline(name),
      state === 'holds' ? state : `**${state}**`,
      String(asked),
      String(inARow),
      inline(why),
    ]),
  );
}

/** Each step with who let it happen: without an approved gate `cutover` nobody was sent to green. */
function users({ gates }: UpgradeStatus, { moves, weights }: MigrationStatus): string[] {
  const approved = gates.filter(({ gate, outcome }) => gate === 'cutover' && outcome === 'approved');
  const by = approved.map(
    ({ by: name, answeredAt, comment, opening }) =>
      `Opening ${opening} of the cutover was approved by ${inline(name ?? 'somebody')} at ${answeredAt ?? 'an unknown time'}${comment === undefined ? '.' : `: ${inline(comment)}`}`,
  );
  return [
    ...(by.length === 0 ? ['Nobody has approved the cutover.'] : [bullets(by)]),
    moves.length === 0
      ? 'The routing was not changed.'
      : markdownTable(
          ['when', 'users', 'for', 'why'],
          moves.map(({ at, to, why }, index) => [
            at,
            weightsText(to),
            lasted(at, moves[index + 1]?.at),
            inline(why),
          ]),
        ),
    ...(weights === undefined ? [] : [`At the end: **${weightsText(weights)}**.`]),
  ];
}

function lasted(from: string, to: string | undefined): string {
  return to === undefined ? '' : durationText((Date.parse(to) - Date.parse(from)) / 1000);
}

function oldCluster({ cluster, gates, endedAt }: UpgradeStatus, migration: MigrationStatus): string[] {
  const { moves, keepUntil, removed = [] } = migration;
  const over = moves.at(-1)?.to.green === 100 ? firstOfLastRun(moves) : undefined;
  const retired = gates.findLast(({ gate, outcome }) => gate === 'retire' && outcome === 'approved');
  const until = retired?.answeredAt ?? endedAt;
  return [
    ...(over === undefined || until === undefined
      ? []
      : [
          `The new cluster served all users for ${durationText((Date.parse(until) - Date.parse(over)) / 1000)} before ${retired === undefined ? 'this ended' : 'the end of the old one was approved'}.`,
        ]),
    ...(keepUntil === undefined ? [] : [`It was to be kept until ${keepUntil} at least.`]),
    removed.length === 0
      ? `Nothing of ${code(cluster.name)} was deleted.`
      : `Deleted: ${removed.map(inline).join(', ')}.`,
  ];
}

/** Since when all users have been on green without going back. */
function firstOfLastRun(moves: MigrationStatus['moves']): string | undefined {
  const back = moves.findLastIndex(({ to }) => to.green !== 100);
  return moves[back + 1]?.at;
}
