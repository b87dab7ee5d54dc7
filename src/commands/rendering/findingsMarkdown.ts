import type { Finding, Severity } from '../../contract/finding.ts';
import { findingKey } from '../../checks/findingKey.ts';
import { groupFindings } from '../../checks/groupFindings.ts';
import { countsText, hopTitle } from './findingGroups.ts';
import { bullets, code, inline } from './markdown.ts';

/** So many places of a finding are shown. */
const shownPlaces = 20;

const headings: Record<Severity, string> = {
  blocker: 'Blockers',
  unknown: 'Unknown: could not be checked, so not passed',
  warning: 'Warnings',
  info: 'For your information',
};

/** Findings as a Markdown document, for a pull request's comment or a job's summary. */
export function findingsMarkdown(findings: readonly Finding[]): string {
  return ['# Upgrade check', findings.length === 0 ? 'Nothing was found.' : `${countsText(findings)}.`]
    .concat(findingBlocks(findings))
    .join('\n\n');
}

/** Findings by hop and severity, for a document that has a title already. */
export function findingBlocks(findings: readonly Finding[]): string[] {
  const groups = groupFindings(findings);
  return groups.flatMap((group, index) => [
    ...(index > 0 && groups[index - 1]?.hop === group.hop ? [] : [`### ${hopTitle(group)}`]),
    `**${headings[group.severity]}** (${group.findings.length})`,
    bullets(group.findings.map(findingLine)),
  ]);
}

function findingLine(finding: Finding): string {
  const { message, remedy, evidence } = finding;
  const more = evidence.length - shownPlaces;
  return [
    `${code(findingKey(finding))}: ${inline(message)}${remedy === '' ? '' : ` ${inline(remedy)}`}`,
    ...evidence
      .slice(0, shownPlaces)
      .map(({ source, observedAt }) => `  - seen in ${inline(source)} at ${observedAt}`),
    ...(more > 0 ? [`  - and in ${more} more places`] : []),
  ].join('\n');
}
