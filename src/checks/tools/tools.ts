import type { Finding } from '../../contract/finding.ts';
import { toolsToObserve } from '../../contract/toolsToObserve.ts';
import { decideTool } from '../../plan/toolDecision.ts';
import { toolsOf } from '../../plan/toolsStages.ts';
import type { ObservedTool } from '../../tools/types.ts';
import { seenBy } from '../check.ts';
import type { Check } from '../check.ts';
import { toolCrds } from './crds.ts';
import { toolManaged } from './management.ts';
import { toolProblems } from './problems.ts';
import { toolSharing } from './sharing.ts';
import type { ToolCheck } from './toolFinding.ts';
import { toolVersions } from './versions.ts';

/** Every check of a tool. Another one is a file and a line here. */
const toolChecks: readonly ToolCheck[] = [toolProblems, toolManaged, toolVersions, toolCrds, toolSharing];

/** What stands against upgrading the tools of the request, and what their upgrade does. */
export const tools: Check = (input) => [
  ...unobserved(input),
  ...toolsOf(input).flatMap((observed) => judge(observed, input.observation.observedAt)),
];

/** With an unknown for a tool that stays out of the plan and that nothing else is said against. */
function judge(observed: ObservedTool, observedAt: string): Finding[] {
  const findings = toolFindings(observed, observedAt);
  const told = findings.some(({ severity }) => severity === 'blocker' || severity === 'unknown');
  if (told || decideTool(observed).decision !== 'undecided') return findings;
  const { name } = observed.wanted;
  return [
    ...findings,
    {
      check: 'tool-unseen',
      severity: 'unknown',
      subject: { kind: 'Tool', name },
      message: `Too little could be seen of ${name} to plan its upgrade.`,
      remedy:
        'Plan again; if this stays, leave the tool out of the request and upgrade it by itself (upgradeTool).',
      evidence: [{ source: 'the observation', observedAt }],
    },
  ];
}

/**
 * The same for one tool, without a cluster's upgrade around it.
 *
 * @param observedAt ISO 8601
 */
export function toolFindings(observed: ObservedTool, observedAt: string): Finding[] {
  const subject = { kind: 'Tool', name: observed.wanted.name };
  return toolChecks.flatMap((check) =>
    check(observed).map(({ sources, ...found }) => ({
      ...found,
      subject,
      evidence: sources.map((source) => ({ source, observedAt })),
    })),
  );
}

/** Tools of the request that nobody has looked at: never taken for being at their versions (rule 11). */
const unobserved: Check = ({ observation, request, workflowType, approved }) => {
  const observed = new Set(observation.tools?.map(({ wanted }) => wanted.name));
  return toolsToObserve(request, workflowType, approved)
    .filter(({ name }) => !observed.has(name))
    .map(({ name }) => ({
      check: 'tool-unseen',
      severity: 'unknown',
      subject: { kind: 'Tool', name },
      message: `Nobody has looked at ${name}, so it is not known whether it can be upgraded.`,
      remedy: 'Plan again, so that the cluster is looked at by this release.',
      evidence: seenBy(observation, 'the observation'),
    }));
};
