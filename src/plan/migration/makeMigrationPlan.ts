import { runChecks } from '../../checks/index.ts';
import { StepladderError } from '../../contract/errors.ts';
import { summarizeFindings } from '../../contract/finding.ts';
import type { MigrationRequest } from '../../contract/migrationSchema.ts';
import { overrideNames, overrideReasons } from '../../contract/overrides.ts';
import type { Plan, PlanResult } from '../../contract/plan.ts';
import { invalidInput } from '../../contract/request.ts';
import type { RequestProblem } from '../../contract/request.ts';
import { digestHops, digestPlan } from '../digest.ts';
import type { PlanInput } from '../makePlan.ts';
import type { ObservedMigration } from '../observedMigration.ts';
import { compareNames } from '../order.ts';
import { requestProblems, targetOf } from '../requestFit.ts';
import { windowsForHops } from '../windows.ts';
import { greenName } from './greenName.ts';
import { estimateMigration } from './migrationEstimates.ts';
import { migrationStages } from './migrationStages.ts';

/**
 * Makes the plan of a migration: one hop from blue's version to the target, which alone may skip minors, because
 * nothing in place has to bear what lies between. The same cluster and request give the same plan.
 *
 * @throws StepladderError `InvalidInput`: the request does not fit; each problem by its path
 * @throws StepladderError `PlanRefused`: what was approved does not fit any more, or nobody has looked
 */
export function makeMigrationPlan(input: PlanInput, asked: MigrationRequest): PlanResult {
  const { observation, request, approved, now } = input;
  const { migration } = observation;
  if (migration === undefined) {
    throw new StepladderError(
      'PlanRefused',
      'Nobody has looked at what a migration stands on: the observation is of a release that knows none. Start again, so that the cluster is looked at by this one.',
    );
  }
  const workflowType = 'migrateCluster';
  const target = targetOf(input);
  const { version } = observation.cluster;
  const problems = [
    ...requestProblems({ observation, request, workflowType }),
    ...greenProblems(input, asked, migration),
  ];
  if (problems.length > 0) throw refusal(problems, approved);
  const planned = migrationStages({ observation, migration, request, asked, target, approved });
  if (planned.problems.length > 0) throw refusal(planned.problems, approved);

  const { stages } = planned;
  const hops = [{ from: version, to: target, stages }];
  const plan: Plan = {
    cluster: { name: observation.cluster.name, arn: observation.identity.arn },
    target,
    // Blue stays as it is.
    putBack: [],
    hops,
    overrides: [...new Set(overrideNames(request))].sort(compareNames),
  };
  const { resources } = migration;
  const estimates = estimateMigration({ stages, resources, target, scale: request.timing.scale });
  const findings = runChecks({ observation, plan, request, workflowType, approved });
  return {
    plan,
    digest: digestPlan(plan),
    hopDigests: digestHops(hops),
    estimates,
    windows:
      request.window === undefined
        ? []
        : windowsForHops(
            plan,
            // Keeping blue takes no window.
            estimates.filter(({ stage }) => stage !== 'retirement'),
            request.window,
            now,
          ),
    findings,
    summary: summarizeFindings(findings),
    overrideReasons: overrideReasons(request),
  };
}

/** What in the request does not fit the cluster that has green's name, or the lack of one. */
function greenProblems(
  { observation, request }: PlanInput,
  asked: MigrationRequest,
  { green, unseen }: ObservedMigration,
): RequestProblem[] {
  const target = targetOf({ observation, request, workflowType: 'migrateCluster' });
  const name = greenName(request, observation.cluster.version, target);
  const path = 'migration.green.name';
  if (name === observation.cluster.name) {
    return [{ path, message: `is the name of the old cluster: the new one needs another` }];
  }
  if (!asked.green.existing) return [];
  if (green === undefined) {
    const message = `there is no cluster ${name}; leave "existing" out, and it is made`;
    // That nobody could look is a finding of its own.
    return unseen.some(({ part }) => part === 'green') ? [] : [{ path, message }];
  }
  return green.version === target
    ? []
    : [
        {
          path: 'targetVersion',
          message: `cluster ${name}, which the request names as the new one, is at ${green.version}`,
        },
      ];
}

function refusal(problems: readonly RequestProblem[], approved: Plan | undefined): StepladderError {
  if (approved === undefined) return invalidInput(problems);
  return new StepladderError(
    'PlanRefused',
    'The clusters have changed, and the approved plan does not fit them any more:\n' +
      problems.map(({ path, message }) => `  ${path}: ${message}`).join('\n') +
      '\nStart a new migration: it plans from how they are now.',
    { problems },
  );
}
