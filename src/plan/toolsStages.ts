import type { MinorVersion, ToolsStage } from '../contract/plan.ts';
import type { Request, RequestProblem } from '../contract/request.ts';
import type { WorkflowType } from '../contract/workflowTypes.ts';
import type { Observation } from './observation.ts';
import { decideTool } from './toolDecision.ts';
import { hopsBetween } from './versions.ts';

interface ToolsInput {
  observation: Observation;
  request: Request;
  workflowType: WorkflowType;
}

/** The tools that were looked at and that this workflow upgrades. */
export function toolsOf({ observation, workflowType }: Omit<ToolsInput, 'request'>) {
  return workflowType === 'upgradeCluster' || workflowType === 'upgradeTool' ? (observation.tools ?? []) : [];
}

/**
 * A stage for each tool that one hop brings to another version, in the order in which the request names them: after the
 * workers, so that the new version meets the Kubernetes version that it was chosen for.
 *
 * @param hop.last whether it is the last one, after which the tools come that are not for a hop by name
 */
export function toolsStages(input: ToolsInput, hop: { to: MinorVersion; last: boolean }): ToolsStage[] {
  const afterHop = new Map(input.request.tools?.map(({ name, after }) => [name, after]));
  return toolsOf(input).flatMap((observed) => {
    const after = afterHop.get(observed.wanted.name);
    if (after === undefined ? !hop.last : after !== hop.to) return [];
    const decided = decideTool(observed);
    return decided.decision === 'change' ? [{ stage: 'tools' as const, ...decided.change }] : [];
  });
}

/** Whether a tool is neither at its version nor in the plan: a finding says why. */
export function hasUndecidedTool(input: Omit<ToolsInput, 'request'>): boolean {
  return toolsOf(input).some((observed) => decideTool(observed).decision === 'undecided');
}

/** Tools that are to come after a hop which the way to the target does not have. */
export function toolProblems({ observation, request, workflowType }: ToolsInput, target: MinorVersion) {
  if (workflowType !== 'upgradeCluster') return [];
  const { version } = observation.cluster;
  const steps = hopsBetween(version, target).map(({ to }) => to);
  const hops = steps.length === 0 ? [target] : steps;
  return (request.tools ?? []).flatMap(({ after }, index): RequestProblem[] =>
    after === undefined || hops.includes(after)
      ? []
      : [
          {
            path: `tools.${index}.after`,
            message: `no hop leads to ${after} on the way from ${version} to ${target}; leave it out, or give ${hops.join(' or ')}`,
          },
        ],
  );
}
