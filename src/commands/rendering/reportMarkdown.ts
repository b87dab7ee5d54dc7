import type { Report } from '../../contract/report.ts';
import { durationText } from './duration.ts';
import { bullets, code, inline, markdownTable } from './markdown.ts';
import { environmentSections } from './reportEnvironment.ts';
import { measuredSections } from './reportMeasured.ts';
import { migrationSections } from './reportMigration.ts';
import { peopleSections } from './reportPeople.ts';

/** The report of an upgrade as Markdown, for reading, for a ticket, for an audit. */
export function reportMarkdown(report: Report): string {
  const sections = [
    header(report),
    ...measuredSections(report),
    ...migrationSections(report),
    ...peopleSections(report),
    ...environmentSections(report),
  ];
  return `${sections.filter((text) => text !== '').join('\n\n')}\n`;
}

function header(report: Report): string {
  const { status, fromVersion, durationSeconds } = report;
  const { cluster, targetVersion, currentVersion, workflowId, runId } = status;
  const from = fromVersion ?? '?';
  return [
    `# ${subject(status)}: ${from} → ${targetVersion ?? '?'}: ${status.phase}`,
    inline(status.outcome ?? 'How it ended is not known.'),
    markdownTable(
      ['', ''],
      [
        ['cluster', code(cluster.arn ?? cluster.name)],
        ['control plane now', currentVersion ?? 'unknown'],
        ['began', status.startedAt],
        ['ended', status.endedAt ?? 'has not'],
        ['took', durationText(durationSeconds)],
        ['plan', status.planDigest === undefined ? 'none was made' : code(status.planDigest)],
        ['workflow', `${code(workflowId)}, run ${code(runId)}`],
      ],
    ),
    ...putBack(report),
  ].join('\n\n');
}

/** `Upgrade of cluster shop`, `Migration of cluster shop to shop-1-34`. */
function subject({ cluster, migration }: Report['status']): string {
  return migration === undefined
    ? `Upgrade of cluster ${inline(cluster.name)}`
    : `Migration of cluster ${inline(cluster.name)} to ${inline(migration.green.name)}`;
}

/** What is still changed for the upgrade's sake stands at the top: somebody has to see to it. */
function putBack({ status }: Report): string[] {
  const left = status.compensations.filter(({ state }) => state === 'open' || state === 'failed');
  if (left.length === 0) return [];
  return [
    '**Not put back, see to it:**',
    bullets(
      left.map(({ what, state }) => `${inline(what)} (${state === 'failed' ? 'it was tried' : 'open'})`),
    ),
  ];
}
