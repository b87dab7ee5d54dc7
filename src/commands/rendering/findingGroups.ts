import { severities } from '../../checks/groupFindings.ts';
import type { FindingGroup } from '../../checks/groupFindings.ts';
import type { Finding } from '../../contract/finding.ts';

/** `Hop 1.32`, or the whole upgrade. */
export function hopTitle({ hop }: Pick<FindingGroup, 'hop'>): string {
  return hop === undefined ? 'The whole upgrade' : `Hop to ${hop}`;
}

/** `2 blockers, 1 unknown, 0 warnings, 3 infos`. */
export function countsText(findings: readonly Finding[]): string {
  return severities
    .map((severity) => {
      const count = findings.filter((finding) => finding.severity === severity).length;
      return `${count} ${severity}${count === 1 || severity === 'unknown' ? '' : 's'}`;
    })
    .join(', ');
}
