import type { Finding, Severity } from '../contract/finding.ts';
import { compareNames } from '../plan/order.ts';
import { findingKey } from './findingKey.ts';

const worstFirst: readonly Severity[] = ['blocker', 'unknown', 'warning', 'info'];

/** Findings worst first, then by check and subject: the same ones are always in the same order. */
export function inOrder(findings: readonly Finding[]): Finding[] {
  return findings.toSorted(
    (left, right) =>
      worstFirst.indexOf(left.severity) - worstFirst.indexOf(right.severity) ||
      compareNames(findingKey(left), findingKey(right)) ||
      compareNames(left.hop ?? '', right.hop ?? '') ||
      compareNames(left.message, right.message),
  );
}
