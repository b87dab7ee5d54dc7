import type { Finding, FindingEvidence } from '../contract/finding.ts';
import type { MinorVersion, Plan } from '../contract/plan.ts';
import type { Request } from '../contract/request.ts';
import type { WorkflowType } from '../contract/workflowTypes.ts';
import type { Observation } from '../plan/observation.ts';
import { hopsBetween } from '../plan/versions.ts';

/** What a check judges. */
export interface CheckInput {
  observation: Observation;
  plan: Plan;
  request: Request;
  workflowType: WorkflowType;
  /** The plan that is being carried out, if any. */
  approved?: Plan | undefined;
}

/** Turns what was observed into findings. Pure: the same input gives the same findings. */
export type Check = (input: CheckInput) => Finding[];

/** Evidence for what the observation saw, by the call that saw it. */
export function seenBy(observation: Observation, ...sources: string[]): FindingEvidence[] {
  return sources.map((source) => ({ source, observedAt: observation.observedAt }));
}

/** The versions that the plan takes the control plane to, one after another; none when it stays. */
export function controlPlaneSteps(plan: Plan): MinorVersion[] {
  return plan.hops.filter((hop) => hop.from !== hop.to).map((hop) => hop.to);
}

/** All minors that are left behind or reached on the way: a migration crosses several in one hop. */
export function crossedMinors(plan: Plan): MinorVersion[] {
  return plan.hops.flatMap(({ from, to }) => hopsBetween(from, to).map((step) => step.to));
}

/** Names of the node groups that the plan rolls. */
export function rolledNodeGroups(plan: Plan): Set<string> {
  return new Set(
    plan.hops.flatMap((hop) =>
      hop.stages.flatMap((stage) => (stage.stage === 'workers' ? [stage.nodeGroup] : [])),
    ),
  );
}

/** At most twenty names in one sentence: `a, b and 3 more`. */
export function listNames(names: readonly string[]): string {
  const shown = names.slice(0, 20).join(', ');
  return names.length > 20 ? `${shown} and ${names.length - 20} more` : shown;
}
