import type { ClusterContext, PlanSummary } from '../activities/types.ts';
import type { Plan } from '../contract/plan.ts';
import type { Request } from '../contract/request.ts';
import { strategiesOf } from '../contract/strategiesOf.ts';
import { toolsToObserve } from '../contract/toolsToObserve.ts';
import type { WorkflowType } from '../contract/workflowTypes.ts';
import { perform } from './activities.ts';
import { failure } from './failures.ts';
import type { Gates } from './gates.ts';
import { planShown } from './planShown.ts';
import { steadily } from './steadily.ts';
import { scaled } from './time.ts';
import type { UpgradeState } from './upgradeState.ts';

/** A plan and the moment (workflow time, milliseconds) of the observation that it stands on. */
interface Candidate extends PlanSummary {
  observedAtMs: number;
}

/**
 * Observes the cluster, makes the plan and asks for its approval. An approval is for what was shown: if the cluster
 * has changed by the time it comes, so that the plan would be another one, it is void, and people are asked again.
 *
 * @throws ApplicationFailure `Blocked` while a blocker or an unknown stands against the plan, `Rejected`
 */
export async function approvePlan(
  type: WorkflowType,
  state: UpgradeState,
  gates: Gates,
  request: Request,
  context: ClusterContext,
): Promise<Candidate> {
  const candidate = await observeAndPlan(type, state, request, context);
  state.plan(candidate, 0);
  return untilApprovalHolds(type, state, gates, request, context, candidate, 0);
}

/**
 * Before a later hop: when the observation is old, looks again. What is left of the plan must be what was approved,
 * otherwise the approval is void for it and people are asked again.
 *
 * @param index the hop that comes next, counted over the whole upgrade
 */
export async function planStillHolds(
  type: WorkflowType,
  state: UpgradeState,
  gates: Gates,
  request: Request,
  context: ClusterContext,
  approved: Candidate,
  index: number,
): Promise<Candidate> {
  if (!isOld(approved, request)) return approved;
  const fresh = await observeAndPlan(type, state, request, context, approved.plan);
  const left = approved.hopDigests.slice(approved.hopDigests.length - fresh.hopDigests.length);
  if (left.join() === fresh.hopDigests.join()) return { ...approved, observedAtMs: fresh.observedAtMs };
  state.note(`The plan has changed since it was approved: ${changedHops(approved.plan, fresh.plan)}`);
  state.plan(fresh, index);
  return untilApprovalHolds(type, state, gates, request, context, fresh, index);
}

async function untilApprovalHolds(
  type: WorkflowType,
  state: UpgradeState,
  gates: Gates,
  request: Request,
  context: ClusterContext,
  first: Candidate,
  index: number,
): Promise<Candidate> {
  let candidate = first;
  for (;;) {
    state.phase('awaiting-approval');
    const record = await gates.ask('plan', candidate.digest, planShown(candidate), request);
    state.phase('upgrading');
    if (!isOld(candidate, request)) return candidate;
    const fresh = await observeAndPlan(type, state, request, context, candidate.plan);
    if (fresh.digest === candidate.digest) return fresh;
    record.outcome = 'void';
    const text = `The approval by ${record.by ?? 'somebody'} is void: the plan has changed since it was made. ${changedHops(candidate.plan, fresh.plan)}`;
    state.note(text);
    state.announce({ kind: 'info', title: 'The approval is void', lines: [text] });
    candidate = fresh;
    state.plan(candidate, index);
  }
}

async function observeAndPlan(
  type: WorkflowType,
  state: UpgradeState,
  request: Request,
  context: ClusterContext,
  approved?: Plan,
): Promise<Candidate> {
  const observedAtMs = Date.now();
  const tools = toolsToObserve(request, type, approved);
  const observation = await steadily(state, () =>
    perform('observeCluster', `Observe ${context.cluster.name}`, {
      context,
      ...(request.checks === undefined ? {} : { checks: request.checks }),
      ...(request.targetVersion === undefined ? {} : { targetVersion: request.targetVersion }),
      strategies: strategiesOf(request),
      ...(tools.length === 0 ? {} : { tools }),
      ...(request.migration === undefined ? {} : { migration: request.migration }),
    }),
  );
  state.evidence(observation.evidence);
  const summary = await steadily(state, () =>
    perform('makePlan', 'Make the plan', {
      context,
      workflowType: type,
      request,
      observation: observation.evidence,
      ...(approved === undefined ? {} : { approved }),
    }),
  );
  if (summary.blockingCount > 0) {
    state.plan(summary, state.status.hops.filter(({ state: hop }) => hop === 'done').length);
    throw failure(
      'Blocked',
      `${summary.blockingCount === 1 ? 'One finding stands' : `${summary.blockingCount} findings stand`} against the plan; mend what they name, or override each by name in the request's \`overrides\`:\n${summary.blocking.map((line) => `  ${line}`).join('\n')}`,
    );
  }
  return { ...summary, observedAtMs };
}

function isOld(candidate: Candidate, request: Request): boolean {
  return Date.now() - candidate.observedAtMs > scaled(request.timing, 'observationMaxAge');
}

function changedHops(before: Plan, after: Plan): string {
  const describe = (plan: Plan) =>
    plan.hops.map(({ from, to, stages }) => `${from} → ${to} (${stages.length} stages)`);
  const was = describe(before).join(', ');
  const is = describe(after).join(', ');
  return was === is ? 'Versions or settings in it are others.' : `It was ${was}; it is ${is}.`;
}
