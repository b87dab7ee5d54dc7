/** The result of one preflight check about one subject. `unknown` means that it could not be determined: never a pass. */
export type Severity = 'blocker' | 'unknown' | 'warning' | 'info';

export interface FindingSubject {
  apiVersion?: string;
  kind: string;
  namespace?: string;
  name: string;
}

/** Where a finding was seen, and when (ISO 8601). */
export interface FindingEvidence {
  source: string;
  observedAt: string;
  /** The file that it stands in, as it was given, and the line, for what is found in files. */
  file?: string;
  line?: number;
}

/** A person's decision, in a file or an annotation, that a finding does not count for some time. */
export interface IgnoredBecause {
  reason: string;
  /** The last day on which it does not count, `2027-01-31` (UTC). */
  until: string;
}

export interface Finding {
  /** The check's name, e.g. `version-skew`. */
  check: string;
  severity: Severity;
  /** The hop that it concerns, as its target version, e.g. `1.32`; absent when it concerns the whole upgrade. */
  hop?: string;
  subject: FindingSubject;
  message: string;
  /** What a person can do about it. */
  remedy: string;
  evidence: FindingEvidence[];
  /** Present when an ignore rule has taken its severity down. */
  ignored?: IgnoredBecause;
}

export type FindingSummary = Record<Severity, number>;

/** Counts findings by severity. */
export function summarizeFindings(findings: readonly Finding[]): FindingSummary {
  const summary: FindingSummary = { blocker: 0, unknown: 0, warning: 0, info: 0 };
  for (const finding of findings) summary[finding.severity] += 1;
  return summary;
}
