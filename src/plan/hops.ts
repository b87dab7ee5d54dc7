import { subjectKey } from '../checks/findingKey.ts';
import { standsAgainst } from '../checks/insightScope.ts';
import { foldedInto } from '../checks/removedApis/insightFolding.ts';
import type { AddonChange, Hop, MinorVersion, Plan, PlannedStage } from '../contract/plan.ts';
import { overrideNames } from '../contract/overrides.ts';
import type { Request, RequestProblem } from '../contract/request.ts';
import type { WorkflowType } from '../contract/workflowTypes.ts';
import { addonTarget } from './addonTargets.ts';
import type { Observation, ObservedInsight } from './observation.ts';
import { orderAddons } from './order.ts';
import { toolsStages } from './toolsStages.ts';
import { compareVersions, hopsBetween } from './versions.ts';
import { plannedGroups, workersStages } from './workersStages.ts';

interface HopsInput {
  observation: Observation;
  request: Request;
  workflowType: WorkflowType;
  target: MinorVersion;
  /** The plan that is being carried out, if any: its choices are kept where they still hold. */
  approved?: Plan | undefined;
}

/** Which stages each workflow has; verification ends every hop. */
const stagesOf: Record<WorkflowType, { controlPlane: boolean; addons: boolean; workers: boolean }> = {
  upgradeCluster: { controlPlane: true, addons: true, workers: true },
  upgradeControlPlane: { controlPlane: true, addons: false, workers: false },
  upgradeAddons: { controlPlane: false, addons: true, workers: false },
  upgradeNodeGroup: { controlPlane: false, addons: false, workers: true },
  upgradeTool: { controlPlane: false, addons: false, workers: false },
  migrateCluster: { controlPlane: false, addons: false, workers: false },
};

/**
 * The hops to the target, one minor at a time (rule 1), each with its stages in the order of rule 3: control plane,
 * add-ons, workers, tools, verification. Without a step of the control plane there is one hop to where it is, which brings
 * what lags behind up to it; it has nothing but its verification when nothing does.
 *
 * @returns the hops, and what in the request turned out not to fit
 */
export function planHops(input: HopsInput): { hops: Hop[]; problems: RequestProblem[] } {
  const { observation, workflowType, target } = input;
  const problems: RequestProblem[] = [];
  const scope = stagesOf[workflowType];
  const steps = scope.controlPlane ? hopsBetween(observation.cluster.version, target) : [];
  const addons = new Map(observation.addons.map((addon) => [addon.name, addon.version]));
  const nodeGroups = plannedGroups(input);
  const hops = (steps.length === 0 ? [{ from: target, to: target }] : steps).map(
    ({ from, to }, index, all) => {
      const stages: PlannedStage[] = [];
      if (from !== to) stages.push({ stage: 'control-plane', from, to, force: forced(input, to) });
      if (scope.addons) {
        const changes = addonChanges(input, to, index === all.length - 1, addons, problems);
        if (changes.length > 0) stages.push({ stage: 'add-ons', addons: changes });
      }
      if (scope.workers) stages.push(...workersStages(input, { to, next: all[index + 1]?.to }, nodeGroups));
      stages.push(...toolsStages(input, { to, last: index === all.length - 1 }));
      stages.push({ stage: 'verification' });
      return { from, to, stages };
    },
  );
  return { hops, problems };
}

/** True for a hop that changes something. */
export function changesSomething(hop: Hop): boolean {
  return hop.stages.some((stage) => stage.stage !== 'verification');
}

/**
 * Whether EKS is asked to go on in spite of its own insights: by the request's `controlPlane.overrideInsights`, or
 * because it overrides by name an insight that stands against this step. What was approved with it keeps it.
 */
function forced({ observation, request, approved }: HopsInput, to: MinorVersion): boolean {
  if (request.controlPlane.overrideInsights) return true;
  const before = approved?.hops.find((hop) => hop.to === to)?.stages;
  if (before?.some((stage) => stage.stage === 'control-plane' && stage.force) === true) return true;
  return observation.insights.some(
    (insight) =>
      standsAgainst(insight, [to]) && isInsightOverridden(insight, observation, overrideNames(request), to),
  );
}

/** By its own name, or by those of all findings that it is evidence of. */
function isInsightOverridden(
  insight: ObservedInsight,
  observation: Observation,
  overrides: readonly string[],
  to: MinorVersion,
): boolean {
  if (overrides.includes(subjectKey('insights', { kind: 'Insight', name: insight.id }))) return true;
  const findings = foldedInto(insight, observation, overrides, to);
  return findings.length > 0 && findings.every((key) => overrides.includes(key));
}

/** The add-ons' changes in one hop; `installed` moves on to what they will be after it. */
function addonChanges(
  { observation, request, approved }: HopsInput,
  to: MinorVersion,
  lastHop: boolean,
  installed: Map<string, string>,
  problems: RequestProblem[],
): AddonChange[] {
  const changes: AddonChange[] = [];
  for (const name of orderAddons([...installed.keys()])) {
    const from = installed.get(name) ?? '';
    const offered = observation.addonVersions[name]?.[to];
    const wanted = request.addons.versions[name];
    // Without EKS's word on what fits, the add-on stays; the check of compatibility reports it as unknown.
    if (offered === undefined) continue;
    const answer = addonTarget({
      installed: from,
      offered,
      wanted,
      lastHop,
      approved: approvedVersion(approved, to, name, from),
    });
    if (answer.kind === 'not-offered') {
      const versions = offered.map((offer) => offer.version).sort((a, b) => compareVersions(b, a));
      problems.push({
        path: `addons.versions.${name}`,
        message: `EKS does not offer ${name} ${wanted ?? ''} for ${to}; it offers ${versions.join(', ') || 'none'}`,
      });
    }
    if (answer.kind !== 'change') continue;
    changes.push({ name, from, to: answer.to, resolveConflicts: request.addons.resolveConflicts });
    installed.set(name, answer.to);
  }
  return changes;
}

/** What an approved plan has chosen for an add-on in a hop: a version, or to leave it as it is. */
function approvedVersion(
  approved: Plan | undefined,
  to: MinorVersion,
  name: string,
  installed: string,
): string | undefined {
  const hop = approved?.hops.find((each) => each.to === to);
  if (hop === undefined) return undefined;
  const changes = hop.stages.flatMap((stage) => (stage.stage === 'add-ons' ? stage.addons : []));
  return changes.find((change) => change.name === name)?.to ?? installed;
}
