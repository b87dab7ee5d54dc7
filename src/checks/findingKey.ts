import type { Finding, FindingSubject } from '../contract/finding.ts';

/**
 * What a request's `overrides` name a finding by: `check/kind/name` or `check/kind/namespace/name`, such as
 * `insights/Insight/7f3c`. It has no version in it: who goes on in spite of a finding does so for the whole upgrade.
 */
export function findingKey(finding: Pick<Finding, 'check' | 'subject'>): string {
  return subjectKey(finding.check, finding.subject);
}

/** The same for a finding that may not have been made yet. */
export function subjectKey(check: string, subject: FindingSubject): string {
  return [check, subject.kind, subject.namespace, subject.name]
    .filter((part) => part !== undefined)
    .join('/');
}
