import type { Finding } from '../contract/finding.ts';
import { overrideNames } from '../contract/overrides.ts';
import { seenBy, type CheckInput } from './check.ts';
import { findingKey } from './findingKey.ts';

const toolIsLeft =
  'a tool is not upgraded over it. Let the request say otherwise (tools), or leave the tool out of it';

/**
 * Checks whose blockers nobody can override, and why: a plan that would break the skew policy is refused (rule 2), what
 * stands against a tool keeps it out of the plan, and what a migration would be refused half way is told before it. Going
 * on in spite of these would do nothing, or lose data.
 */
const finalChecks: ReadonlyMap<string, string> = new Map([
  ['version-skew', 'the version-skew policy is kept'],
  ['green-name', 'a cluster that somebody else has made is never taken over'],
  ['routing', 'a router that refuses is not gone round'],
  ['volumes', 'what becomes of data is said by the request (migration.volumes)'],
  ['tool-crds', toolIsLeft],
  ['tool-downgrade', toolIsLeft],
  ['tool-managed', toolIsLeft],
  ['tool-release', toolIsLeft],
  ['tool-source', toolIsLeft],
  ['tool-values', toolIsLeft],
]);

/** True for a blocker or an unknown that stands in the way and that the overrides do not name. */
export function isBlocking(finding: Finding, overrides: readonly string[]): boolean {
  if (finding.severity !== 'blocker' && finding.severity !== 'unknown') return false;
  return !isOverridable(finding) || !overrides.includes(findingKey(finding));
}

/**
 * The findings because of which a plan can't be approved: blockers and unknowns that the request does not override.
 *
 * @param overrides the request's or the plan's `overrides`, each a `findingKey`
 */
export function blockingFindings(findings: readonly Finding[], overrides: readonly string[]): Finding[] {
  return findings.filter((finding) => isBlocking(finding, overrides));
}

/** Overrides that have no effect: those that name nothing found, and those that name what can't be overridden. */
export function idleOverrides({ observation, request }: CheckInput, findings: readonly Finding[]): Finding[] {
  return [...new Set(overrideNames(request))].sort().flatMap((override): Finding[] => {
    const matched = findings.filter(
      (finding) =>
        findingKey(finding) === override &&
        (finding.severity === 'blocker' || finding.severity === 'unknown'),
    );
    if (matched.some(isOverridable)) return [];
    return [
      {
        check: 'overrides',
        severity: 'warning',
        subject: { kind: 'Override', name: override },
        message:
          matched.length === 0
            ? `The request overrides "${override}", but there is no such blocker or unknown.`
            : `The request overrides "${override}", which can't be overridden: ${whyFinal(matched)}.`,
        remedy:
          matched.length === 0
            ? 'See that it is written as the plan prints it; take it out if the finding is gone.'
            : 'Mend what the finding says, and take the override out.',
        evidence: seenBy(observation, 'the request'),
      },
    ];
  });
}

function whyFinal(findings: readonly Finding[]): string {
  return findings.flatMap(({ check }) => finalChecks.get(check) ?? [])[0] ?? '';
}

function isOverridable(finding: Finding): boolean {
  return finding.severity === 'unknown' || !finalChecks.has(finding.check);
}
