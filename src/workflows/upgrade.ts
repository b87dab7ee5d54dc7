import {
  CancellationScope,
  allHandlersFinished,
  condition,
  isCancellation,
  setHandler,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';
import type { ClusterContext, PlanSummary } from '../activities/types.ts';
import { abortedOutcome } from '../contract/abortedOutcome.ts';
import type { Hop } from '../contract/plan.ts';
import type { Request } from '../contract/request.ts';
import type { UpgradeStatus } from '../contract/status.ts';
import type { WorkflowType } from '../contract/workflowTypes.ts';
import { perform } from './activities.ts';
import { Decisions } from './decisions.ts';
import { failure, troubleOf } from './failures.ts';
import { Gates } from './gates.ts';
import { HopRun } from './hopRun.ts';
import { putBackLeftover } from './leftovers.ts';
import { holdCluster } from './lock.ts';
import { migrate } from './migration/migrate.ts';
import { MigrationRun } from './migration/migrationRun.ts';
import { listen } from './people.ts';
import { approvePlan, planStillHolds } from './planning.ts';
import { hopLines } from './planShown.ts';
import { StageDesk } from './stageDesk.ts';
import { stageEvent } from './stageMessages.ts';
import { steadily } from './steadily.ts';
import { scaled } from './time.ts';
import { UpgradeState } from './upgradeState.ts';

/** What an upgrade that reached its target ends with. */
export interface UpgradeResult {
  outcome: 'completed';
  cluster: string;
  version: string;
  /** Key of the report in the evidence store. */
  report: string;
}

/**
 * A root: a whole upgrade, or one stage of it that a person has started. It holds the cluster, the gates and the
 * status from the first look at the cluster to the report.
 *
 * Ends as Completed when the target was reached, as Canceled when it was aborted, as Failed otherwise; the report's
 * key stands in the result or the failure's details, and in the memo.
 */
export async function upgrade(type: WorkflowType, input: unknown): Promise<UpgradeResult> {
  const state = new UpgradeState(type);
  const gates = new Gates(state);
  const work = new CancellationScope();
  const decisions = new Decisions(state);
  const hops = new HopRun(state, new StageDesk(gates, decisions));
  const migration = new MigrationRun(state, gates, decisions);
  const held: (() => Promise<void>)[] = [];
  let context: ClusterContext | undefined;

  listen(state, gates, decisions, {
    pause: (remark) => {
      state.status.paused = true;
      state.action('pause', 'no new change starts; what runs is finished', remark.by, remark.comment);
      hops.forwardPause(true);
    },
    resume: (remark) => {
      const accepted = hops.acceptBroken(remark) || migration.acceptBroken(remark);
      state.status.paused = false;
      state.action(
        'resume',
        accepted ? 'workloads that stay broken are accepted, and the upgrade goes on' : 'the upgrade goes on',
        remark.by,
        remark.comment,
      );
      hops.forwardPause(false);
    },
    abort: (remark) => {
      state.action('abort', 'what runs is finished, what was changed is put back', remark.by, remark.comment);
      // A roll that holds ends as it is; one that was carried on in spite of an abort holds again.
      if (!decisions.answerHold('stay', remark) && work.consideredCancelled) {
        hops.interrupt({ because: 'abort', ...remark });
      }
      // What a migration has asked needs no answer any more; a stage withdraws its own.
      if (state.status.migration !== undefined) decisions.withdraw('aborted');
      state.phase('aborting');
      work.cancel();
    },
    rollback: (remark) => {
      if (decisions.answerHold('back', remark)) return undefined;
      if (state.isMigration) return migration.rollback(remark);
      const refusal = hops.rollbackRefusal();
      if (refusal !== undefined) return refusal;
      state.action('rollback', 'Pods are moved back to the old nodes', remark.by, remark.comment);
      hops.interrupt({ because: 'rollback', ...remark });
      return undefined;
    },
  });
  setHandler(stageEvent, ({ at, event }) => hops.stageEvent(at, event));
  // The Temporal UI's Cancel is an abort.
  CancellationScope.current().cancelRequested.catch(() => {
    if (state.status.endedAt !== undefined) return;
    state.action('cancel', 'what runs is finished, what was changed is put back');
    state.phase('aborting');
  });

  try {
    await work.run(async () => {
      const request = await perform('readRequest', 'Check the request', {
        workflowType: type,
        request: input,
      });
      state.begin(request);
      context = await identify(state, request);
      held.push(await holdCluster(request.cluster.name, context.identity));
      if (request.migration === undefined) await carryOut(type, state, gates, hops, request, context);
      else await carryOutMigration(type, migration, request, context, held);
    });
    return await finish(state, context, 'completed');
  } catch (error) {
    return await CancellationScope.nonCancellable(() => end(state, context, error));
  } finally {
    await CancellationScope.nonCancellable(async () => {
      await state.announced();
      await condition(allHandlersFinished);
      for (const release of held.toReversed()) await release();
    });
  }
}

/** The first look: is it there, is it ACTIVE, which one is it. */
async function identify(state: UpgradeState, request: Request): Promise<ClusterContext> {
  state.phase('planning');
  const { cluster } = request;
  const seen = await steadily(state, () =>
    perform('identifyCluster', `First look at ${cluster.name}`, { cluster }),
  );
  state.status.cluster = { name: cluster.name, region: seen.region, arn: seen.identity.arn };
  state.status.fromVersion = seen.version;
  state.status.currentVersion = seen.version;
  state.publish();
  const { workflowId, runId } = workflowInfo();
  return { cluster, identity: seen.identity, evidencePrefix: `${cluster.name}/${workflowId}/${runId}` };
}

/** The runbook. */
async function carryOut(
  type: WorkflowType,
  state: UpgradeState,
  gates: Gates,
  hops: HopRun,
  request: Request,
  context: ClusterContext,
): Promise<void> {
  let approved = await approvePlan(type, state, gates, request, context);

  state.phase('upgrading');
  const settings = { request, context, runId: workflowInfo().firstExecutionRunId };
  await hops.begin(settings);
  await putBackLeftovers(state, request, context, approved);

  for (let index = 0; index < state.status.hops.length; index++) {
    if (index > 0) {
      approved = await planStillHolds(type, state, gates, request, context, approved, index);
    }
    const hop = nextHop(state, approved, index);
    if (index > 0 && request.gates.hop) {
      await gates.ask('hop', approved.digest, hopLines(hop), request, hop.to);
    }
    await hops.run(index, hop, async () => {
      if (request.gates.workers) await gates.ask('workers', approved.digest, hopLines(hop), request, hop.to);
    });
  }
}

/** The runbook of a migration to a new cluster, which is held as well from the moment that it is there. */
async function carryOutMigration(
  type: WorkflowType,
  run: MigrationRun,
  request: Request,
  blue: ClusterContext,
  held: (() => Promise<void>)[],
): Promise<void> {
  const { state, gates } = run;
  const { plan, digest } = await approvePlan(type, state, gates, request, blue);
  const [hop] = plan.hops;
  if (hop === undefined) throw failure('InternalError', 'The approved plan of the migration has no hop.');
  state.phase('upgrading');
  run.begin({
    request,
    blue,
    hop,
    planDigest: digest,
    hold: async ({ cluster, identity }) => {
      held.push(await holdCluster(cluster.name, identity));
    },
  });
  await migrate(run);
}

/** The hop at this place of the status, in the plan that is in force (which may have been made anew on the way). */
function nextHop(state: UpgradeState, approved: PlanSummary, index: number): Hop {
  const to = state.hop(index).to;
  const hop = approved.plan.hops.find((candidate) => candidate.to === to);
  if (hop === undefined) throw failure('InternalError', `The approved plan has no hop to ${to}.`);
  return hop;
}

/** What upgrades that were terminated have left behind: the plan has listed it. */
async function putBackLeftovers(
  state: UpgradeState,
  request: Request,
  context: ClusterContext,
  { plan }: PlanSummary,
): Promise<void> {
  for (const each of plan.putBack) {
    if (!('settings' in each)) {
      await putBackLeftover(state, request, context, each);
      continue;
    }
    const { nodeGroup, settings } = each;
    await steadily(state, () =>
      perform('restoreUpdateSettings', `Put back the update settings of ${nodeGroup}`, {
        context,
        nodeGroup,
        before: settings,
        runId: workflowInfo().firstExecutionRunId,
        attempt: 1,
        pollMs: scaled(request.timing, 'pollInterval'),
      }),
    );
    state.changed = true;
    state.note(
      `The update settings that an earlier upgrade had left on node group ${nodeGroup} were put back.`,
    );
  }
}

async function finish(
  state: UpgradeState,
  context: ClusterContext | undefined,
  phase: 'completed',
): Promise<UpgradeResult> {
  const { cluster, currentVersion, targetVersion } = state.status;
  const version = currentVersion ?? targetVersion ?? '';
  state.status.outcome = outcomeOf(state.status, version);
  const report = await CancellationScope.nonCancellable(() => close(state, context, phase));
  const name = state.status.migration?.green.name ?? cluster.name;
  return { outcome: 'completed', cluster: name, version, report: report ?? '' };
}

function outcomeOf({ cluster, migration, hops }: UpgradeStatus, version: string): string {
  if (migration === undefined) return `Cluster ${cluster.name} is at ${version}.`;
  const isGone = hops.some(({ stages }) =>
    stages.some(({ stage, state }) => stage === 'retirement' && state === 'done'),
  );
  return `All users are on cluster ${migration.green.name} at ${version}; ${cluster.name} is ${isGone ? 'deleted' : 'still there'}.`;
}

/** Ends an upgrade that did not reach its target. Never returns. */
async function end(state: UpgradeState, context: ClusterContext | undefined, error: unknown): Promise<never> {
  if (isCancellation(error)) {
    if (!state.status.actions.some(({ action }) => action === 'abort')) {
      state.action(
        'cancel',
        'the workflow was cancelled: what ran was finished, what was changed was put back',
      );
    }
    state.status.outcome = abortedOutcome(state.status, state.changed);
    await close(state, context, 'aborted');
    await endAsCancelled();
    throw error;
  }
  const trouble = troubleOf(error);
  state.status.outcome = state.changed ? trouble.message : `${trouble.message} Nothing was changed.`;
  const report = await close(state, context, trouble.type === 'Rejected' ? 'rejected' : 'failed');
  throw failure(trouble.type, trouble.message, report === undefined ? {} : { report });
}

/** Writes the report and tells people. Without a cluster there is nothing to report on. */
async function close(
  state: UpgradeState,
  context: ClusterContext | undefined,
  phase: 'completed' | 'aborted' | 'failed' | 'rejected',
): Promise<string | undefined> {
  state.status.endedAt = new Date().toISOString();
  state.endWaitsAt();
  state.phase(phase);
  if (context !== undefined && state.status.evidence.length > 0) {
    try {
      const report = await perform('writeReport', 'Write the report', {
        evidencePrefix: context.evidencePrefix,
        status: state.status,
      });
      state.status.report = report.key;
      upsertMemo({ report: report.key });
    } catch (error) {
      // An upgrade that came to its end is not undone by a full disk; the status still has everything.
      state.note(`The report could not be written: ${troubleOf(error).message}`);
    }
  }
  state.publish();
  state.announce({
    kind: phase === 'completed' ? 'end' : 'failure',
    title: `Upgrade ${phase}`,
    lines: [state.status.outcome ?? ''],
  });
  return state.status.report;
}

/**
 * A workflow ends as Canceled only when the server has been asked to cancel it, and it can't ask for that itself: an
 * activity does.
 */
async function endAsCancelled(): Promise<void> {
  const root = rootScope();
  if (root.consideredCancelled) return;
  const { workflowId, runId } = workflowInfo();
  await perform('requestCancellation', 'Have the aborted upgrade end as Canceled', { workflowId, runId });
  await condition(() => root.consideredCancelled);
}

function rootScope(): CancellationScope {
  let scope = CancellationScope.current();
  while (scope.parent !== undefined) scope = scope.parent;
  return scope;
}
