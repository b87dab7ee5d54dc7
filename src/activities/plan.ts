import { blockingFindings, findingKey, groupFindings } from '../checks/index.ts';
import type { Finding, Severity } from '../contract/finding.ts';
import type { Observation } from '../plan/observation.ts';
import { makePlan } from '../plan/makePlan.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { keep } from './evidence.ts';
import type { Activities, FindingGroupSummary } from './types.ts';

/** Lines that a person is shown at most; the evidence has all. */
const shownLines = 15;

const worstFirst: readonly Severity[] = ['blocker', 'unknown', 'warning', 'info'];

/** Makes the plan from an observation. The findings, which can be many, stay in the evidence. */
export function planActivity({
  evidence,
  now,
}: Pick<ActivityDependencies, 'evidence' | 'now'>): Pick<Activities, 'makePlan'> {
  return {
    async makePlan({ context, workflowType, request, observation: reference, approved }) {
      // Written by observeCluster, and unchanged since: its hash is checked.
      const observation = (await evidence.read(reference)) as Observation;
      const result = makePlan({ observation, request, workflowType, approved, now: now() });
      const { findings, ...summary } = result;
      const blocking = blockingFindings(findings, result.plan.overrides);
      return {
        ...summary,
        shownFindings: inOrder(findings).slice(0, shownLines).map(lineOf),
        findingGroups: groupsOf(findings),
        blocking: inOrder(blocking).slice(0, shownLines).map(lineWithKey),
        blockingCount: blocking.length,
        evidence: await keep(evidence, context.evidencePrefix, 'plan', result, findings.length),
      };
    },
  };
}

function inOrder(findings: readonly Finding[]): Finding[] {
  return findings.toSorted(
    (left, right) => worstFirst.indexOf(left.severity) - worstFirst.indexOf(right.severity),
  );
}

/** By hop and severity. As many lines in all as are shown, the worst findings first; the rest is counted. */
function groupsOf(findings: readonly Finding[]): FindingGroupSummary[] {
  const shown = new Set(inOrder(findings).slice(0, shownLines));
  return groupFindings(findings).map(({ hop, severity, findings: found }) => ({
    ...(hop === undefined ? {} : { hop }),
    severity,
    count: found.length,
    lines: found.filter((finding) => shown.has(finding)).map(({ message, remedy }) => `${message} ${remedy}`),
  }));
}

function lineOf({ severity, message, remedy }: Finding): string {
  return `${severity}: ${message} ${remedy}`;
}

/** With the key by which the request's `overrides` name it. */
function lineWithKey(finding: Finding): string {
  return `${findingKey(finding)} (${finding.severity}): ${finding.message} ${finding.remedy}`;
}
