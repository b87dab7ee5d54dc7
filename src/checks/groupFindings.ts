import type { Finding, Severity } from '../contract/finding.ts';
import { compareMinors } from '../plan/versions.ts';

/** Findings of one severity that concern one hop. */
export interface FindingGroup {
  /** The hop's target version; absent for those that concern the whole upgrade. */
  hop?: string;
  severity: Severity;
  findings: Finding[];
}

export const severities: readonly Severity[] = ['blocker', 'unknown', 'warning', 'info'];

/** Groups by hop, in the order in which they are made, the whole upgrade first; in each by severity, worst first. */
export function groupFindings(findings: readonly Finding[]): FindingGroup[] {
  const hops = [...new Set(findings.map(({ hop }) => hop))].sort((one, other) => {
    if (one === undefined || other === undefined) return one === other ? 0 : one === undefined ? -1 : 1;
    return compareMinors(one, other);
  });
  return hops.flatMap((hop) =>
    severities.flatMap((severity): FindingGroup[] => {
      const found = findings.filter((finding) => finding.hop === hop && finding.severity === severity);
      return found.length === 0 ? [] : [{ ...(hop === undefined ? {} : { hop }), severity, findings: found }];
    }),
  );
}
