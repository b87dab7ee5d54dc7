import { runChecks } from '../checks/index.ts';
import { StepladderError } from '../contract/errors.ts';
import { summarizeFindings } from '../contract/finding.ts';
import type { Hop, MinorVersion, Plan, PlanResult } from '../contract/plan.ts';
import { overrideNames, overrideReasons } from '../contract/overrides.ts';
import { invalidInput, withDefaults } from '../contract/request.ts';
import type { Request, RequestProblem } from '../contract/request.ts';
import type { WorkflowType } from '../contract/workflowTypes.ts';
import { digestHops, digestPlan } from './digest.ts';
import { estimateStages } from './estimates.ts';
import { changesSomething, planHops } from './hops.ts';
import { leftBehind, leftoverGroups } from './leftovers.ts';
import { firstName } from './lineage.ts';
import type { Observation } from './observation.ts';
import { makeMigrationPlan } from './migration/makeMigrationPlan.ts';
import { compareNames } from './order.ts';
import { requestProblems, targetOf } from './requestFit.ts';
import { compareStrategies, RollEstimates } from './strategies/index.ts';
import { hasUndecidedTool } from './toolsStages.ts';
import { compareMinors } from './versions.ts';
import { windowsForHops } from './windows.ts';

export interface PlanInput {
  observation: Observation;
  request: Request;
  workflowType: WorkflowType;
  /**
   * The plan that is being carried out, if any. Its choices are kept where they still hold, and what remains of it
   * may be nothing; what does not fit any more is refused as a plan, because something has been touched by then.
   */
  approved?: Plan | undefined;
  /** From when on the windows of the hops are reckoned. */
  now: Date;
}

/**
 * Makes the plan: what will be done, hop by hop, with its digest, and beside it the estimates, the windows and what
 * the checks found. The same cluster and request give the same plan, whatever the order in which things were observed.
 *
 * @throws StepladderError `InvalidInput`: the request does not fit this cluster; each problem by its path
 * @throws StepladderError `PlanRefused`: nothing can be planned, or what was approved can't be carried out any more
 */
export function makePlan(given: PlanInput): PlanResult {
  const input = { ...given, request: withDefaults(given.request) };
  const { observation, request, workflowType, approved, now } = input;
  if (request.migration !== undefined) return makeMigrationPlan(input, request.migration);
  const misfits = requestProblems(input).filter(
    // Node groups and add-ons may go while an upgrade runs: then there is nothing left to do for them.
    ({ path }) => approved === undefined || path === 'targetVersion' || path === 'nodeGroup',
  );
  if (misfits.length > 0 && !isThereAlready(input)) throw refusal(misfits, approved);

  const target = targetOf(input);
  const { hops: planned, problems } = planHops({ observation, request, workflowType, target, approved });
  if (problems.length > 0) throw refusal(problems, approved);
  const leftovers = leftoverGroups(observation, approved);
  const putBack = leftBehind(observation, leftovers, givenOthers(planned), loweredBy(approved));
  const hops = hopsToDo(input, planned, putBack.length > 0);
  const plan: Plan = {
    cluster: { name: observation.cluster.name, arn: observation.identity.arn },
    target,
    putBack,
    hops,
    overrides: [...new Set(overrideNames(request))].sort(compareNames),
  };
  const rolls = new RollEstimates(observation, request);
  const { scale } = request.timing;
  const estimates = estimateStages({ plan, rolls, scale });
  const comparison = compareStrategies(
    rolls,
    { planned: hops, every: hopsAs(input, target, 'every'), fewest: hopsAs(input, target, 'fewest') },
    scale,
  );
  const findings = runChecks({ observation, plan, request, workflowType, approved });
  return {
    plan,
    digest: digestPlan(plan),
    hopDigests: digestHops(hops),
    estimates,
    windows: request.window === undefined ? [] : windowsForHops(plan, estimates, request.window, now),
    ...(comparison === undefined ? {} : { comparison }),
    findings,
    summary: summarizeFindings(findings),
    overrideReasons: overrideReasons(request),
  };
}

/** The hops as they would be if workers were rolled in every one, or in as few as the skew policy allows. */
function hopsAs(input: PlanInput, target: MinorVersion, hops: 'every' | 'fewest'): Hop[] {
  const { observation, workflowType, approved, request } = input;
  const asked = { ...request, workers: { ...request.workers, hops } };
  return planHops({ observation, request: asked, workflowType, target, approved }).hops;
}

/** The hops, if they do anything. */
function hopsToDo(input: PlanInput, hops: Hop[], somethingToPutBack: boolean): Hop[] {
  if (hops.some(changesSomething)) return hops;
  if (input.approved !== undefined) return [];
  // A hop with nothing but its verification: settings that a terminated upgrade left behind are put back before it, or a
  // finding stands in the way of a tool.
  if (somethingToPutBack || hasUndecidedTool(input)) return hops;
  const { observation, request, workflowType } = input;
  const { name, version } = observation.cluster;
  const group = observation.nodeGroups.find((each) => each.name === request.nodeGroup);
  if (workflowType === 'upgradeNodeGroup' && group?.ownImage === true) {
    throw new StepladderError(
      'PlanRefused',
      `The launch template of node group ${group.name} brings its own image, so EKS can't change its Kubernetes version. Make a version of the template with an image of the new version, and name it in the request: {"workers": {"groups": {"${group.name}": {"templateVersion": "…"}}}}.`,
      { nodeGroup: group.name },
    );
  }
  if (workflowType === 'upgradeTool') {
    const message = `all are at their versions in cluster ${name} already`;
    throw invalidInput([{ path: 'tools', message }]);
  }
  const nothing = workflowType === 'upgradeAddons' ? 'no add-on lags behind' : 'nothing lags behind';
  throw invalidInput([
    { path: 'targetVersion', message: `cluster ${name} is at ${version} already and ${nothing}` },
  ]);
}

/** What was approved, looked at again after it is done, has nothing left to do and nothing wrong with it. */
function isThereAlready({ observation, request, workflowType, approved }: PlanInput): boolean {
  if (approved === undefined) return false;
  if (workflowType !== 'upgradeNodeGroup') {
    return compareMinors(observation.cluster.version, approved.target) === 0;
  }
  const group = observation.nodeGroups.find((each) => firstName(approved, each.name) === request.nodeGroup);
  return group !== undefined && compareMinors(group.version, approved.target) === 0;
}

function refusal(problems: readonly RequestProblem[], approved: Plan | undefined): StepladderError {
  if (approved === undefined) return invalidInput(problems);
  return new StepladderError(
    'PlanRefused',
    'The cluster has changed, and what is left of the approved plan does not fit it any more:\n' +
      problems.map(({ path, message }) => `  ${path}: ${message}`).join('\n') +
      '\nStart a new upgrade: it plans from where the cluster is now.',
    { problems },
  );
}

/** Groups that are given other settings for their roll: they get their own back after it. */
function givenOthers(hops: readonly Hop[]): Set<string> {
  return new Set(
    hops.flatMap((hop) =>
      hop.stages.flatMap((stage) =>
        stage.stage === 'workers' && stage.strategy === 'managed' && stage.updateSettings !== undefined
          ? [stage.nodeGroup]
          : [],
      ),
    ),
  );
}

/** Groups whose least size a plan that is being carried out lowers, save where it puts an earlier one back first. */
function loweredBy(approved: Plan | undefined): Set<string> {
  const stages = (approved?.hops ?? []).flatMap((hop) => hop.stages);
  return new Set(
    stages.flatMap((stage) =>
      stage.stage === 'workers' &&
      stage.strategy === 'in-place' &&
      approved?.putBack.some((each) => 'leastSize' in each && each.nodeGroup === stage.nodeGroup) !== true
        ? [stage.nodeGroup]
        : [],
    ),
  );
}
