import type { Finding } from '../../contract/finding.ts';
import { findingKey } from '../../checks/findingKey.ts';
import { groupFindings } from '../../checks/groupFindings.ts';
import { countsText, hopTitle } from './findingGroups.ts';
import type { Style } from './style.ts';

/** So many places of a finding are shown; `-o json` has all. */
const shownPlaces = 10;

/** Findings for people on a terminal, by hop and severity, each with where it was seen and what to do. */
export function findingsTable(findings: readonly Finding[], style: Style): string {
  const colors = { blocker: style.bad, unknown: style.bad, warning: style.attention, info: style.faint };
  const groups = groupFindings(findings);
  const blocks = groups.map((group, index) => {
    const { severity } = group;
    const title = groups[index - 1]?.hop === group.hop && index > 0 ? [] : [style.title(hopTitle(group))];
    return [
      ...title,
      ...group.findings.map(
        (finding) => `${colors[severity](severity.padEnd(7))}  ${indented(finding, style)}`,
      ),
    ].join('\n');
  });
  return [...blocks, findings.length === 0 ? style.good('Nothing was found.') : countsText(findings)].join(
    '\n\n',
  );
}

function indented(finding: Finding, style: Style): string {
  const { message, remedy, evidence } = finding;
  const more = evidence.length - shownPlaces;
  return [
    message,
    ...(remedy === '' ? [] : [`         ${remedy}`]),
    ...evidence.slice(0, shownPlaces).map(({ source }) => style.faint(`         - ${source}`)),
    ...(more > 0 ? [style.faint(`         - and ${more} more (-o json shows them)`)] : []),
    style.faint(`         ${findingKey(finding)}`),
  ].join('\n');
}
